import { useState } from "react";
import { go } from "../../address.ts";
import { Button } from "../../kit/button.tsx";
import { Field } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Notice } from "../../kit/notice.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { beginRegistration } from "../../vault/register.ts";
import { Problem } from "../parts/problem.tsx";
import { useServer } from "../parts/use-server.ts";
import { SignInGate } from "./gate.tsx";

/** Begins an account: an address, and the name that mails and others will use. */
export function Screen() {
  const t = useText();
  const server = useServer();
  const [sentTo, setSentTo] = useState<string>();
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const email = textOf(values, "email");
    const token = await beginRegistration(email, textOf(values, "name"));
    // A server without mail hands the token out at once.
    if (token) go(`/finish-signup?${new URLSearchParams({ email, token })}`);
    else setSentTo(email);
  });
  if (sentTo) return <Sent email={sentTo} demo={server?.demo !== undefined} onAgain={() => setSentTo(undefined)} />;
  const after = (
    <p>
      {t("signUp.have")} <a href="#/login">{t("signIn.title")}</a>
    </p>
  );
  if (server?.settings.disableUserRegistration) {
    return (
      <SignInGate title={t("signUp.title")} after={after}>
        <Notice tone="wait">{t("signUp.closed")}</Notice>
      </SignInGate>
    );
  }
  return (
    <SignInGate title={t("signUp.title")} lead={t("signUp.lead")} after={after}>
      <Problem of={failure} />
      <Form onSend={run} label={t("signUp.title")}>
        <Field
          label={t("signIn.email")}
          name="email"
          type="email"
          autoComplete="email"
          maxLength={256}
          autoFocus
          required
        />
        <Field label={t("signUp.name")} name="name" autoComplete="name" maxLength={50} />
        <Button tone="primary" type="submit" busy={busy} wide>
          {t("signUp.submit")}
        </Button>
      </Form>
    </SignInGate>
  );
}

function Sent({ email, demo, onAgain }: { email: string; demo: boolean; onAgain: () => void }) {
  const t = useText();
  return (
    <SignInGate title={t("signUp.sentTitle")} after={<a href="#/login">{t("signIn.title")}</a>}>
      <Notice tone="good">{t("signUp.sent", { email })}</Notice>
      <p>{t("signUp.sentNothing")}</p>
      {demo && <a href="/demo/mail">{t("demo.mailbox")}</a>}
      <Button onClick={onAgain}>{t("signUp.again")}</Button>
    </SignInGate>
  );
}
