import { Button } from "../../kit/button.tsx";
import { SecretField } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Notice } from "../../kit/notice.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { logOut, unlock, WrongPassword } from "../../vault/session.ts";
import { Problem } from "../parts/problem.tsx";
import { useSession } from "../parts/use-session.ts";
import { SignInGate } from "./gate.tsx";
import styles from "./sign-in.module.css";

/** Stands before every screen while the vault is locked. */
export default function Lock() {
  const t = useText();
  const session = useSession();
  const { busy, failure, run } = useAction((values: FormData) => unlock(textOf(values, "password")));
  const isWrong = failure instanceof WrongPassword;
  if (session.phase !== "locked") return null;
  const lead = session.email && <span className={styles.who}>{t("lock.lead", { email: session.email })}</span>;
  return (
    <SignInGate title={t("lock.title")} lead={lead}>
      {session.because === "idle" && <Notice tone="wait">{t("lock.idle")}</Notice>}
      {!isWrong && <Problem of={failure} />}
      <Form onSend={run} label={t("lock.title")}>
        <input type="email" name="email" autoComplete="username" value={session.email} readOnly hidden />
        <SecretField
          label={t("signIn.password")}
          name="password"
          autoComplete="current-password"
          error={isWrong ? t("lock.wrong") : undefined}
          autoFocus
        />
        <Button tone="primary" type="submit" busy={busy} wide>
          {t(busy ? "signIn.busy" : "lock.open")}
        </Button>
        <Button tone="quiet" onClick={() => logOut()} wide>
          {t("account.logOut")}
        </Button>
      </Form>
    </SignInGate>
  );
}
