import { Button } from "../../kit/button.tsx";
import { Check, Field } from "../../kit/field.tsx";
import { Form } from "../../kit/form.tsx";
import { Notice } from "../../kit/notice.tsx";
import { useText } from "../../text/t.ts";
import { useServer } from "../parts/use-server.ts";
import { useSession } from "../parts/use-session.ts";
import { DemoPeople } from "./demo-people.tsx";
import { SignInGate } from "./gate.tsx";

/** Asks who logs in. */
export function EmailStep({ remembered, onSend }: { remembered: string; onSend: (values: FormData) => void }) {
  const t = useText();
  const session = useSession();
  const server = useServer();
  const isOver = session.phase === "signedOut" && session.because === "over";
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
      {isOver && <Notice tone="wait">{t("signIn.over")}</Notice>}
      <Form onSend={onSend} label={t("signIn.title")}>
        <Field
          label={t("signIn.email")}
          name="email"
          type="email"
          autoComplete="username"
          defaultValue={remembered}
          autoFocus
          required
        />
        <Check name="remember" label={t("signIn.remember")} defaultChecked={remembered !== ""} />
        <Button tone="primary" type="submit" wide>
          {t("signIn.continue")}
        </Button>
      </Form>
    </SignInGate>
  );
}
