import { useState } from "react";
import { useSearch } from "wouter";
import { call } from "../../api/client.ts";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { Notice } from "../../kit/notice.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { currentSession, logOut } from "../../vault/session.ts";
import { Problem } from "../parts/problem.tsx";
import { SignInGate } from "./gate.tsx";
import styles from "./sign-in.module.css";

/** Where the mailed link leads: the last question before an account is gone. */
export function Screen() {
  const t = useText();
  const query = new URLSearchParams(useSearch());
  const [userId = "", token = "", email = ""] = ["userId", "token", "email"].map((name) => query.get(name) ?? "");
  const [gone, setGone] = useState(false);
  const { busy, failure, run } = useAction(async () => {
    await call("POST /api/accounts/delete-recover-token", { body: { userId, token }, anonymous: true });
    setGone(true);
    const session = currentSession();
    if (session.phase !== "signedOut" && session.email === email.toLowerCase()) logOut();
  });
  if (!userId || !token) {
    return (
      <SignInGate title={t("finish.broken")} lead={t("accept.brokenLead")}>
        <ButtonLink tone="primary" href="#/recover-delete">
          {t("finish.newLink")}
        </ButtonLink>
      </SignInGate>
    );
  }
  if (gone) {
    return (
      <SignInGate title={t("recoverDelete.gone")} after={<a href="#/login">{t("signIn.title")}</a>}>
        <Notice tone="good">{t("ended.deleted")}</Notice>
      </SignInGate>
    );
  }
  return (
    <SignInGate title={t("recoverDelete.confirmTitle")} lead={email && <span className={styles.who}>{email}</span>}>
      <p>{t("me.deleteLost")}</p>
      <Problem of={failure} />
      <div className={styles.stack}>
        <Button tone="loss" onClick={() => run()} busy={busy} wide>
          {t("me.deleteForever")}
        </Button>
        <ButtonLink href="#/login" wide>
          {t("kit.cancel")}
        </ButtonLink>
      </div>
    </SignInGate>
  );
}
