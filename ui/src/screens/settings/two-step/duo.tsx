import { call } from "../../../api/client.ts";
import { Field } from "../../../kit/field.tsx";
import { textOf } from "../../../kit/form.tsx";
import { useText } from "../../../text/t.ts";
import type { DetailOf } from "../../../vault/two-step.ts";
import { MethodDialog, type MethodProps } from "./method.tsx";

/** An application at Duo. Its secret is shown masked, and stays as it is when it is sent so. */
export function DuoDialog({ detail, onClose }: MethodProps<DetailOf<"duo">>) {
  const t = useText();
  const save = async (values: FormData) => {
    const [clientId, clientSecret, host] = ["clientId", "clientSecret", "host"].map((name) =>
      textOf(values, name).trim(),
    );
    const body = { clientId: clientId ?? "", clientSecret: clientSecret ?? "", host: host ?? "" };
    await call("PUT /api/two-factor/duo", { body: { ...body, userVerificationToken: detail.token } });
    return true;
  };
  return (
    <MethodDialog
      detail={detail}
      onClose={onClose}
      onSend={save}
      action={t(detail.now.enabled ? "me.save" : "secondStep.turnOn")}
    >
      <p>{t("secondStep.duoPanel")}</p>
      <Field
        label={t("secondStep.duoId")}
        name="clientId"
        defaultValue={detail.now.clientId ?? ""}
        minLength={20}
        maxLength={20}
        autoComplete="off"
        required
      />
      <Field
        label={t("secondStep.duoSecret")}
        name="clientSecret"
        defaultValue={detail.now.clientSecret ?? ""}
        minLength={40}
        maxLength={40}
        autoComplete="off"
        required
      />
      <Field
        label={t("secondStep.duoHost")}
        name="host"
        defaultValue={detail.now.host ?? ""}
        placeholder="api-xxxxxxxx.duosecurity.com"
        autoComplete="off"
        required
      />
    </MethodDialog>
  );
}
