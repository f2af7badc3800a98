import type { OperatorInstallationView as Installation } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Secret } from "../../kit/copy.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Field } from "../../kit/field.tsx";
import { textOf } from "../../kit/form.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
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
    <FormDialog
      open={open}
      onClose={close}
      title={t("operator.issue")}
      action={t("operator.issueAction")}
      busy={busy}
      onSend={run}
    >
      <Field label={t("signIn.email")} name="email" type="email" hint={t("operator.issueLead")} required />
      <Problem of={failure} />
    </FormDialog>
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
