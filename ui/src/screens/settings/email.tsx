import { useState } from "react";
import { call } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Field, SecretField } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Section } from "../../kit/frame.tsx";
import { Notice } from "../../kit/notice.tsx";
import { State } from "../../kit/state.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { changeEmail, mailEmailCode } from "../../vault/account.ts";
import type { Profile } from "../../vault/profile.ts";
import { Problem } from "../parts/problem.tsx";
import styles from "./settings.module.css";

/** The address with which a person logs in: whether it is proven, and another one in its place. */
export function EmailAddress({ profile }: { profile: Profile }) {
  const t = useText();
  const [sentTo, setSentTo] = useState<string>();
  const verify = useAction(async () => {
    await call("POST /api/accounts/verify-email");
    toast(t("me.linkSent"));
  });
  const change = useAction(async (values: FormData) => {
    const [email, password] = [textOf(values, "newEmail").trim(), textOf(values, "masterPassword")];
    if (email === sentTo) return changeEmail(email, textOf(values, "code"), password);
    await mailEmailCode(email, password);
    setSentTo(email);
  });
  return (
    <Section title={t("me.email")} lead={t("me.emailLead")}>
      <div className={styles.line}>
        <span className={styles.strong}>{profile.email}</span>
        <State tone={profile.emailVerified ? "good" : "wait"}>
          {t(profile.emailVerified ? "me.verified" : "me.unverified")}
        </State>
        {!profile.emailVerified && (
          <Button onClick={() => verify.run()} busy={verify.busy}>
            {t("me.verify")}
          </Button>
        )}
      </div>
      <Problem of={verify.failure} />
      <div className={styles.fields}>
        <Form onSend={change.run} label={t("me.changeEmail")}>
          <Field label={t("me.newEmail")} name="newEmail" type="email" autoComplete="off" maxLength={256} required />
          <SecretField
            label={t("signIn.password")}
            name="masterPassword"
            autoComplete="current-password"
            hint={t("me.emailEnds")}
          />
          {sentTo && (
            <>
              <Notice tone="good">{t("me.codeSent", { email: sentTo })}</Notice>
              <Field
                code
                label={t("code.field")}
                name="code"
                autoComplete="one-time-code"
                inputMode="numeric"
                required
              />
            </>
          )}
          <Problem of={change.failure} />
          <div>
            <Button tone={sentTo ? "primary" : "plain"} type="submit" busy={change.busy}>
              {t(sentTo ? "me.changeEmail" : "me.sendCode")}
            </Button>
          </div>
        </Form>
      </div>
    </Section>
  );
}
