import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { replaceTemporaryPassword } from "../../vault/account.ts";
import { TooWeak } from "../../vault/demands.ts";
import type { Profile } from "../../vault/profile.ts";
import { logOut } from "../../vault/session.ts";
import { NewPassword, type PasswordFaults, passwordFaults, TooWeakNotice } from "../parts/new-password.tsx";
import { Problem } from "../parts/problem.tsx";
import { SignInGate } from "./gate.tsx";
import styles from "./sign-in.module.css";

/** Stands before every screen while the master password is one that an administrator has set. */
export default function TemporaryPassword({ profile }: { profile: Profile }) {
  const t = useText();
  const [faults, setFaults] = useState<PasswordFaults>({});
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const found = passwordFaults(t, values);
    setFaults(found);
    if (Object.keys(found).length > 0) return;
    await replaceTemporaryPassword(textOf(values, "password"), textOf(values, "hint"));
  });
  return (
    <SignInGate title={t("temporary.title")} lead={t("temporary.lead")}>
      <p className={styles.who}>{t("finish.for", { email: profile.email })}</p>
      <Form onSend={run} label={t("temporary.title")}>
        <input type="email" name="email" autoComplete="username" value={profile.email} readOnly hidden />
        <NewPassword
          about={[profile.email, profile.name ?? ""]}
          faults={faults}
          label={t("security.new")}
          again={t("security.newAgain")}
          autoFocus
        />
        <TooWeakNotice failure={failure} />
        {!(failure instanceof TooWeak) && <Problem of={failure} />}
        <Button tone="primary" type="submit" busy={busy} wide>
          {t("security.change")}
        </Button>
        <Button tone="quiet" onClick={() => logOut()} wide>
          {t("account.logOut")}
        </Button>
      </Form>
    </SignInGate>
  );
}
