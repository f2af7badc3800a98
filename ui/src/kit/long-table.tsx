import { type RefObject, startTransition, useEffect, useLayoutEffect, useRef, useState } from "react";
import { classes } from "./classes.ts";
import own from "./long-table.module.css";
import styles from "./table.module.css";
import { Cells, type TableProps } from "./table.tsx";

/** How many rows are built, and taken down, together. */
const portion = 20;

/** How far beyond the window rows are built. */
const margin = "900px 0px";

/** How high a row is believed to be until one was seen: on a phone it is a card. */
const guess = () => (matchMedia("(max-width: 40rem)").matches ? 190 : 65);

/**
 * A Table with thousands of rows. Only those near the window are built; where the
 * others would be stands a row as high as they are. The first column is the widest,
 * unless all are even.
 */
export function LongTable<Row>({ label, columns, rows, keyOf, even }: TableProps<Row> & { even?: boolean }) {
  const height = useRef(0);
  height.current ||= guess();
  const portions = Array.from({ length: Math.ceil(rows.length / portion) }, (_, n) => n * portion);
  return (
    // The roles say what a browser forgets when a table is shown as cards.
    // biome-ignore lint/a11y/noRedundantRoles: see above.
    <table className={classes(styles.table, own.long, even && own.even)} role="table" aria-rowcount={rows.length + 1}>
      <caption>{label}</caption>
      <thead>
        <tr aria-rowindex={1}>
          {columns.map(({ id, heading, number }) => (
            <th key={id} scope="col" className={classes(number && styles.number)}>
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      {portions.map((first) => (
        <Portion
          key={first}
          first={first}
          rows={rows.slice(first, first + portion)}
          columns={columns}
          keyOf={keyOf}
          height={height}
        />
      ))}
    </table>
  );
}

interface PortionProps<Row> extends Pick<TableProps<Row>, "columns" | "rows" | "keyOf"> {
  first: number;
  /** How high a row was when one was last seen. */
  height: RefObject<number>;
}

function Portion<Row>({ first, rows, columns, keyOf, height }: PortionProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const gap = useRef<HTMLTableCellElement>(null);
  const [near, setNear] = useState(first === 0);
  useEffect(() => {
    const element = body.current;
    if (!element) return;
    // Building rows may wait for whatever the person does meanwhile.
    const see = ([entry]: IntersectionObserverEntry[]) =>
      startTransition(() => setNear(entry?.isIntersecting ?? false));
    const observer = new IntersectionObserver(see, { rootMargin: margin });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (near && body.current && rows.length > 0) height.current = body.current.offsetHeight / rows.length || guess();
    if (gap.current) gap.current.style.height = `${rows.length * height.current}px`;
  });
  if (!near) {
    return (
      <tbody ref={body} aria-hidden="true">
        <tr className={own.gap}>
          <td ref={gap} colSpan={columns.length} />
        </tr>
      </tbody>
    );
  }
  return (
    <tbody ref={body}>
      {rows.map((row, n) => (
        <tr key={keyOf(row)} aria-rowindex={first + n + 2}>
          <Cells of={row} columns={columns} />
        </tr>
      ))}
    </tbody>
  );
}
