import { FileText } from "lucide-react";
import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { CopyButton } from "../../kit/copy.tsx";
import { save } from "../../kit/download.ts";
import { useDate } from "../../kit/moment.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Progress } from "../../kit/progress.tsx";
import { useSize } from "../../kit/size.ts";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { NothingHere, type Received, type Visit } from "../../vault/receive.ts";
import { Problem } from "../parts/problem.tsx";
import { Page } from "./page.tsx";
import styles from "./sends.module.css";

/** A Send that is open: its text, or its file. */
export function Content({ visit, of }: { visit: Visit; of: Received }) {
  const t = useText();
  const dateOf = useDate();
  const from = of.creator ? t("receive.from", { email: of.creator }) : t("receive.fromSomebody");
  const until = of.expiresAt ? ` ${t("receive.until", { date: dateOf(of.expiresAt) })}` : "";
  return (
    <Page title={of.name} lead={from + until}>
      {of.text && <Text text={of.text.text} hidden={of.text.hidden} />}
      {of.file && <Attached visit={visit} file={of.file} />}
      {!of.creator && <Notice tone="info">{t("receive.careful")}</Notice>}
    </Page>
  );
}

function Text({ text, hidden }: { text: string; hidden: boolean }) {
  const t = useText();
  const [shown, setShown] = useState(!hidden);
  return (
    <div className={styles.stack}>
      {shown ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by the keyboard.
        <section aria-label={t("receive.text")} tabIndex={0} className={styles.text}>
          {text}
        </section>
      ) : (
        <p className={styles.veiled}>{t("receive.hidden")}</p>
      )}
      <div className={styles.buttons}>
        {hidden && (
          <Button onClick={() => setShown(!shown)} aria-pressed={shown}>
            {t(shown ? "receive.hide" : "receive.show")}
          </Button>
        )}
        <CopyButton text={text} label={t("receive.copy")} />
      </div>
    </div>
  );
}

function Attached({ visit, file }: { visit: Visit; file: NonNullable<Received["file"]> }) {
  const t = useText();
  const sizeOf = useSize();
  const [passed, setPassed] = useState<{ done: number; of: number }>();
  const [isHere, setIsHere] = useState(false);
  const { busy, failure, run } = useAction(async () => {
    setPassed(undefined);
    save(file.name, await visit.bring(file.id, (done, of) => setPassed({ done, of })));
    setIsHere(true);
  });
  const progress = passed && t("receive.progress", { done: sizeOf(passed.done), all: sizeOf(passed.of) });
  return (
    <div className={styles.stack}>
      <p className={styles.file}>
        <FileText size={22} aria-hidden="true" />
        <span>
          {file.name}
          <span className={styles.soft}>{sizeOf(file.size)}</span>
        </span>
      </p>
      {busy && passed && <Progress {...passed} label={progress ?? ""} />}
      {isHere && !busy && <Notice tone="good">{t("receive.saved")}</Notice>}
      {failure instanceof NothingHere ? (
        <Notice tone="loss">{t("receive.nothingLead")}</Notice>
      ) : (
        <Problem of={failure} />
      )}
      <Button tone="primary" onClick={() => run()} busy={busy} wide>
        {t(isHere ? "receive.downloadAgain" : "receive.download")}
      </Button>
    </div>
  );
}
