import { useState } from "react";
import { call } from "../../../api/client.ts";
import { Field } from "../../../kit/field.tsx";
import { textOf } from "../../../kit/form.tsx";
import { Notice } from "../../../kit/notice.tsx";
import { useText } from "../../../text/t.ts";
import type { DetailOf } from "../../../vault/two-step.ts";
import { useProfile } from "../../frame.tsx";
import { MethodDialog, type MethodProps } from "./method.tsx";

/** Codes that are mailed to an address, which is proven first. */
export function EmailDialog({ detail, onClose }: MethodProps<DetailOf<"email">>) {
  const t = useText();
  const { data: profile } = useProfile();
  const [sentTo, setSentTo] = useState<string>();
  const proof = { userVerificationToken: detail.token };
  const send = async (values: FormData) => {
    const email = textOf(values, "email").trim();
    if (email === sentTo) {
      const token = textOf(values, "code").replace(/\s/g, "");
      await call("PUT /api/two-factor/email", { body: { email, token, ...proof } });
      return true;
    }
    await call("POST /api/two-factor/send-email", { body: { email, ...proof } });
    setSentTo(email);
    return false;
  };
  if (detail.now.enabled) {
    return (
      <MethodDialog detail={detail} onClose={onClose}>
        <p>{t("secondStep.emailNow", { email: detail.now.email ?? "" })}</p>
      </MethodDialog>
    );
  }
  return (
    <MethodDialog
      detail={detail}
      onClose={onClose}
      onSend={send}
      action={t(sentTo ? "secondStep.turnOn" : "me.sendCode")}
    >
      <Field
        label={t("signIn.email")}
        name="email"
        type="email"
        maxLength={256}
        defaultValue={profile?.email}
        hint={t("secondStep.emailHint")}
        required
      />
      {sentTo && (
        <>
          <Notice tone="good">{t("me.codeSent", { email: sentTo })}</Notice>
          <Field code label={t("code.field")} name="code" autoComplete="one-time-code" inputMode="numeric" required />
        </>
      )}
    </MethodDialog>
  );
}
