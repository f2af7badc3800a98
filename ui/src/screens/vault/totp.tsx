import { useEffect, useRef, useState } from "react";
import { Button } from "../../kit/button.tsx";
import { CopyIcon } from "../../kit/copy.tsx";
import { useText } from "../../text/t.ts";
import { keyring } from "../../vault/session.ts";
import styles from "./item.module.css";

interface TotpProps {
  /** Opens the secret from which codes are made. */
  get: () => Promise<string>;
  /** Whether the person has to ask for it first. */
  isGuarded: boolean;
  guard: () => Promise<void>;
}

/** Codes are easier to read in two halves. */
const spaced = (code: string): string =>
  code.length > 4
    ? `${code.slice(0, Math.ceil(code.length / 2))}\u2009${code.slice(Math.ceil(code.length / 2))}`
    : code;

const codeOf = async (get: TotpProps["get"]) => keyring().totp(await get(), Date.now());

/** The code that an authenticator would show now, and how long it is good. */
export function Totp({ get, isGuarded, guard }: TotpProps) {
  const t = useText();
  const code = useRef<HTMLElement>(null);
  const [isOpen, setIsOpen] = useState(!isGuarded);
  const [left, setLeft] = useState<number>();
  const [isBroken, setIsBroken] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: how the secret is opened does not change while it stands here.
  useEffect(() => {
    if (!isOpen) return;
    let isGone = false;
    const show = async () => {
      try {
        const now = await codeOf(get);
        if (isGone || !code.current) return;
        code.current.textContent = spaced(now.code);
        setLeft(Math.ceil(now.period - ((Date.now() / 1000) % now.period)));
      } catch {
        if (!isGone) setIsBroken(true);
      }
    };
    show();
    const timer = setInterval(show, 1_000);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [isOpen]);
  const ask = () =>
    guard().then(
      () => setIsOpen(true),
      () => undefined, // The person gave up.
    );
  return (
    <div className={styles.value}>
      <dt>{t("item.totpCode")}</dt>
      <dd>
        {isBroken && <span className={styles.soft}>{t("item.totpBroken")}</span>}
        {isOpen && !isBroken && (
          <>
            <code ref={code} className={styles.code} />
            {left !== undefined && (
              <span className={styles.count} title={t("item.totpLeft", { count: left })}>
                {t("item.seconds", { count: left })}
              </span>
            )}
          </>
        )}
        {!isOpen && (
          <Button tone="quiet" onClick={ask}>
            {t("item.totpShow")}
          </Button>
        )}
      </dd>
      {isOpen && !isBroken && (
        <dd className={styles.buttons}>
          <CopyIcon text={async () => (await codeOf(get)).code} label={t("item.copy", { label: t("item.totpCode") })} />
        </dd>
      )}
    </div>
  );
}
