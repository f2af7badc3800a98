import type { ReactNode } from "react";
import { useText } from "../text/t.ts";
import styles from "./states.module.css";

export interface EmptyProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** What stands where nothing is yet: a sentence, and the next step. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className={styles.empty}>
      <p className={styles.title}>{title}</p>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** What stands where something will be in a moment. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  const t = useText();
  return (
    <div className={styles.skeleton} role="status" aria-busy="true">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are alike and never change places.
        <div key={line} className={styles.bar} />
      ))}
      <span className={styles.hidden}>{t("kit.loading")}</span>
    </div>
  );
}

/** Words for those who hear the page. */
export function Hidden({ children }: { children: ReactNode }) {
  return <span className={styles.hidden}>{children}</span>;
}
