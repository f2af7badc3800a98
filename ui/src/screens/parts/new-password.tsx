import type { ReactNode } from "react";
import { Field, SecretField } from "../../kit/field.tsx";
import { textOf } from "../../kit/form.tsx";
import { Notice } from "../../kit/notice.tsx";
import { type Translate, useText } from "../../text/t.ts";
import { type Demand, TooWeak } from "../../vault/demands.ts";
import { shortest } from "../../vault/register.ts";
import { Strength } from "../sign-in/strength.tsx";

/** Why a new password, or its hint, cannot be used. */
export interface PasswordFaults {
  password?: string;
  again?: string;
  hint?: string;
}

export interface NewPasswordProps {
  /** What a guesser knows of the person. */
  about: string[];
  faults: PasswordFaults;
  label: string;
  again: string;
  autoFocus?: boolean;
}

/** A new master password, twice, and a hint: the fields password, again and hint. */
export function NewPassword({ about, faults, label, again, autoFocus = false }: NewPasswordProps) {
  const t = useText();
  return (
    <>
      <Strength about={about}>
        {(onInput, meter) => (
          <SecretField
            label={label}
            name="password"
            autoComplete="new-password"
            minLength={shortest}
            error={faults.password}
            hint={meter}
            onInput={onInput}
            autoFocus={autoFocus}
          />
        )}
      </Strength>
      <SecretField label={again} name="again" autoComplete="new-password" error={faults.again} />
      <Field
        label={t("finish.hint")}
        hint={t("finish.hintHint")}
        name="hint"
        maxLength={50}
        error={faults.hint}
        autoComplete="off"
      />
    </>
  );
}

/** What is wrong with the fields of a new password, before anything is sent. */
export function passwordFaults(t: Translate, values: FormData): PasswordFaults {
  const [password, again, hint] = [textOf(values, "password"), textOf(values, "again"), textOf(values, "hint")];
  const found: PasswordFaults = {};
  if (password.length < shortest) found.password = t("finish.short", { count: shortest });
  if (password !== again) found.again = t("finish.differs");
  if (hint !== "" && hint === password) found.hint = t("finish.tells");
  return found;
}

/** Says what the person's organizations ask of a master password. */
export function Demands({
  of,
  tone = "info",
  children,
}: {
  of: Demand[];
  tone?: "info" | "loss";
  children: ReactNode;
}) {
  const t = useText();
  if (of.length === 0) return null;
  return (
    <Notice tone={tone}>
      <p>{children}</p>
      <ul>
        {of.map((demand) => (
          <li key={demand.what}>{t(`demand.${demand.what}`, "least" in demand ? { count: demand.least } : {})}</li>
        ))}
      </ul>
    </Notice>
  );
}

/** Says why a password was not accepted, when an organization asks for more. */
export function TooWeakNotice({ failure }: { failure: unknown }) {
  const t = useText();
  if (!(failure instanceof TooWeak)) return null;
  return (
    <Demands of={failure.demands} tone="loss">
      {t("demand.refused")}
    </Demands>
  );
}
