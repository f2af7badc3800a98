import { useState } from "react";
import { useSearch } from "wouter";
import { call } from "../../api/client.ts";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { Notice } from "../../kit/notice.tsx";
import { useAction } from "../../kit/use-action.ts";
import { home } from "../../route.ts";
import { useText } from "../../text/t.ts";
import { Problem } from "../parts/problem.tsx";
import { SignInGate } from "../sign-in/gate.tsx";

/** Where the mailed link leads with which an owner deletes an organization without logging in. */
export function Screen() {
  const t = useText();
  const query = new URLSearchParams(useSearch());
  const [id = "", token = "", name = ""] = ["orgId", "token", "name"].map((one) => query.get(one) ?? "");
  const [gone, setGone] = useState(false);
  const { busy, failure, run } = useAction(async () => {
    await call("POST /api/organizations/{id}/delete-recover-token", { path: { id }, body: { token }, anonymous: true });
    setGone(true);
  });
  if (!id || !token) {
    return (
      <SignInGate title={t("orgDelete.broken")} lead={t("orgDelete.brokenLead")}>
        <ButtonLink href={`#${home}`}>{t("app.toStart")}</ButtonLink>
      </SignInGate>
    );
  }
  if (gone) {
    return (
      <SignInGate title={t("orgDelete.byLink")}>
        <Notice tone="good">{t("orgDelete.done", { name })}</Notice>
        <ButtonLink href={`#${home}`}>{t("app.toStart")}</ButtonLink>
      </SignInGate>
    );
  }
  return (
    <SignInGate title={t("orgDelete.title", { name })} lead={t("orgDelete.link", { name })}>
      <p>{t("orgDelete.lost")}</p>
      <p>{t("orgDelete.linkHint")}</p>
      <Problem of={failure} />
      <Button tone="loss" onClick={() => run()} busy={busy} wide>
        {t("orgDelete.action")}
      </Button>
    </SignInGate>
  );
}
