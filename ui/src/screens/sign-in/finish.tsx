import { useEffect, useState } from "react";
import { useSearch } from "wouter";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { checkDemands, type Demand, demandsOf, TooWeak } from "../../vault/demands.ts";
import { type Invitation, invitationOf, termsOf } from "../../vault/invitation.ts";
import { finishRegistration, type Proof } from "../../vault/register.ts";
import { SignIn } from "../../vault/sign-in.ts";
import { Demands, NewPassword, type PasswordFaults, passwordFaults, TooWeakNotice } from "../parts/new-password.tsx";
import { Problem } from "../parts/problem.tsx";
import { SignInGate } from "./gate.tsx";
import styles from "./sign-in.module.css";

/** Where the mailed link leads: the master password of a new account. The link of an invitation is one too. */
export function Screen() {
  const t = useText();
  const query = new URLSearchParams(useSearch());
  const invitation = invitationOf(query);
  if (invitation) {
    const proof = { orgInviteToken: invitation.token, organizationUserId: invitation.memberId };
    return <Finish email={invitation.email} proof={proof} invitation={invitation} />;
  }
  const email = query.get("email");
  const proof = proofOf(query);
  if (!email || !proof) {
    return (
      <SignInGate title={t("finish.broken")} lead={t("finish.brokenLead")}>
        <ButtonLink tone="primary" href="#/signup">
          {t("finish.newLink")}
        </ButtonLink>
      </SignInGate>
    );
  }
  return <Finish email={email} proof={proof} />;
}

function proofOf(query: URLSearchParams): Proof | undefined {
  const [token, offer] = [query.get("token"), query.get("orgSponsoredFreeFamilyPlanToken")];
  if (token) return { emailVerificationToken: token };
  const acceptEmergencyAccessInviteToken = query.get("acceptEmergencyAccessInviteToken");
  const acceptEmergencyAccessId = query.get("acceptEmergencyAccessId");
  if (acceptEmergencyAccessInviteToken && acceptEmergencyAccessId) {
    return { acceptEmergencyAccessInviteToken, acceptEmergencyAccessId };
  }
  return offer ? { orgSponsoredFreeFamilyPlanToken: offer } : undefined;
}

function Finish({ email, proof, invitation }: { email: string; proof: Proof; invitation?: Invitation }) {
  const t = useText();
  const [faults, setFaults] = useState<PasswordFaults>({});
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const found = passwordFaults(t, values);
    setFaults(found);
    if (Object.keys(found).length > 0) return;
    const password = textOf(values, "password");
    const asked = invitation && (await termsOf(invitation)).password;
    if (asked) await checkDemands(asked, password);
    await finishRegistration(email, password, textOf(values, "hint"), proof);
    await new SignIn(email, false).password(password);
    toast(t("finish.made"));
  });
  return (
    <SignInGate title={t("finish.title")} lead={t("finish.lead")}>
      <TooWeakNotice failure={failure} />
      {!(failure instanceof TooWeak) && <Problem of={failure} />}
      <p className={styles.who}>{t("finish.for", { email })}</p>
      {invitation && <Asked of={invitation} />}
      <Form onSend={run} label={t("finish.title")}>
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <NewPassword about={[email]} faults={faults} label={t("finish.password")} again={t("finish.again")} autoFocus />
        <Button tone="primary" type="submit" busy={busy} wide>
          {t(busy ? "finish.busy" : "finish.submit")}
        </Button>
      </Form>
    </SignInGate>
  );
}

/** What the organization of an invitation asks of the master password, so that nobody has to guess. */
function Asked({ of }: { of: Invitation }) {
  const t = useText();
  const [demands, setDemands] = useState<Demand[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the token is the invitation.
  useEffect(() => {
    termsOf(of).then(
      ({ password }) => setDemands(password ? demandsOf(password) : []),
      () => undefined, // What is wrong with the invitation is told when the form is sent.
    );
  }, [of.token]);
  return <Demands of={demands}>{t("demand.ofOrganization", { organization: of.organization })}</Demands>;
}
