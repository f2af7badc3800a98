import { Field } from "../../kit/field.tsx";
import { textOf } from "../../kit/form.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { saveFolder } from "../../vault/deeds.ts";
import type { Folder } from "../../vault/items.ts";
import { Problem } from "../parts/problem.tsx";

interface FolderDialogProps {
  /** The one that gets another name; without it a new one is made. */
  folder?: Folder | undefined;
  onClose: () => void;
  onSaved: (id: string) => void;
}

/** Makes a folder, or gives one another name. */
export function FolderDialog({ folder, onClose, onSaved }: FolderDialogProps) {
  const t = useText();
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const name = textOf(values, "name").trim();
    const id = await saveFolder(folder?.id, name);
    toast(t("vault.folderSaved", { name }));
    onClose();
    onSaved(id);
  });
  return (
    <FormDialog
      open
      title={t(folder ? "vault.renameFolder" : "vault.newFolder")}
      action={t("console.save")}
      busy={busy}
      onClose={onClose}
      onSend={run}
    >
      <Field
        label={t("vault.folderName")}
        name="name"
        required
        maxLength={600}
        autoComplete="off"
        defaultValue={folder?.name ?? ""}
        hint={t("vault.folderHint")}
      />
      <Problem of={failure} />
    </FormDialog>
  );
}
