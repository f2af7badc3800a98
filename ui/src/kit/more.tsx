import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./more.module.css";

/** What few people need, behind a line that opens it. Its fields belong to the form around it, open or not. */
export function More({ label, open, children }: { label: string; open?: boolean; children: ReactNode }) {
  return (
    <details className={styles.more} open={open}>
      <summary>
        <ChevronRight size={18} aria-hidden="true" />
        {label}
      </summary>
      <div className={styles.content}>{children}</div>
    </details>
  );
}
