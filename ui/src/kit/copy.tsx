import { Check, CircleAlert, Copy, type LucideIcon } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { useText } from "../text/t.ts";
import { Button, IconButton } from "./button.tsx";
import { copyText } from "./clipboard.ts";
import styles from "./copy.module.css";
import { GivenUp } from "./given-up.ts";
import { Hidden } from "./states.tsx";

/** How long the button says what came of it. */
const said = 2_000;

const icons = { copied: Check, failed: CircleAlert };

const words = { copied: "kit.copied", failed: "kit.copyFailed" } as const;

/** Copies, and remembers for a moment whether it did. */
function useCopy(text: Copied, onCopied?: () => void) {
  const [outcome, setOutcome] = useState<keyof typeof words>();
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(undefined), said);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () =>
    copyText(text).then(
      () => {
        setOutcome("copied");
        onCopied?.();
      },
      (error) => setOutcome(error instanceof GivenUp ? undefined : "failed"),
    );
  return { outcome, copy };
}

/** A text, or what gets a secret when it is copied. */
type Copied = string | (() => Promise<string>);

interface CopyButtonProps {
  text: Copied;
  label?: string;
  /** The identifier of the element that shows it, where there are several: the button is named after it. */
  of?: string;
  onCopied?: () => void;
}

/** Copies a text, and says on the button whether it did. */
export function CopyButton({ text, label, of, onCopied }: CopyButtonProps) {
  const t = useText();
  const own = useId();
  const { outcome, copy } = useCopy(text, onCopied);
  const Icon = outcome ? icons[outcome] : Copy;
  return (
    <Button id={own} onClick={copy} aria-label={label} aria-labelledby={of && `${own} ${of}`}>
      <Icon size={18} aria-hidden="true" />
      <span aria-live="polite">{t(outcome ? words[outcome] : "kit.copy")}</span>
    </Button>
  );
}

/** Copies a text, on a button without words. */
export function CopyIcon({ text, label, icon: Own = Copy }: { text: Copied; label: string; icon?: LucideIcon }) {
  const t = useText();
  const { outcome, copy } = useCopy(text);
  const Icon = outcome ? icons[outcome] : Own;
  return (
    <IconButton label={label} onClick={copy}>
      <Icon size={18} aria-hidden="true" />
      <span role="status">{outcome && <Hidden>{t(words[outcome])}</Hidden>}</span>
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
