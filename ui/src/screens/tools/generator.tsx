import { useSyncExternalStore } from "react";
import { Button } from "../../kit/button.tsx";
import { CopyButton } from "../../kit/copy.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { Empty } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import { forgetGenerated, generated, onGenerated } from "../../vault/generated.ts";
import { Colored, Generator } from "../parts/generator.tsx";
import styles from "./tools.module.css";

/** Makes passwords, passphrases and user names, and remembers them until the vault locks. */
export function Screen() {
  const t = useText();
  return (
    <Page title={t("generator.title")} lead={t("generator.lead")}>
      <Generator />
      <Section title={t("generator.history")} lead={t("generator.historyLead")}>
        <History />
      </Section>
    </Page>
  );
}

function History() {
  const t = useText();
  const all = useSyncExternalStore(onGenerated, generated);
  if (all.length === 0) return <Empty title={t("generator.historyNone")} />;
  return (
    <>
      <ul className={styles.history}>
        {all.map(({ text, at }) => (
          <li key={text}>
            <code className={styles.secret}>
              <Colored text={text} />
            </code>
            <span className={styles.soft}>
              <Moment at={at.toISOString()} withTime />
            </span>
            <CopyButton text={async () => text} label={t("generator.copyOne", { made: text })} />
          </li>
        ))}
      </ul>
      <div>
        <Button onClick={forgetGenerated}>{t("generator.historyClear")}</Button>
      </div>
    </>
  );
}
