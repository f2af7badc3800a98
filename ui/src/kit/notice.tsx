import { CircleAlert, CircleCheck, Clock, Info } from "lucide-react";
import type { ReactNode } from "react";
import { classes } from "./classes.ts";
import styles from "./notice.module.css";

export type Tone = "info" | "wait" | "loss" | "good";

const icons = { info: Info, wait: Clock, loss: CircleAlert, good: CircleCheck };

export interface NoticeProps {
  tone: Tone;
  title?: string;
  children: ReactNode;
}

/** What the person must know about this part of the screen: what happened and what to do next. */
export function Notice({ tone, title, children }: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div className={classes(styles.notice, styles[tone])} role={tone === "loss" ? "alert" : "status"}>
      <Icon size={20} aria-hidden="true" />
      <div className={styles.text}>
        {title && <p className={styles.title}>{title}</p>}
        {typeof children === "string" ? <p>{children}</p> : children}
      </div>
    </div>
  );
}

/** The line under the top of every page, for what matters to everyone. */
export function Banner({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <div className={classes(styles.banner, styles[tone])} role="status">
      {children}
    </div>
  );
}
