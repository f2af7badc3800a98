import type { ReactNode } from "react";
import type { ButtonProps } from "../../kit/button.tsx";
import { SecretField } from "../../kit/field.tsx";
import { textOf } from "../../kit/form.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
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
  const { busy, failure, run, forget } = useAction(async (values: FormData) => {
    await onVerified(await proof(textOf(values, "masterPassword")), values);
  });
  const close = () => {
    forget();
    onClose();
  };
  return (
    <FormDialog open={open} onClose={close} title={title} action={action} tone={tone} busy={busy} onSend={run}>
      {children}
      <SecretField
        label={t("signIn.password")}
        name="masterPassword"
        autoComplete="current-password"
        hint={t("verify.hint")}
      />
      <Problem of={failure} />
    </FormDialog>
  );
}
