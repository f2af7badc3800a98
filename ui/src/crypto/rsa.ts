import { type Bytes, fromBase64, toBase64 } from "./bytes.ts";
import { format, Kind, parse, Unreadable } from "./encstring.ts";
import { SymmetricKey } from "./symmetric.ts";

/** The protocol shares keys under OAEP with SHA-1, whose weakness does not matter there. */
const oaep = { name: "RSA-OAEP", hash: "SHA-1" };

/** Both halves of a pair as the server keeps them; the private one under a key. */
export interface KeyPair {
  publicKey: string;
  wrappedPrivateKey: string;
}

/** Makes a pair of 2048 bits, as all clients do. */
export async function makeKeyPair(key: SymmetricKey): Promise<KeyPair> {
  const parameters = { ...oaep, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const pair = await crypto.subtle.generateKey(parameters, true, ["encrypt", "decrypt"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const privateKey = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  return { publicKey: toBase64(publicKey), wrappedPrivateKey: await key.encrypt(privateKey) };
}

/** Opens a private key; what it returns cannot be taken out of the browser's keeping. */
export async function openPrivateKey(wrapped: string, key: SymmetricKey): Promise<CryptoKey> {
  const der = await key.decrypt(wrapped);
  try {
    return await crypto.subtle.importKey("pkcs8", der, oaep, false, ["decrypt"]);
  } catch {
    throw new Unreadable();
  }
}

/** The public half that belongs to a private key, whatever a server says of it. */
export async function publicHalfOf(wrapped: string, key: SymmetricKey): Promise<string> {
  const der = await key.decrypt(wrapped);
  try {
    const pair = await crypto.subtle.importKey("pkcs8", der, oaep, true, ["decrypt"]);
    const { kty, n, e } = await crypto.subtle.exportKey("jwk", pair);
    const half = await crypto.subtle.importKey("jwk", { kty: kty ?? "", n: n ?? "", e: e ?? "" }, oaep, true, [
      "encrypt",
    ]);
    return toBase64(new Uint8Array(await crypto.subtle.exportKey("spki", half)));
  } catch {
    throw new Unreadable();
  }
}

/** Shares a key with the owner of a public key: a text of kind 4. */
export async function shareKey(key: SymmetricKey, publicKey: string): Promise<string> {
  const reader = await importPublic(publicKey);
  const seal = async (bytes: Bytes) =>
    format(Kind.rsa, new Uint8Array(await crypto.subtle.encrypt(oaep, reader, bytes)));
  return key.share(seal);
}

/** Opens a key that somebody shared with the owner of the private one. */
export async function openSharedKey(text: string, own: CryptoKey): Promise<SymmetricKey> {
  const { kind, pieces } = parse(text);
  if (kind !== Kind.rsa || !pieces[0]) throw new Unreadable();
  try {
    return await SymmetricKey.of(new Uint8Array(await crypto.subtle.decrypt(oaep, own, pieces[0])));
  } catch {
    throw new Unreadable();
  }
}

async function importPublic(publicKey: string): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey("spki", fromBase64(publicKey), oaep, false, ["encrypt"]);
  } catch {
    throw new Unreadable();
  }
}
