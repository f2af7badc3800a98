import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { Moment } from "../../kit/moment.tsx";
import { Facts } from "../../kit/state.tsx";
import { type Key, type Translate, useText } from "../../text/t.ts";
import { type Field, holders, members, types } from "../../vault/content.ts";
import { type Row, reveal, viewOf } from "../../vault/items.ts";
import { hostOf } from "../../vault/rows.ts";
import type { Opened, Part } from "../../vault/wire.ts";
import { Files } from "./files.tsx";
import styles from "./item.module.css";
import { Hidden, Secret, Value } from "./secret.tsx";
import { Totp } from "./totp.tsx";
import type { Guard } from "./use-guard.tsx";

interface ItemContentProps {
  row: Row;
  seen: Opened;
  guard: Guard;
}

/** All that an item says, and when it changed. */
export function ItemContent({ row, seen, guard }: ItemContentProps) {
  const t = useText();
  const get = (part: Part) => () => guard(row.reprompt, () => reveal(row.id, part));
  const secret: SecretOf = (part, label) => {
    if (!row.maySeeHidden) return <Hidden key={part} label={label} />;
    return <Secret key={part} label={label} get={get(part)} />;
  };
  const totp = row.maySeeHidden ? (
    <Totp
      key={row.id}
      get={() => reveal(row.id, "login.totp")}
      isGuarded={row.reprompt}
      guard={() => guard(row.reprompt, async () => undefined)}
    />
  ) : (
    <Hidden label={t("item.totpCode")} />
  );
  return (
    <>
      <ItemParts seen={seen} secret={secret} totp={totp} />
      <Files row={row} guard={guard} />
      <Dates row={row} />
    </>
  );
}

/** How a part that is not open yet is shown. */
type SecretOf = (part: Part, label: string) => ReactNode;

interface ItemPartsProps {
  seen: Opened;
  secret: SecretOf;
  /** What stands where an item has a secret for codes. */
  totp: ReactNode;
}

/** All that an item says. */
export function ItemParts({ seen, secret: shownAs, totp }: ItemPartsProps) {
  const t = useText();
  const { content, closed } = seen;
  const secret: SecretOf = (part, label) => (closed.includes(part) ? shownAs(part, label) : null);
  const holder = content.type === types.note ? undefined : holders[content.type];
  const own = (holder && content[holder]) as unknown as Record<string, string | null> | undefined;
  const names: readonly string[] = holder ? members[holder] : [];
  const parts = names.flatMap((name): ReactNode[] => {
    const part = `${holder}.${name}`;
    if (part === "login.totp" || name === "expYear") return [];
    if (name === "expMonth") return expiry(t, own ?? {});
    const label = t(`item.part.${name}` as Key);
    const shown = secret(part, label);
    const text = own?.[name];
    if (shown || !text) return shown ? [shown] : [];
    return [
      <Value key={part} label={label} copy={text}>
        {name === "publicKey" || name === "keyFingerprint" ? <code className={styles.secret}>{text}</code> : text}
      </Value>,
    ];
  });
  const hasTotp = closed.includes("login.totp");
  return (
    <>
      {(parts.length > 0 || hasTotp) && (
        <dl className={styles.values}>
          {parts}
          {hasTotp && totp}
        </dl>
      )}
      <Addresses seen={seen} />
      {content.notes && (
        <dl className={styles.values}>
          <Value label={t("item.notes")} copy={content.notes}>
            {content.notes}
          </Value>
        </dl>
      )}
      {content.fields.length > 0 && (
        <section className={styles.part}>
          <h3>{t("item.fields")}</h3>
          <dl className={styles.values}>
            {content.fields.map((field, n) => secret(`fields.${n}`, field.name ?? "") ?? custom(t, field, n))}
          </dl>
        </section>
      )}
      <History seen={seen} secret={secret} />
    </>
  );
}

/** The two parts of a date, as they stand on a card. */
function expiry(t: Translate, { expMonth, expYear }: Record<string, string | null>) {
  const text = [expMonth?.padStart(2, "0"), expYear].filter(Boolean).join(" / ");
  if (!text) return [];
  return [
    <Value key="expiry" label={t("item.part.expiry")} copy={text}>
      {text}
    </Value>,
  ];
}

function custom(t: Translate, { type, name, value, linkedId }: Field, n: number) {
  const shown =
    type === 2 ? t(value === "true" ? "item.yes" : "item.no") : type === 3 ? linkedName(t, linkedId) : (value ?? "");
  const copy = type === 0 && value ? { copy: value } : {};
  return (
    // A field is known by its place alone.
    <Value key={`fields.${n}`} label={name ?? ""} {...copy}>
      {shown}
    </Value>
  );
}

/** The members to which a field can be linked, as clients number them. */
export const linked: Record<number, Record<number, string>> = {
  [types.login]: { 100: "username", 101: "password" },
  [types.card]: { 300: "cardholderName", 301: "expMonth", 302: "expYear", 303: "code", 304: "brand", 305: "number" },
  [types.identity]: {
    ...{ 400: "title", 401: "middleName", 402: "address1", 403: "address2", 404: "address3", 405: "city" },
    ...{ 406: "state", 407: "postalCode", 408: "country", 409: "company", 410: "email", 411: "phone", 412: "ssn" },
    ...{ 413: "username", 414: "passportNumber", 415: "licenseNumber", 416: "firstName", 417: "lastName" },
    418: "fullName",
  },
};

const linkedName = (t: Translate, linkedId: number | null): string => {
  const name = Object.values(linked).find((some) => (linkedId ?? 0) in some)?.[linkedId ?? 0];
  return name ? t("item.linkedTo", { part: t(`item.part.${name}` as Key) }) : t("item.linkedUnknown");
};

function Addresses({ seen: { content } }: { seen: Opened }) {
  const t = useText();
  const uris = content.login?.uris.filter(({ uri }) => uri) ?? [];
  if (uris.length === 0) return null;
  return (
    <dl className={styles.values}>
      {uris.map(({ uri }, n) => {
        const label = t("item.uri", { number: uris.length > 1 ? n + 1 : 0 });
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: an address is known by its place, and may stand there twice.
          <Value key={n} label={label} copy={uri}>
            <Address of={uri} />
          </Value>
        );
      })}
    </dl>
  );
}

/** An address, which leads there when it is one of the web. */
function Address({ of: uri }: { of: string }) {
  const t = useText();
  if (!hostOf(uri)) return uri;
  const href = uri.includes("://") ? uri : `https://${uri}`;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={t("item.launch")}>
      {uri} <ExternalLink size={14} aria-hidden="true" />
    </a>
  );
}

function History({ seen, secret }: { seen: Opened; secret: SecretOf }) {
  const t = useText();
  const { passwordHistory } = seen.content;
  if (passwordHistory.length === 0) return null;
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  return (
    <details className={styles.part}>
      <summary>{t("item.history", { count: passwordHistory.length })}</summary>
      <dl className={styles.values}>
        {passwordHistory.map(({ lastUsedDate }, n) => {
          const date = new Date(lastUsedDate);
          return secret(
            `passwordHistory.${n}`,
            t("item.until", { date: Number.isNaN(date.valueOf()) ? "–" : format.format(date) }),
          );
        })}
      </dl>
    </details>
  );
}

function Dates({ row }: { row: Row }) {
  const t = useText();
  const { login } = viewOf(row.id);
  const facts = [
    { name: t("item.created"), value: row.createdDate && <Moment at={row.createdDate} brief /> },
    { name: t("item.changed"), value: row.revisionDate && <Moment at={row.revisionDate} brief /> },
    {
      name: t("item.passwordChanged"),
      value: login?.passwordRevisionDate && <Moment at={login.passwordRevisionDate} brief />,
    },
    { name: t("item.passkeys"), value: login?.fido2Credentials?.length || "" },
  ];
  return <Facts of={facts.filter(({ value }) => value)} />;
}
