import { ButtonLink } from "../../kit/button.tsx";
import { useText } from "../../text/t.ts";
import { SignInGate } from "./gate.tsx";
import styles from "./sign-in.module.css";

/** Says where a recovery code is typed: in the log-in itself. */
export function Screen() {
  const t = useText();
  return (
    <SignInGate title={t("recoverTwoStep.title")} lead={t("recoverTwoStep.lead")}>
      <div className={styles.stack}>
        <p>{t("recoverTwoStep.none")}</p>
        <ButtonLink tone="primary" href="#/login" wide>
          {t("signIn.title")}
        </ButtonLink>
        <ButtonLink href="#/recover-delete" wide>
          {t("recoverDelete.title")}
        </ButtonLink>
      </div>
    </SignInGate>
  );
}
