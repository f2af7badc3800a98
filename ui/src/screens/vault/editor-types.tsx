import { Plus, Sparkles, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { Button, IconButton } from "../../kit/button.tsx";
import { Field, SecretField, Select } from "../../kit/field.tsx";
import { TextArea } from "../../kit/text-area.tsx";
import { type Key, useText } from "../../text/t.ts";
import { members, type Type, types, type Uri } from "../../vault/content.ts";
import { fingerprintOfLine, publicHalfOf } from "../../vault/ssh-key.ts";
import { GeneratorDialog } from "../parts/generator.tsx";
import styles from "./item.module.css";
import { Lines } from "./lines.tsx";
import { type About, fill, isWithheld, SecretInput, useFilled, Withheld } from "./secret-input.tsx";

/** What only items of one type say. */
export function TypeFields({ type, ...about }: About & { type: Type }) {
  switch (type) {
    case types.login:
      return <LoginFields {...about} />;
    case types.card:
      return <CardFields {...about} />;
    case types.identity:
      return <IdentityFields {...about} />;
    case types.sshKey:
      return <SshKeyFields {...about} />;
    default:
      return null;
  }
}

function LoginFields(about: About) {
  const t = useText();
  const { login } = about.seen.content;
  return (
    <>
      <Lines
        label={t("item.part.username")}
        name="login.username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={700}
        of={login?.username}
      />
      <PasswordInput {...about} />
      <SecretInput label={t("item.totp")} name="login.totp" part="login.totp" hint={t("item.totpHint")} {...about} />
      <Uris {...about} />
    </>
  );
}

/** The password of a login, and what makes one. */
function PasswordInput(about: About) {
  const t = useText();
  const input = useFilled<HTMLInputElement>("login.password", about);
  const [isMaking, setIsMaking] = useState(false);
  const label = t("item.part.password");
  if (isWithheld("login.password", about)) return <Withheld label={label} />;
  return (
    <div className={styles.uri}>
      <SecretField
        ref={input}
        label={label}
        name="login.password"
        required={false}
        autoComplete="off"
        maxLength={3_600}
      />
      <div>
        <Button tone="quiet" onClick={() => setIsMaking(true)}>
          <Sparkles size={18} aria-hidden="true" />
          {t("item.generate")}
        </Button>
      </div>
      {isMaking && (
        <GeneratorDialog
          open
          onClose={() => setIsMaking(false)}
          onUse={(made) => {
            if (input.current) fill(input.current, made);
            setIsMaking(false);
          }}
        />
      )}
    </div>
  );
}

/** How an address is compared with that of a page, as clients number it. */
const matches = [0, 1, 2, 3, 4, 5] as const;

const isKnown = (match: number): boolean => (matches as readonly number[]).includes(match);

function Uris({ seen: { content } }: About) {
  const t = useText();
  const last = useRef(0);
  const [rows, setRows] = useState(() => {
    const uris: Uri[] = (content.login?.uris ?? []).map((one, origin) => ({ ...one, origin }));
    return (uris.length > 0 ? uris : [{ uri: "", match: null }]).map((one) => ({ ...one, key: ++last.current }));
  });
  const options = (match: number | null) => [
    { value: "", label: t("item.match.default") },
    ...matches.map((value) => ({ value: String(value), label: t(`item.match.${value}`) })),
    ...(match !== null && !isKnown(match) ? [{ value: String(match), label: t("item.matchUnknown") }] : []),
  ];
  return (
    <fieldset className={styles.rows}>
      <legend>{t("item.uris")}</legend>
      {rows.map(({ key, uri, match, origin }, n) => (
        <div key={key} className={styles.uri}>
          <input type="hidden" name="uriOrigin" value={origin ?? ""} />
          <div className={styles.row}>
            <Field
              label={t("item.uri", { number: rows.length > 1 ? n + 1 : 0 })}
              name="uri"
              inputMode="url"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={7_000}
              defaultValue={uri}
              unmarked
            />
            <IconButton
              label={t("item.removeUri", { number: n + 1 })}
              onClick={() => setRows(rows.filter((row) => row.key !== key))}
            >
              <Trash2 size={18} aria-hidden="true" />
            </IconButton>
          </div>
          <Select
            label={t("item.matches", { number: rows.length > 1 ? n + 1 : 0 })}
            name="match"
            defaultValue={match === null ? "" : String(match)}
            options={options(match)}
          />
        </div>
      ))}
      <div>
        <Button tone="quiet" onClick={() => setRows([...rows, { uri: "", match: null, key: ++last.current }])}>
          <Plus size={18} aria-hidden="true" />
          {t("item.addUri")}
        </Button>
      </div>
    </fieldset>
  );
}

const brands = [
  ...["Visa", "Mastercard", "Amex", "Discover", "Diners Club", "JCB", "Maestro", "UnionPay", "RuPay"],
  "Other",
];

function CardFields(about: About) {
  const t = useText();
  const { card } = about.seen.content;
  const known = card?.brand && !brands.includes(card.brand) ? [card.brand, ...brands] : brands;
  const options = [
    { value: "", label: t("item.noBrand") },
    ...known.map((value) => ({ value, label: value === "Other" ? t("item.otherBrand") : value })),
  ];
  const months = Array.from({ length: 12 }, (_, n) => ({
    value: String(n + 1),
    label: String(n + 1).padStart(2, "0"),
  }));
  const month = card?.expMonth ?? "";
  // Other programs write it in their own way, which stays.
  if (month && !months.some(({ value }) => value === month)) months.unshift({ value: month, label: month });
  return (
    <>
      <Lines
        label={t("item.part.cardholderName")}
        name="card.cardholderName"
        maxLength={700}
        of={card?.cardholderName}
      />
      <SecretInput label={t("item.part.number")} name="card.number" part="card.number" {...about} />
      <Select label={t("item.part.brand")} name="card.brand" defaultValue={card?.brand ?? ""} options={options} />
      <div className={styles.two}>
        <Select
          label={t("item.part.expMonth")}
          name="card.expMonth"
          defaultValue={month}
          options={[{ value: "", label: "\u2013" }, ...months]}
        />
        <Field
          label={t("item.part.expYear")}
          name="card.expYear"
          inputMode="numeric"
          maxLength={4}
          autoComplete="off"
          defaultValue={card?.expYear ?? ""}
          unmarked
        />
      </div>
      <SecretInput label={t("item.part.code")} name="card.code" part="card.code" {...about} />
    </>
  );
}

const secretOfIdentity: ReadonlySet<string> = new Set(["ssn", "passportNumber", "licenseNumber"]);

function IdentityFields(about: About) {
  const t = useText();
  const { identity } = about.seen.content;
  return (
    <div className={styles.two}>
      {members.identity.map((name) => {
        const label = t(`item.part.${name}` as Key);
        const sent = `identity.${name}`;
        if (secretOfIdentity.has(name))
          return <SecretInput key={name} label={label} name={sent} part={sent} {...about} />;
        return <Lines key={name} label={label} name={sent} maxLength={700} of={identity?.[name]} />;
      })}
    </div>
  );
}

function SshKeyFields(about: About) {
  const t = useText();
  const own = useFilled<HTMLTextAreaElement>("sshKey.privateKey", about);
  const line = useRef<HTMLTextAreaElement>(null);
  const print = useRef<HTMLInputElement>(null);
  const { sshKey } = about.seen.content;
  const derive = async () => {
    const half = await publicHalfOf(own.current?.value ?? "");
    if (!half || !line.current || !print.current) return;
    line.current.value = half.publicKey;
    print.current.value = half.keyFingerprint;
  };
  const follow = async () => {
    const fingerprint = await fingerprintOfLine(line.current?.value ?? "");
    if (fingerprint && print.current) print.current.value = fingerprint;
  };
  return (
    <>
      {isWithheld("sshKey.privateKey", about) ? (
        <Withheld label={t("item.part.privateKey")} />
      ) : (
        <TextArea
          ref={own}
          label={t("item.part.privateKey")}
          name="sshKey.privateKey"
          hint={t("item.sshHint")}
          required
          secret
          rows={4}
          maxLength={3_600}
          onBlur={derive}
        />
      )}
      <TextArea
        ref={line}
        label={t("item.part.publicKey")}
        name="sshKey.publicKey"
        required
        rows={2}
        maxLength={3_600}
        defaultValue={sshKey?.publicKey ?? ""}
        onBlur={follow}
      />
      <Field
        ref={print}
        label={t("item.part.keyFingerprint")}
        name="sshKey.keyFingerprint"
        required
        code
        autoComplete="off"
        maxLength={700}
        defaultValue={sshKey?.keyFingerprint ?? ""}
      />
    </>
  );
}
