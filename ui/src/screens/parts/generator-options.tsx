import { Check, Field, Select } from "../../kit/field.tsx";
import { NumberField } from "../../kit/number-field.tsx";
import { useText } from "../../text/t.ts";
import {
  type GeneratorRule,
  limits,
  type PassphraseWish,
  type PasswordWish,
  type UsernameWish,
} from "../../vault/generator.ts";
import styles from "./generator.module.css";

interface OptionsProps<Wished> {
  wish: Wished;
  rule: GeneratorRule | undefined;
  onChange: (wish: Wished) => void;
}

const sorts = ["upper", "lower", "digits", "special"] as const;

export function PasswordOptions({ wish, rule, onChange }: OptionsProps<PasswordWish>) {
  const t = useText();
  const demanded = {
    upper: rule?.needs.has("upper"),
    lower: rule?.needs.has("lower"),
    digits: rule?.needs.has("digits") || (rule?.minDigits ?? 0) > 0,
    special: rule?.needs.has("special") || (rule?.minSpecial ?? 0) > 0,
  };
  const isLast = (sort: (typeof sorts)[number]) => wish[sort] && sorts.filter((one) => wish[one]).length === 1;
  const from = Math.max(limits.length.from, rule?.length ?? 0);
  const least = { from: 1, to: limits.minimum.to };
  return (
    <div className={styles.options}>
      <NumberField
        label={t("generator.length")}
        hint={t("generator.range", { from, to: limits.length.to })}
        value={wish.length}
        from={from}
        to={limits.length.to}
        onChange={(length) => onChange({ ...wish, length })}
      />
      <fieldset className={styles.sorts}>
        <legend>{t("generator.holds")}</legend>
        {sorts.map((sort) => (
          <Check
            key={sort}
            label={t(`generator.${sort}`)}
            checked={wish[sort]}
            disabled={demanded[sort] || isLast(sort)}
            onChange={({ target }) => onChange({ ...wish, [sort]: target.checked })}
          />
        ))}
        <Check
          label={t("generator.plain")}
          hint={t("generator.plainHint")}
          checked={!wish.ambiguous}
          onChange={({ target }) => onChange({ ...wish, ambiguous: !target.checked })}
        />
      </fieldset>
      <div className={styles.pair}>
        <NumberField
          label={t("generator.minDigits")}
          {...least}
          from={Math.max(least.from, rule?.minDigits ?? 0)}
          value={wish.minDigits}
          disabled={!wish.digits}
          onChange={(minDigits) => onChange({ ...wish, minDigits })}
        />
        <NumberField
          label={t("generator.minSpecial")}
          {...least}
          from={Math.max(least.from, rule?.minSpecial ?? 0)}
          value={wish.minSpecial}
          disabled={!wish.special}
          onChange={(minSpecial) => onChange({ ...wish, minSpecial })}
        />
      </div>
    </div>
  );
}

export function PassphraseOptions({ wish, rule, onChange }: OptionsProps<PassphraseWish>) {
  const t = useText();
  const from = Math.max(limits.words.from, rule?.words ?? 0);
  return (
    <div className={styles.options}>
      <NumberField
        label={t("generator.words")}
        hint={t("generator.wordsHint", { from, to: limits.words.to })}
        value={wish.words}
        from={from}
        to={limits.words.to}
        onChange={(words) => onChange({ ...wish, words })}
      />
      <Field
        label={t("generator.separator")}
        value={wish.separator}
        maxLength={limits.separator}
        onChange={({ target }) => onChange({ ...wish, separator: target.value })}
        autoComplete="off"
      />
      <div>
        <Check
          label={t("generator.capitalize")}
          checked={wish.capitalize}
          disabled={rule?.needs.has("capitalize")}
          onChange={({ target }) => onChange({ ...wish, capitalize: target.checked })}
        />
        <Check
          label={t("generator.number")}
          checked={wish.number}
          disabled={rule?.needs.has("number")}
          onChange={({ target }) => onChange({ ...wish, number: target.checked })}
        />
      </div>
    </div>
  );
}

const usernames = {
  word: { kind: "word", capitalize: false, number: true },
  plus: { kind: "plus", email: "" },
  catchAll: { kind: "catchAll", domain: "" },
} as const satisfies Record<UsernameWish["kind"], UsernameWish>;

export function UsernameOptions({ wish, onChange }: Pick<OptionsProps<UsernameWish>, "wish" | "onChange">) {
  const t = useText();
  return (
    <div className={styles.options}>
      <Select
        label={t("generator.username")}
        value={wish.kind}
        onChange={({ target }) => onChange(usernames[target.value as UsernameWish["kind"]])}
        options={(["word", "plus", "catchAll"] as const).map((value) => ({
          value,
          label: t(`generator.username.${value}`),
        }))}
      />
      {wish.kind === "plus" && (
        <Field
          label={t("generator.email")}
          hint={t("generator.emailHint")}
          type="email"
          required
          value={wish.email}
          onChange={({ target }) => onChange({ ...wish, email: target.value })}
        />
      )}
      {wish.kind === "catchAll" && (
        <Field
          label={t("generator.domain")}
          hint={t("generator.domainHint")}
          required
          value={wish.domain}
          onChange={({ target }) => onChange({ ...wish, domain: target.value })}
        />
      )}
      {wish.kind === "word" && (
        <div>
          <Check
            label={t("generator.username.wordCapitalize")}
            checked={wish.capitalize}
            onChange={({ target }) => onChange({ ...wish, capitalize: target.checked })}
          />
          <Check
            label={t("generator.username.wordNumber")}
            checked={wish.number}
            onChange={({ target }) => onChange({ ...wish, number: target.checked })}
          />
        </div>
      )}
    </div>
  );
}
