import { type ReactNode, useId } from "react";
import { Button, type ButtonProps } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { SecretField } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { proof } from "../../vault/session.ts";
import { Problem } from "./problem.tsx";

export interface VerifyProps {
  open: boolean;
  title: string;
  /** What happens when the person goes on; fields here are sent too. */
  children?: ReactNode;
  /** What the button says. */
  action: string;
  tone?: ButtonProps["tone"];
  onClose: () => void;
  /** Gets what proves the master password, and what the other fields held. A failure is told in the dialog. */
  onVerified: (masterPasswordHash: string, values: FormData) => Promise<unknown>;
}

/** Asks for the master password once more, before something that only its owner may do. */
export function Verify({ open, title, children, action, tone = "primary", onClose, onVerified }: VerifyProps) {
  const t = useText();
  const form = useId();
  const { busy, failure, run, forget } = useAction(async (values: FormData) => {
    await onVerified(await proof(textOf(values, "masterPassword")), values);
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
          <Button tone={tone} type="submit" form={form} busy={busy}>
            {action}
          </Button>
        </>
      }
    >
      <Form id={form} onSend={run} label={title}>
        {children}
        <SecretField
          label={t("signIn.password")}
          name="masterPassword"
          autoComplete="current-password"
          hint={t("verify.hint")}
        />
        <Problem of={failure} />
      </Form>
    </Dialog>
  );
}
