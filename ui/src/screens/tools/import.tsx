import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { Drop } from "../../kit/drop.tsx";
import { Select } from "../../kit/field.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useText } from "../../text/t.ts";
import { importsInto } from "../../vault/console.ts";
import type { Found } from "../../vault/import/incoming.ts";
import { type Preview, previewOf } from "../../vault/import/preview.ts";
import { detect, type Format, formats, type Read, readFile } from "../../vault/import/read.ts";
import { loadVault } from "../../vault/items.ts";
import { useProfile } from "../frame.tsx";
import { Problem } from "../parts/problem.tsx";
import { type Aims, Done, FilePassword, Looked } from "./import-parts.tsx";
import { faultOf, TooLarge } from "./import-words.ts";
import styles from "./tools.module.css";

/** The largest body that the server takes. */
const mostBytes = 100 << 20;

/** Where a file is on its way in. */
type Stage =
  | { at: "none" }
  | { at: "reading" }
  | { at: "wrong"; failure: unknown }
  | { at: "closed"; open: (password: string) => Promise<Found> }
  | { at: "looked"; preview: Preview }
  | { at: "done"; preview: Preview };

/** Brings in what another program exported, to wherever the person may. */
export function Screen() {
  const t = useText();
  return <ImportFrom lead={t("import.lead")} aim={(show) => <Aim>{show}</Aim>} />;
}

interface ImportFromProps {
  lead: string;
  /** Shows what is in a file to whoever knows where it may go. */
  aim: (show: (aims: Aims) => ReactNode) => ReactNode;
}

/** A file, what is in it, and what came of it. */
export function ImportFrom({ lead, aim }: ImportFromProps) {
  const t = useText();
  const [file, setFile] = useState<File>();
  const [format, setFormat] = useState<Format>();
  const [stage, setStage] = useState<Stage>({ at: "none" });
  const asked = useRef(0);
  const read = async (next: File, wished?: Format) => {
    const own = ++asked.current;
    const tell = (then: Stage) => own === asked.current && setStage(then);
    setFile(next);
    tell({ at: "reading" });
    try {
      if (next.size > mostBytes) throw new TooLarge();
      const bytes = new Uint8Array(await next.arrayBuffer());
      const found = wished ?? detect(bytes);
      if (own === asked.current) setFormat(found);
      tell(found ? stageOf(await readFile(found, bytes)) : { at: "none" });
    } catch (failure) {
      tell({ at: "wrong", failure });
    }
  };
  const start = () => {
    setFile(undefined);
    setFormat(undefined);
    setStage({ at: "none" });
  };
  const fault = stage.at === "wrong" ? faultOf(t, stage.failure) : undefined;
  if (stage.at === "done") {
    return (
      <Page title={t("import.title")}>
        <Done of={stage.preview} onAnother={start} />
      </Page>
    );
  }
  return (
    <Page title={t("import.title")} lead={lead}>
      <div className={styles.column}>
        <Drop
          label={t("import.file")}
          hint={t("import.fileHint")}
          action={t("import.chooseFile")}
          accept=".json,.csv,.xml,.1pux"
          file={file}
          onChange={(next) => void read(next)}
          error={fault}
        />
        {file ? (
          <Select
            label={t("import.format")}
            value={format ?? ""}
            onChange={({ target }) => void read(file, target.value as Format)}
            options={[
              ...(format ? [] : [{ value: "", label: t("import.formatUnknown") }]),
              ...formats.map((value) => ({ value, label: t(`import.format.${value}`) })),
            ]}
          />
        ) : (
          <Known />
        )}
        {stage.at === "wrong" && !fault && <Problem of={stage.failure} />}
        {stage.at === "reading" && <Skeleton />}
        {stage.at === "closed" && <FilePassword open={stage.open} onOpen={(found) => setStage(looked(found))} />}
      </div>
      {stage.at === "looked" &&
        aim((aims) => (
          <Looked of={stage.preview} aims={aims} onDone={() => setStage({ at: "done", preview: stage.preview })} />
        ))}
    </Page>
  );
}

const looked = (found: Found): Stage => ({ at: "looked", preview: previewOf(found) });

const stageOf = (read: Read): Stage => ("open" in read ? { at: "closed", open: read.open } : looked(read.found));

function Known() {
  const t = useText();
  return (
    <div>
      <p className={styles.label}>{t("import.known")}</p>
      <ul className={styles.known}>
        {formats.map((format) => (
          <li key={format}>{t(`import.format.${format}`)}</li>
        ))}
      </ul>
    </div>
  );
}

/** Finds out where the person may import to, and says so when it is nowhere. */
function Aim({ children }: { children: (aims: Aims) => ReactNode }) {
  const t = useText();
  const { data: profile } = useProfile();
  const { data: ownsNothing, error } = useQuery({
    queryKey: ["ownsNothing"],
    queryFn: async () => (await loadVault()).ownsNothing,
  });
  if (error) return <Problem of={error} />;
  if (ownsNothing === undefined || !profile) return <Skeleton />;
  const organizations = profile.organizations.filter(importsInto).map(({ id, name }) => ({ id, name }));
  const aims: Aims = ownsNothing ? organizations : [{ id: undefined, name: t("import.intoMine") }, ...organizations];
  if (aims.length === 0) return <Notice tone="wait">{t("import.nowhere")}</Notice>;
  return (
    <>
      {ownsNothing && <Notice tone="info">{t("import.owned")}</Notice>}
      {children(aims)}
    </>
  );
}
