import Papa from "papaparse";
import { call } from "../api/client.ts";
import { type Kdf, wireOf } from "../crypto/kdf.ts";
import { type Content, types } from "./content.ts";
import type { Passkey } from "./import/incoming.ts";
import { sealPasskeys } from "./import/send.ts";
import { encryptContents, type Folder, loadContents, refreshVault, vaultHere, viewOf, type Whole } from "./items.ts";
import { derivation, keyring } from "./session.ts";

/** The forms of a copy: for any program, for spreadsheets, for this account alone, under a password of its own. */
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
  const own = (await loadContents(progress)).filter(
    ({ organizationId, deletedDate }) => !organizationId && !deletedDate,
  );
  const readable = await withPasskeys(own.filter(({ isBroken }) => !isBroken));
  const left = own.filter(({ isBroken }) => isBroken).map((item) => leftOut(item, "unreadable"));
  const named = folders.filter(({ name }) => name !== null);
  const withFiles = readable.filter(({ id }) => (viewOf(id).attachments ?? []).length > 0).length;
  const name = nameOf(form, now);
  if (form === "csv") {
    const fits = readable.filter(({ type }) => type === types.login || type === types.note);
    const others = readable.filter((item) => !fits.includes(item)).map((item) => leftOut(item, "table"));
    const text = csvOf(fits, named);
    return { name, type: "text/csv", text, count: fits.length, left: [...left, ...others], withFiles };
  }
  const text = await textOf(form, readable, named, password);
  return { name, type: "application/json", text, count: readable.length, left, withFiles };
}

/** Tells the server that a copy was made, for the logs of the person's organizations. */
export async function tellExported(now: Date): Promise<void> {
  const exported = 1007;
  await call("POST /events/collect", { body: [{ type: exported, date: now.toISOString() }] });
}

const leftOut = ({ id, name }: Whole, reason: LeftOut) => ({ id, name, reason });

async function textOf(form: "json" | "account" | "password", items: Kept[], folders: Folder[], password: string) {
  if (form === "account") return sealedJson(items, folders);
  const text = jsonOf(items, folders);
  return form === "json" ? text : protectedJson(text, password, derivation().kdf);
}

function nameOf(form: ExportForm, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replace(/\D/g, "");
  const isSealed = form === "account" || form === "password";
  return `coffre_${isSealed ? "encrypted_" : ""}export_${stamp}.${form === "csv" ? "csv" : "json"}`;
}

/** Opens the passkeys of items. One that cannot be opened stays out, as no program could use it. */
async function withPasskeys(items: Whole[]): Promise<Kept[]> {
  const sealed = items.map(({ id }) => (viewOf(id).login?.fido2Credentials ?? []) as Record<string, unknown>[]);
  const leaves = sealed.map((some) =>
    some.flatMap((passkey, n) =>
      Object.entries(passkey).flatMap(([name, value]) =>
        typeof value === "string" && name !== "creationDate" ? [{ n, name, value }] : [],
      ),
    ),
  );
  const plain = await keyring().unseal(
    items.map(({ id }, n) => ({
      itemKey: viewOf(id).key ?? undefined,
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
  organizationId: null,
  folderId: item.folderId,
  collectionIds: null,
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

/** A copy in plain text, which every program that knows Bitwarden reads. */
export const jsonOf = (items: Kept[], folders: Folder[]): string =>
  JSON.stringify(
    {
      encrypted: false,
      folders: folders.map(({ id, name }) => ({ id, name })),
      items: items.map((item) => written(item, saidOf(item))),
    },
    null,
    2,
  );

/** A copy that the keys of this account open. */
async function sealedJson(items: Kept[], folders: Folder[]): Promise<string> {
  const [validation = "", ...names] = await keyring().encrypt([
    crypto.randomUUID(),
    ...folders.map(({ name }) => name ?? ""),
  ]);
  const contents = await encryptContents(items.map(contentOf));
  const passkeys = await sealPasskeys(items.map((item) => item.passkeys));
  const sealed = items.map((item, n) => {
    const said = contents[n] ?? {};
    const login = said.login ? { login: { ...said.login, fido2Credentials: passkeys[n] } } : {};
    return written(item, { ...said, ...login, key: null });
  });
  return JSON.stringify(
    {
      encrypted: true,
      encKeyValidation_DO_NOT_EDIT: validation,
      folders: folders.map(({ id }, n) => ({ id, name: names[n] })),
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
  "folder",
  "favorite",
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
export function csvOf(items: Kept[], folders: Folder[]): string {
  const names = new Map(folders.map(({ id, name }) => [id, name]));
  const rows = items.map(({ folderId, favorite, type, name, notes, fields, reprompt, login }) => [
    names.get(folderId ?? "") ?? "",
    favorite ? "1" : "",
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
  return Papa.unparse([columns, ...rows], { newline: "\n" });
}
