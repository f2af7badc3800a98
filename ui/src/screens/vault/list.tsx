import { KeyRound, Star, User } from "lucide-react";
import { CopyIcon } from "../../kit/copy.tsx";
import { LongTable } from "../../kit/long-table.tsx";
import { Hidden } from "../../kit/states.tsx";
import type { Column } from "../../kit/table.tsx";
import { type Translate, useText } from "../../text/t.ts";
import { types } from "../../vault/content.ts";
import { type Row, reveal, type Vault } from "../../vault/items.ts";
import { SelectAll, type Selection } from "../console/select.tsx";
import { type Filter, placeOf } from "./filter.ts";
import { iconOf } from "./item-icon.tsx";
import type { Guard } from "./use-guard.tsx";
import styles from "./vault.module.css";

interface ListProps {
  vault: Vault;
  rows: Row[];
  filter: Filter;
  selection: Selection<Row>;
  guard: Guard;
}

/** The items of a list, by name. */
export function List({ vault, rows, filter, selection, guard }: ListProps) {
  const t = useText();
  return (
    <>
      <SelectAll shown={rows} selection={selection} count={t("vault.count", { count: rows.length })} />
      {rows.length > 0 && (
        <LongTable
          label={t("vault.items")}
          columns={columns(t, vault, filter, selection, guard)}
          rows={rows}
          keyOf={({ id }) => id}
        />
      )}
    </>
  );
}

const columns = (
  t: Translate,
  vault: Vault,
  filter: Filter,
  selection: Selection<Row>,
  guard: Guard,
): [Column<Row>, ...Column<Row>[]] => [
  {
    id: "name",
    heading: t("vault.item"),
    cell: (row) => <Named of={row} filter={filter} selection={selection} />,
  },
  { id: "place", heading: t("vault.place"), cell: (row) => placeOfRow(t, row, vault) },
  {
    id: "copy",
    heading: t("vault.copy"),
    number: true,
    cell: (row) => row.type === types.login && !row.deletedDate && <Copies of={row} guard={guard} />,
  },
];

function Named({ of: row, filter, selection }: { of: Row; filter: Filter; selection: Selection<Row> }) {
  const t = useText();
  const name = row.name ?? t("vault.unreadable");
  const Icon = iconOf(row.type);
  return (
    <span className={styles.named}>
      <input
        type="checkbox"
        aria-label={t("select.one", { name })}
        checked={selection.has(row.id)}
        onChange={({ target }) => selection.set([row], target.checked)}
      />
      <Icon size={20} className={styles.icon} aria-hidden="true" />
      <span className={styles.words}>
        <span className={styles.title}>
          <a href={`#${placeOf(filter, row.id)}`}>{name || t("vault.nameless")}</a>
          {row.favorite && (
            <>
              <Star size={14} className={styles.star} aria-hidden="true" />
              <Hidden>{t("item.favorite")}</Hidden>
            </>
          )}
        </span>
        {row.subtitle && <span className={styles.soft}>{row.subtitle}</span>}
      </span>
    </span>
  );
}

/** The folder and the organization of an item; nothing for one that is in neither. */
function placeOfRow(t: Translate, row: Row, { folders, organizations }: Vault): string {
  const folder = folders.find(({ id }) => id === row.folderId);
  const organization = organizations.find(({ id }) => id === row.organizationId);
  return [folder && (folder.name ?? t("vault.unreadable")), organization?.name].filter(Boolean).join(" · ");
}

/** What is copied most often. */
function Copies({ of: row, guard }: { of: Row; guard: Guard }) {
  const t = useText();
  const name = row.name ?? "";
  return (
    <span className={styles.copies}>
      {row.subtitle && <CopyIcon icon={User} text={row.subtitle} label={t("vault.copyUsername", { name })} />}
      {row.hasPassword && row.maySeeHidden && (
        <CopyIcon
          icon={KeyRound}
          text={() => guard(row.reprompt, () => reveal(row.id, "login.password"))}
          label={t("vault.copyPassword", { name })}
        />
      )}
    </span>
  );
}
