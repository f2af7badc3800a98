import type { ReactNode } from "react";
import { classes } from "./classes.ts";
import styles from "./table.module.css";

export interface Column<Row> {
  /** Tells the columns apart; it is not shown. */
  id: string;
  heading: string;
  number?: boolean;
  cell: (row: Row) => ReactNode;
}

export interface TableProps<Row> {
  /** What the table lists, for those who hear it. */
  label: string;
  /** The first column names the row. */
  columns: [Column<Row>, ...Column<Row>[]];
  rows: Row[];
  keyOf: (row: Row) => string;
}

/** Rows with columns; on a phone each row is a card that names its values. */
export function Table<Row>({ label, columns, rows, keyOf }: TableProps<Row>) {
  return (
    // The roles say what a browser forgets when a table is shown as cards.
    // biome-ignore lint/a11y/noRedundantRoles: see above.
    <table className={styles.table} role="table">
      <caption>{label}</caption>
      <thead>
        <tr>
          {columns.map(({ id, heading, number }) => (
            <th key={id} scope="col" className={classes(number && styles.number)}>
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            <Cells of={row} columns={columns} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The cells of one row. On a card, what a row has not is left out. */
export function Cells<Row>({ of: row, columns }: { of: Row; columns: TableProps<Row>["columns"] }) {
  const [first, ...others] = columns;
  return (
    <>
      <th scope="row">{first.cell(row)}</th>
      {others.map(({ id, heading, number, cell }) => {
        const content = cell(row);
        return (
          <td key={id} className={classes(number && styles.number, !content && content !== 0 && styles.nothing)}>
            <span className={styles.label} aria-hidden="true">
              {heading}
            </span>
            {content}
          </td>
        );
      })}
    </>
  );
}
