import { useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Choice } from "../../kit/choice.tsx";
import { CopyButton } from "../../kit/copy.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Notice } from "../../kit/notice.tsx";
import { State } from "../../kit/state.tsx";
import { useText } from "../../text/t.ts";
import { generatorWish, setGeneratorWish } from "../../vault/browser.ts";
import { keepGenerated, type Made, madeOf, madeText } from "../../vault/generated.ts";
import {
  bitsOf,
  type GeneratorRule,
  make,
  makeUsername,
  obey,
  ruleOf,
  type UsernameWish,
  type Wish,
  wishOf,
} from "../../vault/generator.ts";
import { GeneratorRules, loadOwnPolicies } from "../../vault/policies.ts";
import { useProfile } from "../frame.tsx";
import styles from "./generator.module.css";
import { PassphraseOptions, PasswordOptions, UsernameOptions } from "./generator-options.tsx";
import { MadeText } from "./made.tsx";

/** What can be made. */
export type Kind = "password" | "passphrase" | "username";

const everything: readonly Kind[] = ["password", "passphrase", "username"];

export interface GeneratorProps {
  /** What the person may choose between; the first is offered where they have no wish. */
  kinds?: readonly Kind[];
  /** Gets what was made, whenever that changes. */
  onMade?: (made: Made | undefined) => void;
}

/** Makes passwords, passphrases and user names, and shows the last one. */
export function Generator({ kinds = everything, onMade }: GeneratorProps) {
  const t = useText();
  const { rule, isUnknown } = useRule();
  const [wished, setWished] = useState<Wish>(() => wishOf(generatorWish()));
  const [kind, setKind] = useState<Kind>(() => (kinds.includes(wished.kind) ? wished.kind : (kinds[0] ?? "password")));
  const [username, setUsername] = useUsername();
  const wish = obey({ ...wished, kind: kind === "username" ? wished.kind : kind }, rule);
  const { made, again } = useMade(kind === "username" ? { username } : { wish });
  useEffect(() => onMade?.(made), [made, onMade]);
  const offered = kinds.filter((one) => !rule?.kind || one === "username" || one === rule.kind);
  const choose = (next: Kind) => {
    setKind(next);
    if (next !== "username") change({ ...wished, kind: next });
  };
  const change = (next: Wish) => {
    setWished(next);
    setGeneratorWish(next);
  };
  const shown = kind === "username" ? kind : wish.kind;
  return (
    <div className={styles.generator}>
      {offered.length > 1 && (
        <Choice
          label={t("generator.what")}
          value={shown}
          onChange={choose}
          options={offered.map((value) => ({ value, label: t(`generator.kind.${value}`) }))}
        />
      )}
      <Output made={made} again={again} missing={shown === "username" && missingOf(username)} />
      {shown !== "username" && <Chance of={wish} />}
      {isUnknown && <Notice tone="wait">{t("generator.ruleUnknown")}</Notice>}
      {rule && shown !== "username" && <Notice tone="info">{t("generator.demanded")}</Notice>}
      {shown === "password" && (
        <PasswordOptions
          wish={wish.password}
          rule={rule}
          onChange={(password) => change({ ...wished, kind: "password", password })}
        />
      )}
      {shown === "passphrase" && (
        <PassphraseOptions
          wish={wish.passphrase}
          rule={rule}
          onChange={(passphrase) => change({ ...wished, kind: "passphrase", passphrase })}
        />
      )}
      {shown === "username" && <UsernameOptions wish={username} onChange={setUsername} />}
    </div>
  );
}

export interface GeneratorDialogProps {
  open: boolean;
  onClose: () => void;
  /** Gets what was made, when the person wants it. */
  onUse: (text: string) => void;
  kinds?: readonly Kind[];
}

/** The generator in front of a form, for one of its fields. */
export function GeneratorDialog({ open, onClose, onUse, kinds = ["password", "passphrase"] }: GeneratorDialogProps) {
  const t = useText();
  const [made, setMade] = useState<Made>();
  const use = () => {
    keepGenerated(made, new Date());
    onUse(madeText(made));
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("generator.title")}
      actions={
        <>
          <Button onClick={onClose}>{t("kit.cancel")}</Button>
          <Button tone="primary" onClick={use} disabled={!made}>
            {t("generator.use")}
          </Button>
        </>
      }
    >
      <Generator kinds={kinds} onMade={setMade} />
    </Dialog>
  );
}

/** What the organizations of the person demand. Nobody asks where none of them has rules. */
function useRule(): { rule: GeneratorRule | undefined; isUnknown: boolean } {
  const { data: profile } = useProfile();
  const { data, isError } = useQuery({
    queryKey: ["ownPolicies", GeneratorRules],
    queryFn: () => loadOwnPolicies(GeneratorRules),
    enabled: profile?.organizations.some(({ usePolicies }) => usePolicies) ?? false,
  });
  return { rule: data && ruleOf(data.map((policy) => policy.data)), isUnknown: isError };
}

/** The user name that is wished, which begins with the person's own address. */
function useUsername() {
  const { data: profile } = useProfile();
  const [wish, setWish] = useState<UsernameWish>({ kind: "word", capitalize: false, number: true });
  const own = profile?.email ?? "";
  const set = (next: UsernameWish) =>
    setWish(next.kind === "plus" && wish.kind !== "plus" && !next.email ? { ...next, email: own } : next);
  return [wish, set] as const;
}

/** What a wish makes, anew when it changes or when another is asked for. */
function useMade(of: { wish: Wish } | { username: UsernameWish }): { made: Made | undefined; again: () => void } {
  const [made, setMade] = useState<Made>();
  const [count, setCount] = useState(0);
  const key = JSON.stringify(of);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the count asks for another.
  useEffect(() => {
    let isOver = false;
    const asked: typeof of = JSON.parse(key);
    Promise.resolve("wish" in asked ? make(asked.wish) : makeUsername(asked.username)).then(
      (text) => isOver || setMade(madeOf(text)),
      () => isOver || setMade(undefined), // The list of words could not be loaded.
    );
    return () => {
      isOver = true;
    };
  }, [key, count]);
  const again = () => {
    keepGenerated(made, new Date());
    setCount(count + 1);
  };
  return { made, again };
}

const missingOf = (wish: UsernameWish) =>
  wish.kind === "plus"
    ? ("generator.emailMissing" as const)
    : wish.kind === "catchAll" && ("generator.domainMissing" as const);

interface OutputProps {
  made: Made | undefined;
  again: () => void;
  missing: ReturnType<typeof missingOf>;
}

function Output({ made, again, missing }: OutputProps) {
  const t = useText();
  const keep = () => keepGenerated(made, new Date());
  return (
    <div className={styles.output}>
      <output className={styles.made} onCopy={keep} aria-live="polite">
        <MadeText of={made} />
        {!made && missing && <span className={styles.missing}>{t(missing)}</span>}
      </output>
      <CopyButton text={async () => madeText(made)} onCopied={keep} />
      <Button tone="primary" onClick={again}>
        <RefreshCw size={18} aria-hidden="true" />
        {t("generator.again")}
      </Button>
    </div>
  );
}

/** How hard what a wish makes is to guess. */
function Chance({ of }: { of: Wish }) {
  const t = useText();
  const bits = bitsOf(of);
  if (bits < 50) return <State tone="loss">{t("generator.bits.weak", { bits })}</State>;
  if (bits < 66) return <State tone="wait">{t("generator.bits.fair", { bits })}</State>;
  return <State tone="good">{t("generator.bits.strong", { bits })}</State>;
}
