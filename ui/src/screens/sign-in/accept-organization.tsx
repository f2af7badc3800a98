import { useEffect, useState } from "react";
import { useSearch } from "wouter";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useAction } from "../../kit/use-action.ts";
import { home, memberships } from "../../route.ts";
import { useText } from "../../text/t.ts";
import { accept, type Invitation, invitationOf, type Terms, termsOf } from "../../vault/invitation.ts";
import { Problem } from "../parts/problem.tsx";
import { SignInGate } from "./gate.tsx";
import { type Invited, InvitedGate } from "./invited.tsx";
import styles from "./sign-in.module.css";

/** Where the link of an invitation leads. */
export function Screen() {
  const t = useText();
  const search = useSearch();
  const invitation = invitationOf(new URLSearchParams(search));
  if (!invitation) return <InvitedGate invited={undefined}>{null}</InvitedGate>;
  const { organization, email, hasAccount } = invitation;
  const invited: Invited = {
    email,
    title: t("accept.title"),
    lead: t("accept.lead", { organization }),
    here: `/accept-organization?${search}`,
    logIn: "/login",
    register: hasAccount ? undefined : `/finish-signup?${search}`,
    likely: hasAccount ? "logIn" : "register",
  };
  return (
    <InvitedGate invited={invited}>
      <Accept invitation={invitation} />
    </InvitedGate>
  );
}

function Accept({ invitation }: { invitation: Invitation }) {
  const t = useText();
  const [terms, setTerms] = useState<Terms>();
  const [unknown, setUnknown] = useState<unknown>();
  const [accepted, setAccepted] = useState(false);
  const { organizationId, memberId, token, email, organization } = invitation;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the invitation is these.
  useEffect(() => {
    let isGone = false;
    termsOf(invitation).then(
      (found) => !isGone && setTerms(found),
      (error) => !isGone && setUnknown(error),
    );
    return () => {
      isGone = true;
    };
  }, [organizationId, memberId, token, email]);
  const { busy, failure, run } = useAction(async () => {
    await accept(invitation, terms ?? { password: undefined, recovery: false });
    setAccepted(true);
  });
  if (accepted) {
    return (
      <SignInGate title={t("accept.done")} lead={t("accept.doneLead", { organization })}>
        <ButtonLink tone="primary" href={`#${memberships}`} wide>
          {t("app.toStart")}
        </ButtonLink>
      </SignInGate>
    );
  }
  return (
    <SignInGate title={t("accept.title")} lead={t("accept.lead", { organization })}>
      <p className={styles.who}>{t("finish.for", { email })}</p>
      {!terms && !unknown && <Skeleton lines={2} />}
      {terms?.recovery && <Notice tone="info">{t("accept.recovery", { organization })}</Notice>}
      <Problem of={failure} />
      <div className={styles.stack}>
        {(terms || unknown !== undefined) && (
          <Button tone="primary" onClick={() => run()} busy={busy} wide>
            {t("accept.accept")}
          </Button>
        )}
        <ButtonLink href={`#${home}`} wide>
          {t("accept.later")}
        </ButtonLink>
      </div>
    </SignInGate>
  );
}
