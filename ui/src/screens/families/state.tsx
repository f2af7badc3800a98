import { useDate } from "../../kit/moment.tsx";
import type { Tone } from "../../kit/notice.tsx";
import { State } from "../../kit/state.tsx";
import { type Key, useText } from "../../text/t.ts";
import styles from "./families.module.css";
import { useReason } from "./reason.ts";

/** What a state is shown from. */
export interface Shown {
  state: string;
  date: string | null;
  code: string | null;
  /** The cloud has yet to be told. */
  awaitingSync?: boolean;
}

const tones: Record<string, Tone> = { offered: "info", active: "good", refused: "loss", expired: "info" };

/** Reports whether a sponsorship waits until this server and the cloud have spoken. */
export const isAwaiting = ({ state, awaitingSync }: Shown): boolean =>
  state === "requested" || (awaitingSync === true && state === "ending");

/** The state of a sponsorship in the words that people look for, with its date and its reason. */
export function SponsorshipState({ of }: { of: Shown }) {
  const t = useText();
  const dateOf = useDate();
  const reasonOf = useReason();
  const { state, date, code } = of;
  const reason = code ? reasonOf(code) : "";
  const more = (text: string) => <span className={styles.more}>{text}</span>;
  if (isAwaiting(of)) {
    return (
      <span className={styles.state}>
        <State tone="wait">{t("families.awaiting")}</State>
        {state === "ending" && date && more(t("families.ends", { date: dateOf(date) }))}
        {reason && more(reason)}
      </span>
    );
  }
  if (state === "ending") {
    return (
      <span className={styles.state}>
        <State tone="wait">{date ? t("families.ends", { date: dateOf(date) }) : t("families.awaiting")}</State>
        {reason && more(reason)}
      </span>
    );
  }
  return (
    <span className={styles.state}>
      <State tone={tones[state] ?? "info"}>{t(`families.state.${state}` as Key, { reason })}</State>
      {date && more(t(dateWords[state] ?? "families.since", { date: dateOf(date) }))}
      {state === "expired" && reason && more(reason)}
    </span>
  );
}

const dateWords: Record<string, Key> = { offered: "families.goodUntil", active: "families.paidUntil" };
