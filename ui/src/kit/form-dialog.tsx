import { type ReactNode, useId } from "react";
import { useText } from "../text/t.ts";
import { Button, type ButtonProps } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Form } from "./form.tsx";

export interface FormDialogProps {
  open: boolean;
  /** Escape, a press outside, or the button that gives up. */
  onClose: () => void;
  title: string;
  /** What the button that sends says. */
  action: string;
  tone?: ButtonProps["tone"];
  busy: boolean;
  /** Whether there is nothing to send yet. */
  disabled?: boolean;
  onSend: (values: FormData) => void;
  children: ReactNode;
}

/** A form in front of the page, with one button that gives up and one that sends. */
export function FormDialog({
  open,
  onClose,
  title,
  action,
  tone = "primary",
  busy,
  disabled,
  onSend,
  children,
}: FormDialogProps) {
  const t = useText();
  const form = useId();
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      actions={
        <>
          <Button onClick={onClose}>{t("kit.cancel")}</Button>
          <Button tone={tone} type="submit" form={form} busy={busy} disabled={disabled}>
            {action}
          </Button>
        </>
      }
    >
      <Form id={form} onSend={onSend} label={title}>
        {children}
      </Form>
    </Dialog>
  );
}
