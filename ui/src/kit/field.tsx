import { ChevronDown, CircleAlert, Eye, EyeOff } from "lucide-react";
import { type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes, useId, useState } from "react";
import { useText } from "../text/t.ts";
import { IconButton } from "./button.tsx";
import { classes } from "./classes.ts";
import styles from "./field.module.css";

/** What stands around every field. */
export interface AroundProps {
  label: string;
  /** What the person should know before they type. */
  hint?: ReactNode;
  /** Why what they typed cannot be used. */
  error?: string | undefined;
}

export interface FieldProps
  extends AroundProps,
    Omit<InputHTMLAttributes<HTMLInputElement>, "className" | "style" | "id"> {
  ref?: Ref<HTMLInputElement>;
  /** A code that a person copies digit by digit. */
  code?: boolean;
  /** Not said to be optional, in a form where nearly everything is. */
  unmarked?: boolean;
}

/** A line of text with its label. */
export function Field({ label, hint, error, code, required, unmarked, ...input }: FieldProps) {
  const own = useId();
  return (
    <Around own={own} label={label} hint={hint} error={error} optional={!required && !unmarked}>
      <input
        {...input}
        {...described(own, hint, error)}
        required={required}
        className={classes(styles.input, code && styles.code)}
      />
    </Around>
  );
}

/**
 * A secret, hidden until the person wants to see it. Its value is never React's:
 * whoever needs it reads the form when it is sent.
 */
export function SecretField({
  label,
  hint,
  error,
  ...input
}: Omit<FieldProps, "value" | "defaultValue" | "code" | "type" | "unmarked">) {
  const t = useText();
  const own = useId();
  const [shown, setShown] = useState(false);
  return (
    <Around own={own} label={label} hint={hint} error={error}>
      <input
        spellCheck={false}
        autoCapitalize="none"
        required
        {...input}
        {...described(own, hint, error)}
        type={shown ? "text" : "password"}
        className={classes(styles.input, styles.secret)}
      />
      <span className={styles.reveal}>
        <IconButton label={t(shown ? "kit.hide" : "kit.show")} aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? <EyeOff size={20} aria-hidden="true" /> : <Eye size={20} aria-hidden="true" />}
        </IconButton>
      </span>
    </Around>
  );
}

export interface SelectProps
  extends AroundProps,
    Omit<SelectHTMLAttributes<HTMLSelectElement>, "className" | "style" | "id"> {
  options: { value: string; label: string; lang?: string }[];
}

/** One of a few. */
export function Select({ label, hint, error, options, ...select }: SelectProps) {
  const own = useId();
  return (
    <Around own={own} label={label} hint={hint} error={error}>
      <select {...select} {...described(own, hint, error)} className={classes(styles.input, styles.select)}>
        {options.map(({ value, label: name, lang }) => (
          <option key={value} value={value} lang={lang}>
            {name}
          </option>
        ))}
      </select>
      <ChevronDown size={18} className={styles.arrow} aria-hidden="true" />
    </Around>
  );
}

export interface CheckProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "className" | "style" | "type"> {
  label: string;
  hint?: string;
}

/** Yes or no. */
export function Check({ label, hint, ...input }: CheckProps) {
  return (
    <label className={styles.check}>
      <input {...input} type="checkbox" />
      <span className={styles.checkText}>
        {label}
        {hint && <span className={styles.hint}>{hint}</span>}
      </span>
    </label>
  );
}

/** A label, the field, what is wrong with it, and a hint. */
export function Around({
  own,
  label,
  hint,
  error,
  optional,
  children,
}: AroundProps & { own: string; optional?: boolean; children: ReactNode }) {
  const t = useText();
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={own}>
        {label}
        {optional && <span className={styles.optional}> {t("kit.optional")}</span>}
      </label>
      <div className={styles.box}>{children}</div>
      {error && (
        <p className={styles.error} id={`${own}-error`}>
          <CircleAlert size={16} aria-hidden="true" />
          {error}
        </p>
      )}
      {hint && (
        <div className={styles.hint} id={`${own}-hint`}>
          {hint}
        </div>
      )}
    </div>
  );
}

/** What ties a field to the words around it. */
export function described(own: string, hint: ReactNode, error: string | undefined) {
  const by = [error && `${own}-error`, hint && `${own}-hint`].filter(Boolean).join(" ");
  return { id: own, "aria-invalid": error ? true : undefined, "aria-describedby": by || undefined } as const;
}
