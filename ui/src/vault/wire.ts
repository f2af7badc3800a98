import type { ContentRequest, ContentView } from "../api/client.ts";
import { toBase64, utf8 } from "../crypto/bytes.ts";
import { Unreadable } from "../crypto/encstring.ts";
import type { Batch } from "../crypto/keyring.ts";
import { type Content, type Holder, holders, members, types } from "./content.ts";
import { keyring } from "./session.ts";

// Items between the form in which the server keeps them, and plain text. Members that this vault
// does not know, passkeys among them, stay as they are.

/** Where a text stands in an item, such as "login.password" or "fields.2". */
export type Part = string;

const secrets: ReadonlySet<Part> = new Set([
  "login.password",
  "login.totp",
  "card.number",
  "card.code",
  "identity.ssn",
  "identity.passportNumber",
  "identity.licenseNumber",
  "sshKey.privateKey",
]);

const hiddenField = 1;

/** A text of an item: which it is, and the object that has it. */
interface Leaf {
  part: Part;
  isSecret: boolean;
  holder: Record<string, unknown>;
  name: string;
}

type Wire = Pick<
  ContentRequest,
  "type" | "name" | "notes" | Holder | "secureNote" | "favorite" | "reprompt" | "key"
> & {
  fields?: ContentView["fields"];
  passwordHistory?: ContentView["passwordHistory"];
};

function leavesOf(wire: Wire): Leaf[] {
  const leaves: Leaf[] = [];
  const add = (part: Part, holder: object, name: string, isSecret = secrets.has(part)) =>
    leaves.push({ part, isSecret, holder: holder as Record<string, unknown>, name });
  add("name", wire, "name");
  add("notes", wire, "notes");
  for (const [holder, names] of Object.entries(members)) {
    const has = wire[holder as Holder];
    if (has) for (const name of names) add(`${holder}.${name}`, has, name);
  }
  for (const [n, uri] of (wire.login?.uris ?? []).entries()) add(`uris.${n}`, uri, "uri");
  for (const [n, field] of (wire.fields ?? []).entries()) {
    add(`fieldNames.${n}`, field, "name");
    add(`fields.${n}`, field, "value", field.type === hiddenField);
  }
  for (const [n, old] of (wire.passwordHistory ?? []).entries()) add(`passwordHistory.${n}`, old, "password", true);
  return leaves;
}

/** Under which key an item is. */
export const keyOf = ({ organizationId, key }: ContentView): Omit<Batch, "texts"> => ({
  organizationId: organizationId ?? undefined,
  itemKey: key ?? undefined,
});

/** An item in plain text, or as much of it as was asked for. */
export interface Opened {
  content: Content;
  /** What is there and was not opened. */
  closed: Part[];
  /** What could not be opened. */
  broken: Part[];
}

/** Opens items; without secrets, these stay closed. */
export async function decryptContents(views: ContentView[], { withSecrets = true } = {}): Promise<Opened[]> {
  const wires = views.map((view) => structuredClone(view) as Wire);
  const closed = wires.map((): Part[] => []);
  const leaves = wires.map((wire, n) =>
    leavesOf(wire).filter(({ part, isSecret, holder, name }) => {
      if (typeof holder[name] !== "string") return false;
      if (!isSecret || withSecrets) return true;
      closed[n]?.push(part);
      holder[name] = null;
      return false;
    }),
  );
  const plain = await keyring().unseal(
    views.map((view, n) => ({
      ...keyOf(view),
      texts: (leaves[n] ?? []).map(({ holder, name }) => holder[name] as string),
    })),
  );
  return wires.map((wire, n) => {
    const broken: Part[] = [];
    for (const [at, { part, holder, name }] of (leaves[n] ?? []).entries()) {
      const text = plain[n]?.[at] ?? null;
      if (text === null) broken.push(part);
      holder[name] = text;
    }
    return { content: contentOf(wire), closed: closed[n] ?? [], broken };
  });
}

/** Opens one text of an item. Throws Unreadable when there is none, or it cannot be opened. */
export async function decryptPart(view: ContentView, wanted: Part): Promise<string> {
  const leaf = leavesOf(view as Wire).find(({ part }) => part === wanted);
  const text = leaf?.holder[leaf.name];
  if (typeof text !== "string") throw new Unreadable();
  const [[plain] = []] = await keyring().unseal([{ ...keyOf(view), texts: [text] }]);
  if (plain === null || plain === undefined) throw new Unreadable();
  return plain;
}

/** Reports whether an item is of a kind that this vault cannot open at all. */
export const isForeign = ({ type, data }: ContentView): boolean =>
  !Object.values(types).includes(type as Content["type"]) || (data?.includes('"format_version"') ?? false);

/** What plain text says, in the shape that the rest of the vault knows. */
function contentOf(wire: Wire): Content {
  const type = (wire.type ?? types.note) as Content["type"];
  const content: Content = {
    type,
    name: wire.name ?? "",
    notes: wire.notes ?? null,
    favorite: wire.favorite ?? false,
    reprompt: wire.reprompt === 1 ? 1 : 0,
    fields: (wire.fields ?? []).map(({ type: kind, name, value, linkedId }) => ({
      type: kind ?? 0,
      name: name ?? null,
      value: value ?? null,
      linkedId: linkedId ?? null,
    })),
    passwordHistory: (wire.passwordHistory ?? []).map(({ password, lastUsedDate }) => ({
      password: password ?? "",
      lastUsedDate: lastUsedDate ?? "",
    })),
  };
  const holder = type === types.note ? undefined : holders[type];
  if (!holder) return content;
  const has = (wire[holder] ?? {}) as Record<string, unknown>;
  const own = Object.fromEntries(members[holder].map((name) => [name, has[name] ?? (holder === "sshKey" ? "" : null)]));
  const uris = (wire.login?.uris ?? []).map(({ uri, match }) => ({ uri: uri ?? "", match: match ?? null }));
  return { ...content, [holder]: holder === "login" ? { ...own, uris } : own };
}

/** An item of which each website, field and old password says where it stands, for a change to carry along. */
export function placed(content: Content): Content {
  const placedAll = <T extends object>(all: T[]): (T & { origin: number })[] =>
    all.map((one, origin) => ({ ...one, origin }));
  const { login, fields, passwordHistory } = content;
  return {
    ...structuredClone(content),
    fields: placedAll(fields),
    passwordHistory: placedAll(passwordHistory),
    ...(login && { login: { ...login, uris: placedAll(login.uris) } }),
  };
}

/** What a website, a field or an old password is to be, over what it was. */
const over = <T extends { origin?: number | undefined }>({ origin, ...now }: T, all: object[] | null | undefined) => ({
  ...(origin === undefined ? {} : all?.[origin]),
  ...now,
});

/** What stands in an answer about an item, and is nothing that a request says. */
const answered: ReadonlySet<string> = new Set([
  "object",
  "attachments",
  "collectionIds",
  "creationDate",
  "deletedDate",
  "edit",
  "viewPassword",
  "permissions",
  "organizationUseTotp",
  "revisionDate",
  "data",
]);

/**
 * Encrypts what an item is to say. Of an item that there is already, everything that
 * Content does not know stays, and so does its key; of what it has several of, where the origin is told.
 */
export async function encryptContent(
  content: Content,
  { base, organizationId }: { base?: ContentView | undefined; organizationId?: string | undefined } = {},
): Promise<ContentRequest> {
  const [request] = await encryptAll([{ content, base }], organizationId);
  if (!request) throw new Unreadable();
  return request;
}

/** Encrypts new items: for an organization when there is one, else for the person alone. */
export const encryptContents = (contents: Content[], organizationId?: string): Promise<ContentRequest[]> =>
  encryptAll(
    contents.map((content) => ({ content })),
    organizationId,
  );

async function encryptAll(
  items: { content: Content; base?: ContentView | undefined }[],
  organizationId?: string,
): Promise<ContentRequest[]> {
  const wires = await Promise.all(items.map(({ content, base }) => plainRequest(content, base, organizationId)));
  const leaves = wires.map((wire) => leavesToSeal(wire));
  const sealed = await keyring().seal(
    wires.map((wire, n) => ({
      organizationId: wire.organizationId ?? undefined,
      itemKey: wire.key ?? undefined,
      texts: (leaves[n] ?? []).map(({ holder, name }) => holder[name] as string),
    })),
  );
  for (const [n, some] of leaves.entries())
    for (const [at, { holder, name }] of some.entries()) holder[name] = sealed[n]?.[at];
  return wires;
}

/** The texts to encrypt. Empty ones are no texts, but for the three that an SSH key must have, and the name. */
function leavesToSeal(wire: ContentRequest): Leaf[] {
  const checksums = (wire.login?.uris ?? []).map((uri, n) => ({
    part: `checksums.${n}`,
    isSecret: false,
    holder: uri as Record<string, unknown>,
    name: "uriChecksum",
  }));
  return [...leavesOf(wire as Wire), ...checksums].filter(({ part, holder, name }) => {
    if (holder[name] === "" && part !== "name" && !part.startsWith("sshKey.")) holder[name] = null;
    return typeof holder[name] === "string";
  });
}

/** A request with everything in its place and nothing encrypted, except what stays as it was. */
async function plainRequest(
  content: Content,
  base: ContentView | undefined,
  organizationId: string | undefined,
): Promise<ContentRequest> {
  const { type, name, notes, favorite, reprompt, fields, passwordHistory } = content;
  const kept = Object.fromEntries(
    Object.entries(structuredClone(base ?? {})).filter(([member]) => !answered.has(member)),
  );
  const request: ContentRequest = {
    ...kept,
    type,
    organizationId: base?.organizationId ?? organizationId ?? null,
    name,
    notes,
    favorite,
    reprompt,
    fields: fields.map((field) => over(field, base?.fields)),
    passwordHistory: passwordHistory.map((old) => over(old, base?.passwordHistory)),
  };
  if (base?.revisionDate) request.lastKnownRevisionDate = base.revisionDate;
  if (type === types.note) return { ...request, secureNote: { type: 0, ...base?.secureNote } };
  const holder = holders[type];
  const own = { ...base?.[holder], ...content[holder] };
  if (type !== types.login) return { ...request, [holder]: own };
  const named = (content.login?.uris ?? []).filter(({ uri }) => uri !== "");
  const uris = await Promise.all(
    named.map(async (one) => ({ ...over(one, base?.login?.uris), ...(await sumOf(one)) })),
  );
  return { ...request, login: { ...own, uri: null, uris } };
}

/** What shows other clients that an address was not swapped for that of another item. */
async function sumOf({ uri }: { uri: string }) {
  const sum = await crypto.subtle.digest("SHA-256", utf8(uri));
  return { uriChecksum: toBase64(new Uint8Array(sum)) };
}

const looksSealed = /^2\.[A-Za-z0-9+/=]+\|[A-Za-z0-9+/=]+\|[A-Za-z0-9+/=]+$/;

/**
 * Puts an item of the person's under the key of an organization: all that is encrypted in it, known or not. Throws
 * Unreadable when something in it cannot be opened, so that nothing is lost on the way.
 */
export async function encryptFor(organizationId: string, view: ContentView): Promise<ContentRequest> {
  const request = Object.fromEntries(
    Object.entries(structuredClone(view)).filter(([member]) => !answered.has(member)),
  ) as ContentRequest;
  request.organizationId = organizationId;
  if (view.revisionDate) request.lastKnownRevisionDate = view.revisionDate;
  if (view.key) {
    const [key = null] = await keyring().handOver([view.key], {}, organizationId);
    return { ...request, key };
  }
  const places = sealedIn(request);
  const texts = places.map(({ holder, name }) => holder[name] as string);
  const [plain = []] = await keyring().unseal([{ texts }]);
  const known = plain.filter((text) => text !== null);
  if (known.length !== texts.length) throw new Unreadable();
  const [sealed = []] = await keyring().seal([{ organizationId, texts: known }]);
  for (const [n, { holder, name }] of places.entries()) holder[name] = sealed[n];
  return { ...request, attachments2: await filesFor(organizationId, view) };
}

/** The names and the keys of an item's files under the key of an organization. */
async function filesFor(organizationId: string, { attachments }: ContentView): Promise<Record<string, object> | null> {
  if (!attachments?.length) return null;
  const wrapped = attachments.map(({ key }) => {
    // What has no key of its own is encrypted with the person's, which nobody else may get.
    if (key === null) throw new Unreadable();
    return key;
  });
  const [names = []] = await keyring().unseal([{ texts: attachments.map(({ fileName }) => fileName) }]);
  const known = names.filter((name) => name !== null);
  if (known.length !== attachments.length) throw new Unreadable();
  const [sealed = []] = await keyring().seal([{ organizationId, texts: known }]);
  const keys = await keyring().handOver(wrapped, {}, organizationId);
  return Object.fromEntries(attachments.map(({ id }, n) => [id, { fileName: sealed[n], key: keys[n] }]));
}

/** Every text in a tree that is encrypted with a key of an item, and where it stands. */
function sealedIn(tree: object): Pick<Leaf, "holder" | "name">[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    if (typeof value === "string")
      return looksSealed.test(value) ? [{ holder: tree as Record<string, unknown>, name }] : [];
    return value && typeof value === "object" ? sealedIn(value) : [];
  });
}
