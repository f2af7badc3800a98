import { encode } from "uqr";
import { call } from "../../../api/client.ts";
import { Secret } from "../../../kit/copy.tsx";
import { Field } from "../../../kit/field.tsx";
import { textOf } from "../../../kit/form.tsx";
import { useText } from "../../../text/t.ts";
import type { DetailOf } from "../../../vault/two-step.ts";
import { useProfile } from "../../frame.tsx";
import styles from "../settings.module.css";
import { MethodDialog, type MethodProps } from "./method.tsx";

/** Codes of an authenticator: its secret as a picture and as text, and a first code that proves it works. */
export function AuthenticatorDialog({ detail, onClose }: MethodProps<DetailOf<"authenticator">>) {
  const t = useText();
  const { data: profile } = useProfile();
  const { key, enabled } = detail.now;
  const turnOn = async (values: FormData) => {
    const token = textOf(values, "code").replace(/\s/g, "");
    const body = { key, token, userVerificationToken: detail.token };
    await call("PUT /api/two-factor/authenticator", { body });
    return true;
  };
  const more = enabled ? {} : { onSend: turnOn };
  return (
    <MethodDialog detail={detail} onClose={onClose} {...more}>
      <ol className={styles.numbered}>
        <li>{t("secondStep.scan")}</li>
        {!enabled && <li>{t("secondStep.scanThen")}</li>}
      </ol>
      <Code of={`otpauth://totp/Coffre:${encodeURIComponent(profile?.email ?? "")}?secret=${key}&issuer=Coffre`} />
      <Secret label={t("secondStep.secret")} text={spaced(key)} />
      {!enabled && (
        <Field code label={t("code.field")} name="code" autoComplete="one-time-code" inputMode="numeric" required />
      )}
    </MethodDialog>
  );
}

/** A QR code. Its words stand beneath it, for those who cannot see it. */
function Code({ of }: { of: string }) {
  const t = useText();
  const { data, size } = encode(of, { border: 2 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      className={styles.code}
      role="img"
      aria-label={t("secondStep.qr")}
      shapeRendering="crispEdges"
    >
      <path d={path} />
    </svg>
  );
}

const spaced = (key: string): string => key.replace(/(.{4})(?=.)/g, "$1 ");
