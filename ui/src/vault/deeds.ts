import { type ContentView, call, Failure } from "../api/client.ts";
import type { Content } from "./content.ts";
import { amend, drop, foldersOf, open, put, reread, takeUp, vaultHere, viewOf } from "./items.ts";
import { keyring } from "./session.ts";
import { decryptContents, encryptContent, encryptFor, isForeign, placed } from "./wire.ts";

/** How many items the server takes at once. */
const atOnce = 500;

/** How many passwords an item remembers. */
const remembered = 5;

/** Does something with many items, as many at once as the server takes. */
async function inPortions(ids: string[], act: (some: string[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < ids.length; at += atOnce) await act(ids.slice(at, at + atOnce));
}

/** Where a new item goes: to the person, or into collections of an organization. */
export interface Place {
  folderId: string | null;
  organizationId?: string | undefined;
  collectionIds?: string[];
}

/** Makes an item, and returns its identifier. */
export async function create(
  content: Content,
  { folderId, organizationId, collectionIds = [] }: Place,
): Promise<string> {
  const cipher = { ...(await encryptContent(content, { organizationId })), folderId };
  const made = organizationId
    ? await call("POST /api/ciphers/create", { body: { cipher, collectionIds } })
    : await call("POST /api/ciphers", { body: cipher });
  await takeUp([{ ...made, collectionIds }]);
  return made.id ?? "";
}

/** An item is no longer what a change of it began with. */
export class OutOfDate extends Error {}

/** Throws OutOfDate for an item of another revision than the one that is known. */
export function sameAs(id: string, known: string): ContentView {
  const view = viewOf(id);
  if ((view.revisionDate ?? "") !== known) throw new OutOfDate();
  return view;
}

interface SaveOptions {
  /** The revision of the item that the person saw when they began. */
  known: string;
  folderId?: string | null;
}

/**
 * Changes what an item says. The change gets all of it as it is, and returns it as it is to be: what has an origin
 * keeps what is not known of it here. A password that is replaced is remembered. Throws OutOfDate for an item of another revision than the one that is known, and the
 * server refuses when it was changed there meanwhile.
 */
export async function save(
  id: string,
  by: (before: Content) => Content,
  { known, folderId }: SaveOptions,
): Promise<void> {
  const base = sameAs(id, known);
  const before = await open(id);
  const after = remember(before, by(placed(before)), new Date());
  const body = await encryptContent(after, { base });
  if (folderId !== undefined) body.folderId = folderId;
  if (body.login && after.login?.password !== before.login?.password)
    body.login.passwordRevisionDate = new Date().toISOString();
  try {
    await takeUp([await call("PUT /api/ciphers/{id}", { path: { id }, body })]);
  } catch (failure) {
    // What the server has is not what was known here.
    if (failure instanceof Failure && failure.kind === "refused") await reread([id]);
    throw failure;
  }
}

/** Puts what was replaced in front of the passwords that an item had before. */
export function remember(before: Content, after: Content, now: Date): Content {
  const replaced: string[] = [];
  const had = before.login?.password;
  if (had && had !== after.login?.password) replaced.push(had);
  for (const { type, name, value } of before.fields) {
    const isKept = after.fields.some((field) => field.type === type && field.name === name && field.value === value);
    if (type === 1 && name && value && !isKept) replaced.push(`${name}: ${value}`);
  }
  const old = replaced.map((password) => ({ password, lastUsedDate: now.toISOString() }));
  return { ...after, passwordHistory: [...old, ...after.passwordHistory].slice(0, remembered) };
}

/** Puts items into the trash. */
export const trash = (ids: string[]): Promise<void> =>
  inPortions(ids, async (some) => {
    await call("PUT /api/ciphers/delete", { body: { ids: some } });
    await amend(some, { deletedDate: new Date().toISOString() });
  });

/** Takes items out of the trash. */
export const restore = (ids: string[]): Promise<void> =>
  inPortions(ids, async (some) => {
    const { data } = await call("PUT /api/ciphers/restore", { body: { ids: some } });
    const dates = new Map(data.map(({ id, revisionDate }) => [id, revisionDate]));
    await takeUp(some.map((id) => ({ ...viewOf(id), deletedDate: null, revisionDate: dates.get(id) ?? null })));
  });

/** Deletes items for ever. */
export const destroy = (ids: string[]): Promise<void> =>
  inPortions(ids, async (some) => {
    await call("POST /api/ciphers/delete", { body: { ids: some } });
    drop(some);
  });

/** Puts items into a folder; null is none. */
export const move = (ids: string[], folderId: string | null): Promise<void> =>
  inPortions(ids, async (some) => {
    await call("PUT /api/ciphers/move", { body: { ids: some, folderId } });
    await amend(some, { folderId });
  });

/** Hides items from the lists of the person. */
export const archive = (ids: string[]): Promise<void> =>
  inPortions(ids, async (some) => {
    await takeUp((await call("PUT /api/ciphers/archive", { body: { ids: some } })).data);
  });

/** Shows archived items in the lists again. */
export const unarchive = (ids: string[]): Promise<void> =>
  inPortions(ids, async (some) => {
    await takeUp((await call("PUT /api/ciphers/unarchive", { body: { ids: some } })).data);
  });

/** Makes an item a favorite, or no longer. */
export async function favorite(id: string, yes: boolean): Promise<void> {
  const folderId = viewOf(id).folderId ?? null;
  await takeUp([await call("PUT /api/ciphers/{id}/partial", { path: { id }, body: { folderId, favorite: yes } })]);
}

/** Gives items of the person's to an organization, in collections of it. */
export async function share(ids: string[], organizationId: string, collectionIds: string[]): Promise<void> {
  const given: string[] = [];
  const give = inPortions(ids, async (some) => {
    const ciphers = await Promise.all(
      some.map(async (id) => ({ ...(await encryptFor(organizationId, viewOf(id))), id })),
    );
    await call("PUT /api/ciphers/share", { body: { ciphers, collectionIds } });
    given.push(...some);
  });
  try {
    await give;
  } finally {
    // The answer says nothing of what the items are to the person.
    if (given.length > 0) await reread(given);
  }
}

/** Puts an item of an organization into other collections of it. */
export async function place(id: string, collectionIds: string[]): Promise<void> {
  const { cipher, unavailable } = await call("PUT /api/ciphers/{id}/collections_v2", {
    path: { id },
    body: { collectionIds },
  });
  if (unavailable || !cipher) drop([id]);
  else await takeUp([cipher]);
}

/** Whether all of an item can be opened, so that nothing of it is lost when it is changed. */
export async function isWhole(id: string): Promise<boolean> {
  const view = viewOf(id);
  const [opened] = await decryptContents([view]);
  return !isForeign(view) && opened?.broken.length === 0;
}

/** Makes a folder, or gives one another name. Returns its identifier. */
export async function saveFolder(id: string | undefined, name: string): Promise<string> {
  const [sealed = ""] = await keyring().encrypt([name]);
  const body = { name: sealed };
  const saved = id
    ? await call("PUT /api/folders/{id}", { path: { id }, body })
    : await call("POST /api/folders", { body });
  const [folder] = await foldersOf([saved]);
  const { compare } = new Intl.Collator();
  const others = vaultHere().folders.filter((one) => one.id !== saved.id);
  if (folder) put({ folders: [...others, folder].sort((a, b) => compare(a.name ?? "", b.name ?? "")) });
  return saved.id ?? "";
}

/** Deletes a folder. What was in it stays, in none. */
export async function deleteFolder(id: string): Promise<void> {
  await call("DELETE /api/folders/{id}", { path: { id } });
  const { rows, folders } = vaultHere();
  await amend(
    rows.flatMap((row) => (row.folderId === id ? [row.id] : [])),
    { folderId: null },
  );
  put({ folders: folders.filter((folder) => folder.id !== id) });
}
