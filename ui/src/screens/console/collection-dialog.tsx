import { useId, useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Field } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { type Collection, giveCollections, rightOf, saveCollection, selectionOf } from "../../vault/collections.ts";
import { type Membership, may } from "../../vault/profile.ts";
import { Problem } from "../parts/problem.tsx";
import { optionOf } from "./people.ts";
import { type Chosen, Pick } from "./pick.tsx";
import { useFellows, useForget, useGroups } from "./queries.ts";

const chosenOf = (list: Collection["users"] | undefined): Chosen =>
  new Map(list?.map((one) => [one.id ?? "", rightOf(one)]));

const selectionsOf = (chosen: Chosen) => [...chosen].map(([id, right]) => selectionOf(id, right));

/** A collection that is made or changed: its name, and who has it. Whoever makes one manages it, unless they choose otherwise. */
export function CollectionDialog({
  by,
  collection,
  onClose,
}: {
  by: Membership;
  collection: Collection | undefined;
  onClose: () => void;
}) {
  const t = useText();
  const form = useId();
  const forget = useForget(by.id);
  const [users, setUsers] = useState<Chosen>(() =>
    collection ? chosenOf(collection.users) : new Map([[by.organizationUserId ?? "", "manage"]]),
  );
  const [groups, setGroups] = useState(() => chosenOf(collection?.groups));
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const name = textOf(values, "name").trim();
    const shares = { users: selectionsOf(users), groups: selectionsOf(groups) };
    await saveCollection(by.id, collection?.id, { name, externalId: collection?.externalId ?? null, ...shares });
    onClose();
    toast(t("collections.saved", { name }));
    await forget();
  });
  const title = collection ? (collection.name ?? t("collections.unreadable")) : t("collections.create");
  const isPersonal = collection !== undefined && collection.type !== 0;
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      actions={
        <>
          <Button onClick={onClose}>{t("kit.cancel")}</Button>
          {!isPersonal && (
            <Button tone="primary" type="submit" form={form} busy={busy}>
              {t("console.save")}
            </Button>
          )}
        </>
      }
    >
      <Form id={form} label={title} onSend={run}>
        <Field
          label={t("collections.name")}
          name="name"
          defaultValue={collection?.name ?? ""}
          hint={t("collections.nameHint")}
          maxLength={200}
          autoComplete="off"
          required
        />
        <Access by={by} users={users} groups={groups} onUsers={setUsers} onGroups={setGroups} />
        <Problem of={failure} />
      </Form>
    </Dialog>
  );
}

/** Gives several collections to the same people and groups at once. */
export function GiveDialog({
  by,
  collections,
  onClose,
}: {
  by: Membership;
  collections: Collection[];
  onClose: () => void;
}) {
  const t = useText();
  const forget = useForget(by.id);
  const [users, setUsers] = useState<Chosen>(new Map());
  const [groups, setGroups] = useState<Chosen>(new Map());
  const { busy, failure, run } = useAction(async () => {
    await giveCollections(
      by.id,
      collections.map(({ id }) => id),
      { users: selectionsOf(users), groups: selectionsOf(groups) },
    );
    onClose();
    toast(t("collections.given", { count: collections.length }));
    await forget();
  });
  const title = t("collections.giveTitle", { count: collections.length, name: collections[0]?.name ?? "" });
  return (
    <FormDialog
      open
      onClose={onClose}
      title={title}
      action={t("collections.give")}
      busy={busy}
      disabled={users.size + groups.size === 0}
      onSend={run}
    >
      <p>{t("collections.giveText")}</p>
      <Access by={by} users={users} groups={groups} onUsers={setUsers} onGroups={setGroups} />
      <Problem of={failure} />
    </FormDialog>
  );
}

interface AccessProps {
  by: Membership;
  users: Chosen;
  groups: Chosen;
  onUsers: (chosen: Chosen) => void;
  onGroups: (chosen: Chosen) => void;
}

/** The people and the groups that have a collection, each with a right. */
function Access({ by, users, groups, onUsers, onGroups }: AccessProps) {
  const t = useText();
  const people = useFellows(by.id);
  const seesGroups = by.useGroups && (may(by, "manageGroups") || may(by, "manageUsers"));
  const known = useGroups(by.id, seesGroups);
  if (people.error || known.error) return <Problem of={people.error ?? known.error} />;
  if (!people.data || (seesGroups && !known.data)) return <Skeleton lines={4} />;
  return (
    <>
      <Pick
        heading={t("collections.people")}
        search={t("groups.addMember")}
        none={t("collections.nobody")}
        options={people.data.map(optionOf)}
        chosen={users}
        onChange={onUsers}
        withRights
      />
      {seesGroups && (known.data?.length ?? 0) > 0 && (
        <Pick
          heading={t("members.groups")}
          search={t("members.addGroup")}
          none={t("collections.noGroup")}
          options={known.data ?? []}
          chosen={groups}
          onChange={onGroups}
          withRights
        />
      )}
    </>
  );
}
