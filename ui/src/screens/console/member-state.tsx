import type { Tone } from "../../kit/notice.tsx";
import { State } from "../../kit/state.tsx";
import { type Key, useText } from "../../text/t.ts";

const tones: Record<number, Tone> = { "-1": "loss", 0: "info", 1: "wait", 2: "good" };

/** How far a member has come. */
export function MemberState({ of: { status } }: { of: { status: number } }) {
  const t = useText();
  return <State tone={tones[status] ?? "info"}>{t(`memberStatus.${status}` as Key)}</State>;
}
