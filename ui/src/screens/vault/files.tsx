import { Paperclip, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button, IconButton } from "../../kit/button.tsx";
import { save } from "../../kit/download.ts";
import { Notice } from "../../kit/notice.tsx";
import { useSize } from "../../kit/size.ts";
import { Hidden } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { type File as Attached, addFile, filesOf, readFile, removeFile } from "../../vault/files.ts";
import type { Row } from "../../vault/items.ts";
import { largest } from "../../vault/sends.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/problem.tsx";
import { FileList } from "./file-list.tsx";
import styles from "./item.module.css";
import { type Guard, orGivenUp } from "./use-guard.tsx";

interface FilesProps {
  row: Row;
  guard: Guard;
}

/** The files of an item: they are encrypted before they leave the page, and opened in it. */
export function Files({ row, guard }: FilesProps) {
  const t = useText();
  const sizeOf = useSize();
  const [files, setFiles] = useState<Attached[]>([]);
  const [passed, setPassed] = useState<{ done: number; of: number }>();
  const [isLarge, setIsLarge] = useState(false);
  const [leaving, setLeaving] = useState<Attached>();
  const input = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says that there may be others.
  useEffect(() => {
    filesOf(row.id).then(setFiles, () => undefined); // Gone with the item.
  }, [row.id, row.revisionDate, row.attachments]);
  const { busy, failure, run } = useAction(async (act: () => Promise<unknown>) => {
    await act().finally(() => setPassed(undefined));
  });
  const on = (done: number, of: number) => setPassed({ done, of });
  const add = (file: File) => {
    setIsLarge(file.size > largest);
    if (file.size > largest) return;
    run(async () => {
      await addFile(row.id, file, on);
      toast(t("item.fileAdded", { name: file.name }));
    });
  };
  const bring = (file: Attached) =>
    run(() =>
      guard(row.reprompt, async () => save(file.name ?? file.id, await readFile(row.id, file.id, on))).catch(orGivenUp),
    );
  const askAbout = (file: Attached) => guard(row.reprompt, async () => setLeaving(file)).catch(orGivenUp);
  const mayChange = row.mayEdit && !row.deletedDate;
  if (files.length === 0 && !mayChange) return null;
  return (
    <section className={styles.part}>
      <h3>{t("item.files")}</h3>
      <FileList
        files={files}
        unreadable={t("vault.unreadable")}
        passed={passed}
        busy={busy}
        onGet={bring}
        deed={(file, name) =>
          mayChange && (
            <IconButton label={t("item.fileRemove", { name })} disabled={busy} onClick={() => askAbout(file)}>
              <Trash2 size={18} aria-hidden="true" />
            </IconButton>
          )
        }
      />
      {isLarge && <Notice tone="loss">{t("send.large", { size: sizeOf(largest) })}</Notice>}
      <Problem of={failure} />
      {mayChange && (
        <div className={styles.deeds}>
          <Button tone="quiet" busy={busy} onClick={() => input.current?.click()}>
            <Paperclip size={18} aria-hidden="true" />
            {t("item.fileAdd")}
          </Button>
          <Hidden>
            <input
              ref={input}
              type="file"
              tabIndex={-1}
              aria-hidden="true"
              onChange={({ target }) => {
                const [file] = target.files ?? [];
                if (file) add(file);
                target.value = "";
              }}
            />
          </Hidden>
        </div>
      )}
      <Confirm
        open={leaving !== undefined}
        title={t("item.fileRemoveTitle", { name: leaving?.name ?? "" })}
        action={t("vault.deed.destroy")}
        tone="loss"
        onClose={() => setLeaving(undefined)}
        onConfirm={() => removeFile(row.id, leaving?.id ?? "")}
      >
        <p>{t("item.fileLost")}</p>
      </Confirm>
    </section>
  );
}
