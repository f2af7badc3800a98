import { useId, useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Progress } from "../../kit/progress.tsx";
import { State } from "../../kit/state.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { TextArea } from "../../kit/text-area.tsx";
import { useAction } from "../../kit/use-action.ts";
import { type Translate, useText } from "../../text/t.ts";
import { type Address, invite, type Member, readAddresses } from "../../vault/members.ts";
import type { Membership } from "../../vault/profile.ts";
import { Problem } from "../parts/problem.tsx";
import { useForget } from "./queries.ts";
import { StandingFields, standingOf, useDraft } from "./standing.tsx";

/** Invites one or many, and says of each address what became of it. */
export function Invite({ by, members, onClose }: { by: Membership; members: Member[]; onClose: () => void }) {
  const t = useText();
  const form = useId();
  const forget = useForget(by.id);
  const [draft, change] = useDraft({ type: 2, permissions: {}, groups: [], collections: [] });
  const [missing, setMissing] = useState(false);
  const [sent, setSent] = useState<Address[]>();
  const [done, setDone] = useState(0);
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const known = new Set(members.map(({ email }) => email.toLowerCase()));
    const addresses = readAddresses(textOf(values, "emails"), known);
    const fit = addresses.flatMap(({ email, unfit }) => (unfit ? [] : [email]));
    setMissing(addresses.length === 0);
    if (addresses.length === 0) return;
    if (fit.length > 0) await invite(by.id, fit, standingOf(draft), setDone).finally(forget);
    setSent(addresses);
  });
  if (sent) {
    return (
      <Dialog
        open
        onClose={onClose}
        title={t("invite.sent", { count: sent.filter(({ unfit }) => !unfit).length })}
        actions={
          <Button tone="primary" onClick={onClose}>
            {t("kit.close")}
          </Button>
        }
      >
        <Table
          label={t("invite.result")}
          columns={columns(t)}
          rows={sent.toSorted((a, b) => Number(!a.unfit) - Number(!b.unfit)).map((one, number) => ({ ...one, number }))}
          keyOf={({ number }) => String(number)}
        />
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onClose={() => busy || onClose()}
      title={t("invite.title")}
      actions={
        <>
          <Button onClick={onClose} disabled={busy}>
            {t("kit.cancel")}
          </Button>
          <Button tone="primary" type="submit" form={form} busy={busy}>
            {t("invite.send")}
          </Button>
        </>
      }
    >
      <Form id={form} label={t("invite.title")} onSend={run}>
        <TextArea
          label={t("invite.emails")}
          name="emails"
          hint={t("invite.emailsHint")}
          error={missing ? t("invite.none") : undefined}
          required
        />
        <StandingFields by={by} draft={draft} onChange={change} />
        {busy && done > 0 && <Progress done={done} of={done} label={t("invite.progress", { count: done })} />}
        <Problem of={failure} />
      </Form>
    </Dialog>
  );
}

const columns = (t: Translate): [Column<Address>, ...Column<Address>[]] => [
  { id: "email", heading: t("signIn.email"), cell: ({ email }) => email },
  {
    id: "result",
    heading: t("invite.result"),
    cell: ({ unfit }) => <State tone={unfit ? "wait" : "good"}>{t(`invite.${unfit ?? "invited"}`)}</State>,
  },
];
