import { useState } from "react";
import { Cards } from "../../kit/cards.tsx";
import { Field, Select } from "../../kit/field.tsx";
import { textOf } from "../../kit/form.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { type Contact, change, invite } from "../../vault/emergency.ts";
import { Problem } from "../parts/problem.tsx";

/** How long somebody waits, in days, as it is offered. */
const waits = [1, 2, 7, 14, 30, 90];
const usual = 7;

type Kind = "0" | "1";

/** Who may come in, what they may do then, and how long they wait before. */
export function TermsDialog({
  contact,
  onClose,
  onDone,
}: {
  /** Undefined invites somebody. */
  contact?: Contact;
  onClose: () => void;
  onDone: () => Promise<void>;
}) {
  const t = useText();
  const [kind, setKind] = useState<Kind>(contact?.type === 1 ? "1" : "0");
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const terms = { type: Number(kind), days: Number(textOf(values, "days")) };
    const email = textOf(values, "email");
    await (contact ? change(contact, terms) : invite(email, terms));
    await onDone();
    onClose();
    toast(contact ? t("emergency.saved") : t("emergency.invited", { email }));
  });
  const offered = contact && !waits.includes(contact.days) ? [contact.days, ...waits].sort((a, b) => a - b) : waits;
  return (
    <FormDialog
      open
      onClose={() => busy || onClose()}
      title={contact ? t("emergency.editTitle", { name: contact.name }) : t("emergency.inviteTitle")}
      action={t(contact ? "emergency.save" : "emergency.sendInvitation")}
      busy={busy}
      onSend={run}
    >
      {!contact && (
        <Field
          label={t("emergency.email")}
          hint={t("emergency.emailHint")}
          name="email"
          type="email"
          autoComplete="off"
          required
          maxLength={256}
        />
      )}
      <Cards<Kind>
        label={t("emergency.kind")}
        name="kind"
        value={kind}
        onChange={setKind}
        options={(["0", "1"] as const).map((value) => ({
          value,
          title: t(`emergency.kind.${value}`),
          text: t(`emergency.kindText.${value}`),
        }))}
      />
      <Select
        label={t("emergency.wait")}
        hint={t("emergency.waitHint")}
        name="days"
        defaultValue={String(contact?.days ?? usual)}
        options={offered.map((days) => ({ value: String(days), label: t("emergency.days", { days }) }))}
      />
      <Problem of={failure} />
    </FormDialog>
  );
}
