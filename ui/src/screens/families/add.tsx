import { useState } from "react";
import { call } from "../../api/client.ts";
import { Field } from "../../kit/field.tsx";
import { textOf } from "../../kit/form.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
import { TextArea } from "../../kit/text-area.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { keyring } from "../../vault/session.ts";
import { useAfterChange } from "../billing/subscription.ts";
import { Problem } from "../parts/problem.tsx";
import { offer } from "./calls.ts";

/** How many characters notes may have. */
const longest = 1_000;

export interface AddProps {
  open: boolean;
  onClose: () => void;
  organization: Membership;
  isSelfHosted: boolean;
}

/** Sponsors somebody in the name of an organization. */
export function AddSponsorship({ open, onClose, organization, isSelfHosted }: AddProps) {
  const t = useText();
  const after = useAfterChange();
  const [isMember, setIsMember] = useState(false);
  const { busy, failure, run, forget } = useAction(async (values: FormData) => {
    const email = textOf(values, "email").trim();
    const member = (await membersOf(organization.id)).has(email.toLowerCase());
    setIsMember(member);
    if (member) return;
    await sponsor(isSelfHosted, organization.id, email, textOf(values, "notes").trim());
    await after();
    toast(t(isSelfHosted ? "families.requested" : "families.sent"));
    onClose();
  });
  const close = () => {
    forget();
    setIsMember(false);
    onClose();
  };
  return (
    <FormDialog
      open={open}
      onClose={close}
      title={t("freeFamilies.add")}
      action={t("families.submit")}
      busy={busy}
      onSend={run}
    >
      <p>{t("freeFamilies.addLead")}</p>
      <Field
        type="email"
        name="email"
        label={t("families.recipient")}
        error={isMember ? t("freeFamilies.member") : undefined}
        autoComplete="off"
        maxLength={256}
        required
      />
      <TextArea
        name="notes"
        label={t("freeFamilies.notes")}
        hint={t("freeFamilies.notesHint", { count: longest })}
        maxLength={longest}
      />
      <Problem of={failure} />
    </FormDialog>
  );
}

/** The addresses of members, who have sponsorships of their own. */
export async function membersOf(id: string): Promise<Set<string>> {
  const { data } = await call("GET /api/organizations/{id}/users", { path: { id } });
  return new Set(data.map(({ email }) => email.toLowerCase()));
}

/** Offers in the name of an organization; its administrators alone can read the notes. */
export async function sponsor(isSelfHosted: boolean, orgId: string, email: string, notes: string): Promise<void> {
  const [encrypted] = notes ? await keyring().encrypt([notes], orgId) : [];
  await offer(isSelfHosted, orgId, email, { isAdminInitiated: true, ...(encrypted && { notes: encrypted }) });
}
