import { useEffect, useState } from "react";
import { save } from "../../kit/download.ts";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { filesOf, type Left, readFile } from "../../vault/emergency.ts";
import type { File } from "../../vault/files.ts";
import { Problem } from "../parts/problem.tsx";
import { FileList } from "../vault/file-list.tsx";
import styles from "../vault/item.module.css";

/** The files of an item of somebody else: to be fetched, and no more. */
export function LeftFiles({ of }: { of: Left }) {
  const t = useText();
  const [files, setFiles] = useState<File[]>([]);
  const [passed, setPassed] = useState<{ done: number; of: number }>();
  useEffect(() => {
    filesOf(of).then(setFiles, () => undefined); // The vault was locked meanwhile.
  }, [of]);
  const { busy, failure, run } = useAction(async ({ id, name }: File) => {
    const bytes = readFile(of, id, (done, all) => setPassed({ done, of: all }));
    save(name ?? id, await bytes.finally(() => setPassed(undefined)));
  });
  if (files.length === 0) return null;
  return (
    <section className={styles.part}>
      <h3>{t("item.files")}</h3>
      <FileList files={files} unreadable={t("item.unreadable")} passed={passed} busy={busy} onGet={run} />
      <Problem of={failure} />
    </section>
  );
}
