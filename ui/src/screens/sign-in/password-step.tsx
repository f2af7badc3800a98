import { useEffect, useRef } from "react";
import { Button } from "../../kit/button.tsx";
import { Check, SecretField } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { type Next, SignIn, WrongProof } from "../../vault/sign-in.ts";
import { Problem } from "../parts/problem.tsx";
import { useServer } from "../parts/use-server.ts";
import { SignInGate } from "./gate.tsx";
import styles from "./sign-in.module.css";

export interface PasswordStepProps {
  email: string;
  onAttempt: (signIn: SignIn) => void;
  onNext: (next: NonNullable<Next>) => void;
  onDevice: () => void;
  onOther: () => void;
}

/** Asks for the master password and logs in with it. */
export function PasswordStep({ email, onAttempt, onNext, onDevice, onOther }: PasswordStepProps) {
  const t = useText();
  const field = useRef<HTMLInputElement>(null);
  useDemoPassword(field, email);
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const signIn = new SignIn(email, values.has("keep"));
    onAttempt(signIn);
    const next = await signIn.password(textOf(values, "password"));
    if (next) onNext(next);
  });
  const isWrong = failure instanceof WrongProof;
  useEffect(() => {
    if (isWrong) field.current?.select();
  }, [isWrong]);
  return (
    <SignInGate
      title={t("signIn.passwordTitle")}
      lead={<span className={styles.who}>{email}</span>}
      after={<a href="#/hint">{t("hint.link")}</a>}
    >
      {!isWrong && <Problem of={failure} />}
      <Form onSend={run} label={t("signIn.title")}>
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <SecretField
          ref={field}
          label={t("signIn.password")}
          name="password"
          autoComplete="current-password"
          error={isWrong ? t("signIn.wrong") : undefined}
          autoFocus
        />
        <Check name="keep" label={t("signIn.keep")} hint={t("signIn.keepHint")} />
        <Button tone="primary" type="submit" busy={busy} wide>
          {t(busy ? "signIn.busy" : "signIn.submit")}
        </Button>
        <Button onClick={onDevice} wide>
          {t("askDevice.link")}
        </Button>
        <Button tone="quiet" onClick={onOther} wide>
          {t("signIn.other")}
        </Button>
      </Form>
    </SignInGate>
  );
}

/** Fills in the password of a sample person, which the server of a demo publishes. */
function useDemoPassword(field: { current: HTMLInputElement | null }, email: string) {
  const person = useServer()?.demo?.people.find((one) => one.email === email);
  useEffect(() => {
    if (person && field.current) field.current.value = person.password;
  }, [person, field]);
}
