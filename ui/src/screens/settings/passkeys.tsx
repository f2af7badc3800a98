import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { PasskeyView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Check, Field } from "../../kit/field.tsx";
import { textOf } from "../../kit/form.tsx";
import { Section } from "../../kit/frame.tsx";
import { Notice } from "../../kit/notice.tsx";
import { State } from "../../kit/state.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useText } from "../../text/t.ts";
import {
  addPasskey,
  couldOpenVault,
  letOpenVault,
  listPasskeys,
  opensVault,
  removePasskey,
} from "../../vault/passkeys.ts";
import { knowsPasskeys } from "../../vault/webauthn.ts";
import { Problem } from "../parts/problem.tsx";
import { Verify } from "../parts/verify.tsx";
import { Security } from "./security.tsx";
import styles from "./settings.module.css";

/** What the master password is asked for. */
type Asked = { to: "add" } | { to: "open" | "remove"; passkey: PasskeyView };

/** Passkeys with which a person logs in, and which may open the vault too. */
export function Screen() {
  const t = useText();
  const queries = useQueryClient();
  const { data, error } = useQuery({ queryKey: ["passkeys"], queryFn: listPasskeys });
  const [asked, setAsked] = useState<Asked>();
  const done = (said: string) => {
    setAsked(undefined);
    toast(said);
    return queries.invalidateQueries({ queryKey: ["passkeys"] });
  };
  const add = knowsPasskeys() && (
    <Button tone={data?.length ? "plain" : "primary"} onClick={() => setAsked({ to: "add" })}>
      {t("passkey.add")}
    </Button>
  );
  return (
    <Security part="passkeys">
      <Section title={t("passkey.title")} lead={t("passkey.lead")}>
        {error && <Problem of={error} />}
        {!error && !data && <Skeleton />}
        {!knowsPasskeys() && <Notice tone="wait">{t("passkey.noBrowser")}</Notice>}
        {data?.length === 0 && (
          <Empty title={t("passkey.none")} action={add}>
            {t("passkey.noneLead")}
          </Empty>
        )}
        {data && data.length > 0 && (
          <>
            <ul className={styles.keys}>
              {data.map((passkey) => (
                <Passkey key={passkey.id} of={passkey} onAsk={(to) => setAsked({ to, passkey })} />
              ))}
            </ul>
            <div>{add}</div>
          </>
        )}
      </Section>
      <Ask asked={asked} onClose={() => setAsked(undefined)} onDone={done} />
    </Security>
  );
}

function Passkey({ of, onAsk }: { of: PasskeyView; onAsk: (to: "open" | "remove") => void }) {
  const t = useText();
  return (
    <li>
      <span className={styles.line}>
        <span className={styles.strong}>{of.name}</span>
        {opensVault(of) && <State tone="good">{t("passkey.opens")}</State>}
      </span>
      <span className={styles.line}>
        {couldOpenVault(of) && (
          <Button tone="quiet" aria-label={t("passkey.openLabel", { name: of.name })} onClick={() => onAsk("open")}>
            {t("passkey.open")}
          </Button>
        )}
        <Button tone="quiet" aria-label={t("passkey.removeLabel", { name: of.name })} onClick={() => onAsk("remove")}>
          {t("devices.remove")}
        </Button>
      </span>
    </li>
  );
}

interface AskProps {
  asked: Asked | undefined;
  onClose: () => void;
  onDone: (said: string) => Promise<void>;
}

function Ask({ asked, onClose, onDone }: AskProps) {
  const t = useText();
  const verified = async (hash: string, values: FormData) => {
    if (asked?.to === "add") {
      const opens = await addPasskey(hash, textOf(values, "name").trim(), values.has("opens"));
      await onDone(t(opens ? "passkey.addedOpens" : "passkey.added"));
    } else if (asked?.to === "open") {
      await letOpenVault(hash);
      await onDone(t("passkey.opensNow"));
    } else if (asked) {
      await removePasskey(hash, asked.passkey.id ?? "");
      await onDone(t("passkey.removed"));
    }
  };
  const name = asked && "passkey" in asked ? asked.passkey.name : "";
  if (asked?.to === "remove") {
    return (
      <Verify
        open
        title={t("passkey.removeLabel", { name })}
        action={t("devices.remove")}
        tone="loss"
        onClose={onClose}
        onVerified={verified}
      >
        <p>{t("passkey.removeLost")}</p>
      </Verify>
    );
  }
  const isAdding = asked?.to !== "open";
  return (
    <Verify
      open={asked !== undefined}
      title={isAdding ? t("passkey.add") : t("passkey.openLabel", { name })}
      action={t("code.submit")}
      onClose={onClose}
      onVerified={verified}
    >
      {isAdding ? (
        <>
          <Field label={t("passkey.name")} name="name" maxLength={50} hint={t("passkey.nameHint")} required />
          <Check name="opens" label={t("passkey.opensToo")} hint={t("passkey.opensHint")} defaultChecked />
        </>
      ) : (
        <p>{t("passkey.openLead", { name })}</p>
      )}
    </Verify>
  );
}
