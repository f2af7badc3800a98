import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { SecretField } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Section } from "../../kit/frame.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { changePassword } from "../../vault/account.ts";
import { TooWeak } from "../../vault/demands.ts";
import { useProfile } from "../frame.tsx";
import { NewPassword, type PasswordFaults, passwordFaults, TooWeakNotice } from "../parts/new-password.tsx";
import { Problem } from "../parts/problem.tsx";
import { Derivation } from "./derivation.tsx";
import { Security } from "./security.tsx";
import styles from "./settings.module.css";

/** The master password, its hint, and how keys are made of it. */
export function Screen() {
  return (
    <Security part="password">
      <Change />
      <Derivation />
    </Security>
  );
}

function Change() {
  const t = useText();
  const { data: profile } = useProfile();
  const [faults, setFaults] = useState<PasswordFaults>({});
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const found = passwordFaults(t, values);
    setFaults(found);
    if (Object.keys(found).length > 0) return;
    await changePassword(textOf(values, "masterPassword"), textOf(values, "password"), textOf(values, "hint"));
  });
  return (
    <Section title={t("security.change")} lead={t("security.changeLead")}>
      <div className={styles.fields}>
        <Form onSend={run} label={t("security.change")}>
          <input type="email" name="email" autoComplete="username" value={profile?.email ?? ""} readOnly hidden />
          <SecretField label={t("security.current")} name="masterPassword" autoComplete="current-password" />
          <NewPassword
            about={profile ? [profile.email, profile.name ?? ""] : []}
            faults={faults}
            label={t("security.new")}
            again={t("security.newAgain")}
          />
          <TooWeakNotice failure={failure} />
          {!(failure instanceof TooWeak) && <Problem of={failure} />}
          <div>
            <Button tone="primary" type="submit" busy={busy}>
              {t("security.change")}
            </Button>
          </div>
        </Form>
      </div>
    </Section>
  );
}
