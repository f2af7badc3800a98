import { wantedPlace } from "../../address.ts";
import { Button } from "../../kit/button.tsx";
import { Check, Field } from "../../kit/field.tsx";
import { Form } from "../../kit/form.tsx";
import { Notice } from "../../kit/notice.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { logInWithPasskey } from "../../vault/other-ways.ts";
import { knowsPasskeys } from "../../vault/webauthn.ts";
import { Problem } from "../parts/problem.tsx";
import { useServer } from "../parts/use-server.ts";
import { useSession } from "../parts/use-session.ts";
import { DemoPeople } from "./demo-people.tsx";
import { SignInGate } from "./gate.tsx";

export interface EmailStepProps {
  /** The address for which a link asks. */
  asked: string | undefined;
  remembered: string;
  onSend: (values: FormData) => void;
}

/** Asks who logs in. */
export function EmailStep({ asked, remembered, onSend }: EmailStepProps) {
  const t = useText();
  const session = useSession();
  const server = useServer();
  const because = session.phase === "signedOut" ? session.because : undefined;
  const passkey = useAction(logInWithPasskey);
  const isOffer = asked && wantedPlace()?.startsWith("/setup/families-for-enterprise");
  const isOpen = server && !server.settings.disableUserRegistration;
  const after = (
    <>
      {isOpen && (
        <p>
          {t("signIn.new")} <a href="#/signup">{t("signIn.create")}</a>
        </p>
      )}
      {server?.demo && <DemoPeople people={server.demo.people} onChoose={onSend} />}
    </>
  );
  return (
    <SignInGate title={t("signIn.title")} lead={t("signIn.lead", { host: location.host })} after={after}>
      {isOffer && <Notice tone="info">{t("redeem.logIn")}</Notice>}
      {because === "over" && <Notice tone="wait">{t("signIn.over")}</Notice>}
      {because && because !== "over" && <Notice tone="good">{t(`ended.${because}`)}</Notice>}
      <Problem of={passkey.failure} />
      <Form onSend={onSend} label={t("signIn.title")}>
        <Field
          label={t("signIn.email")}
          name="email"
          type="email"
          autoComplete="username"
          defaultValue={asked ?? remembered}
          key={asked}
          autoFocus
          required
        />
        <Check name="remember" label={t("signIn.remember")} defaultChecked={remembered !== ""} />
        <Button tone="primary" type="submit" wide>
          {t("signIn.continue")}
        </Button>
        {knowsPasskeys() && (
          <Button onClick={() => passkey.run()} busy={passkey.busy} wide>
            {t("signIn.passkey")}
          </Button>
        )}
      </Form>
    </SignInGate>
  );
}
