import { onEnd } from "./session.ts";

/** Something that was made for the person, and when. */
export interface Generated {
  text: string;
  at: Date;
}

const most = 100;
const listeners = new Set<() => void>();
let all: readonly Generated[] = [];

/** What was made for the person since the vault was opened, newest first. Only the memory of the page holds it. */
export const generated = (): readonly Generated[] => all;

export function onGenerated(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** Keeps what was made, once. */
export function keepGenerated(text: string, at: Date): void {
  if (text && all[0]?.text !== text) change([{ text, at }, ...all.filter((one) => one.text !== text)].slice(0, most));
}

export const forgetGenerated = (): void => change([]);

onEnd(forgetGenerated);

function change(next: readonly Generated[]) {
  all = next;
  for (const tell of listeners) tell();
}
