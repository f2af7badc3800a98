import { useState } from "react";
import { call } from "../../api/client.ts";
import { useText } from "../../text/t.ts";
import { rememberedEmail } from "../../vault/browser.ts";
import { MailForm } from "./mail-form.tsx";

/** Mails the hint of a master password. Whether there is such a person is not told. */
export function Screen() {
  const t = useText();
  const [sentTo, setSentTo] = useState<string>();
  return (
    <MailForm
      title={t("hint.title")}
      lead={t("hint.lead")}
      email={rememberedEmail()}
      action={t("hint.send")}
      sent={sentTo && t("hint.sent", { email: sentTo })}
      onSend={async (email) => {
        await call("POST /api/accounts/password-hint", { body: { email }, anonymous: true });
        setSentTo(email);
      }}
    >
      <p>
        {t("hint.lost")} <a href="#/recover-delete">{t("recoverDelete.title")}</a>
      </p>
    </MailForm>
  );
}
