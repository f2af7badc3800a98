import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useText } from "../text/t.ts";
import { Button } from "./button.tsx";
import styles from "./copy.module.css";

/** How long the button says that it copied. */
const said = 2_000;

/** Copies a text, and says so on the button. */
export function CopyButton({ text, label, onCopied }: { text: string; label?: string; onCopied?: () => void }) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), said);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => {
        setCopied(true);
        onCopied?.();
      },
      () => undefined, // The text stands beside it and can be selected.
    );
  const Icon = copied ? Check : Copy;
  return (
    <Button onClick={copy} aria-label={label}>
      <Icon size={18} aria-hidden="true" />
      <span aria-live="polite">{t(copied ? "kit.copied" : "kit.copy")}</span>
    </Button>
  );
}

/** A secret that is shown once, or again after the master password, with what copies it. */
export function Secret({ label, text }: { label: string; text: string }) {
  return (
    <div className={styles.secret}>
      <span className={styles.label}>{label}</span>
      <code className={styles.text}>{text}</code>
      <CopyButton text={text} />
    </div>
  );
}
