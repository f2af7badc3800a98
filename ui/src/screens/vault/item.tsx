import { Star } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { type Translate, useText } from "../../text/t.ts";
import { types } from "../../vault/content.ts";
import { favorite, isWhole } from "../../vault/deeds.ts";
import { look, type Row, type Vault, viewOf } from "../../vault/items.ts";
import { isForeign, type Opened } from "../../vault/wire.ts";
import { Problem } from "../parts/problem.tsx";
import { atOnce, type Deed, deeds, isGuarded, mayDo } from "./deed.ts";
import { DeedDialog } from "./deed-dialog.tsx";
import { Editor } from "./editor.tsx";
import styles from "./item.module.css";
import { ItemContent } from "./item-content.tsx";
import { type Guard, orGivenUp, useGuard } from "./use-guard.tsx";

interface ItemProps {
  id: string;
  vault: Vault;
  onClose: () => void;
}

/** One item in front of the list: what it says, and what can be done with it. */
export function Item({ id, vault, onClose }: ItemProps) {
  const t = useText();
  const row = vault.rows.find((one) => one.id === id);
  const [mode, setMode] = useState<"view" | "edit" | "clone">("view");
  const view = () => setMode("view");
  if (!row) {
    return (
      <Dialog
        open
        onClose={onClose}
        title={t("vault.gone")}
        actions={<Button onClick={onClose}>{t("kit.close")}</Button>}
      >
        <p>{t("vault.goneLead")}</p>
      </Dialog>
    );
  }
  if (mode === "view")
    return <Sheet key={row.revisionDate} row={row} vault={vault} onMode={setMode} onClose={onClose} />;
  return (
    <Editor
      vault={vault}
      type={row.type}
      of={row}
      isClone={mode === "clone"}
      onClose={view}
      onSaved={mode === "clone" ? onClose : view}
    />
  );
}

interface SheetProps {
  row: Row;
  vault: Vault;
  onMode: (mode: "edit" | "clone") => void;
  onClose: () => void;
}

function Sheet({ row, vault, onMode, onClose }: SheetProps) {
  const t = useText();
  const [seen, setSeen] = useState<Opened>();
  const [whole, setWhole] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const { guard, dialog } = useGuard({ once: true });
  useEffect(() => {
    let isGone = false;
    Promise.all([look(row.id), isWhole(row.id)]).then(
      ([opened, all]) => {
        if (isGone) return;
        setSeen(opened);
        setWhole(all);
      },
      (error) => !isGone && setFailure(error),
    );
    return () => {
      isGone = true;
    };
  }, [row.id]);
  const change = (mode: "edit" | "clone") => guard(row.reprompt, async () => onMode(mode)).catch(orGivenUp);
  const foreign = seen && isForeign(viewOf(row.id));
  return (
    <Dialog
      open
      onClose={onClose}
      title={row.name || t(row.name === null ? "vault.unreadable" : "vault.nameless")}
      actions={
        <>
          <Button onClick={onClose}>{t("kit.close")}</Button>
          {row.mayEdit && !row.deletedDate && (
            <Button tone="primary" disabled={!whole} onClick={() => change("edit")}>
              {t("item.edit")}
            </Button>
          )}
        </>
      }
    >
      <p className={styles.about}>{aboutOf(t, row, vault)}</p>
      {row.deletedDate && <Notice tone="wait">{t("item.inTrash")}</Notice>}
      {foreign && <Notice tone="info">{t("item.foreignLead")}</Notice>}
      {!row.mayEdit && !row.deletedDate && <Notice tone="info">{t("item.readOnly")}</Notice>}
      {seen && !whole && !foreign && <Notice tone="loss">{t("item.broken")}</Notice>}
      <Problem of={failure} />
      {!seen && failure === undefined && <Skeleton lines={4} />}
      {seen && <ItemContent row={row} seen={seen} guard={guard} />}
      <Deeds row={row} vault={vault} isWhole={whole} guard={guard} onClone={() => change("clone")} onClose={onClose} />
      {dialog}
    </Dialog>
  );
}

const kinds = Object.fromEntries(Object.values(types).map((type) => [type, true]));

/** What it is, and where. */
function aboutOf(t: Translate, row: Row, { folders, organizations, collections }: Vault): string {
  const folder = folders.find(({ id }) => id === row.folderId)?.name;
  const organization = organizations.find(({ id }) => id === row.organizationId)?.name;
  const within = collections.filter(({ id }) => row.collectionIds.includes(id)).map(({ name }) => name);
  const type = row.type in kinds ? t(`item.type.${row.type as 1}`) : t("item.foreign");
  return [type, folder, organization, ...within].filter(Boolean).join(" · ");
}

interface DeedsProps {
  row: Row;
  vault: Vault;
  isWhole: boolean;
  guard: Guard;
  onClone: () => void;
  onClose: () => void;
}

/** Everything that can be done with an item besides changing what it says. */
function Deeds({ row, vault, isWhole, guard, onClone, onClose }: DeedsProps) {
  const t = useText();
  const [deed, setDeed] = useState<Deed>();
  const { busy, failure, run } = useAction((act: () => Promise<unknown>) => act());
  const ask = (next: Deed) => guard(row.reprompt && isGuarded(next), async () => setDeed(next)).catch(orGivenUp);
  const press = (next: Deed) => {
    if (!(next in atOnce)) return ask(next);
    return run(async () => {
      await atOnce[next as keyof typeof atOnce]([row.id]);
      toast(t(`vault.deedDone.${next as keyof typeof atOnce}`, { count: 1, name: row.name ?? "" }));
    });
  };
  const isThere = row.deletedDate === null;
  return (
    <>
      <Problem of={failure} />
      <div className={styles.deeds}>
        {isThere && (
          <Button
            tone="quiet"
            busy={busy}
            aria-pressed={row.favorite}
            onClick={() => run(() => favorite(row.id, !row.favorite))}
          >
            <Star size={18} aria-hidden="true" />
            {t(row.favorite ? "item.unfavorite" : "item.makeFavorite")}
          </Button>
        )}
        {isThere && row.maySeeHidden && isWhole && !isForeign(viewOf(row.id)) && (
          <Button tone="quiet" onClick={onClone}>
            {t("item.clone")}
          </Button>
        )}
        {isThere && row.organizationId && row.mayEdit && row.maySeeHidden && (
          <Button tone="quiet" onClick={() => ask("share")}>
            {t("item.collections")}
          </Button>
        )}
        {deeds
          .filter((next) => mayDo(next, row))
          .map((next) => (
            <Button key={next} tone="quiet" busy={busy} onClick={() => press(next)}>
              {t(`vault.deed.${next}`)}
            </Button>
          ))}
      </div>
      {deed && (
        <DeedDialog
          deed={deed}
          rows={[row]}
          vault={vault}
          onClose={() => setDeed(undefined)}
          onDone={() => (deed === "trash" || deed === "destroy") && onClose()}
        />
      )}
    </>
  );
}
