import { type CollectionAssignmentView, type ContentView, call, type VaultFolderView } from "../api/client.ts";
import { Unreadable } from "../crypto/encstring.ts";
import type { Content } from "./content.ts";
import { type Membership, openKeys } from "./profile.ts";
import { forgetRows, type Row, rowsOf } from "./rows.ts";
import { keyring, onEnd } from "./session.ts";
import { decryptContents, decryptPart, isForeign, type Opened, type Part } from "./wire.ts";

export type { Row } from "./rows.ts";
export { searched } from "./rows.ts";
export type { Part } from "./wire.ts";
export { encryptContents } from "./wire.ts";

/** A folder; null is a name that could not be opened. */
export interface Folder {
  id: string;
  name: string | null;
}

/** A collection, and what the person may do with what is in it. */
export interface Collection {
  id: string;
  organizationId: string;
  name: string | null;
  mayEdit: boolean;
  /** Whether it is the one of a member alone. */
  isOwn: boolean;
}

/** Everything that a person has, as lists show it. It is replaced, never changed. */
export interface Vault {
  rows: Row[];
  folders: Folder[];
  collections: Collection[];
  organizations: Membership[];
  /** Whether an organization wants every new item to be its own. */
  ownsNothing: boolean;
}

/** Where the loading of a vault is. */
export type State =
  | { phase: "absent" }
  | { phase: "loading"; done: number; of: number }
  | { phase: "failed"; failure: unknown }
  | { phase: "ready"; vault: Vault };

const listeners = new Set<() => void>();
const views = new Map<string, ContentView>();
let state: State = { phase: "absent" };
let loading: Promise<Vault> | undefined;
let revision = 0;
/** Counts up when the vault locks: what was asked for before is of no use. */
let life = 0;
/** Counts what was changed here: what was read meanwhile does not know of it. */
let changes = 0;

onEnd(() => {
  life++;
  loading = undefined;
  revision = 0;
  views.clear();
  forgetRows();
  change({ phase: "absent" });
});

export const currentVault = (): State => state;

export function onVault(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

function change(next: State) {
  state = next;
  for (const tell of listeners) tell();
}

/** Loads everything, once; later calls get what is there. */
export const loadVault = (): Promise<Vault> => (state.phase === "ready" ? Promise.resolve(state.vault) : readOnce());

/**
 * Reads anew what another device, or somebody else, has changed meanwhile. What is shown stays until then. With
 * force, all of what is read was asked for after this call.
 */
export async function refreshVault({ force = false } = {}): Promise<void> {
  const own = life;
  if (loading && force) await loading.catch(() => undefined);
  if (own !== life) throw new Unreadable();
  const isThere = state.phase === "ready" && !loading;
  if (isThere && !force && (await call("GET /api/accounts/revision-date")) === revision) return;
  await readOnce();
}

function readOnce(): Promise<Vault> {
  loading ??= read().finally(() => {
    loading = undefined;
  });
  return loading;
}

async function read(): Promise<Vault> {
  const own = life;
  const before = changes;
  const isFirst = state.phase !== "ready";
  const tell = (next: State) => {
    if (own === life) change(next);
  };
  try {
    if (isFirst) tell({ phase: "loading", done: 0, of: 0 });
    // What changes between the two answers is read again the next time.
    const revised = await call("GET /api/accounts/revision-date");
    const answer = await call("GET /api/sync", { query: { excludeDomains: "true" } });
    const organizations = answer.profile.organizations as Membership[];
    await openKeys(organizations);
    const { ciphers } = answer;
    const of = ciphers.length;
    const progress = isFirst ? (done: number) => tell({ phase: "loading", done, of }) : undefined;
    const [rows, folders, collections] = await Promise.all([
      rowsOf(ciphers, progress),
      foldersOf(answer.folders),
      collectionsOf(answer.collections),
    ]);
    if (own !== life) throw new Unreadable();
    if (changes !== before) return await read();
    views.clear();
    for (const view of ciphers) views.set(view.id ?? "", view);
    revision = revised;
    const vault = {
      rows: sorted(rows),
      folders,
      collections,
      organizations,
      ownsNothing: isBound(answer, organizations),
    };
    change({ phase: "ready", vault });
    return vault;
  } catch (failure) {
    if (isFirst) tell({ phase: "failed", failure });
    throw failure;
  }
}

const ownsData = 5;

/** Owners and administrators are not bound by the rule that they set. */
const isBound = ({ policies }: { policies: unknown[] }, organizations: Membership[]): boolean =>
  (policies as { type: number; enabled: boolean; organizationId: string }[]).some(
    ({ type, enabled, organizationId }) =>
      type === ownsData &&
      enabled &&
      organizations.some((one) => one.id === organizationId && one.enabled && one.type !== 0 && one.type !== 1),
  );

export const sorted = (rows: Row[]): Row[] => {
  const { compare } = new Intl.Collator();
  return rows.toSorted((a, b) => compare(a.name ?? "", b.name ?? "") || compare(a.subtitle, b.subtitle));
};

export async function foldersOf(some: VaultFolderView[]): Promise<Folder[]> {
  const names = await keyring().decrypt(some.map(({ name }) => name));
  const { compare } = new Intl.Collator();
  return some
    .map(({ id }, n) => ({ id: id ?? "", name: names[n] ?? null }))
    .sort((a, b) => compare(a.name ?? "", b.name ?? ""));
}

async function collectionsOf(some: CollectionAssignmentView[]): Promise<Collection[]> {
  const batches = some.map(({ organizationId, name }) => ({ organizationId: organizationId ?? "", texts: [name] }));
  const names = await keyring().unseal(batches);
  const { compare } = new Intl.Collator();
  return some
    .map(({ id, organizationId, readOnly, manage, type }, n) => ({
      id: id ?? "",
      organizationId: organizationId ?? "",
      name: names[n]?.[0] ?? null,
      mayEdit: manage || !readOnly,
      isOwn: type === 1,
    }))
    .sort((a, b) => compare(a.name ?? "", b.name ?? ""));
}

/** The vault that is there. Throws when none is, because it was locked meanwhile. */
export function vaultHere(): Vault {
  if (state.phase !== "ready") throw new Unreadable();
  return state.vault;
}

/** Shows a vault that was changed here. */
export function put(parts: Partial<Vault>): void {
  changes++;
  if (state.phase === "ready") change({ phase: "ready", vault: { ...state.vault, ...parts } });
}

/** An item as the server has it. */
export function viewOf(id: string): ContentView {
  const view = views.get(id);
  if (!view) throw new Unreadable();
  return view;
}

/** Takes up items as the server answered them. An answer that says nothing of collections changes none. */
export async function takeUp(answers: ContentView[]): Promise<void> {
  const merged = answers.map((answer) => {
    const before = views.get(answer.id ?? "");
    return { ...before, ...answer, collectionIds: answer.collectionIds ?? before?.collectionIds ?? [] };
  });
  const fresh = await rowsOf(merged);
  const { rows } = vaultHere();
  for (const view of merged) views.set(view.id ?? "", view);
  const taken = new Set(fresh.map(({ id }) => id));
  put({ rows: sorted([...rows.filter(({ id }) => !taken.has(id)), ...fresh]) });
}

/** More items than these are not asked for one by one. */
const few = 10;

/**
 * Reads items anew, after something was done of which no answer tells all. It was done even when that fails: the
 * next refresh tells of it then.
 */
export async function reread(ids: string[]): Promise<void> {
  const oneByOne = async () =>
    takeUp(await Promise.all(ids.map((id) => call("GET /api/ciphers/{id}/details", { path: { id } }))));
  const all = () => refreshVault({ force: true });
  await (ids.length > few ? all() : oneByOne().catch(all)).catch(() => undefined);
}

/** Changes what is known of items, after the server did. */
export const amend = (ids: string[], parts: Partial<ContentView>): Promise<void> =>
  takeUp(ids.map((id) => ({ ...viewOf(id), ...parts })));

/** Forgets items that are no more. */
export function drop(ids: string[]): void {
  const gone = new Set(ids);
  for (const id of ids) views.delete(id);
  put({ rows: vaultHere().rows.filter(({ id }) => !gone.has(id)) });
}

/** An item in plain text, but for its secrets. Throws Unreadable for one that is not there. */
export async function look(id: string): Promise<Opened> {
  const [seen] = await decryptContents([viewOf(id)], { withSecrets: false });
  if (!seen) throw new Unreadable();
  return seen;
}

/** One secret of an item. A person from whom passwords are hidden gets none. */
export async function reveal(id: string, part: Part): Promise<string> {
  const view = viewOf(id);
  if (view.viewPassword === false) throw new Unreadable();
  return decryptPart(view, part);
}

/** All that an item says. Throws Unreadable when a part of it cannot be opened. */
export async function open(id: string): Promise<Content> {
  const view = viewOf(id);
  const [opened] = await decryptContents([view]);
  if (!opened || opened.broken.length > 0 || isForeign(view)) throw new Unreadable();
  return opened.content;
}

/** An item with where it is. Secrets that are hidden from the person are null. */
export interface Whole
  extends Content,
    Pick<Row, "id" | "folderId" | "organizationId" | "collectionIds">,
    Pick<Row, "createdDate" | "revisionDate" | "deletedDate" | "archivedDate"> {
  /** Whether a part of it could not be opened, or is of a kind that this vault does not know. */
  isBroken: boolean;
}

const portion = 250;

/** Everything that a person has, all of it: for exports and reports. Whoever calls it lets go of it soon. */
export async function loadContents(progress?: (done: number, of: number) => void): Promise<Whole[]> {
  const { rows } = await loadVault();
  const all: Whole[] = [];
  for (let at = 0; at < rows.length; at += portion) {
    const some = rows.slice(at, at + portion);
    all.push(...(await wholes(some)));
    progress?.(all.length, rows.length);
  }
  return all;
}

async function wholes(rows: Row[]): Promise<Whole[]> {
  const seen = (withSecrets: boolean) => rows.filter((row) => row.maySeeHidden === withSecrets);
  const contents = new Map<string, Opened>();
  for (const withSecrets of [true, false]) {
    const some = seen(withSecrets);
    const opened = await decryptContents(
      some.map(({ id }) => viewOf(id)),
      { withSecrets },
    );
    for (const [n, { id }] of some.entries()) if (opened[n]) contents.set(id, opened[n]);
  }
  return rows.flatMap((row) => {
    const { content, broken } = contents.get(row.id) ?? {};
    if (!content || !broken) return [];
    const { id, folderId, organizationId, collectionIds, createdDate, revisionDate, deletedDate, archivedDate } = row;
    const isBroken = broken.length > 0 || isForeign(viewOf(id));
    return {
      ...content,
      ...{ id, folderId, organizationId, collectionIds, createdDate, revisionDate, deletedDate, archivedDate },
      isBroken,
    };
  });
}
