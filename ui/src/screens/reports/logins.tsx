import { LongTable } from "../../kit/long-table.tsx";
import type { Column } from "../../kit/table.tsx";
import { home } from "../../route.ts";
import { useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import type { Named } from "../../vault/reports.ts";

interface LoginsProps<Row> {
  title: string;
  rows: Row[];
  all: Membership[];
  /** What this report says of each. */
  more?: Column<Row>;
}

/** The logins that a report names. */
export function Logins<Row extends Named>({ title, rows, all, more }: LoginsProps<Row>) {
  const t = useText();
  const ownerOf = (id: string | null) => (id ? all.find((one) => one.id === id)?.name : t("reports.mine")) ?? "";
  return (
    <LongTable
      label={title}
      rows={rows}
      keyOf={({ id }) => id}
      columns={[
        {
          id: "login",
          heading: t("reports.login"),
          cell: ({ id, name }) => <a href={`#${home}?itemId=${encodeURIComponent(id)}`}>{name || "—"}</a>,
        },
        { id: "username", heading: t("reports.username"), cell: ({ username }) => username },
        ...(more ? [more] : []),
        ...(all.length > 0
          ? [{ id: "owner", heading: t("reports.owner"), cell: (row: Row) => ownerOf(row.organizationId) }]
          : []),
      ]}
    />
  );
}
