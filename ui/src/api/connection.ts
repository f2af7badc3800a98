/** Whether the server answers. A call that gets no answer says no, one that gets any says yes. */

const listeners = new Set<() => void>();
let reachable = true;
let next: ReturnType<typeof setTimeout> | undefined;

/** How long to wait before the server is asked again whether it is there. */
const pause = 5_000;

export const isReachable = (): boolean => reachable;

export function onReachable(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function reached(yes: boolean): void {
  clearTimeout(next);
  if (!yes) next = setTimeout(ask, pause);
  if (yes === reachable) return;
  reachable = yes;
  for (const tell of listeners) tell();
}

/** Asks the server whether it is there. */
export async function ask(): Promise<void> {
  try {
    await fetch("/alive", { cache: "no-store", credentials: "omit" });
    reached(true);
  } catch {
    reached(false);
  }
}

addEventListener("online", ask);
addEventListener("offline", () => reached(false));
