import { useState } from "react";
import { Check, Select } from "../../kit/field.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
import { Notice } from "../../kit/notice.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { place, share } from "../../vault/deeds.ts";
import type { Row, Vault } from "../../vault/items.ts";
import { Problem } from "../parts/problem.tsx";
import styles from "./vault.module.css";

/** The organizations with a collection into which the person may put items. */
export const takers = ({ organizations, collections }: Vault) =>
  organizations.filter(
    (one) => one.enabled && collections.some(({ organizationId, mayEdit }) => organizationId === one.id && mayEdit),
  );

interface CollectionChecksProps {
  vault: Vault;
  organizationId: string;
  /** Those that are chosen at first. */
  chosen?: string[];
}

/** The collections of an organization into which the person may put items; they are sent as "collection". */
export function CollectionChecks({ vault, organizationId, chosen = [] }: CollectionChecksProps) {
  const t = useText();
  const offered = vault.collections.filter((one) => one.organizationId === organizationId && one.mayEdit);
  return (
    <fieldset className={styles.checks} key={organizationId}>
      <legend>{t("item.collections")}</legend>
      {offered.map(({ id, name }) => (
        <Check
          key={id}
          name="collection"
          value={id}
          defaultChecked={chosen.includes(id) || offered.length === 1}
          label={name ?? t("vault.unreadable")}
        />
      ))}
    </fieldset>
  );
}

/** The collections that were chosen in a form. */
export const chosenIn = (values: FormData): string[] => values.getAll("collection").map(String);

/** No collection was chosen. */
export class NoCollection extends Error {}

interface ShareDialogProps {
  rows: Row[];
  vault: Vault;
  onClose: () => void;
  onDone: () => void;
}

/** Gives items to an organization, or puts one that it has into other collections. */
export function ShareDialog({ rows, vault, onClose, onDone }: ShareDialogProps) {
  const t = useText();
  const [first] = rows;
  const owner = first?.organizationId ?? undefined;
  const offered = takers(vault);
  const [chosen, setChosen] = useState(owner ?? offered[0]?.id ?? "");
  const values = { count: rows.length, name: first?.name ?? "" };
  const { busy, failure, run } = useAction(async (form: FormData) => {
    const collections = chosenIn(form);
    if (collections.length === 0) throw new NoCollection();
    if (owner && first) await place(first.id, keepUnseen(first, vault, collections));
    else
      await share(
        rows.map(({ id }) => id),
        chosen,
        collections,
      );
    toast(t(owner ? "vault.placed" : "vault.deedDone.share", values));
    onDone();
    onClose();
  });
  return (
    <FormDialog
      open
      title={t(owner ? "vault.placeTitle" : "vault.deedTitle.share", values)}
      action={t(owner ? "vault.placeAction" : "vault.deed.share")}
      busy={busy}
      disabled={offered.length === 0}
      onClose={onClose}
      onSend={run}
    >
      {offered.length === 0 ? (
        <Notice tone="info">{t("vault.noTaker")}</Notice>
      ) : (
        <>
          {!owner && <p>{t("vault.shareLead", values)}</p>}
          {!owner && (
            <Select
              label={t("item.organization")}
              value={chosen}
              onChange={({ target }) => setChosen(target.value)}
              options={offered.map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
          <CollectionChecks vault={vault} organizationId={chosen} chosen={first?.collectionIds ?? []} />
        </>
      )}
      {failure instanceof NoCollection ? (
        <Notice tone="loss">{t("vault.noCollection")}</Notice>
      ) : (
        <Problem of={failure} />
      )}
    </FormDialog>
  );
}

/** Collections that the person sees and may not write stay as they are. */
const keepUnseen = (row: Row, { collections }: Vault, chosen: string[]): string[] => {
  const fixed = row.collectionIds.filter((id) => collections.some((one) => one.id === id && !one.mayEdit));
  return [...chosen, ...fixed];
};
