import { useState } from "react";
import { type AccountApiKeyView, call } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Secret } from "../../kit/copy.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Section } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { toast } from "../../kit/toast.tsx";
import { useText } from "../../text/t.ts";
import { useProfile } from "../frame.tsx";
import { Verify } from "../parts/verify.tsx";
import { Security } from "./security.tsx";
import styles from "./settings.module.css";

/** The key with which programs of the person log in. */
export function Screen() {
  const t = useText();
  const { data: profile } = useProfile();
  const [asked, setAsked] = useState<"view" | "rotate">();
  const [shown, setShown] = useState<AccountApiKeyView>();
  const show = async (masterPasswordHash: string) => {
    const body = { masterPasswordHash };
    if (asked === "rotate") setShown(await call("POST /api/accounts/rotate-api-key", { body }));
    else setShown(await call("POST /api/accounts/api-key", { body }));
    if (asked === "rotate") toast(t("apiKey.rotated"));
    setAsked(undefined);
  };
  const isRotation = asked === "rotate";
  return (
    <Security part="security-keys">
      <Section title={t("apiKey.title")} lead={t("apiKey.lead")}>
        <div className={styles.line}>
          <Button onClick={() => setAsked("view")}>{t("apiKey.view")}</Button>
          <Button onClick={() => setAsked("rotate")}>{t("apiKey.rotate")}</Button>
        </div>
      </Section>
      <Verify
        open={asked !== undefined}
        title={t(isRotation ? "apiKey.rotate" : "apiKey.view")}
        action={t(isRotation ? "apiKey.rotate" : "apiKey.view")}
        tone={isRotation ? "loss" : "primary"}
        onClose={() => setAsked(undefined)}
        onVerified={show}
      >
        <p>{t(isRotation ? "apiKey.rotateLost" : "apiKey.viewLead")}</p>
      </Verify>
      <Dialog
        open={shown !== undefined}
        onClose={() => setShown(undefined)}
        title={t("apiKey.title")}
        actions={
          <Button tone="primary" onClick={() => setShown(undefined)}>
            {t("kit.close")}
          </Button>
        }
      >
        <p>{t("apiKey.secret")}</p>
        <Secret label="client_id" text={`user.${profile?.id ?? ""}`} />
        <Secret label="client_secret" text={shown?.apiKey ?? ""} />
        <p className={styles.soft}>
          <code>scope: api</code> · <code>grant_type: client_credentials</code>
        </p>
        {shown && (
          <p className={styles.soft}>
            {t("apiKey.since")} <Moment at={shown.revisionDate} withTime />
          </p>
        )}
      </Dialog>
    </Security>
  );
}
