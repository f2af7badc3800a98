import { type ReactNode, useMemo, useState } from "react";
import { OpenButton } from "../../kit/button.tsx";
import { useText } from "../../text/t.ts";
import styles from "./console.module.css";

/** Which of some things are selected. */
export interface Selection<T> {
  chosen: T[];
  has: (id: string) => boolean;
  set: (some: T[], yes: boolean) => void;
  clear: () => void;
}

export function useSelection<T extends { id: string }>(all: T[]): Selection<T> {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  return useMemo(
    () => ({
      chosen: all.filter(({ id }) => ids.has(id)),
      has: (id: string) => ids.has(id),
      set: (some: T[], yes: boolean) =>
        setIds((before) => {
          const next = new Set(before);
          for (const { id } of some) {
            if (yes) next.add(id);
            else next.delete(id);
          }
          return next;
        }),
      clear: () => setIds(new Set()),
    }),
    [all, ids],
  );
}

/** The first cell of a row: what selects it, and its name, which opens it. */
export function Named<T extends { id: string }>({
  of,
  name,
  detail,
  selection,
  onOpen,
}: {
  of: T;
  name: string;
  detail?: ReactNode;
  selection?: Selection<T> | undefined;
  onOpen: (one: T) => void;
}) {
  const t = useText();
  return (
    <span className={styles.named}>
      {selection && (
        <input
          type="checkbox"
          aria-label={t("select.one", { name })}
          checked={selection.has(of.id)}
          onChange={({ target }) => selection.set([of], target.checked)}
        />
      )}
      <span>
        <OpenButton onClick={() => onOpen(of)}>{name}</OpenButton>
        {detail && <span className={styles.soft}>{detail}</span>}
      </span>
    </span>
  );
}

/** Selects everything that is shown, and says how much that is. */
export function SelectAll<T extends { id: string }>({
  shown,
  selection,
  count,
}: {
  shown: T[];
  selection?: Selection<T> | undefined;
  count: string;
}) {
  const t = useText();
  return (
    <div className={styles.all}>
      {selection && (
        <label>
          <input
            type="checkbox"
            checked={shown.length > 0 && shown.every(({ id }) => selection.has(id))}
            onChange={({ target }) => selection.set(shown, target.checked)}
          />
          {t("select.all")}
        </label>
      )}
      <span role="status">{count}</span>
    </div>
  );
}

/** What can be done to everything that is selected; it stays in sight. */
export function SelectionBar<T extends { id: string }>({
  selection,
  children,
}: {
  selection: Selection<T>;
  children: ReactNode;
}) {
  const t = useText();
  if (selection.chosen.length === 0) return null;
  return (
    <section className={styles.bar} aria-label={t("select.bar")}>
      <span className={styles.marked}>
        <span role="status">{t("select.count", { count: selection.chosen.length })}</span>
        <OpenButton onClick={selection.clear}>{t("select.clear")}</OpenButton>
      </span>
      <span className={styles.deeds}>{children}</span>
    </section>
  );
}
