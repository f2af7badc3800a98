import { Check, Copy, type LucideIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { useText } from "../text/t.ts";
import { Button, IconButton } from "./button.tsx";
import { copyText } from "./clipboard.ts";
import styles from "./copy.module.css";
import { Hidden } from "./states.tsx";

/** How long the button says that it copied. */
const said = 2_000;

/** Copies, and remembers for a moment that it did. */
function useCopy(text: Copied, onCopied?: () => void): { copied: boolean; copy: () => Promise<void> } {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), said);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () =>
    copyText(text).then(
      () => {
        setCopied(true);
        onCopied?.();
      },
      () => undefined, // The text stands beside it and can be selected.
    );
  return { copied, copy };
}

/** A text, or what gets a secret when it is copied. */
type Copied = string | (() => Promise<string>);

/** Copies a text, and says so on the button. */
export function CopyButton({ text, label, onCopied }: { text: Copied; label?: string; onCopied?: () => void }) {
  const t = useText();
  const { copied, copy } = useCopy(text, onCopied);
  const Icon = copied ? Check : Copy;
  return (
    <Button onClick={copy} aria-label={label}>
      <Icon size={18} aria-hidden="true" />
      <span aria-live="polite">{t(copied ? "kit.copied" : "kit.copy")}</span>
    </Button>
  );
}

/** Copies a text, on a button without words. */
export function CopyIcon({ text, label, icon: Own = Copy }: { text: Copied; label: string; icon?: LucideIcon }) {
  const t = useText();
  const { copied, copy } = useCopy(text);
  const Icon = copied ? Check : Own;
  return (
    <IconButton label={label} onClick={copy}>
      <Icon size={18} aria-hidden="true" />
      <span role="status">{copied && <Hidden>{t("kit.copied")}</Hidden>}</span>
    </IconButton>
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
