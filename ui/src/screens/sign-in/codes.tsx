import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Check, Field } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { type Translate, useText } from "../../text/t.ts";
import { type Next, type SignIn, Step, WrongProof } from "../../vault/sign-in.ts";
import { Problem } from "../parts/problem.tsx";
import { SignInGate } from "./gate.tsx";
import styles from "./sign-in.module.css";

export interface CodesProps {
  signIn: SignIn;
  email: string;
  next: NonNullable<Next>;
  onOther: () => void;
}

/** What is asked for: the code for a new browser, or one of the second steps. */
type Asked = "device" | Step;

/** Asks for the code that the server wants besides the password. */
export function Codes({ signIn, email, next, onOther }: CodesProps) {
  const t = useText();
  const steps = next.want === "secondStep" ? next.steps : [];
  const [asked, setAsked] = useState<Asked>(steps[0] ?? "device");
  const isMailed = asked === "device" || asked === Step.email;
  const mail = useAction(async (again: boolean) => {
    await (asked === "device" ? signIn.mailDeviceCode() : signIn.mailCode());
    if (again) toast(t("code.sent"));
  });
  const { busy, failure, run, forget } = useAction(async (values: FormData) => {
    const code = textOf(values, "code");
    if (asked === "device") await signIn.deviceCode(code);
    else await signIn.secondStep(asked, code, values.has("remember"));
  });
  const choose = (step: Step) => {
    forget();
    mail.forget();
    setAsked(step);
    if (step === Step.email) mail.run(false);
  };
  const others = steps.filter((step) => step !== asked);
  const masked = next.want === "secondStep" ? next.maskedEmail : email;
  return (
    <SignInGate title={t("code.title")} lead={leadOf(t, asked, masked)}>
      {!(failure instanceof WrongProof) && <Problem of={failure} />}
      <Problem of={mail.failure} />
      <Form onSend={run} label={t("code.title")}>
        <Field
          key={asked}
          code
          label={t("code.field")}
          name="code"
          autoComplete="one-time-code"
          inputMode={asked === Step.recovery || asked === Step.yubikey ? "text" : "numeric"}
          error={failure instanceof WrongProof ? t("code.wrong") : undefined}
          autoFocus
          required
        />
        {asked !== "device" && asked !== Step.recovery && <Check name="remember" label={t("code.remember")} />}
        <Button tone="primary" type="submit" busy={busy} wide>
          {t(busy ? "signIn.busy" : "code.submit")}
        </Button>
        {isMailed && (
          <Button onClick={() => mail.run(true)} busy={mail.busy} wide>
            {t("code.again")}
          </Button>
        )}
        <Button tone="quiet" onClick={onOther} wide>
          {t("signIn.other")}
        </Button>
      </Form>
      {others.length > 0 && <Others steps={others} onChoose={choose} />}
    </SignInGate>
  );
}

function Others({ steps, onChoose }: { steps: Step[]; onChoose: (step: Step) => void }) {
  const t = useText();
  return (
    <div className={styles.stack}>
      <h2>{t("code.how")}</h2>
      {steps.map((step) => (
        <Button key={step} onClick={() => onChoose(step)}>
          {t(names[step])}
        </Button>
      ))}
    </div>
  );
}

const names = {
  [Step.authenticator]: "code.authenticator",
  [Step.email]: "code.email",
  [Step.yubikey]: "code.yubikey",
  [Step.remembered]: "code.field",
  [Step.recovery]: "code.recovery",
} as const;

function leadOf(t: Translate, asked: Asked, email: string): string {
  switch (asked) {
    case "device":
      return t("code.device", { email });
    case Step.email:
      return t("code.emailLead", { email });
    case Step.yubikey:
      return t("code.yubikeyLead");
    case Step.recovery:
      return t("code.recoveryLead");
    default:
      return t("code.authenticatorLead");
  }
}
