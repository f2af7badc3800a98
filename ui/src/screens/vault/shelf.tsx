import { useDeferredValue, useMemo, useState } from "react";
import { go } from "../../address.ts";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { Field } from "../../kit/field.tsx";
import { Empty } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { type Type, types } from "../../vault/content.ts";
import { deleteFolder } from "../../vault/deeds.ts";
import { type Folder, type Row, searched, type Vault } from "../../vault/items.ts";
import { type Selection, SelectionBar, useSelection } from "../console/select.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/problem.tsx";
import { atOnce, type Deed, deeds, isGuarded, mayDo } from "./deed.ts";
import { DeedDialog } from "./deed-dialog.tsx";
import { type Filter, isSame, placeOf, shows } from "./filter.ts";
import type { groupsOf } from "./filters.tsx";
import { FolderDialog } from "./folder-dialog.tsx";
import { List } from "./list.tsx";
import { type Guard, orGivenUp, useGuard } from "./use-guard.tsx";
import styles from "./vault.module.css";

interface ShelfProps {
  vault: Vault;
  filter: Filter;
  groups: ReturnType<typeof groupsOf>;
  onNew: (type: Type) => void;
}

/** One list of items: what it is, what to look for in it, and what to do with several. */
export function Shelf({ vault, filter, groups, onNew }: ShelfProps) {
  const t = useText();
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  // biome-ignore lint/correctness/useExhaustiveDependencies: a list of another filter is another one.
  const here = useMemo(() => vault.rows.filter((row) => shows(filter, row)), [vault.rows]);
  const rows = useMemo(() => searched(here, search), [here, search]);
  const selection = useSelection(here);
  const { guard, dialog } = useGuard();
  const choice = groups.flatMap(({ choices }) => choices).find((one) => isSame(one.filter, filter));
  const folder = filter.kind === "folder" ? vault.folders.find(({ id }) => id === filter.id) : undefined;
  return (
    <section className={styles.shelf} aria-label={choice?.label ?? t("vault.gone")}>
      <div className={styles.shelfHead}>
        <h2>{choice?.label ?? t("vault.gone")}</h2>
        {folder && <FolderDeeds folder={folder} />}
      </div>
      {filter.kind === "trash" && <p className={styles.soft}>{t("vault.trashLead")}</p>}
      {filter.kind === "archive" && <p className={styles.soft}>{t("vault.archiveLead")}</p>}
      {here.length > 0 && (
        <Field
          label={t("vault.search")}
          type="search"
          autoComplete="off"
          required
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
      )}
      {here.length > 0 ? (
        <List vault={vault} rows={rows} filter={filter} selection={selection} guard={guard} />
      ) : (
        <Nothing vault={vault} filter={filter} onNew={onNew} />
      )}
      {here.length > 0 && rows.length === 0 && <Empty title={t("vault.notFound")}>{t("vault.notFoundLead")}</Empty>}
      <Bulk selection={selection} vault={vault} guard={guard} />
      {dialog}
    </section>
  );
}

function Nothing({ vault, filter, onNew }: Omit<ShelfProps, "groups">) {
  const t = useText();
  const isNew = vault.rows.length === 0 && filter.kind === "all";
  const type = filter.kind === "type" ? (filter.type as Type) : types.login;
  if (filter.kind === "trash") return <Empty title={t("vault.emptyTrash")}>{t("vault.emptyTrashLead")}</Empty>;
  if (filter.kind === "archive") return <Empty title={t("vault.emptyArchive")}>{t("vault.emptyArchiveLead")}</Empty>;
  if (filter.kind === "favorites")
    return <Empty title={t("vault.emptyFavorites")}>{t("vault.emptyFavoritesLead")}</Empty>;
  return (
    <Empty
      title={t(isNew ? "vault.none" : "vault.emptyHere")}
      action={
        <span className={styles.folderDeeds}>
          <Button onClick={() => onNew(type)}>{t(`item.add.${type}`)}</Button>
          {isNew && (
            <ButtonLink tone="quiet" href="#/tools/import">
              {t("vault.import")}
            </ButtonLink>
          )}
        </span>
      }
    >
      {t(isNew ? "vault.noneLead" : "vault.emptyHereLead")}
    </Empty>
  );
}

interface BulkProps {
  selection: Selection<Row>;
  vault: Vault;
  guard: Guard;
}

/** What can be done to everything that is selected. What was begun ends, whatever is selected meanwhile. */
function Bulk({ selection, vault, guard }: BulkProps) {
  const t = useText();
  const [front, setFront] = useState<{ deed: Deed; rows: Row[] }>();
  const { chosen, clear } = selection;
  const { busy, failure, run } = useAction(async (deed: keyof typeof atOnce) => {
    await atOnce[deed](chosen.map(({ id }) => id));
    toast(t(`vault.deedDone.${deed}`, { count: chosen.length, name: chosen[0]?.name ?? "" }));
    clear();
  });
  const press = (deed: Deed) => {
    if (deed in atOnce) return run(deed as keyof typeof atOnce);
    const guarded = isGuarded(deed) && chosen.some(({ reprompt }) => reprompt);
    return guard(guarded, async () => setFront({ deed, rows: chosen })).catch(orGivenUp);
  };
  return (
    <>
      <Problem of={failure} />
      <SelectionBar selection={selection}>
        {deeds
          .filter((deed) => chosen.every((row) => mayDo(deed, row)))
          .map((deed) => (
            <Button key={deed} tone="quiet" busy={busy} onClick={() => press(deed)}>
              {t(`vault.deed.${deed}`)}
            </Button>
          ))}
      </SelectionBar>
      {front && <DeedDialog {...front} vault={vault} onClose={() => setFront(undefined)} onDone={clear} />}
    </>
  );
}

function FolderDeeds({ folder }: { folder: Folder }) {
  const t = useText();
  const [front, setFront] = useState<"rename" | "delete">();
  const close = () => setFront(undefined);
  const name = folder.name ?? t("vault.unreadable");
  return (
    <span className={styles.folderDeeds}>
      <Button tone="quiet" onClick={() => setFront("rename")}>
        {t("vault.rename")}
      </Button>
      <Button tone="quiet" onClick={() => setFront("delete")}>
        {t("vault.deleteFolder")}
      </Button>
      {front === "rename" && <FolderDialog folder={folder} onClose={close} onSaved={() => undefined} />}
      <Confirm
        open={front === "delete"}
        title={t("vault.deleteFolderTitle", { name })}
        action={t("vault.deleteFolder")}
        tone="loss"
        onClose={close}
        onConfirm={async () => {
          await deleteFolder(folder.id);
          toast(t("vault.folderDeleted", { name }));
          go(placeOf({ kind: "all" }));
        }}
      >
        <p>{t("vault.deleteFolderLost")}</p>
      </Confirm>
    </span>
  );
}
