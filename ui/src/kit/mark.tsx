import styles from "./mark.module.css";

/** The sign of the product beside its name. */
export function Mark({ name }: { name: string }) {
  return (
    <span className={styles.mark}>
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" className={styles.sign}>
        <rect width="32" height="32" rx="7" />
        <circle cx="16" cy="16" r="8" />
        <path d="M16 8v3.5M16 20.5V24M8 16h3.5M20.5 16H24" />
        <circle cx="16" cy="16" r="1" />
      </svg>
      {name}
    </span>
  );
}
