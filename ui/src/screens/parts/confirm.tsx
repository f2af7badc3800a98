import type { ReactNode } from "react";
import { Button, type ButtonProps } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { Problem } from "./problem.tsx";

export interface ConfirmProps {
  open: boolean;
  title: string;
  /** What will be, and what will be lost. */
  children: ReactNode;
  action: string;
  tone?: ButtonProps["tone"];
  onClose: () => void;
  /** Does it. A failure is told in the dialog, which otherwise closes. */
  onConfirm: () => Promise<unknown>;
}

/** Asks whether something should really be done. */
export function Confirm({ open, title, children, action, tone = "primary", onClose, onConfirm }: ConfirmProps) {
  const t = useText();
  const { busy, failure, run, forget } = useAction(async () => {
    await onConfirm();
    onClose();
  });
  const close = () => {
    forget();
    onClose();
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title={title}
      actions={
        <>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button tone={tone} onClick={run} busy={busy}>
            {action}
          </Button>
        </>
      }
    >
      {children}
      <Problem of={failure} />
    </Dialog>
  );
}
