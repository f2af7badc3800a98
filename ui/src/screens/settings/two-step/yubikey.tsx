import { call } from "../../../api/client.ts";
import { Check, Field } from "../../../kit/field.tsx";
import { textOf } from "../../../kit/form.tsx";
import { useText } from "../../../text/t.ts";
import type { DetailOf } from "../../../vault/two-step.ts";
import { MethodDialog, type MethodProps } from "./method.tsx";

const slots = ["key1", "key2", "key3", "key4", "key5"] as const;

/** Up to five YubiKeys, each of which types a code when it is touched. */
export function YubiKeyDialog({ detail, onClose }: MethodProps<DetailOf<"yubikey">>) {
  const t = useText();
  const save = async (values: FormData) => {
    const keys = Object.fromEntries(slots.map((slot) => [slot, textOf(values, slot).trim()]));
    const body = { ...keys, nfc: values.has("nfc"), userVerificationToken: detail.token };
    await call("PUT /api/two-factor/yubikey", { body });
    return true;
  };
  return (
    <MethodDialog
      detail={detail}
      onClose={onClose}
      onSend={save}
      action={t(detail.now.enabled ? "me.save" : "secondStep.turnOn")}
    >
      <p>{t("secondStep.touch")}</p>
      {slots.map((slot, index) => (
        <Field
          key={slot}
          code
          label={t("secondStep.yubikeySlot", { number: index + 1 })}
          name={slot}
          defaultValue={detail.now[slot] ?? ""}
          maxLength={48}
          autoComplete="off"
          required={index === 0}
        />
      ))}
      <Check name="nfc" label={t("secondStep.nfc")} defaultChecked={detail.now.nfc} />
    </MethodDialog>
  );
}
