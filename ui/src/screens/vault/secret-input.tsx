import { type RefObject, useLayoutEffect, useRef } from "react";
import { SecretField } from "../../kit/field.tsx";
import { type Row, reveal } from "../../vault/items.ts";
import type { Opened, Part } from "../../vault/wire.ts";
import styles from "./item.module.css";
import { Hidden } from "./secret.tsx";

/** Which secret of which item a field is about; a new item has none. */
export interface About {
  seen: Opened;
  of: Row | undefined;
}

/** Whether the person may not see what is there, and so cannot change it either. */
export const isWithheld = (part: Part, { seen: { closed }, of }: About): boolean =>
  closed.includes(part) && of?.maySeeHidden === false;

/** Puts a secret into a field, which can then be changed and is sent. */
export function fill(field: HTMLInputElement | HTMLTextAreaElement, secret: string): void {
  field.value = secret;
  field.disabled = false;
}

/** Fills a field with a secret of an item, past React. What is not filled is not sent, and so stays as it is. */
export function useFilled<E extends HTMLInputElement | HTMLTextAreaElement>(
  part: Part,
  { seen: { closed }, of }: About,
): RefObject<E | null> {
  const input = useRef<E>(null);
  const id = closed.includes(part) && of?.maySeeHidden !== false ? of?.id : undefined;
  useLayoutEffect(() => {
    const field = input.current;
    if (!id || !field) return;
    field.disabled = true;
    reveal(id, part).then(
      (text) => field.disabled && fill(field, text),
      () => undefined, // An item with a part that cannot be opened is not changed at all.
    );
  }, [id, part]);
  return input;
}

interface SecretInputProps extends About {
  label: string;
  name: string;
  part: Part;
  hint?: string;
}

/** A secret that can be changed. */
export function SecretInput({ label, name, part, hint, ...about }: SecretInputProps) {
  const input = useFilled<HTMLInputElement>(part, about);
  if (isWithheld(part, about)) return <Withheld label={label} />;
  return (
    <SecretField
      ref={input}
      label={label}
      name={name}
      required={false}
      autoComplete="off"
      maxLength={3_600}
      hint={hint}
    />
  );
}

/** A secret that somebody else hides from the person: it stays as it is. */
export function Withheld({ label }: { label: string }) {
  return (
    <dl className={styles.values}>
      <Hidden label={label} />
    </dl>
  );
}
