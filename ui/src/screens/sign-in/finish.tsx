import { useState } from "react";
import { useSearch } from "wouter";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { Field, SecretField } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { type Translate, useText } from "../../text/t.ts";
import { finishRegistration, shortest } from "../../vault/register.ts";
import { SignIn } from "../../vault/sign-in.ts";
import { Problem } from "../parts/problem.tsx";
import { SignInGate } from "./gate.tsx";
import styles from "./sign-in.module.css";
import { Strength } from "./strength.tsx";

/** Where the mailed link leads: the master password of a new account. */
export function Screen() {
  const t = useText();
  const query = new URLSearchParams(useSearch());
  const [email, token] = [query.get("email"), query.get("token")];
  if (!email || !token) {
    return (
      <SignInGate title={t("finish.broken")} lead={t("finish.brokenLead")}>
        <ButtonLink tone="primary" href="#/signup">
          {t("finish.newLink")}
        </ButtonLink>
      </SignInGate>
    );
  }
  return <Finish email={email} token={token} />;
}

interface Faults {
  password?: string;
  again?: string;
  hint?: string;
}

function Finish({ email, token }: { email: string; token: string }) {
  const t = useText();
  const [faults, setFaults] = useState<Faults>({});
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const found = faultsOf(t, values);
    setFaults(found);
    if (Object.keys(found).length > 0) return;
    const password = textOf(values, "password");
    await finishRegistration(email, password, textOf(values, "hint"), { emailVerificationToken: token });
    await new SignIn(email, false).password(password);
    toast(t("finish.made"));
  });
  return (
    <SignInGate title={t("finish.title")} lead={t("finish.lead")}>
      <Problem of={failure} />
      <p className={styles.who}>{t("finish.for", { email })}</p>
      <Form onSend={run} label={t("finish.title")}>
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <Strength about={[email]}>
          {(onInput, meter) => (
            <SecretField
              label={t("finish.password")}
              name="password"
              autoComplete="new-password"
              minLength={shortest}
              error={faults.password}
              hint={meter}
              onInput={onInput}
              autoFocus
            />
          )}
        </Strength>
        <SecretField label={t("finish.again")} name="again" autoComplete="new-password" error={faults.again} />
        <Field
          label={t("finish.hint")}
          hint={t("finish.hintHint")}
          name="hint"
          maxLength={50}
          error={faults.hint}
          autoComplete="off"
        />
        <Button tone="primary" type="submit" busy={busy} wide>
          {t(busy ? "finish.busy" : "finish.submit")}
        </Button>
      </Form>
    </SignInGate>
  );
}

function faultsOf(t: Translate, values: FormData): Faults {
  const [password, again, hint] = [textOf(values, "password"), textOf(values, "again"), textOf(values, "hint")];
  const found: Faults = {};
  if (password.length < shortest) found.password = t("finish.short", { count: shortest });
  if (password !== again) found.again = t("finish.differs");
  if (hint !== "" && hint === password) found.hint = t("finish.tells");
  return found;
}
