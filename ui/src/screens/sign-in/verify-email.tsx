import { useEffect, useRef, useState } from "react";
import { useSearch } from "wouter";
import { call } from "../../api/client.ts";
import { ButtonLink } from "../../kit/button.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { home } from "../../route.ts";
import { useText } from "../../text/t.ts";
import { Problem } from "../parts/problem.tsx";
import { SignInGate } from "./gate.tsx";

/** Where the mailed link leads that proves an address. */
export function Screen() {
  const t = useText();
  const query = new URLSearchParams(useSearch());
  const [userId, token] = [query.get("userId"), query.get("token")];
  const [proven, setProven] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const sent = useRef(false);
  useEffect(() => {
    if (!userId || !token || sent.current) return;
    sent.current = true; // A link is good once.
    call("POST /api/accounts/verify-email-token", { body: { userId, token }, anonymous: true }).then(
      () => setProven(true),
      setFailure,
    );
  }, [userId, token]);
  const isWhole = userId && token;
  return (
    <SignInGate
      title={t(isWhole ? "verifyEmail.title" : "finish.broken")}
      lead={isWhole ? undefined : t("accept.brokenLead")}
    >
      {isWhole && !proven && !failure && <Skeleton lines={2} />}
      {proven && <Notice tone="good">{t("verifyEmail.done")}</Notice>}
      <Problem of={failure} />
      <ButtonLink tone="primary" href={`#${home}`} wide>
        {t("app.toStart")}
      </ButtonLink>
    </SignInGate>
  );
}
