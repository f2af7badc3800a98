import { Unreadable } from "./encstring.ts";
import type { SymmetricKey } from "./symmetric.ts";

/** The first byte of a file that is encrypted and authenticated. */
const kind = 2;
const ivLength = 16;
const macLength = 32;

/** Encrypts a file: a byte that says how, the initialization vector, the code, the data. */
export async function encryptFile(key: SymmetricKey, file: Blob): Promise<Blob> {
  const [iv, mac, data] = await key.encryptBytes(new Uint8Array(await file.arrayBuffer()));
  return new Blob([new Uint8Array([kind]), iv, mac, data]);
}

/** Opens a file. Throws Unreadable for what the key did not make. */
export async function decryptFile(key: SymmetricKey, file: Blob): Promise<Blob> {
  const whole = new Uint8Array(await file.arrayBuffer());
  const start = 1 + ivLength + macLength;
  if (whole[0] !== kind || whole.length <= start) throw new Unreadable();
  const [iv, mac] = [whole.slice(1, 1 + ivLength), whole.slice(1 + ivLength, start)];
  return new Blob([await key.decryptBytes(iv, mac, whole.subarray(start))]);
}
