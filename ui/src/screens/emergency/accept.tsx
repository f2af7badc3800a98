import { useState } from "react";
import { useSearch } from "wouter";
import { go, want } from "../../address.ts";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { Notice } from "../../kit/notice.tsx";
import { useAction } from "../../kit/use-action.ts";
import { home } from "../../route.ts";
import { useText } from "../../text/t.ts";
import { accept, type Invitation, invitationOf } from "../../vault/emergency.ts";
import { logOut } from "../../vault/session.ts";
import { Problem } from "../parts/problem.tsx";
import { useSession } from "../parts/use-session.ts";
import { SignInGate } from "../sign-in/gate.tsx";
import styles from "../sign-in/sign-in.module.css";

const place = "/settings/emergency-access";

/** Where the link leads that invites somebody to be there in an emergency. */
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
  const { id, name, email, token } = invitation;
  const to = (where: string) => {
    want(`/accept-emergency?${search}`);
    go(where);
  };
  const proof = { email, acceptEmergencyAccessInviteToken: token, acceptEmergencyAccessId: id };
  return (
    <SignInGate title={t("emergency.acceptTitle", { name })} lead={t("emergency.acceptLead", { name })}>
      <p className={styles.who}>{t("finish.for", { email })}</p>
      <div className={styles.stack}>
        <Button tone="primary" onClick={() => to(`/login?${new URLSearchParams({ email })}`)} wide>
          {t("signIn.title")}
        </Button>
        <Button onClick={() => to(`/finish-signup?${new URLSearchParams(proof)}`)} wide>
          {t("signIn.create")}
        </Button>
      </div>
    </SignInGate>
  );
}

function Another({ invitation, email, search }: { invitation: Invitation; email: string; search: string }) {
  const t = useText();
  const { name, email: invited } = invitation;
  const change = () => {
    want(`/accept-emergency?${search}`);
    logOut();
    go("/login");
  };
  return (
    <SignInGate title={t("emergency.acceptTitle", { name })} lead={t("emergency.acceptLead", { name })}>
      <Notice tone="wait">{t("accept.another", { invited, email })}</Notice>
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
  const [isAccepted, setIsAccepted] = useState(false);
  const { name, email } = invitation;
  const { busy, failure, run } = useAction(async () => {
    await accept(invitation);
    setIsAccepted(true);
  });
  if (isAccepted) {
    return (
      <SignInGate title={t("emergency.acceptDone")} lead={t("emergency.acceptDoneLead", { name })}>
        <ButtonLink tone="primary" href={`#${place}`} wide>
          {t("emergency.toPlace")}
        </ButtonLink>
      </SignInGate>
    );
  }
  return (
    <SignInGate title={t("emergency.acceptTitle", { name })} lead={t("emergency.acceptLead", { name })}>
      <p className={styles.who}>{t("finish.for", { email })}</p>
      <Problem of={failure} />
      <div className={styles.stack}>
        <Button tone="primary" onClick={() => run()} busy={busy} wide>
          {t("accept.accept")}
        </Button>
        <ButtonLink href={`#${home}`} wide>
          {t("accept.later")}
        </ButtonLink>
      </div>
    </SignInGate>
  );
}
