import { Eye, EyeOff } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { IconButton } from "../../kit/button.tsx";
import { CopyIcon } from "../../kit/copy.tsx";
import { GivenUp } from "../../kit/given-up.ts";
import { useText } from "../../text/t.ts";
import styles from "./item.module.css";

const dots = "\u2022".repeat(8);

interface ValueProps {
  label: string;
  children: ReactNode;
  /** What its button copies. */
  copy?: string;
}

/** Something that an item says, and what copies it. */
export function Value({ label, children, copy }: ValueProps) {
  const t = useText();
  return (
    <div className={styles.value}>
      <dt>{label}</dt>
      <dd>{children}</dd>
      {copy !== undefined && (
        <dd className={styles.buttons}>
          <CopyIcon text={copy} label={t("item.copy", { label })} />
        </dd>
      )}
    </div>
  );
}

interface SecretProps {
  label: string;
  /** Opens it, when the person wants to see or copy it. */
  get: () => Promise<string>;
}

/** A secret of an item. It is opened only when asked for, and stands in the page alone, never in React's memory. */
export function Secret({ label, get }: SecretProps) {
  const t = useText();
  const text = useRef<HTMLElement>(null);
  const [shown, setShown] = useState(false);
  const [isBroken, setIsBroken] = useState(false);
  useEffect(() => {
    if (text.current && !shown) text.current.textContent = dots;
  }, [shown]);
  const toggle = async () => {
    if (shown) return setShown(false);
    const plain = await get().catch((error) => {
      setIsBroken(!(error instanceof GivenUp));
    });
    if (plain === undefined || !text.current) return;
    text.current.textContent = plain;
    setIsBroken(false);
    setShown(true);
  };
  return (
    <div className={styles.value}>
      <dt>{label}</dt>
      <dd>
        <code ref={text} className={styles.secret} hidden={isBroken} />
        <span role="status" className={styles.soft}>
          {isBroken && t("item.unreadable")}
        </span>
      </dd>
      <dd className={styles.buttons}>
        <IconButton label={t(shown ? "item.hide" : "item.show", { label })} aria-pressed={shown} onClick={toggle}>
          {shown ? <EyeOff size={18} aria-hidden="true" /> : <Eye size={18} aria-hidden="true" />}
        </IconButton>
        <CopyIcon text={get} label={t("item.copy", { label })} />
      </dd>
    </div>
  );
}

/** A secret that somebody else hides from the person. */
export function Hidden({ label }: { label: string }) {
  const t = useText();
  return (
    <Value label={label}>
      <span className={styles.soft}>{t("item.hidden")}</span>
    </Value>
  );
}
