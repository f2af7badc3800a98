import { useSyncExternalStore } from "react";
import { Button } from "../../kit/button.tsx";
import { CopyButton } from "../../kit/copy.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { Empty } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import { forgetGenerated, generated, madeText, onGenerated } from "../../vault/generated.ts";
import { Generator } from "../parts/generator.tsx";
import { MadeText } from "../parts/made.tsx";
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
        {all.map(({ made, at }) => (
          <li key={made.id}>
            <code className={styles.secret}>
              <MadeText of={made} id={`made-${made.id}`} />
            </code>
            <span className={styles.soft}>
              <Moment at={at.toISOString()} withTime />
            </span>
            <CopyButton text={async () => madeText(made)} of={`made-${made.id}`} />
          </li>
        ))}
      </ul>
      <div>
        <Button onClick={forgetGenerated}>{t("generator.historyClear")}</Button>
      </div>
    </>
  );
}
