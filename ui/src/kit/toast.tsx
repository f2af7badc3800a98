import { CircleCheck } from "lucide-react";
import { useSyncExternalStore } from "react";
import styles from "./toast.module.css";

const listeners = new Set<() => void>();
let current: { text: string; number: number } | undefined;
let ends: ReturnType<typeof setTimeout> | undefined;
let last = 0;

/** How long a toast stays. It only confirms: whoever misses it misses nothing. */
const life = 5_000;

/** Confirms what the person did. Never for an error: that stands beside its cause. */
export function toast(text: string): void {
  clearTimeout(ends);
  show({ text, number: ++last });
  ends = setTimeout(() => show(undefined), life);
}

/** Takes the toast away, for example when the vault locks. */
export function dismissToast(): void {
  clearTimeout(ends);
  show(undefined);
}

function show(next: typeof current) {
  current = next;
  for (const tell of listeners) tell();
}

function subscribe(tell: () => void) {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** Where toasts appear. One stands at the end of every page. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => current);
  return (
    <div className={styles.place} role="status">
      {shown && (
        <div key={shown.number} className={styles.toast}>
          <CircleCheck size={20} aria-hidden="true" />
          {shown.text}
        </div>
      )}
    </div>
  );
}
