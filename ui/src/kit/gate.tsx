import type { ReactNode } from "react";
import styles from "./gate.module.css";
import { Mark } from "./mark.tsx";

export interface GateProps {
  name: string;
  title: string;
  lead?: ReactNode;
  banners?: ReactNode;
  children: ReactNode;
  /** Stands under the card: other ways on. */
  after?: ReactNode;
  /** Stands at the end of the page. */
  footer?: ReactNode;
}

/** The page of whoever is not inside yet: one card, one thing to do. */
export function Gate({ name, title, lead, banners, children, after, footer }: GateProps) {
  return (
    <div className={styles.page}>
      <header>
        {banners}
        <div className={styles.top}>
          <Mark name={name} />
        </div>
      </header>
      <main className={styles.main}>
        <div className={styles.card}>
          <div className={styles.head}>
            <h1>{title}</h1>
            {lead && <p>{lead}</p>}
          </div>
          {children}
        </div>
        {after}
      </main>
      {footer && <footer className={styles.footer}>{footer}</footer>}
    </div>
  );
}
