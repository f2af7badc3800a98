import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Field } from "../../kit/field.tsx";
import { textOf } from "../../kit/form.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { LongTable } from "../../kit/long-table.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import {
  type Collection,
  deleteGroups,
  type Group,
  loadGroupMembers,
  rightOf,
  saveGroup,
  selectionOf,
} from "../../vault/collections.ts";
import { seesGroups } from "../../vault/console.ts";
import type { Membership } from "../../vault/profile.ts";
import { Confirm } from "../parts/confirm.tsx";
import { OfOrganization } from "../parts/organization.tsx";
import { Problem } from "../parts/problem.tsx";
import styles from "./console.module.css";
import { optionOf } from "./people.ts";
import { type Chosen, Pick } from "./pick.tsx";
import { type Fellow, useCollections, useFellows, useForget, useGroups } from "./queries.ts";
import { Named, SelectAll, SelectionBar, useSelection } from "./select.tsx";

/** The groups of an organization: who is in them, and which collections they have. */
export function Screen() {
  const t = useText();
  return (
    <OfOrganization title={t("groups.title")} for={seesGroups}>
      {(organization) => <Groups key={organization.id} by={organization} />}
    </OfOrganization>
  );
}

function Groups({ by }: { by: Membership }) {
  const t = useText();
  const { data: groups, error } = useGroups(by.id);
  const [open, setOpen] = useState<Group | "new">();
  const create = (
    <Button tone="primary" onClick={() => setOpen("new")}>
      <Plus size={18} aria-hidden="true" />
      {t("groups.create")}
    </Button>
  );
  return (
    <Page title={t("groups.title")} lead={t("groups.lead")} actions={groups && groups.length > 0 && create}>
      {error && <Problem of={error} />}
      {!error && !groups && <Skeleton lines={6} />}
      {groups?.length === 0 && (
        <Empty title={t("groups.none")} action={create}>
          {t("groups.noneLead")}
        </Empty>
      )}
      {groups && groups.length > 0 && <List by={by} groups={groups} onOpen={setOpen} />}
      {open && <GroupDialog by={by} group={open === "new" ? undefined : open} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}

function List({ by, groups, onOpen }: { by: Membership; groups: Group[]; onOpen: (group: Group) => void }) {
  const t = useText();
  const forget = useForget(by.id);
  const selection = useSelection(groups);
  const [deleting, setDeleting] = useState(false);
  const { chosen } = selection;
  return (
    <div className={styles.list}>
      <SelectAll shown={groups} selection={selection} count={t("groups.count", { count: groups.length })} />
      <LongTable
        label={t("groups.title")}
        columns={[
          {
            id: "name",
            heading: t("groups.group"),
            cell: (group) => <Named of={group} name={group.name} selection={selection} onOpen={onOpen} />,
          },
          {
            id: "collections",
            heading: t("groups.collections"),
            number: true,
            cell: ({ collections }) => collections.length,
          },
        ]}
        rows={groups}
        keyOf={({ id }) => id}
      />
      <SelectionBar selection={selection}>
        <Button tone="quiet" onClick={() => setDeleting(true)}>
          {t("groups.delete")}
        </Button>
      </SelectionBar>
      <Confirm
        open={deleting}
        title={t("groups.deleteTitle", { count: chosen.length, name: chosen[0]?.name ?? "" })}
        action={t("groups.delete")}
        tone="loss"
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await deleteGroups(
            by.id,
            chosen.map(({ id }) => id),
          );
          toast(t("groups.deleted", { count: chosen.length }));
          await forget();
        }}
      >
        <p>{t("groups.deleteText")}</p>
      </Confirm>
    </div>
  );
}

/** A group that is made or changed. What it has is read first. */
function GroupDialog({ by, group, onClose }: { by: Membership; group: Group | undefined; onClose: () => void }) {
  const t = useText();
  const people = useFellows(by.id);
  const collections = useCollections(by.id);
  const members = useQuery({
    queryKey: ["console", by.id, "group", group?.id],
    queryFn: () => (group ? loadGroupMembers(by.id, group.id) : []),
    staleTime: 0,
    gcTime: 0,
  });
  const error = people.error ?? collections.error ?? members.error;
  if (people.data && collections.data && members.data) {
    const known = { people: people.data, collections: collections.data, members: members.data };
    return <EditGroup by={by} group={group} {...known} onClose={onClose} />;
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={group?.name ?? t("groups.create")}
      actions={<Button onClick={onClose}>{t("kit.cancel")}</Button>}
    >
      {error ? <Problem of={error} /> : <Skeleton lines={6} />}
    </Dialog>
  );
}

interface EditGroupProps {
  by: Membership;
  group: Group | undefined;
  people: Fellow[];
  collections: Collection[];
  members: string[];
  onClose: () => void;
}

function EditGroup({ by, group, people, collections, members, onClose }: EditGroupProps) {
  const t = useText();
  const forget = useForget(by.id);
  const [who, setWho] = useState<Chosen>(() => new Map(members.map((id) => [id, "view"])));
  const [what, setWhat] = useState<Chosen>(
    () => new Map(group?.collections.map((one) => [one.id ?? "", rightOf(one)])),
  );
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const name = textOf(values, "name").trim();
    await saveGroup(by.id, group?.id, {
      name,
      externalId: group?.externalId ?? null,
      users: [...who.keys()],
      collections: [...what].map(([id, right]) => selectionOf(id, right)),
    });
    onClose();
    toast(t("groups.saved", { name }));
    await forget();
  });
  const title = group?.name ?? t("groups.create");
  return (
    <FormDialog open onClose={onClose} title={title} action={t("console.save")} busy={busy} onSend={run}>
      <Field
        label={t("groups.name")}
        name="name"
        defaultValue={group?.name}
        maxLength={100}
        autoComplete="off"
        required
      />
      <Pick
        heading={t("groups.members")}
        search={t("groups.addMember")}
        none={t("groups.noMember")}
        options={people.map(optionOf)}
        chosen={who}
        onChange={setWho}
      />
      <Pick
        heading={t("groups.collections")}
        search={t("members.addCollection")}
        none={t("groups.noCollection")}
        options={collections
          .filter(({ type }) => type === 0)
          .map(({ id, name }) => ({ id, name: name ?? t("collections.unreadable") }))}
        chosen={what}
        onChange={setWhat}
        withRights
      />
      <Problem of={failure} />
    </FormDialog>
  );
}
