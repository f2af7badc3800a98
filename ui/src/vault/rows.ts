import type { ContentView } from "../api/client.ts";
import { types } from "./content.ts";
import { plain } from "./members.ts";
import { keyring } from "./session.ts";
import { isForeign } from "./wire.ts";

/** An item as a list shows it. */
export interface Row {
  id: string;
  type: number;
  /** null is a name that could not be opened. */
  name: string | null;
  subtitle: string;
  /** The host of the first address. */
  host: string | null;
  favorite: boolean;
  folderId: string | null;
  organizationId: string | null;
  collectionIds: string[];
  createdDate: string;
  revisionDate: string;
  deletedDate: string | null;
  archivedDate: string | null;
  reprompt: boolean;
  attachments: number;
  hasPassword: boolean;
  mayEdit: boolean;
  maySeeHidden: boolean;
  mayDelete: boolean;
  /** What a search looks through. */
  words: string;
}

/** What of an item was opened for a list. */
type Said = Pick<Row, "name" | "subtitle" | "host" | "words">;

/** The host of an address, as people write it: with or without its scheme. */
export function hostOf(address: string): string | null {
  const text = address.includes("://") ? address : `https://${address}`;
  try {
    const { protocol, host } = new URL(text);
    return protocol === "http:" || protocol === "https:" ? host || null : null;
  } catch {
    return null;
  }
}

/** The texts of an item that a list needs: its name first, then what its subtitle is made of, then addresses. */
function textsOf({ name, type, login, card, identity, sshKey }: ContentView): (string | null | undefined)[] {
  if (type === types.login) return [name, login?.username, null, ...(login?.uris ?? []).map(({ uri }) => uri)];
  if (type === types.card) return [name, card?.brand, card?.number];
  if (type === types.identity) return [name, identity?.firstName, identity?.lastName];
  if (type === types.sshKey) return [name, sshKey?.keyFingerprint];
  return [name];
}

/** Of the number of a card, a list shows the end. */
const endOf = (number: string | null): string => (number && number.length > 4 ? `*${number.slice(-4)}` : "");

function saidOf(type: number, [name = null, first = null, second = null, ...addresses]: (string | null)[]): Said {
  const parts = type === types.card ? [first, endOf(second)] : [first, second];
  const subtitle = parts.filter(Boolean).join(type === types.card ? ", " : " ");
  const hosts = addresses.flatMap((address) => (address ? [hostOf(address) ?? address] : []));
  const host = addresses[0] ? hostOf(addresses[0]) : null;
  return { name, subtitle, host, words: plain([name ?? "", subtitle, ...hosts].join("\n")) };
}

const portion = 250;

/** What was opened last time, by item, with the texts that it came from. */
const known = new Map<string, { from: string; said: Said }>();

export const forgetRows = (): void => known.clear();

/** Makes the rows of items, and tells now and then how many are done. What was opened before is not opened again. */
export async function rowsOf(views: ContentView[], progress?: (done: number) => void): Promise<Row[]> {
  const rows: Row[] = [];
  for (let at = 0; at < views.length; at += portion) {
    rows.push(...(await openRows(views.slice(at, at + portion))));
    progress?.(rows.length);
  }
  return rows;
}

async function openRows(views: ContentView[]): Promise<Row[]> {
  const texts = views.map(textsOf);
  const from = texts.map((some, n) => [views[n]?.key, ...some].join(" "));
  const fresh = views.map((view, n) => known.get(view.id ?? "")?.from !== from[n]);
  const opened = await keyring().unseal(
    views.flatMap((view, n) =>
      fresh[n]
        ? {
            organizationId: view.organizationId ?? undefined,
            itemKey: view.key ?? undefined,
            texts: (texts[n] ?? []).map((text) => text ?? ""),
          }
        : [],
    ),
  );
  return views.map((view, n) => {
    const id = view.id ?? "";
    if (fresh[n]) known.set(id, { from: from[n] ?? "", said: saidOf(view.type ?? 0, opened.shift() ?? []) });
    return rowOf(view, known.get(id)?.said ?? saidOf(0, []));
  });
}

const rowOf = (view: ContentView, said: Said): Row => ({
  ...said,
  id: view.id ?? "",
  type: view.type ?? 0,
  favorite: view.favorite ?? false,
  folderId: view.folderId ?? null,
  organizationId: view.organizationId ?? null,
  collectionIds: (view.collectionIds ?? []).filter((id) => id !== null),
  createdDate: view.creationDate ?? "",
  revisionDate: view.revisionDate ?? "",
  deletedDate: view.deletedDate ?? null,
  archivedDate: view.archivedDate ?? null,
  reprompt: view.reprompt === 1,
  attachments: view.attachments?.length ?? 0,
  hasPassword: typeof view.login?.password === "string",
  mayEdit: (view.edit ?? true) && !isForeign(view),
  maySeeHidden: view.viewPassword ?? true,
  mayDelete: view.permissions?.delete ?? true,
});

/** The rows in which each word of a search stands. */
export function searched(rows: Row[], search: string): Row[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  return words.length === 0 ? rows : rows.filter((row) => words.every((word) => row.words.includes(word)));
}
