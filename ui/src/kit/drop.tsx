import { CircleAlert, FileText, Upload } from "lucide-react";
import { type DragEvent, type ReactNode, useId, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { classes } from "./classes.ts";
import styles from "./drop.module.css";

export interface DropProps {
  /** What the file is. */
  label: string;
  hint?: ReactNode;
  /** What the button says that opens the list of files. */
  action: string;
  /** The sorts of files that the list offers first. */
  accept?: string;
  file: File | undefined;
  onChange: (file: File) => void;
  /** Why the file cannot be used. */
  error?: string | undefined;
}

/** A file that is dropped here, or chosen with the button. */
export function Drop({ label, hint, action, accept, file, onChange, error }: DropProps) {
  const own = useId();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const [first] = files ?? [];
    if (first) onChange(first);
  };
  const stop = (event: DragEvent, isOver: boolean) => {
    event.preventDefault();
    setOver(isOver);
  };
  const by = [error && `${own}-error`, file && `${own}-file`, hint && `${own}-hint`].filter(Boolean).join(" ");
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields.
    <div
      role="group"
      aria-label={label}
      className={classes(styles.drop, over && styles.over, error && styles.wrong)}
      onDragOver={(event) => stop(event, true)}
      onDragLeave={(event) => stop(event, event.currentTarget.contains(event.relatedTarget as Node | null))}
      onDrop={(event) => {
        stop(event, false);
        take(event.dataTransfer.files);
      }}
    >
      <Upload size={24} aria-hidden="true" />
      {hint && (
        <p id={`${own}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      <Button onClick={() => input.current?.click()} aria-describedby={by || undefined}>
        {action}
      </Button>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        onChange={({ target }) => {
          take(target.files);
          target.value = ""; // The same file can be chosen again once it was mended.
        }}
      />
      {file && (
        <p id={`${own}-file`} className={styles.file}>
          <FileText size={18} aria-hidden="true" />
          {file.name}
        </p>
      )}
      <div role="alert" id={`${own}-error`}>
        {error && (
          <p className={styles.error}>
            <CircleAlert size={18} aria-hidden="true" />
            {error}
          </p>
        )}
      </div>
    </div>
  );
}
