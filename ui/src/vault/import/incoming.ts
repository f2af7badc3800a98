import { type Card, type Content, type Field, type Identity, type Login, members, types } from "../content.ts";

/** A passkey as exports write it: every member is a text. */
export type Passkey = Record<string, string>;

/** An item of a file, in plain text. */
export interface Incoming {
  /** Where it stands in the file, counted from 1; of a table, the number of its line. */
  row: number;
  content: Content;
  /** The names of what it lies in: a folder, or the collections of an organization. */
  places: string[];
  passkeys?: Passkey[];
}

/** Why something of a file is not imported: the item, or what is with it. */
export type Reason =
  | "empty" // it says nothing
  | "foreign" // of a kind that this vault does not know
  | "unreadable" // it cannot be decrypted
  | "trash" // it was thrown away
  | "long" // a text in it is longer than the server keeps
  | "browser" // what a browser keeps for itself
  | "files"; // the item is imported, its files are not

export interface Skipped {
  row: number;
  name: string;
  reason: Reason;
}

/** What a parser finds in a file. */
export interface Found {
  items: Incoming[];
  skipped: Skipped[];
}

/** What can be wrong with a whole file. */
export type Fault =
  | "form" // it is not what it should be
  | "empty" // there is nothing in it
  | "sealed" // it is encrypted for another account
  | "password" // the password does not open it
  | "costly"; // its password would have to be derived for minutes

/** A file of which nothing is imported. */
export class WrongFile extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(`The file cannot be imported: ${fault}.`);
    this.name = "WrongFile";
    this.fault = fault;
  }
}

/** What is not said is null. */
export const orNull = (text: unknown): string | null => (typeof text === "string" && text !== "" ? text : null);

const bare = { notes: null, favorite: false, reprompt: 0, fields: [], passwordHistory: [] } as const;

const plain = (name: string): Omit<Content, "type"> => ({ ...bare, name, fields: [], passwordHistory: [] });

/** A login that says nothing but its name. */
export const loginOf = (name: string, login: Partial<Omit<Login, "uris">>, addresses: string[]) => ({
  ...plain(name),
  type: types.login,
  login: {
    username: login.username ?? null,
    password: login.password ?? null,
    totp: login.totp ?? null,
    uris: addresses.map(addressOf).flatMap((uri) => (uri ? [{ uri, match: null }] : [])),
  },
});

export const noteOf = (name: string) => ({ ...plain(name), type: types.note });

export const cardOf = (name: string, card: Partial<Card>) => ({
  ...plain(name),
  type: types.card,
  card: whole(members.card, card) as unknown as Card,
});

export const identityOf = (name: string, identity: Partial<Identity>) => ({
  ...plain(name),
  type: types.identity,
  identity: whole(members.identity, identity) as unknown as Identity,
});

/** Every member of a kind; what is not said is null. */
export function whole(members: readonly string[], said: object): Record<string, string | null> {
  const known = said as Record<string, unknown>;
  return Object.fromEntries(members.map((name) => [name, orNull(known[name])]));
}

/** A field of the person's own, shown or hidden. */
export const fieldOf = (name: string, value: string, isHidden = false): Field => ({
  type: isHidden ? 1 : 0,
  name: name || null,
  value,
  linkedId: null,
});

/** An address as this vault compares it: a bare host gets a scheme, and an app of a phone its own. */
function addressOf(text: string): string {
  const address = text.trim();
  const [, app] = /^android:\/\/[^@/]*@([^/]+)/.exec(address) ?? [];
  if (app) return `androidapp://${app}`;
  return /^[\w-]+(\.[\w-]+)+([/:?].*)?$/.test(address) ? `https://${address}` : address;
}

/** A name for what has none: the host of its address. */
export function nameOf(name: string | undefined, address: string | undefined): string {
  if (name?.trim()) return name.trim();
  const text = addressOf(address ?? "");
  try {
    return new URL(text).host.replace(/^www\./, "") || text;
  } catch {
    return text;
  }
}
