import type { ReactNode } from "react";
import { Button } from "../../kit/button.tsx";
import { Field } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Notice } from "../../kit/notice.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { Problem } from "../parts/problem.tsx";
import { useServer } from "../parts/use-server.ts";
import { SignInGate } from "./gate.tsx";

export interface MailFormProps {
  title: string;
  lead: string;
  email: string;
  action: string;
  tone?: "primary" | "loss";
  /** What is said once the mail is on its way. */
  sent: string | undefined;
  onSend: (email: string) => Promise<void>;
  children?: ReactNode;
}

/** Asks for an address to which something is mailed, and says that it was. */
export function MailForm({ title, lead, email, action, tone = "primary", sent, onSend, children }: MailFormProps) {
  const t = useText();
  const server = useServer();
  const { busy, failure, run } = useAction((values: FormData) => onSend(textOf(values, "email").trim()));
  const after = <a href="#/login">{t("signIn.title")}</a>;
  if (sent) {
    return (
      <SignInGate title={t("signUp.sentTitle")} after={after}>
        <Notice tone="good">{sent}</Notice>
        {server?.demo && <a href="/demo/mail">{t("demo.mailbox")}</a>}
      </SignInGate>
    );
  }
  return (
    <SignInGate title={title} lead={lead} after={after}>
      {children}
      <Problem of={failure} />
      <Form onSend={run} label={title}>
        <Field
          label={t("signIn.email")}
          name="email"
          type="email"
          autoComplete="email"
          maxLength={256}
          defaultValue={email}
          autoFocus
          required
        />
        <Button tone={tone} type="submit" busy={busy} wide>
          {action}
        </Button>
      </Form>
    </SignInGate>
  );
}
