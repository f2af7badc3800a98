import { Unreadable } from "../../crypto/encstring.ts";
import type { Kdf } from "../../crypto/kdf.ts";
import { isBearable } from "../../crypto/protect.ts";
import { keyring } from "../session.ts";
import { bitwardenCsv } from "./bitwarden-csv.ts";
import { bitwardenJson, type ProtectedFile, unsealed } from "./bitwarden-json.ts";
import { chrome, firefox } from "./browsers.ts";
import { headingsOf } from "./csv.ts";
import { type Found, WrongFile } from "./incoming.ts";
import { keepass } from "./keepass.ts";
import { onePassword, onePasswordCsv } from "./onepassword.ts";
import { settle } from "./settle.ts";

/** What can be imported, the likeliest first. */
export const formats = [
  "bitwardenJson",
  "bitwardenCsv",
  "onePassword",
  "onePasswordCsv",
  "keepass",
  "chrome",
  "firefox",
] as const;
export type Format = (typeof formats)[number];

/** Some bytes of a file and its text, where it is one. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** What a file looks like; undefined when it is like none of them. */
export function detect(bytes: Uint8Array): Format | undefined {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return "onePassword";
  const text = textOf(bytes)?.trimStart() ?? "";
  if (text.startsWith("{")) return "bitwardenJson";
  if (text.startsWith("<")) return "keepass";
  const headings = new Set(headingsOf(text));
  const has = (...wanted: string[]) => wanted.every((heading) => headings.has(heading));
  if (has("type", "name", "login_password")) return "bitwardenCsv";
  if (has("url", "username", "password", "guid")) return "firefox";
  if (has("title", "url", "username", "password")) return "onePasswordCsv";
  return has("name", "url", "username", "password") ? "chrome" : undefined;
}

/** A file that was read, or one that its own password has yet to open. */
export type Read = { found: Found } | { open: (password: string) => Promise<Found> };

/** Reads a file. Throws WrongFile for one of which nothing can be imported. */
export async function readFile(format: Format, bytes: Uint8Array): Promise<Read> {
  if (format === "onePassword") return { found: settled(onePassword(bytes)) };
  const text = textOf(bytes);
  if (text === undefined) throw new WrongFile("form");
  if (format !== "bitwardenJson") return { found: settled(tables[format](text)) };
  const file = bitwardenJson(text);
  if (file.kind === "plain") return { found: settled(file.found) };
  if (file.kind === "sealed") return { found: settled(await unsealed(file, (batches) => keyring().unseal(batches))) };
  return { open: (password) => opened(file.file, password) };
}

const tables = { bitwardenCsv, onePasswordCsv, keepass, chrome, firefox };

function settled(found: Found): Found {
  const { items, skipped } = settle(found);
  if (items.length === 0 && skipped.length === 0) throw new WrongFile("empty");
  return { items, skipped };
}

async function opened(file: ProtectedFile, password: string): Promise<Found> {
  const kdf = kdfOf(file);
  if (!isBearable(kdf)) throw new WrongFile("costly");
  const { salt, validation, data } = file;
  const text = await keyring()
    .unprotect({ salt, kdf, validation, data }, password)
    .catch((error: unknown) => {
      throw error instanceof Unreadable ? new WrongFile("password") : error;
    });
  const inner = bitwardenJson(text);
  if (inner.kind !== "plain") throw new WrongFile("form");
  return settled(inner.found);
}

const kdfOf = ({ kdfType, kdfIterations: iterations, kdfMemory, kdfParallelism }: ProtectedFile): Kdf =>
  kdfType === 1
    ? { type: "argon2id", iterations, memory: kdfMemory ?? 0, parallelism: kdfParallelism ?? 0 }
    : { type: "pbkdf2", iterations };
