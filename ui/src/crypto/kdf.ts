import { argon2id } from "hash-wasm";
import { type Bytes, concat, toBase64, utf8 } from "./bytes.ts";

/** How a password becomes a master key. Memory, in MiB, and parallelism belong to Argon2id. */
export type Kdf =
  | { type: "pbkdf2"; iterations: number }
  | { type: "argon2id"; iterations: number; memory: number; parallelism: number };

/** What a new account uses. */
export const defaultKdf: Kdf = { type: "pbkdf2", iterations: 600_000 };

/** The weakest that is believed when a server names it: below, it wants to guess the password. */
const weakest = { pbkdf2: 5_000, iterations: 2, memory: 16, parallelism: 1 };

/** Reports whether a server may ask for this derivation. */
export function isAcceptable(kdf: Kdf): boolean {
  if (kdf.type === "pbkdf2") return kdf.iterations >= weakest.pbkdf2;
  const { iterations, memory, parallelism } = kdf;
  return iterations >= weakest.iterations && memory >= weakest.memory && parallelism >= weakest.parallelism;
}

/** A derivation in the words of the protocol. */
export function wireOf(kdf: Kdf) {
  if (kdf.type === "pbkdf2") return { kdfType: 0, iterations: kdf.iterations, memory: null, parallelism: null };
  return { kdfType: 1, iterations: kdf.iterations, memory: kdf.memory, parallelism: kdf.parallelism };
}

/** What stands for a person in the derivation, unless the server names something else. */
export const saltOf = (email: string): string => email.trim().toLowerCase();

/** The key of which the server never learns more than a hash. */
export async function masterKey(password: string, salt: string, kdf: Kdf): Promise<Bytes> {
  if (kdf.type === "pbkdf2") return pbkdf2(utf8(password), utf8(salt), kdf.iterations);
  const hashed = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(salt)));
  const { iterations, memory, parallelism } = kdf;
  const key = await argon2id({
    password: utf8(password),
    salt: hashed,
    iterations,
    memorySize: memory * 1024,
    parallelism,
    hashLength: 32,
    outputType: "binary",
  });
  return new Uint8Array(key);
}

/** What the server is told instead of the password. */
export async function passwordHash(master: Bytes, password: string): Promise<string> {
  return toBase64(await pbkdf2(master, utf8(password), 1));
}

/** The key that wraps the user key: 32 bytes that encrypt, 32 that authenticate. */
export async function stretch(master: Bytes): Promise<Bytes> {
  return concat(await expand(master, "enc"), await expand(master, "mac"));
}

export async function pbkdf2(secret: Bytes, salt: Bytes, iterations: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
  return new Uint8Array(
    await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, key, 256),
  );
}

/** The first block of HKDF-Expand, which is all that 32 bytes need. */
export async function expand(secret: Bytes, info: string): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, concat(utf8(info), new Uint8Array([1]))));
}
