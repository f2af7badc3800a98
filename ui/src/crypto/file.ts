import type { Bytes } from "./bytes.ts";
import { Unreadable } from "./encstring.ts";
import type { SymmetricKey } from "./symmetric.ts";

/** The first byte of a file that is encrypted and authenticated. */
const kind = 2;
const ivLength = 16;
const macLength = 32;

/** Up to this size a file is worked on as a whole: browsers authenticate several times as fast so. */
export const whole = 32 << 20;

/** Encrypts a file: a byte that says how, the initialization vector, the code, the data. */
export async function encryptFile(key: SymmetricKey, file: Blob): Promise<Blob> {
  const [iv, mac, data] = file.size > whole ? await key.encryptBlob(file) : await key.encryptBytes(await bytesOf(file));
  return new Blob([new Uint8Array([kind]), iv, mac, data]);
}

/** Opens a file. Throws Unreadable for what the key did not make. */
export async function decryptFile(key: SymmetricKey, file: Blob): Promise<Blob> {
  const start = 1 + ivLength + macLength;
  const head = await bytesOf(file.slice(0, start));
  if (head[0] !== kind || file.size <= start) throw new Unreadable();
  const [iv, mac, data] = [head.slice(1, 1 + ivLength), head.slice(1 + ivLength), file.slice(start)];
  if (file.size > whole) return key.decryptBlob(iv, mac, data);
  return new Blob([await key.decryptBytes(iv, mac, await bytesOf(data))]);
}

const bytesOf = async (file: Blob): Promise<Bytes> => new Uint8Array(await file.arrayBuffer());
