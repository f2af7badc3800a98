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
import { useDuo, useSecurityKey } from "./without-code.ts";

export interface CodesProps {
  signIn: SignIn;
  email: string;
  next: NonNullable<Next>;
  onOther: () => void;
}

/** What is asked for: the code for a new browser, or one of the second steps. */
type Asked = "device" | Step;

/** Asks for what the server wants besides the password. */
export function Codes({ signIn, email, next, onOther }: CodesProps) {
  const t = useText();
  const steps = next.want === "secondStep" ? next.steps : [];
  const [asked, setAsked] = useState<Asked>(steps[0] ?? "device");
  const isMailed = asked === "device" || asked === Step.email;
  const securityKey = useSecurityKey(signIn, next);
  const duo = useDuo(next);
  const mail = useAction(async (again: boolean) => {
    await (asked === "device" ? signIn.mailDeviceCode() : signIn.mailCode());
    if (again) toast(t("code.sent"));
  });
  const { busy, failure, run, forget } = useAction(async (values: FormData) => {
    const code = textOf(values, "code").replace(/\s/g, "");
    const remember = values.has("remember");
    if (asked === "device") await signIn.deviceCode(code);
    else if (asked === Step.key) await signIn.secondStep(asked, await securityKey(), remember);
    else if (isDuo(asked)) await signIn.secondStep(asked, await duo(asked), remember);
    else await signIn.secondStep(asked, code, remember);
  });
  const choose = (step: Step) => {
    forget();
    mail.forget();
    setAsked(step);
    if (step === Step.email) mail.run(false);
  };
  const others = steps.filter((step) => step !== asked);
  const masked = next.want === "secondStep" ? next.maskedEmail : email;
  const isTyped = asked !== Step.key && !isDuo(asked);
  return (
    <SignInGate title={t("code.title")} lead={leadOf(t, asked, masked)}>
      {!(failure instanceof WrongProof && isTyped) && <Problem of={failure} />}
      <Problem of={mail.failure} />
      <Form onSend={run} label={t("code.title")}>
        {isTyped && (
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
        )}
        {asked !== "device" && asked !== Step.recovery && <Check name="remember" label={t("code.remember")} />}
        <Button tone="primary" type="submit" busy={busy} wide>
          {t(busy ? busyText(asked) : submitText(asked))}
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
  [Step.duo]: "code.duo",
  [Step.yubikey]: "code.yubikey",
  [Step.remembered]: "code.field",
  [Step.organizationDuo]: "code.organizationDuo",
  [Step.key]: "code.key",
  [Step.recovery]: "code.recovery",
} as const;

const isDuo = (asked: Asked): asked is "2" | "6" => asked === Step.duo || asked === Step.organizationDuo;

function submitText(asked: Asked) {
  if (asked === Step.key) return "code.keyUse";
  return isDuo(asked) ? "code.duoOpen" : "code.submit";
}

function busyText(asked: Asked) {
  if (asked === Step.key) return "code.keyBusy";
  return isDuo(asked) ? "code.duoBusy" : "signIn.busy";
}

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
    case Step.key:
      return t("code.keyLead");
    case Step.duo:
    case Step.organizationDuo:
      return t("code.duoLead");
    default:
      return t("code.authenticatorLead");
  }
}
