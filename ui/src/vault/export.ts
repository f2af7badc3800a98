import Papa from "papaparse";
import { type ContentView, call } from "../api/client.ts";
import { type Kdf, wireOf } from "../crypto/kdf.ts";
import { type Content, types } from "./content.ts";
import type { Passkey } from "./import/incoming.ts";
import { sealPasskeys } from "./import/send.ts";
import { encryptContents, loadContents, refreshVault, vaultHere, viewOf, type Whole } from "./items.ts";
import { derivation, keyring } from "./session.ts";
import { keyOf } from "./wire.ts";

/** The forms of a copy: under a password of its own, for whoever has the key of the vault, for any program, for spreadsheets. */
export const exportForms = ["password", "account", "json", "csv"] as const;
export type ExportForm = (typeof exportForms)[number];

/** Why an item is not in a copy. */
export type LeftOut = "unreadable" | "table";

/** A copy of a vault, and what is not in it. */
export interface Copy {
  name: string;
  type: string;
  text: string;
  count: number;
  left: { id: string; name: string; reason: LeftOut }[];
  /** Items with files, which no copy has. */
  withFiles: number;
}

/** An item with its passkeys. */
export type Kept = Whole & { passkeys: Passkey[] };

/** What the items of a copy lie in: the folders of a person, or the collections of an organization. */
export interface Places {
  organizationId?: string;
  all: { id: string; name: string | null; externalId?: string | null }[];
}

/** What a copy is made of: items, and as the server has them. */
interface Source {
  items: Whole[];
  viewOf: (id: string) => ContentView;
  places: Places;
}

/**
 * Makes a copy of all that is the person's own and not in the trash, as the server has it now. Password is that of the
 * copy, where it has one.
 */
export async function makeCopy(
  form: ExportForm,
  password: string,
  now: Date,
  progress: (done: number, of: number) => void,
): Promise<Copy> {
  await refreshVault();
  const { folders } = vaultHere();
  const items = (await loadContents(progress)).filter(
    ({ organizationId, deletedDate }) => !organizationId && !deletedDate,
  );
  return copyOf({ items, viewOf, places: { all: folders } }, form, password, now);
}

/** Writes a copy of items. What cannot be opened, or has no place in its form, is left out and told. */
export async function copyOf(source: Source, form: ExportForm, password: string, now: Date): Promise<Copy> {
  const readable = await withPasskeys({ ...source, items: source.items.filter(({ isBroken }) => !isBroken) });
  const left = source.items.filter(({ isBroken }) => isBroken).map((item) => leftOut(item, "unreadable"));
  const places = { ...source.places, all: source.places.all.filter(({ name }) => name !== null) };
  const filesOf = (items: Kept[]) => items.filter(({ id }) => source.viewOf(id).attachments?.length).length;
  const name = nameOf(form, now);
  if (form === "csv") {
    const fits = readable.filter(({ type }) => type === types.login || type === types.note);
    const others = readable.filter((item) => !fits.includes(item)).map((item) => leftOut(item, "table"));
    const more = { text: csvOf(fits, places), count: fits.length, withFiles: filesOf(fits) };
    return { name, type: "text/csv", left: [...left, ...others], ...more };
  }
  const text = await textOf(form, readable, places, password);
  return { name, type: "application/json", text, count: readable.length, left, withFiles: filesOf(readable) };
}

/** Tells the server that a copy was made, for the log of the organization or for those of all the person's. */
export async function tellExported(now: Date, organizationId?: string): Promise<void> {
  const exported = organizationId ? 1602 : 1007;
  const of = organizationId ? { organizationId } : {};
  await call("POST /events/collect", { body: [{ type: exported, date: now.toISOString(), ...of }] });
}

const leftOut = ({ id, name }: Whole, reason: LeftOut) => ({ id, name, reason });

async function textOf(form: "json" | "account" | "password", items: Kept[], places: Places, password: string) {
  if (form === "account") return sealedJson(items, places);
  const text = jsonOf(items, places);
  return form === "json" ? text : protectedJson(text, password, derivation().kdf);
}

function nameOf(form: ExportForm, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replace(/\D/g, "");
  const isSealed = form === "account" || form === "password";
  return `coffre_${isSealed ? "encrypted_" : ""}export_${stamp}.${form === "csv" ? "csv" : "json"}`;
}

/** Opens the passkeys of items. One that cannot be opened stays out, as no program could use it. */
async function withPasskeys({ items, viewOf: view }: Source): Promise<Kept[]> {
  const sealed = items.map(({ id }) => (view(id).login?.fido2Credentials ?? []) as Record<string, unknown>[]);
  const leaves = sealed.map((some) =>
    some.flatMap((passkey, n) =>
      Object.entries(passkey).flatMap(([name, value]) =>
        typeof value === "string" && name !== "creationDate" ? [{ n, name, value }] : [],
      ),
    ),
  );
  const plain = await keyring().unseal(
    items.map(({ id }, n) => ({
      ...keyOf(view(id)),
      texts: (leaves[n] ?? []).map(({ value }) => value),
    })),
  );
  return items.map((item, n) => {
    const opened = (sealed[n] ?? []).map(({ creationDate }): Record<string, unknown> => ({ creationDate }));
    for (const [at, { n: which, name }] of (leaves[n] ?? []).entries())
      Object.assign(opened[which] ?? {}, { [name]: plain[n]?.[at] });
    const whole = opened.filter((passkey) => Object.values(passkey).every((value) => typeof value === "string"));
    return { ...item, passkeys: whole as Passkey[] };
  });
}

/** An item in the form of Bitwarden's exports; said is its content, in plain text or encrypted. */
const written = (item: Whole, said: object) => ({
  id: item.id,
  organizationId: item.organizationId,
  folderId: item.folderId,
  collectionIds: item.organizationId ? item.collectionIds : null,
  creationDate: item.createdDate,
  revisionDate: item.revisionDate,
  deletedDate: null,
  archivedDate: item.archivedDate,
  ...said,
});

/** What an item says, as exports write it. */
function saidOf(item: Kept) {
  const { type, name, notes, favorite, reprompt, fields, passwordHistory, login, card, identity, sshKey } = item;
  const held: Partial<Record<keyof Content | "secureNote", object | undefined>> =
    type === types.note
      ? { secureNote: { type: 0 } }
      : { login: login && { ...login, fido2Credentials: item.passkeys }, card, identity, sshKey };
  return { type, name, notes, favorite, reprompt, fields, passwordHistory, ...held };
}

/** What items lie in, as exports write it; names are those of the places unless others are given. */
const placesIn = ({ organizationId, all }: Places, names = all.map(({ name }) => name)) =>
  organizationId
    ? { collections: all.map(({ id, externalId }, n) => ({ id, organizationId, name: names[n], externalId })) }
    : { folders: all.map(({ id }, n) => ({ id, name: names[n] })) };

/** A copy in plain text, which every program that knows Bitwarden reads. */
export const jsonOf = (items: Kept[], places: Places): string =>
  JSON.stringify(
    {
      encrypted: false,
      ...placesIn(places),
      items: items.map((item) => written(item, saidOf(item))),
    },
    null,
    2,
  );

/** A copy that the keys of this account open, or those of the organization. */
async function sealedJson(items: Kept[], places: Places): Promise<string> {
  const { organizationId, all } = places;
  const texts = [crypto.randomUUID(), ...all.map(({ name }) => name ?? "")];
  const [validation = "", ...names] = await keyring().encrypt(texts, organizationId);
  const contents = await encryptContents(items.map(contentOf), organizationId);
  const passkeys = await sealPasskeys(
    items.map((item) => item.passkeys),
    organizationId,
  );
  const sealed = items.map((item, n) => {
    const said = contents[n] ?? {};
    const login = said.login ? { login: { ...said.login, fido2Credentials: passkeys[n] } } : {};
    return written(item, { ...said, ...login, key: null });
  });
  return JSON.stringify(
    {
      encrypted: true,
      encKeyValidation_DO_NOT_EDIT: validation,
      ...placesIn(places, names),
      items: sealed,
    },
    null,
    2,
  );
}

/** An item without where it is, which is written beside it. */
function contentOf(item: Kept): Content {
  const { type, name, notes, favorite, reprompt, fields, passwordHistory, login, card, identity, sshKey } = item;
  const held = { login, card, identity, sshKey };
  return { type, name, notes, favorite, reprompt, fields, passwordHistory, ...held } as Content;
}

/** A copy that a password of its own opens. */
export async function protectedJson(text: string, password: string, kdf: Kdf): Promise<string> {
  const { salt, validation, data } = await keyring().protect(text, password, kdf);
  const { kdfType, iterations, memory, parallelism } = wireOf(kdf);
  return JSON.stringify(
    {
      encrypted: true,
      passwordProtected: true,
      salt,
      kdfType,
      kdfIterations: iterations,
      ...(memory ? { kdfMemory: memory, kdfParallelism: parallelism } : {}),
      encKeyValidation_DO_NOT_EDIT: validation,
      data,
    },
    null,
    2,
  );
}

const columns = [
  "type",
  "name",
  "notes",
  "fields",
  "reprompt",
  "login_uri",
  "login_username",
  "login_password",
  "login_totp",
];

/** A table of logins and notes. Nothing in it is changed for spreadsheets: a password must come back as it was. */
export function csvOf(items: Kept[], { organizationId, all }: Places): string {
  const names = new Map(all.map(({ id, name }) => [id, name]));
  const placeOf = ({ folderId, favorite, collectionIds }: Kept) =>
    organizationId
      ? [collectionIds.flatMap((id) => names.get(id) ?? []).join(",")]
      : [names.get(folderId ?? "") ?? "", favorite ? "1" : ""];
  const rows = items.map(({ type, name, notes, fields, reprompt, login, ...item }) => [
    ...placeOf(item as Kept),
    type === types.login ? "login" : "note",
    name,
    notes ?? "",
    fields.map((field) => `${field.name ?? ""}: ${field.value ?? ""}`).join("\n"),
    String(reprompt),
    (login?.uris ?? []).map(({ uri }) => uri).join(","),
    login?.username ?? "",
    login?.password ?? "",
    login?.totp ?? "",
  ]);
  return Papa.unparse([[...(organizationId ? ["collections"] : ["folder", "favorite"]), ...columns], ...rows], {
    newline: "\n",
  });
}
