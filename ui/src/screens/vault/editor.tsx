import { type ReactNode, useEffect, useId, useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Check, Field, Select } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { TextArea } from "../../kit/text-area.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import type { Type } from "../../vault/content.ts";
import { create, OutOfDate, sameAs, save } from "../../vault/deeds.ts";
import { look, open, type Row, type Vault } from "../../vault/items.ts";
import type { Opened } from "../../vault/wire.ts";
import { Problem } from "../parts/problem.tsx";
import { blank, compose } from "./compose.ts";
import { folderOptions } from "./deed-dialog.tsx";
import { FieldRows } from "./editor-fields.tsx";
import { TypeFields } from "./editor-types.tsx";
import type { Filter } from "./filter.ts";
import { CollectionChecks, chosenIn, NoCollection, takers } from "./share.tsx";

interface EditorProps {
  vault: Vault;
  type: number;
  /** The item that is changed, or from which another is made. */
  of?: Row;
  isClone?: boolean;
  /** The list in which the person is: a new item goes there. */
  filter?: Filter;
  onClose: () => void;
  onSaved: (id: string) => void;
}

/** Makes an item or changes one. What it says is read from the form once, when it is sent. */
export function Editor({ vault, type, of, isClone = false, filter, onClose, onSaved }: EditorProps) {
  const t = useText();
  const form = useId();
  const kind = type as Type;
  const [seen, setSeen] = useState<Opened | undefined>(() =>
    of ? undefined : { content: blank(kind), closed: [], broken: [] },
  );
  const [unread, setUnread] = useState<unknown>();
  // The form stays what it was when it was opened, so it counts for that revision alone.
  const [known] = useState(of?.revisionDate ?? "");
  const isNew = !of || isClone;
  const id = of?.id;
  useEffect(() => {
    if (id) look(id).then(setSeen, setUnread);
  }, [id]);
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const saved = isNew ? await make(values) : await change(values, of.id);
    toast(t("item.saved", { name: textOf(values, "name") }));
    onSaved(saved);
    if (!of) onClose();
  });
  const make = async (values: FormData): Promise<string> => {
    if (of) sameAs(of.id, known);
    const source = of ? { ...(await open(of.id)), passwordHistory: [] } : blank(kind);
    const organizationId = textOf(values, "owner") || undefined;
    const collectionIds = chosenIn(values);
    if (organizationId && collectionIds.length === 0) throw new NoCollection();
    const folderId = textOf(values, "folder") || null;
    return create(compose(values, source), { folderId, organizationId, collectionIds });
  };
  const change = async (values: FormData, changed: string): Promise<string> => {
    const folderId = textOf(values, "folder") || null;
    await save(changed, (before) => compose(values, before), { known, folderId });
    return changed;
  };
  const title = t(of && !isClone ? "item.editTitle" : `item.add.${kind}`, { name: of?.name ?? "" });
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      actions={
        <>
          <Button onClick={onClose}>{t("kit.cancel")}</Button>
          <Button tone="primary" type="submit" form={form} busy={busy} disabled={!seen}>
            {t("console.save")}
          </Button>
        </>
      }
    >
      <Problem of={unread} />
      {!seen && unread === undefined && <Skeleton lines={5} />}
      {seen && (
        <Form id={form} label={title} onSend={run}>
          <Basics seen={seen} isClone={isClone}>
            <TypeFields type={kind} seen={seen} of={of} />
          </Basics>
          <FieldRows type={kind} seen={seen} of={of} />
          <Places vault={vault} of={of} isNew={isNew} filter={filter} />
          <Check name="favorite" label={t("item.favorite")} defaultChecked={seen.content.favorite} />
          <Check
            name="reprompt"
            label={t("item.reprompt")}
            hint={t("item.repromptHint")}
            defaultChecked={seen.content.reprompt === 1}
          />
          <Refusal of={failure} />
        </Form>
      )}
    </Dialog>
  );
}

/** Why the form was not taken. */
function Refusal({ of }: { of: unknown }) {
  const t = useText();
  if (of instanceof NoCollection) return <Notice tone="loss">{t("vault.noCollection")}</Notice>;
  if (of instanceof OutOfDate) return <Notice tone="loss">{t("item.outOfDate")}</Notice>;
  return <Problem of={of} />;
}

interface BasicsProps {
  seen: Opened;
  isClone: boolean;
  children: ReactNode;
}

function Basics({ seen: { content }, isClone, children }: BasicsProps) {
  const t = useText();
  const name = isClone ? t("item.cloneOf", { name: content.name }) : content.name;
  return (
    <>
      <Field label={t("item.name")} name="name" required maxLength={700} autoComplete="off" defaultValue={name} />
      {children}
      <TextArea
        label={t("item.notes")}
        name="notes"
        defaultValue={content.notes ?? ""}
        maxLength={7_000}
        rows={3}
        unmarked
      />
    </>
  );
}

interface PlacesProps {
  vault: Vault;
  of: Row | undefined;
  isNew: boolean;
  filter: Filter | undefined;
}

/** In which folder an item is, and whose a new one is. */
function Places({ vault, of, isNew, filter }: PlacesProps) {
  const t = useText();
  const offered = takers(vault);
  const [owner, setOwner] = useState(() => firstOwner(vault, of, filter));
  const inFolder = filter?.kind === "folder" && filter.id !== "none" ? filter.id : "";
  const inCollection = filter?.kind === "collection" ? [filter.id] : [];
  const owners = [
    ...(vault.ownsNothing ? [] : [{ value: "", label: t("item.mine") }]),
    ...offered.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <>
      <Select
        label={t("item.folder")}
        name="folder"
        defaultValue={of?.folderId ?? inFolder}
        options={folderOptions(t, vault.folders)}
      />
      {isNew && offered.length > 0 && (
        <Select
          label={t("item.owner")}
          name="owner"
          value={owner}
          onChange={({ target }) => setOwner(target.value)}
          options={owners}
        />
      )}
      {isNew && owner && (
        <CollectionChecks vault={vault} organizationId={owner} chosen={of?.collectionIds ?? inCollection} />
      )}
    </>
  );
}

/** The organization to which a new item goes, unless the person chooses another; none is "". */
function firstOwner(vault: Vault, of: Row | undefined, filter: Filter | undefined): string {
  const offered = takers(vault);
  const wished =
    of?.organizationId ??
    (filter?.kind === "organization" ? filter.id : undefined) ??
    (filter?.kind === "collection" ? vault.collections.find(({ id }) => id === filter.id)?.organizationId : undefined);
  return offered.find(({ id }) => id === wished)?.id ?? (vault.ownsNothing ? (offered[0]?.id ?? "") : "");
}
