import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "../../kit/button.tsx";
import { save } from "../../kit/download.ts";
import { Progress } from "../../kit/progress.tsx";
import { useSize } from "../../kit/size.ts";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { filesOf, type Left, readFile } from "../../vault/emergency.ts";
import type { File } from "../../vault/files.ts";
import { Problem } from "../parts/problem.tsx";
import styles from "../vault/item.module.css";

/** The files of an item of somebody else: to be fetched, and no more. */
export function LeftFiles({ of }: { of: Left }) {
  const t = useText();
  const sizeOf = useSize();
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
      <ul className={styles.files}>
        {files.map((file) => {
          const name = file.name ?? t("emergency.unreadable");
          return (
            <li key={file.id} className={styles.value}>
              <span>{name}</span>
              <span className={styles.size}>{sizeOf(file.size)}</span>
              <span className={styles.buttons}>
                <IconButton label={t("item.fileGet", { name })} disabled={busy} onClick={() => run(file)}>
                  <Download size={18} aria-hidden="true" />
                </IconButton>
              </span>
            </li>
          );
        })}
      </ul>
      {passed && (
        <Progress {...passed} label={t("item.fileProgress", { done: sizeOf(passed.done), all: sizeOf(passed.of) })} />
      )}
      <Problem of={failure} />
    </section>
  );
}
