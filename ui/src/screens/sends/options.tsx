import { useState } from "react";
import { Check, Field, SecretField, Select } from "../../kit/field.tsx";
import { More } from "../../kit/more.tsx";
import { TextArea } from "../../kit/text-area.tsx";
import { useLanguage, useText } from "../../text/t.ts";
import { auths, type Send } from "../../vault/sends.ts";
import { inHours, lives, localOf, longestLife, usualLife } from "./dates.ts";
import styles from "./sends.module.css";

interface PartProps {
  send: Send | undefined;
  now: Date;
}

/** When a Send is deleted: after a while, on a date, or as it was. */
export function Deletion({ send, now }: PartProps) {
  const t = useText();
  const language = useLanguage();
  const [life, setLife] = useState<string>(send ? "kept" : usualLife);
  const format = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
  const kept = send ? [{ value: "kept", label: format.format(new Date(send.deleteAt)) }] : [];
  const offered = lives.map((hours) => ({
    value: hours,
    label:
      Number(hours) < 24
        ? t("send.inHours", { count: Number(hours) })
        : t("send.inDays", { count: Number(hours) / 24 }),
  }));
  return (
    <div className={styles.pair}>
      <Select
        label={t("send.deleted")}
        name="life"
        value={life}
        onChange={({ target }) => setLife(target.value)}
        options={[...kept, ...offered, { value: "date", label: t("send.onDate") }]}
      />
      {life === "date" && (
        <Field
          label={t("send.date")}
          name="deleteAt"
          type="datetime-local"
          required
          min={localOf(now)}
          max={localOf(inHours(now, longestLife))}
        />
      )}
    </div>
  );
}

type Auth = keyof typeof auths;

/** Who may open a Send, and what they must show. */
function Readers({ send }: Pick<PartProps, "send">) {
  const t = useText();
  const had = (Object.keys(auths) as Auth[]).find((auth) => auths[auth] === send?.auth) ?? "none";
  const [auth, setAuth] = useState<Auth>(had);
  const hasPassword = had === "password";
  return (
    <>
      <Select
        label={t("send.readers")}
        name="readers"
        value={auth}
        onChange={({ target }) => setAuth(target.value as Auth)}
        options={(["none", "password", "email"] as const).map((value) => ({
          value,
          label: t(`send.readers.${value}`),
        }))}
      />
      {auth === "password" && (
        <SecretField
          label={t(hasPassword ? "send.newPassword" : "send.password")}
          hint={t(hasPassword ? "send.passwordKept" : "send.passwordHint")}
          name="password"
          autoComplete="new-password"
          required={!hasPassword}
        />
      )}
      {auth === "email" && (
        <TextArea
          label={t("send.people")}
          hint={t("send.peopleHint")}
          name="emails"
          rows={2}
          required
          defaultValue={send?.emails?.replaceAll(",", "\n") ?? ""}
        />
      )}
    </>
  );
}

/** What few Sends need. It is open where something of it is set. */
export function Options({ send, now }: PartProps) {
  const t = useText();
  const expiresAt = send?.expiresAt ? localOf(new Date(send.expiresAt)) : "";
  const isSet = send && (expiresAt || send.most !== null || send.auth !== auths.none || send.notes);
  const max = localOf(inHours(now, longestLife));
  return (
    <More label={t("send.options")} open={!!isSet || send?.disabled === true}>
      <Readers send={send} />
      <div className={styles.pair}>
        <Field label={t("send.expires")} name="expiresAt" type="datetime-local" max={max} defaultValue={expiresAt} />
        <input type="hidden" name="expiresAtWas" value={expiresAt} />
        <Field
          label={t("send.most")}
          name="most"
          type="number"
          inputMode="numeric"
          min={1}
          max={2_147_483_647}
          step={1}
          defaultValue={send?.most ?? ""}
        />
      </div>
      <Field
        label={t("send.notes")}
        hint={t("send.notesHint")}
        name="notes"
        autoComplete="off"
        maxLength={300}
        defaultValue={send?.notes ?? ""}
      />
      <div>
        <Check label={t("send.hideEmail")} name="hideEmail" defaultChecked={send?.hideEmail ?? false} />
        <Check
          label={t("send.disabled")}
          hint={t("send.disabledHint")}
          name="disabled"
          defaultChecked={send?.disabled ?? false}
        />
      </div>
    </More>
  );
}
