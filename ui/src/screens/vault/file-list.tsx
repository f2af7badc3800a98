import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../../kit/button.tsx";
import { Progress } from "../../kit/progress.tsx";
import { useSize } from "../../kit/size.ts";
import { useText } from "../../text/t.ts";
import type { File } from "../../vault/files.ts";
import styles from "./item.module.css";

interface FileListProps {
  files: File[];
  /** What stands for a name that cannot be opened. */
  unreadable: string;
  /** How much of the file that is on its way has passed. */
  passed: { done: number; of: number } | undefined;
  busy: boolean;
  onGet: (file: File) => void;
  /** What else may be done with a file. */
  deed?: (file: File, name: string) => ReactNode;
}

/** Files of an item, each with what fetches it. */
export function FileList({ files, unreadable, passed, busy, onGet, deed }: FileListProps) {
  const t = useText();
  const sizeOf = useSize();
  return (
    <>
      {files.length > 0 && (
        <ul className={styles.files}>
          {files.map((file) => {
            const name = file.name ?? unreadable;
            return (
              <li key={file.id} className={styles.value}>
                <span>{name}</span>
                <span className={styles.size}>{sizeOf(file.size)}</span>
                <span className={styles.buttons}>
                  <IconButton label={t("item.fileGet", { name })} disabled={busy} onClick={() => onGet(file)}>
                    <Download size={18} aria-hidden="true" />
                  </IconButton>
                  {deed?.(file, name)}
                </span>
              </li>
            );
          })}
        </ul>
      )}
      {passed && (
        <Progress {...passed} label={t("item.fileProgress", { done: sizeOf(passed.done), all: sizeOf(passed.of) })} />
      )}
    </>
  );
}
