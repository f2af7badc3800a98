import type { ReactNode } from "react";
import styles from "./cards.module.css";

export interface CardsProps<T extends string> {
  /** What is chosen. */
  label: string;
  name: string;
  value: T | undefined;
  onChange: (value: T) => void;
  options: { value: T; title: ReactNode; text?: ReactNode; disabled?: boolean }[];
}

/** One of a few, each of which needs a sentence. */
export function Cards<T extends string>({ label, name, value, onChange, options }: CardsProps<T>) {
  return (
    <fieldset className={styles.cards}>
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option.value} className={styles.card}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            disabled={option.disabled}
            onChange={() => onChange(option.value)}
          />
          <span className={styles.words}>
            <span className={styles.title}>{option.title}</span>
            {option.text && <span className={styles.text}>{option.text}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
