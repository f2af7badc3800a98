import styles from "./progress.module.css";

/** How far something has come that takes its time. */
export function Progress({ done, of, label }: { done: number; of: number; label: string }) {
  return (
    <div className={styles.progress} role="status">
      <progress value={done} max={of} aria-label={label} />
      <span>{label}</span>
    </div>
  );
}
