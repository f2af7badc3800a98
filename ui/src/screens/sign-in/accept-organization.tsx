import { useEffect, useState } from "react";
import { useSearch } from "wouter";
import { go, want } from "../../address.ts";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useAction } from "../../kit/use-action.ts";
import { home, memberships } from "../../route.ts";
import { useText } from "../../text/t.ts";
import { accept, type Invitation, invitationOf, type Terms, termsOf } from "../../vault/invitation.ts";
import { logOut } from "../../vault/session.ts";
import { Problem } from "../parts/problem.tsx";
import { useSession } from "../parts/use-session.ts";
import { SignInGate } from "./gate.tsx";
import styles from "./sign-in.module.css";

/** Where the link of an invitation leads. */
export function Screen() {
  const t = useText();
  const search = useSearch();
  const session = useSession();
  const invitation = invitationOf(new URLSearchParams(search));
  if (!invitation) {
    return (
      <SignInGate title={t("accept.broken")} lead={t("accept.brokenLead")}>
        <ButtonLink tone="primary" href={`#${home}`}>
          {t("app.toStart")}
        </ButtonLink>
      </SignInGate>
    );
  }
  if (session.phase !== "open") return <Stranger invitation={invitation} search={search} />;
  if (session.email !== invitation.email.toLowerCase()) {
    return <Another invitation={invitation} email={session.email} search={search} />;
  }
  return <Accept invitation={invitation} />;
}

/** For a person who is not logged in: log in, or make an account; either leads back here. */
function Stranger({ invitation, search }: { invitation: Invitation; search: string }) {
  const t = useText();
  const to = (place: string) => {
    want(`/accept-organization?${search}`);
    go(place);
  };
  const logIn = () => to("/login");
  const register = () => to(`/finish-signup?${search}`);
  const { organization, email, hasAccount } = invitation;
  return (
    <SignInGate title={t("accept.title")} lead={t("accept.lead", { organization })}>
      <p className={styles.who}>{t("finish.for", { email })}</p>
      <div className={styles.stack}>
        <Button tone={hasAccount ? "primary" : "plain"} onClick={logIn} wide>
          {t("signIn.title")}
        </Button>
        {!hasAccount && (
          <Button tone="primary" onClick={register} wide>
            {t("signIn.create")}
          </Button>
        )}
      </div>
    </SignInGate>
  );
}

function Another({ invitation, email, search }: { invitation: Invitation; email: string; search: string }) {
  const t = useText();
  const change = () => {
    want(`/accept-organization?${search}`);
    logOut();
    go("/login");
  };
  return (
    <SignInGate title={t("accept.title")} lead={t("accept.lead", { organization: invitation.organization })}>
      <Notice tone="wait">{t("accept.another", { invited: invitation.email, email })}</Notice>
      <div className={styles.stack}>
        <Button tone="primary" onClick={change} wide>
          {t("accept.change")}
        </Button>
        <ButtonLink href={`#${home}`} wide>
          {t("app.toStart")}
        </ButtonLink>
      </div>
    </SignInGate>
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
