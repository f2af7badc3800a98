import { lockAfter } from "./browser.ts";
import { currentSession, lock } from "./session.ts";

const touches = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

/** How often it is looked whether the time is over: timers stand still while a machine sleeps. */
const every = 5_000;

/** Locks the vault when nobody has touched the page for as long as the person allows. */
export function startIdleLock(): void {
  let last = Date.now();
  const check = () => {
    const minutes = lockAfter();
    if (minutes > 0 && Date.now() - last >= minutes * 60_000 && currentSession().phase === "open") lock("idle");
  };
  const touched = () => {
    check();
    last = Date.now();
  };
  for (const touch of touches) addEventListener(touch, touched, { passive: true, capture: true });
  document.addEventListener("visibilitychange", check);
  setInterval(check, every);
}
