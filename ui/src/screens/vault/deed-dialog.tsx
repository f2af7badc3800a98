import { Select } from "../../kit/field.tsx";
import { textOf } from "../../kit/form.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { type Translate, useText } from "../../text/t.ts";
import { move } from "../../vault/deeds.ts";
import type { Folder, Row, Vault } from "../../vault/items.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Problem } from "../parts/problem.tsx";
import { asked, type Deed } from "./deed.ts";
import { ShareDialog } from "./share.tsx";

interface DeedDialogProps {
  deed: Deed;
  rows: Row[];
  vault: Vault;
  onClose: () => void;
  /** What comes after it was done. */
  onDone: () => void;
}

/** Asks what there is to ask before something is done to items. */
export function DeedDialog({ deed, rows, vault, onClose, onDone }: DeedDialogProps) {
  const t = useText();
  if (deed === "share") return <ShareDialog rows={rows} vault={vault} onClose={onClose} onDone={onDone} />;
  if (deed === "move") return <MoveDialog rows={rows} folders={vault.folders} onClose={onClose} onDone={onDone} />;
  if (deed !== "trash" && deed !== "destroy") return null;
  const values = { count: rows.length, name: rows[0]?.name ?? "" };
  const shared = rows.filter(({ organizationId }) => organizationId).length;
  return (
    <Confirm
      open
      title={t(`vault.deedTitle.${deed}`, values)}
      action={t(`vault.deed.${deed}`)}
      tone="loss"
      onClose={onClose}
      onConfirm={async () => {
        await asked[deed](rows.map(({ id }) => id));
        toast(t(`vault.deedDone.${deed}`, values));
        onDone();
      }}
    >
      <p>{t(`vault.deedLost.${deed}`, values)}</p>
      {shared > 0 && <p>{t("vault.deedShared", { count: shared })}</p>}
    </Confirm>
  );
}

/** Folders to choose from, and none. */
export const folderOptions = (t: Translate, folders: Folder[]) => [
  { value: "", label: t("vault.noFolder") },
  ...folders.map(({ id, name }) => ({ value: id, label: name ?? t("vault.unreadable") })),
];

function MoveDialog({
  rows,
  folders,
  onClose,
  onDone,
}: {
  rows: Row[];
  folders: Folder[];
  onClose: () => void;
  onDone: () => void;
}) {
  const t = useText();
  const values = { count: rows.length, name: rows[0]?.name ?? "" };
  const { busy, failure, run } = useAction(async (form: FormData) => {
    await move(
      rows.map(({ id }) => id),
      textOf(form, "folder") || null,
    );
    toast(t("vault.deedDone.move", values));
    onDone();
    onClose();
  });
  return (
    <FormDialog
      open
      title={t("vault.deedTitle.move", values)}
      action={t("vault.deed.move")}
      busy={busy}
      onClose={onClose}
      onSend={run}
    >
      <Select
        label={t("item.folder")}
        name="folder"
        defaultValue={rows.length === 1 ? (rows[0]?.folderId ?? "") : ""}
        options={folderOptions(t, folders)}
        hint={t("vault.moveHint")}
      />
      <Problem of={failure} />
    </FormDialog>
  );
}
