import {
  type CollectionGroupDetailsView,
  type CollectionSelection,
  type CollectionSharesView,
  call,
} from "../api/client.ts";
import { keyring } from "./session.ts";

/** A collection whose name was opened; null is one that could not be. */
export interface Collection extends Omit<CollectionSharesView, "name"> {
  id: string;
  name: string | null;
}

/** A collection and where it stands in the tree that the slashes of the names make. */
export interface Node<T = Collection> {
  collection: T;
  depth: number;
  /** What the name says beyond that of the collection above. */
  label: string;
}

export interface Group extends CollectionGroupDetailsView {
  id: string;
}

/** The five rights in a collection, the least first. */
export const rights = ["view", "viewHidden", "edit", "editHidden", "manage"] as const;
export type Right = (typeof rights)[number];

export function rightOf({ manage, readOnly, hidePasswords }: CollectionSelection): Right {
  if (manage) return "manage";
  if (readOnly) return hidePasswords ? "viewHidden" : "view";
  return hidePasswords ? "editHidden" : "edit";
}

export const selectionOf = (id: string, right: Right): CollectionSelection => ({
  id,
  manage: right === "manage",
  readOnly: right === "view" || right === "viewHidden",
  hidePasswords: right === "viewHidden" || right === "editHidden",
});

/** All collections that the person may see, by name. */
export async function loadCollections(organizationId: string): Promise<Collection[]> {
  const { data } = await call("GET /api/organizations/{id}/collections/details", { path: { id: organizationId } });
  const names = await keyring().decrypt(
    data.map(({ name }) => name),
    organizationId,
  );
  const { compare } = new Intl.Collator();
  return data
    .map((collection, n) => ({ ...collection, id: collection.id ?? "", name: names[n] ?? null }))
    .sort((a, b) => compare(a.name ?? "", b.name ?? ""));
}

/** Puts each collection under the one whose name is the start of its own, and those of one place by name. */
export function treeOf<T extends { name: string | null }>(collections: T[]): Node<T>[] {
  const { compare } = new Intl.Collator();
  const parts = (name: string) => name.split("/").map((part) => part.trim());
  const byPath = (a: string[], b: string[]): number => {
    for (let n = 0; n < Math.min(a.length, b.length); n++) {
      const order = compare(a[n] ?? "", b[n] ?? "");
      if (order !== 0) return order;
    }
    return a.length - b.length;
  };
  const sorted = collections.map((collection) => ({ collection, path: parts(collection.name ?? "") }));
  sorted.sort((a, b) => byPath(a.path, b.path));
  const above: string[][] = [];
  return sorted.map(({ collection, path }) => {
    while (above.length > 0 && !isWithin(path, above.at(-1) ?? [])) above.pop();
    const node = { collection, depth: above.length, label: path.slice(above.at(-1)?.length ?? 0).join("/") };
    above.push(path);
    return node;
  });
}

const isWithin = (path: string[], parent: string[]): boolean =>
  parent.length < path.length && parent.every((part, n) => part === path[n]);

/** What a person sets of a collection. */
export interface Shares {
  name: string;
  externalId: string | null;
  users: CollectionSelection[];
  groups: CollectionSelection[];
}

/** Makes a collection, or changes one. */
export async function saveCollection(organizationId: string, collection: string | undefined, shares: Shares) {
  const [name = ""] = await keyring().encrypt([shares.name], organizationId);
  const body = { name, externalId: shares.externalId ?? "", users: shares.users, groups: shares.groups };
  const path = { id: organizationId };
  if (!collection) return call("POST /api/organizations/{id}/collections", { path, body });
  return call("PUT /api/organizations/{id}/collections/{collection}", { path: { ...path, collection }, body });
}

export const deleteCollections = (organizationId: string, ids: string[]): Promise<unknown> =>
  call("POST /api/organizations/{id}/collections/delete", { path: { id: organizationId }, body: { ids } });

/** Gives collections to people and groups; what others have stays. */
export const giveCollections = (
  organizationId: string,
  collectionIds: string[],
  to: { users: CollectionSelection[]; groups: CollectionSelection[] },
): Promise<unknown> =>
  call("POST /api/organizations/{id}/collections/bulk-access", {
    path: { id: organizationId },
    body: { collectionIds, ...to },
  });

/** All groups with their collections, by name. */
export async function loadGroups(organizationId: string): Promise<Group[]> {
  const { data } = await call("GET /api/organizations/{id}/groups/details", { path: { id: organizationId } });
  const { compare } = new Intl.Collator();
  return (data as Group[]).toSorted((a, b) => compare(a.name, b.name));
}

/** What a person sets of a group. */
export interface GroupContent {
  name: string;
  externalId: string | null;
  users: string[];
  collections: CollectionSelection[];
}

export const loadGroupMembers = async (organizationId: string, group: string): Promise<string[]> =>
  (await call("GET /api/organizations/{id}/groups/{group}/users", { path: { id: organizationId, group } })) as string[];

export function saveGroup(organizationId: string, group: string | undefined, content: GroupContent) {
  const body = { ...content, externalId: content.externalId ?? "" };
  const path = { id: organizationId };
  if (!group) return call("POST /api/organizations/{id}/groups", { path, body });
  return call("PUT /api/organizations/{id}/groups/{group}", { path: { ...path, group }, body });
}

export const deleteGroups = (organizationId: string, ids: string[]): Promise<unknown> =>
  call("POST /api/organizations/{id}/groups/delete", { path: { id: organizationId }, body: { ids } });
