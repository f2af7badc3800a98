import { type Ref, type TextareaHTMLAttributes, useId } from "react";
import { classes } from "./classes.ts";
import styles from "./field.module.css";
import { Around, type AroundProps, described } from "./field.tsx";

export interface TextAreaProps
  extends AroundProps,
    Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "className" | "style" | "id"> {
  ref?: Ref<HTMLTextAreaElement>;
  /** Not said to be optional, in a form where nearly everything is. */
  unmarked?: boolean;
  /** Shown as dots, except while the person writes. */
  secret?: boolean;
}

/** Several lines of text with their label. */
export function TextArea({ label, hint, error, required, unmarked, secret, rows = 4, ...area }: TextAreaProps) {
  const own = useId();
  return (
    <Around own={own} label={label} hint={hint} error={error} optional={!required && !unmarked}>
      <textarea
        spellCheck={!secret}
        {...area}
        {...described(own, hint, error)}
        rows={rows}
        required={required}
        className={classes(styles.input, secret && styles.masked)}
      />
    </Around>
  );
}
