import { useId } from "react";
import type { OperatorInstallationView as Installation } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Secret } from "../../kit/copy.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Field } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { ask } from "../../vault/operator.ts";
import { Problem } from "../parts/problem.tsx";

export interface IssueProps {
  open: boolean;
  onClose: () => void;
  onMade: (made: Installation) => Promise<unknown>;
}

/** Asks for whom an installation shall be. */
export function Issue({ open, onClose, onMade }: IssueProps) {
  const t = useText();
  const form = useId();
  const { busy, failure, run, forget } = useAction(async (values: FormData) => {
    const made = await ask("POST /admin/api/installations", { body: { email: textOf(values, "email") } });
    onClose();
    await onMade(made);
  });
  const close = () => {
    forget();
    onClose();
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title={t("operator.issue")}
      actions={
        <>
          <Button onClick={close}>{t("kit.cancel")}</Button>
          <Button tone="primary" type="submit" form={form} busy={busy}>
            {t("operator.issueAction")}
          </Button>
        </>
      }
    >
      <Form id={form} onSend={run} label={t("operator.issue")}>
        <Field label={t("signIn.email")} name="email" type="email" hint={t("operator.issueLead")} required />
        <Problem of={failure} />
      </Form>
    </Dialog>
  );
}

/** Shows a key, which nobody can read again. */
export function KeyOnce({ of, onClose }: { of: Installation | undefined; onClose: () => void }) {
  const t = useText();
  return (
    <Dialog
      open={of !== undefined}
      onClose={onClose}
      title={t("operator.keyTitle")}
      actions={
        <Button tone="primary" onClick={onClose}>
          {t("operator.keyDone")}
        </Button>
      }
    >
      <p>{t("operator.keyLead")}</p>
      <Secret label={t("operator.installationId")} text={of?.id ?? ""} />
      <Secret label={t("operator.installationKey")} text={of?.key ?? ""} />
    </Dialog>
  );
}
