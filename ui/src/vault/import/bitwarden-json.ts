import { type Content, type Field, members, type OldPassword, type SshKey, types } from "../content.ts";
import {
  type Found,
  type Incoming,
  orNull,
  type Passkey,
  type Reason,
  type Skipped,
  WrongFile,
  whole,
} from "./incoming.ts";

/** A file that its own password opens: how the password becomes a key, what shows that it is right, and what is inside. */
export interface ProtectedFile {
  salt: string;
  kdfType: number;
  kdfIterations: number;
  kdfMemory?: number | null;
  kdfParallelism?: number | null;
  validation: string;
  data: string;
}

/** What a file of Bitwarden's is. The texts of one that is sealed are encrypted for an account or an organization. */
export type BitwardenFile =
  | { kind: "plain"; found: Found }
  | { kind: "sealed"; validation: string; tree: Tree }
  | { kind: "protected"; file: ProtectedFile };

type Raw = Record<string, unknown>;

/** A file as it is written. */
export type Tree = Raw & { items: Raw[] };

/** Reads what Bitwarden exports as JSON. Throws WrongFile for anything else. */
export function bitwardenJson(text: string): BitwardenFile {
  const tree = objectIn(text);
  if (tree.encrypted === true && tree.passwordProtected === true) return { kind: "protected", file: protectedOf(tree) };
  if (!Array.isArray(tree.items)) throw new WrongFile("form");
  if (tree.items.length === 0) throw new WrongFile("empty");
  const whole = { ...tree, items: tree.items.filter(isObject) };
  if (tree.encrypted !== true) return { kind: "plain", found: foundIn(whole) };
  const validation = orNull(tree.encKeyValidation_DO_NOT_EDIT);
  if (!validation) throw new WrongFile("form");
  return { kind: "sealed", validation, tree: whole };
}

/** What opens a text of an item, by the key of the item or of the organization where there is one; null where it cannot. */
export type Unseal = (
  batches: { organizationId?: string | undefined; itemKey?: string | undefined; texts: string[] }[],
) => Promise<(string | null)[][]>;

/** Opens a sealed file. Throws WrongFile when it was made for another account. */
export async function unsealed(
  { validation, tree }: { validation: string; tree: Tree },
  unseal: Unseal,
): Promise<Found> {
  const organizationId = tree.items.map((item) => orNull(item.organizationId)).find(Boolean) ?? undefined;
  const [[proof] = []] = await unseal([{ organizationId, texts: [validation] }]);
  if (proof === null || proof === undefined) throw new WrongFile("sealed");
  const copy = structuredClone(tree);
  const owners: { holder: Raw; itemKey?: string | undefined }[] = [
    ...placesIn(copy).map((holder) => ({ holder })),
    ...copy.items.map((holder) => ({ holder, itemKey: orNull(holder.key) ?? undefined })),
  ];
  const leaves = owners.map(({ holder }) => sealedIn(holder));
  const texts = (n: number) => (leaves[n] ?? []).map(({ holder, name }) => holder[name] as string);
  const plain = await unseal(owners.map(({ itemKey }, n) => ({ organizationId, itemKey, texts: texts(n) })));
  const broken = new Set<Raw>();
  for (const [n, some] of leaves.entries())
    for (const [at, { holder, name }] of some.entries()) {
      holder[name] = plain[n]?.[at] ?? null;
      if (holder[name] === null) broken.add(owners[n]?.holder ?? {});
    }
  return foundIn(copy, broken);
}

function protectedOf(tree: Raw): ProtectedFile {
  const {
    salt,
    kdfType,
    kdfIterations,
    kdfMemory,
    kdfParallelism,
    encKeyValidation_DO_NOT_EDIT: validation,
    data,
  } = tree;
  const isWhole = [salt, validation, data].every((text) => typeof text === "string");
  if (!isWhole || typeof kdfType !== "number" || typeof kdfIterations !== "number") throw new WrongFile("form");
  return { salt, kdfType, kdfIterations, kdfMemory, kdfParallelism, validation, data } as ProtectedFile;
}

const isObject = (value: unknown): value is Raw => typeof value === "object" && value !== null && !Array.isArray(value);

const objectsIn = (value: unknown): Raw[] => (Array.isArray(value) ? value.filter(isObject) : []);

function objectIn(text: string): Raw {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new WrongFile("form");
  }
  if (!isObject(value)) throw new WrongFile("form");
  return value;
}

const placesIn = (tree: Raw): Raw[] => [...objectsIn(tree.folders), ...objectsIn(tree.collections)];

const looksSealed = /^\d\.[A-Za-z0-9+/=|]{8,}$/;

/** Every encrypted text of a tree, but for the key of the item. */
function sealedIn(tree: Raw): { holder: Raw; name: string }[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    if (typeof value === "string") return name !== "key" && looksSealed.test(value) ? [{ holder: tree, name }] : [];
    return value && typeof value === "object" ? sealedIn(value as Raw) : [];
  });
}

function foundIn(tree: Tree, broken: ReadonlySet<Raw> = new Set()): Found {
  const names = new Map(placesIn(tree).map(({ id, name }) => [id, orNull(name)]));
  const items: Incoming[] = [];
  const skipped: Skipped[] = [];
  for (const [n, item] of tree.items.entries()) {
    const row = n + 1;
    const reason = broken.has(item) ? "unreadable" : reasonOf(item);
    if (!reason || reason === "files") items.push({ row, ...incomingOf(item, names) });
    if (reason) skipped.push({ row, name: orNull(item.name) ?? "", reason });
  }
  return { items, skipped };
}

function reasonOf({ deletedDate, type, attachments }: Raw): Reason | undefined {
  if (deletedDate) return "trash";
  if (!Object.values(types).includes(type as Content["type"])) return "foreign";
  return objectsIn(attachments).length > 0 ? "files" : undefined;
}

function incomingOf(item: Raw, names: Map<unknown, string | null>): Omit<Incoming, "row"> {
  const ids = [item.folderId, ...(Array.isArray(item.collectionIds) ? item.collectionIds : [])];
  const places = ids.flatMap((id) => names.get(id) ?? []);
  const passkeys = passkeysOf(item);
  return { content: contentOf(item), places, ...(passkeys.length > 0 ? { passkeys } : {}) };
}

function contentOf(item: Raw): Content {
  const type = item.type as Content["type"];
  const held = (name: string): Raw => (isObject(item[name]) ? item[name] : {});
  const content: Content = {
    type,
    name: orNull(item.name) ?? "",
    notes: orNull(item.notes),
    favorite: item.favorite === true,
    reprompt: item.reprompt === 1 ? 1 : 0,
    fields: objectsIn(item.fields).map(fieldOf),
    passwordHistory: objectsIn(item.passwordHistory).flatMap(oldOf),
  };
  if (type === types.login) {
    const { username, password, totp } = whole(["username", "password", "totp"], held("login"));
    const uris = objectsIn(held("login").uris).flatMap(({ uri, match }) =>
      orNull(uri) ? [{ uri: String(uri), match: typeof match === "number" ? match : null }] : [],
    );
    return { ...content, login: { username, password, totp, uris } as Content["login"] & object };
  }
  if (type === types.card) return { ...content, card: whole(members.card, held("card")) as never };
  if (type === types.identity) return { ...content, identity: whole(members.identity, held("identity")) as never };
  if (type === types.sshKey) return { ...content, sshKey: sshKeyOf(held("sshKey")) };
  return content;
}

const sshKeyOf = ({ privateKey, publicKey, keyFingerprint, fingerprint }: Raw): SshKey => ({
  privateKey: orNull(privateKey) ?? "",
  publicKey: orNull(publicKey) ?? "",
  keyFingerprint: orNull(keyFingerprint) ?? orNull(fingerprint) ?? "",
});

const fieldOf = ({ type, name, value, linkedId }: Raw): Field => ({
  type: typeof type === "number" && type >= 0 && type <= 3 ? type : 0,
  name: orNull(name),
  value: orNull(value),
  linkedId: typeof linkedId === "number" ? linkedId : null,
});

function oldOf({ password, lastUsedDate }: Raw): OldPassword[] {
  const date = new Date(String(lastUsedDate));
  const since = Number.isNaN(date.getTime()) ? new Date(0) : date;
  return orNull(password) ? [{ password: String(password), lastUsedDate: since.toISOString() }] : [];
}

function passkeysOf(item: Raw): Passkey[] {
  const credentials = objectsIn(isObject(item.login) ? item.login.fido2Credentials : undefined);
  return credentials.map(
    (credential) => Object.fromEntries(Object.entries(credential).filter(([, value]) => orNull(value))) as Passkey,
  );
}
