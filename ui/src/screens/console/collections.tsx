import { Plus } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Field } from "../../kit/field.tsx";
import { Screen as Page } from "../../kit/frame.tsx";
import { LongTable } from "../../kit/long-table.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import type { Column } from "../../kit/table.tsx";
import { toast } from "../../kit/toast.tsx";
import { type Translate, useText } from "../../text/t.ts";
import { type Collection, deleteCollections, type Node, treeOf } from "../../vault/collections.ts";
import { seesCollections } from "../../vault/console.ts";
import { plain } from "../../vault/members.ts";
import { isAdministrator, type Membership } from "../../vault/profile.ts";
import { Confirm } from "../parts/confirm.tsx";
import { OfOrganization } from "../parts/organization.tsx";
import { Problem } from "../parts/problem.tsx";
import { CollectionDialog, GiveDialog } from "./collection-dialog.tsx";
import styles from "./console.module.css";
import { useCollections, useForget } from "./queries.ts";
import { Named, SelectAll, type Selection, SelectionBar, useSelection } from "./select.tsx";

/** The collections of an organization, and who has them. */
export function Screen() {
  const t = useText();
  return (
    <OfOrganization title={t("collections.title")} for={seesCollections}>
      {(organization) => <Collections key={organization.id} by={organization} />}
    </OfOrganization>
  );
}

const mayCreate = (by: Membership): boolean =>
  !by.limitCollectionCreation || isAdministrator(by) || by.permissions.createNewCollections === true;

function Collections({ by }: { by: Membership }) {
  const t = useText();
  const { data: collections, error } = useCollections(by.id);
  const [open, setOpen] = useState<Collection | "new">();
  const create = mayCreate(by) && (
    <Button tone="primary" onClick={() => setOpen("new")}>
      <Plus size={18} aria-hidden="true" />
      {t("collections.create")}
    </Button>
  );
  const isEmpty = collections?.length === 0;
  return (
    <Page title={t("collections.title")} lead={t("collections.lead")} actions={!isEmpty && create}>
      {error && <Problem of={error} />}
      {!error && !collections && <Skeleton lines={6} />}
      {isEmpty && (
        <Empty title={t("collections.none")} action={create}>
          {t("collections.noneLead")}
        </Empty>
      )}
      {collections && !isEmpty && <List by={by} collections={collections} onOpen={setOpen} />}
      {open && (
        <CollectionDialog by={by} collection={open === "new" ? undefined : open} onClose={() => setOpen(undefined)} />
      )}
    </Page>
  );
}

interface ListProps {
  by: Membership;
  collections: Collection[];
  onOpen: (collection: Collection) => void;
}

function List({ by, collections, onOpen }: ListProps) {
  const t = useText();
  const forget = useForget(by.id);
  const [typed, setTyped] = useState("");
  const [front, setFront] = useState<"delete" | "give">();
  const search = plain(useDeferredValue(typed).trim());
  const tree = useMemo(() => treeOf(collections), [collections]);
  const shown = search ? tree.filter(({ collection: { name } }) => plain(name ?? "").includes(search)) : tree;
  const selection = useSelection(collections);
  const { chosen } = selection;
  const close = () => setFront(undefined);
  return (
    <div className={styles.list}>
      <div className={styles.tools}>
        <Field
          label={t("collections.search")}
          type="search"
          autoComplete="off"
          required
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
      </div>
      <SelectAll
        shown={shown.map(({ collection }) => collection)}
        selection={selection}
        count={t("collections.count", { count: shown.length })}
      />
      {shown.length > 0 && (
        <LongTable
          label={t("collections.title")}
          columns={columns(t, by, search !== "", selection, onOpen)}
          rows={shown}
          keyOf={({ collection: { id } }) => id}
        />
      )}
      <SelectionBar selection={selection}>
        <Button tone="quiet" onClick={() => setFront("give")}>
          {t("collections.give")}
        </Button>
        <Button tone="quiet" onClick={() => setFront("delete")}>
          {t("collections.delete")}
        </Button>
      </SelectionBar>
      {front === "give" && <GiveDialog by={by} collections={chosen} onClose={close} />}
      <Confirm
        open={front === "delete"}
        title={t("collections.deleteTitle", { count: chosen.length, name: chosen[0]?.name ?? "" })}
        action={t("collections.delete")}
        tone="loss"
        onClose={close}
        onConfirm={async () => {
          await deleteCollections(
            by.id,
            chosen.map(({ id }) => id),
          );
          toast(t("collections.deleted", { count: chosen.length }));
          await forget();
        }}
      >
        <p>{t("collections.deleteText")}</p>
      </Confirm>
    </div>
  );
}

function columns(
  t: Translate,
  by: Membership,
  isFlat: boolean,
  selection: Selection<Collection>,
  onOpen: (collection: Collection) => void,
): [Column<Node>, ...Column<Node>[]] {
  const people: Column<Node> = {
    id: "people",
    heading: t("collections.people"),
    number: true,
    cell: ({ collection: { users } }) => users.length,
  };
  const groups: Column<Node> = {
    id: "groups",
    heading: t("members.groups"),
    number: true,
    cell: ({ collection }) => collection.groups.length,
  };
  return [
    {
      id: "name",
      heading: t("collections.collection"),
      cell: ({ collection, depth, label }) => (
        <span className={isFlat || depth === 0 ? undefined : styles.within} data-depth={Math.min(depth, 3)}>
          <Named
            of={collection}
            name={collection.name === null ? t("collections.unreadable") : isFlat ? collection.name : label}
            detail={collection.unmanaged && t("collections.unmanaged")}
            selection={selection}
            onOpen={onOpen}
          />
        </span>
      ),
    },
    people,
    ...(by.useGroups ? [groups] : []),
  ];
}
