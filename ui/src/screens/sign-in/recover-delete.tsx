import { useState } from "react";
import { call } from "../../api/client.ts";
import { useText } from "../../text/t.ts";
import { rememberedEmail } from "../../vault/browser.ts";
import { MailForm } from "./mail-form.tsx";

/** The end of an account whose master password is lost: a mailed link is the proof. */
export function Screen() {
  const t = useText();
  const [sentTo, setSentTo] = useState<string>();
  return (
    <MailForm
      title={t("recoverDelete.title")}
      lead={t("recoverDelete.lead")}
      email={rememberedEmail()}
      action={t("recoverDelete.send")}
      sent={sentTo && t("recoverDelete.sent", { email: sentTo })}
      onSend={async (email) => {
        await call("POST /api/accounts/delete-recover", { body: { email }, anonymous: true });
        setSentTo(email);
      }}
    >
      <p>{t("recoverDelete.first")}</p>
    </MailForm>
  );
}
