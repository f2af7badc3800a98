import { useEffect, useState } from "react";
import { useSearch } from "wouter";
import { go, want } from "../../address.ts";
import { call, Failure } from "../../api/client.ts";
import { ButtonLink } from "../../kit/button.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import { Problem } from "../parts/problem.tsx";
import { useSession } from "../parts/use-session.ts";
import { SignInGate } from "../sign-in/gate.tsx";

/** Where the mailed offer leads: past the log-in or the registration, to where it is accepted. */
export function Screen() {
  const t = useText();
  const { phase } = useSession();
  const query = new URLSearchParams(useSearch());
  const [email, token] = [query.get("email"), query.get("token")];
  if (!email || !token) {
    return (
      <SignInGate title={t("redeem.broken")} lead={t("redeem.brokenLead")}>
        <ButtonLink tone="primary" href="#/login">
          {t("app.toStart")}
        </ButtonLink>
      </SignInGate>
    );
  }
  const place = `/setup/families-for-enterprise?${new URLSearchParams({ token, email })}`;
  if (phase === "signedOut" && query.get("register") === "true") {
    return <Newcomer email={email} token={token} place={place} />;
  }
  return <Onward to={place} />;
}

function Onward({ to }: { to: string }) {
  useEffect(() => go(to, { replace: true }), [to]);
  return null;
}

interface NewcomerProps {
  email: string;
  token: string;
  /** Where the offer is accepted. */
  place: string;
}

/** Who had no account when the offer was mailed registers, unless they have done so since. */
function Newcomer({ email, token, place }: NewcomerProps) {
  const t = useText();
  const [known, setKnown] = useState<{ failure?: unknown }>();
  useEffect(() => {
    const body = { email, emailVerificationToken: token };
    call("POST /identity/accounts/register/verification-email-clicked", { body, anonymous: true }).then(
      () => setKnown({}),
      (failure) => setKnown({ failure }),
    );
  }, [email, token]);
  const hasAccount = known?.failure instanceof Failure && known.failure.code === "has-account";
  if (hasAccount) return <Onward to={place} />;
  const register = `#/finish-signup?${new URLSearchParams({ email, orgSponsoredFreeFamilyPlanToken: token })}`;
  return (
    <SignInGate title={t("redeem.linkTitle")} lead={t("redeem.linkLead", { email })}>
      {!known && <Skeleton />}
      {known?.failure !== undefined && (
        <>
          <Problem of={known.failure} />
          <ButtonLink href="#/login">{t("signIn.submit")}</ButtonLink>
        </>
      )}
      {known && known.failure === undefined && (
        <>
          <p>{t("redeem.linkNew")}</p>
          <Wanted place={place} />
          <ButtonLink tone="primary" href={register} wide>
            {t("signIn.create")}
          </ButtonLink>
        </>
      )}
    </SignInGate>
  );
}

/** Remembers where the person is led afterwards. */
function Wanted({ place }: { place: string }) {
  useEffect(() => want(place), [place]);
  return null;
}
