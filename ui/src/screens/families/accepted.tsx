import { useEffect, useState } from "react";
import { go } from "../../address.ts";
import { call } from "../../api/client.ts";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { useDate } from "../../kit/moment.tsx";
import { Notice } from "../../kit/notice.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { memberships } from "../../route.ts";
import { useText } from "../../text/t.ts";
import { useAfterChange, useSubscription } from "../billing/subscription.ts";
import { Problem, problemOf } from "../parts/problem.tsx";
import { Verify } from "../parts/verify.tsx";
import styles from "./families.module.css";
import { redeem } from "./take.ts";

/** The organization that was chosen or made; failure is why the offer was not accepted for it. */
export interface Taken {
  id: string;
  name: string;
  failure?: unknown;
}

interface AcceptedProps {
  of: Taken;
  token: string;
  onTaken: (taken: Taken) => void;
}

/** What came of it: an organization that is free, or one that was made in vain. */
export function Accepted({ of, token, onTaken }: AcceptedProps) {
  const after = useAfterChange();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each organization.
  useEffect(() => void after(), [of.id, of.failure]);
  return of.failure === undefined ? <Done of={of} /> : <InVain of={of} token={token} onTaken={onTaken} />;
}

function Done({ of: { id, name } }: { of: Taken }) {
  const t = useText();
  const dateOf = useDate();
  const { data } = useSubscription(id);
  const until = data?.subscription?.periodEndDate;
  return (
    <div className={styles.wide}>
      <Notice tone="good" title={t("redeem.doneTitle", { name })}>
        <p>{t("redeem.done")}</p>
        {until && <p>{t("redeem.doneUntil", { date: dateOf(until) })}</p>}
      </Notice>
      <div className={styles.actions}>
        <ButtonLink tone="primary" href={`#/organizations/${id}/billing/subscription`}>
          {t("redeem.toSubscription")}
        </ButtonLink>
      </div>
    </div>
  );
}

function InVain({ of, token, onTaken }: AcceptedProps) {
  const t = useText();
  const { id, name, failure } = of;
  const [deleting, setDeleting] = useState(false);
  const after = useAfterChange();
  const again = useAction(async () => {
    await redeem(token, id);
    onTaken({ id, name });
  });
  const remove = async (masterPasswordHash: string) => {
    await call("DELETE /api/organizations/{id}", { path: { id }, body: { masterPasswordHash } });
    await after();
    toast(t("redeem.deleted"));
    go(memberships);
  };
  return (
    <div className={styles.wide}>
      <Notice tone="loss" title={t("redeem.failedTitle")}>
        <p>{problemOf(t, failure)}</p>
        <p>{t("redeem.failedLead", { name })}</p>
      </Notice>
      <Problem of={again.failure} />
      <div className={styles.actions}>
        <Button onClick={again.run} busy={again.busy}>
          {t("redeem.again")}
        </Button>
        <Button tone="loss" onClick={() => setDeleting(true)}>
          {t("redeem.delete")}
        </Button>
      </div>
      <Verify
        open={deleting}
        onClose={() => setDeleting(false)}
        onVerified={remove}
        title={t("redeem.delete")}
        action={t("redeem.delete")}
        tone="loss"
      >
        <p>{t("redeem.deleteLead", { name })}</p>
      </Verify>
    </div>
  );
}
