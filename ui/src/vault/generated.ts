import { onEnd } from "./session.ts";

/** Something that was made for the person. What it says stands here alone, for whoever shows or copies it. */
export interface Made {
  id: number;
}

/** What was made and used, and when. */
export interface Generated {
  made: Made;
  at: Date;
}

const most = 100;
const listeners = new Set<() => void>();
let texts = new WeakMap<Made, string>();
let last = 0;
let all: readonly Generated[] = [];

/** Holds a text that was made, until the vault locks or nobody knows of it any more. Of an empty one there is none. */
export function madeOf(text: string): Made | undefined {
  if (!text) return undefined;
  const made = { id: ++last };
  texts.set(made, text);
  return made;
}

/** What something that was made says; "" once it is forgotten. */
export const madeText = (made: Made | undefined): string => (made && texts.get(made)) ?? "";

/** What was made for the person since the vault was opened, newest first. Only the memory of the page holds it. */
export const generated = (): readonly Generated[] => all;

export function onGenerated(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** Keeps what was made, once. */
export function keepGenerated(made: Made | undefined, at: Date): void {
  const text = madeText(made);
  if (!made || !text || madeText(all[0]?.made) === text) return;
  change([{ made, at }, ...all.filter((one) => madeText(one.made) !== text)].slice(0, most));
}

export const forgetGenerated = (): void => change([]);

onEnd(() => {
  texts = new WeakMap();
  forgetGenerated();
});

function change(next: readonly Generated[]) {
  all = next;
  for (const tell of listeners) tell();
}
