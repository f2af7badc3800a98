import { Moment } from "../../kit/moment.tsx";
import type { Tone } from "../../kit/notice.tsx";
import { State } from "../../kit/state.tsx";
import { type Key, useText } from "../../text/t.ts";
import { type Contact, stages } from "../../vault/emergency.ts";
import { Avatar } from "../parts/avatar.tsx";
import styles from "./emergency.module.css";

const tones: Record<number, Tone> = { 0: "info", 1: "wait", 2: "good", 3: "wait", 4: "loss" };

/** The person at the other end. */
export function Person({ of: { name, email, color } }: { of: Contact }) {
  return (
    <span className={styles.person}>
      <Avatar color={color} />
      <span>
        {name}
        {name !== email && <span className={styles.soft}>{email}</span>}
      </span>
    </span>
  );
}

/** How far an access has come, in the words of the one who grants it or of the one to whom it is granted. */
export function Stage({ of, mine }: { of: Contact; mine: boolean }) {
  const t = useText();
  const words = mine ? t(`emergency.stage.${of.stage}` as Key) : t(`emergency.theirStage.${of.stage}` as Key);
  const tone = !mine && of.stage === stages.approved ? "good" : (tones[of.stage] ?? "info");
  return (
    <span className={styles.state}>
      <State tone={tone}>{words}</State>
      {of.stage === stages.initiated && of.waitEnds && (
        <span className={styles.soft}>
          {t("emergency.until")} <Moment at={of.waitEnds} withTime brief />
        </span>
      )}
    </span>
  );
}
