import { random, textOf, toBase64, utf8 } from "./bytes.ts";
import { Unreadable } from "./encstring.ts";
import { type Kdf, masterKey, stretch } from "./kdf.ts";
import { SymmetricKey } from "./symmetric.ts";

/** A text that a password of its own opens, in the form of Bitwarden's exports. */
export interface Protected {
  salt: string;
  kdf: Kdf;
  /** What shows that a password is right. */
  validation: string;
  data: string;
}

/** The most that a file may ask for: more would keep the worker busy for minutes, or fill the memory. */
const most = { pbkdf2: 5_000_000, iterations: 20, memory: 1_024, parallelism: 16 };

/** Reports whether a file may ask for this derivation. */
export function isBearable(kdf: Kdf): boolean {
  if (kdf.type === "pbkdf2") return kdf.iterations >= 1 && kdf.iterations <= most.pbkdf2;
  const { iterations, memory, parallelism } = kdf;
  const isEnough = iterations >= 1 && memory >= 1 && parallelism >= 1;
  return isEnough && iterations <= most.iterations && memory <= most.memory && parallelism <= most.parallelism;
}

/** Puts a text under a password. */
export async function protect(text: string, password: string, kdf: Kdf): Promise<Protected> {
  const salt = toBase64(random(16));
  const key = await keyOf(password, salt, kdf);
  const [validation, data] = await Promise.all([key.encrypt(utf8(crypto.randomUUID())), key.encrypt(utf8(text))]);
  return { salt, kdf, validation, data };
}

/** Opens a text with its password. Throws Unreadable for a wrong one. */
export async function unprotect({ salt, kdf, validation, data }: Protected, password: string): Promise<string> {
  if (!isBearable(kdf)) throw new Unreadable();
  const key = await keyOf(password, salt, kdf);
  await key.decrypt(validation);
  return textOf(await key.decrypt(data));
}

const keyOf = async (password: string, salt: string, kdf: Kdf): Promise<SymmetricKey> =>
  SymmetricKey.of(await stretch(await masterKey(password, salt, kdf)));
