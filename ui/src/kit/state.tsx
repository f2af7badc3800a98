import type { ReactNode } from "react";
import type { Tone } from "./notice.tsx";
import styles from "./state.module.css";

/** The state of a thing, in a word or two. Its color only repeats what the word says. */
export function State({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={styles.state} data-tone={tone}>
      {children}
    </span>
  );
}

/** Facts under each other: what it is, and what it is worth. */
export function Facts({ of }: { of: { name: string; value: ReactNode }[] }) {
  return (
    <dl className={styles.facts}>
      {of.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
