import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Field, SecretField } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { useText } from "../../text/t.ts";
import type { Proof, Ask as What } from "../../vault/receive.ts";
import { Problem } from "../parts/problem.tsx";
import { Page } from "./page.tsx";

export interface AskProps {
  what: What;
  isWrong: boolean;
  busy: boolean;
  failure: unknown;
  onSend: (proof: Proof) => void;
}

/** What a Send asks of whoever wants to read it: its password, or an address to which a code is mailed. */
export function Ask({ what, isWrong, busy, failure, onSend }: AskProps) {
  const t = useText();
  const [email, setEmail] = useState("");
  const send = (values: FormData) => {
    if (what === "password") return onSend({ password: textOf(values, "password") });
    if (what === "code") return onSend({ email, code: textOf(values, "code") });
    const typed = textOf(values, "email").trim();
    setEmail(typed);
    onSend({ email: typed });
  };
  return (
    <Page title={t(`receive.${what}Title`)} lead={t(`receive.${what}Lead`, { email })}>
      <Form key={what} onSend={send} label={t(`receive.${what}Title`)}>
        {what === "password" && (
          <SecretField
            label={t("receive.password")}
            name="password"
            autoComplete="off"
            error={isWrong && !busy ? t("receive.passwordWrong") : undefined}
            autoFocus
          />
        )}
        {what === "email" && (
          <Field label={t("receive.email")} name="email" type="email" autoComplete="email" required autoFocus />
        )}
        {what === "code" && (
          <Field
            label={t("receive.code")}
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            code
            error={isWrong && !busy ? t("receive.codeWrong") : undefined}
            autoFocus
          />
        )}
        <Problem of={failure} />
        <Button tone="primary" type="submit" busy={busy} wide>
          {t("receive.open")}
        </Button>
      </Form>
      {what === "code" && (
        <Button tone="quiet" onClick={() => onSend({ email })} disabled={busy} wide>
          {t("receive.newCode")}
        </Button>
      )}
    </Page>
  );
}
