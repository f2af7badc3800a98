import { type TextareaHTMLAttributes, useId } from "react";
import styles from "./field.module.css";
import { Around, type AroundProps, described } from "./field.tsx";

export interface TextAreaProps
  extends AroundProps,
    Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "className" | "style" | "id"> {}

/** Several lines of text with their label. */
export function TextArea({ label, hint, error, required, rows = 4, ...area }: TextAreaProps) {
  const own = useId();
  return (
    <Around own={own} label={label} hint={hint} error={error} optional={!required}>
      <textarea {...area} {...described(own, hint, error)} rows={rows} required={required} className={styles.input} />
    </Around>
  );
}
