import styles from "./fingerprint.module.css";

/**
 * A fingerprint phrase, whose words are English in every language; a line is kept free for one that is not known yet.
 */
export function Fingerprint({ phrase }: { phrase: string | undefined }) {
  return (
    <code className={styles.fingerprint} lang="en" translate="no">
      {phrase ?? "\u00a0"}
    </code>
  );
}
