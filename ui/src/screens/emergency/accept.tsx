import { useState } from "react";
import { useSearch } from "wouter";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { useAction } from "../../kit/use-action.ts";
import { home } from "../../route.ts";
import { useText } from "../../text/t.ts";
import { accept, type Invitation, invitationOf } from "../../vault/emergency.ts";
import { Problem } from "../parts/problem.tsx";
import { SignInGate } from "../sign-in/gate.tsx";
import { type Invited, InvitedGate } from "../sign-in/invited.tsx";
import styles from "../sign-in/sign-in.module.css";

const place = "/settings/emergency-access";

/** Where the link leads that invites somebody to be there in an emergency. */
export function Screen() {
  const t = useText();
  const search = useSearch();
  const invitation = invitationOf(new URLSearchParams(search));
  if (!invitation) return <InvitedGate invited={undefined}>{null}</InvitedGate>;
  const { id, name, email, token } = invitation;
  const proof = { email, acceptEmergencyAccessInviteToken: token, acceptEmergencyAccessId: id };
  const invited: Invited = {
    email,
    title: t("emergency.acceptTitle", { name }),
    lead: t("emergency.acceptLead", { name }),
    here: `/accept-emergency?${search}`,
    logIn: `/login?${new URLSearchParams({ email })}`,
    register: `/finish-signup?${new URLSearchParams(proof)}`,
    likely: "logIn",
  };
  return (
    <InvitedGate invited={invited}>
      <Accept invitation={invitation} />
    </InvitedGate>
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
