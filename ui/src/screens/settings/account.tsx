import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Field } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { endSessions } from "../../vault/account.ts";
import type { Profile } from "../../vault/profile.ts";
import { useProfile } from "../frame.tsx";
import { OwnFingerprint } from "../parts/own-fingerprint.tsx";
import { Problem } from "../parts/problem.tsx";
import { Verify } from "../parts/verify.tsx";
import { Colors } from "./colors.tsx";
import { DeleteAccount } from "./delete-account.tsx";
import { EmailAddress } from "./email.tsx";
import styles from "./settings.module.css";

/** Who a person is here, and how they leave. */
export function Screen() {
  const t = useText();
  const { data: profile, error } = useProfile();
  return (
    <Page title={t("me.title")} lead={t("me.lead")}>
      {error && <Problem of={error} />}
      {!error && !profile && <Skeleton lines={6} />}
      {profile && (
        <>
          <Who key={profile.id} profile={profile} />
          <EmailAddress profile={profile} />
          <Section title={t("me.fingerprint")} lead={t("me.fingerprintLead")}>
            <OwnFingerprint profile={profile} />
          </Section>
          <Sessions />
          <DeleteAccount profile={profile} />
        </>
      )}
    </Page>
  );
}

function Who({ profile }: { profile: Profile }) {
  const t = useText();
  const queries = useQueryClient();
  const { busy, failure, run } = useAction(async (values: FormData) => {
    await call("PUT /api/accounts/profile", { body: { name: textOf(values, "name").trim() } });
    await call("PUT /api/accounts/avatar", { body: { avatarColor: textOf(values, "color") || null } });
    await queries.invalidateQueries({ queryKey: ["profile"] });
    toast(t("me.saved"));
  });
  return (
    <Section title={t("me.profile")}>
      <div className={styles.fields}>
        <Form onSend={run} label={t("me.profile")}>
          <Field
            label={t("signUp.name")}
            name="name"
            autoComplete="name"
            maxLength={50}
            defaultValue={profile.name ?? ""}
          />
          <Colors color={profile.avatarColor} />
          <Problem of={failure} />
          <div>
            <Button tone="primary" type="submit" busy={busy}>
              {t("me.save")}
            </Button>
          </div>
        </Form>
      </div>
    </Section>
  );
}

function Sessions() {
  const t = useText();
  const [open, setOpen] = useState(false);
  return (
    <Section title={t("me.sessions")} lead={t("me.sessionsLead")}>
      <div>
        <Button onClick={() => setOpen(true)}>{t("me.endSessions")}</Button>
      </div>
      <Verify
        open={open}
        title={t("me.endSessions")}
        action={t("me.endSessions")}
        onClose={() => setOpen(false)}
        onVerified={endSessions}
      >
        <p>{t("me.endSessionsLead")}</p>
      </Verify>
    </Section>
  );
}
