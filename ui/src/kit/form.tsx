import type { ReactNode } from "react";
import styles from "./form.module.css";

export interface FormProps {
  /** Gets what the fields held when the form was sent. */
  onSend: (values: FormData) => void;
  label?: string;
  /** By which a button outside of the form sends it. */
  id?: string;
  children: ReactNode;
}

/** Fields under each other. The browser says what is missing; what is sent is read here, once. */
export function Form({ onSend, label, id, children }: FormProps) {
  return (
    <form
      id={id}
      className={styles.form}
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        onSend(new FormData(event.currentTarget));
      }}
    >
      {children}
    </form>
  );
}

/** The text of a field that was sent. */
export const textOf = (values: FormData, name: string): string => String(values.get(name) ?? "");
