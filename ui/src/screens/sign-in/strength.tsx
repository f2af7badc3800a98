import { type FormEvent, type ReactNode, useCallback, useState } from "react";
import { useLanguage, useText } from "../../text/t.ts";
import { shortest } from "../../vault/register.ts";
import type { Score } from "../../vault/strength.ts";
import styles from "./sign-in.module.css";

export interface StrengthProps {
  /** What a guesser knows of the person. */
  about: string[];
  children: (onInput: (event: FormEvent<HTMLInputElement>) => void, meter: ReactNode) => ReactNode;
}

/** Judges a password while it is typed, and keeps only the verdict. */
export function Strength({ about, children }: StrengthProps) {
  const t = useText();
  const language = useLanguage();
  const [score, setScore] = useState<Score>();
  const judge = useCallback(
    async (event: FormEvent<HTMLInputElement>) => {
      const field = event.currentTarget;
      const { strengthJudge } = await import("../../vault/strength.ts");
      const judged = await strengthJudge(language);
      setScore(field.value.length < shortest ? undefined : judged(field.value, about));
    },
    [language, about],
  );
  const verdict = score === undefined ? t("strength.short", { count: shortest }) : t(`strength.${score}`);
  return children(
    judge,
    <>
      <div className={styles.strength} data-score={score} aria-hidden="true">
        <span />
        <span />
        <span />
        <span />
      </div>
      <span aria-live="polite">{verdict}</span>
    </>,
  );
}
