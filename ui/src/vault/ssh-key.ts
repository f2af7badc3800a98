import { type Bytes, fromBase64, toBase64 } from "../crypto/bytes.ts";

/** What a private key says of itself without its passphrase. */
export interface PublicHalf {
  publicKey: string;
  keyFingerprint: string;
}

const frame = /-----BEGIN OPENSSH PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END OPENSSH PRIVATE KEY-----/;
const magic = "openssh-key-v1\0";

/** The public half of a private key in OpenSSH's form; undefined for one in another form. */
export async function publicHalfOf(privateKey: string): Promise<PublicHalf | undefined> {
  const [, body = ""] = frame.exec(privateKey) ?? [];
  try {
    const blob = publicBlobIn(fromBase64(body.replace(/\s/g, "")));
    return blob && { publicKey: lineOf(blob), keyFingerprint: await fingerprintOf(blob) };
  } catch {
    return undefined;
  }
}

/** The fingerprint of a public key as OpenSSH writes it in one line; undefined for what is none. */
export async function fingerprintOfLine(publicKey: string): Promise<string | undefined> {
  const [, blob = ""] = publicKey.trim().split(/\s+/);
  try {
    return blob ? await fingerprintOf(fromBase64(blob)) : undefined;
  } catch {
    return undefined;
  }
}

async function fingerprintOf(blob: Bytes): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", blob));
  return `SHA256:${toBase64(sum).replace(/=+$/, "")}`;
}

const latin = (bytes: Bytes): string => String.fromCharCode(...bytes);

function lineOf(blob: Bytes): string {
  const kind = latin(reader(blob)());
  return `${kind} ${toBase64(blob)}`;
}

/** Reads one after another the texts before which their lengths stand. */
function reader(bytes: Bytes, at = 0): () => Bytes {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let next = at;
  return () => {
    const end = next + 4 + view.getUint32(next);
    if (end > bytes.length) throw new RangeError();
    const text = bytes.slice(next + 4, end);
    next = end;
    return text;
  };
}

/** After the names of how it is encrypted, and how many keys there are, stands the public half. */
function publicBlobIn(bytes: Bytes): Bytes | undefined {
  if (latin(bytes.slice(0, magic.length)) !== magic) return undefined;
  const head = reader(bytes, magic.length);
  const before = [head(), head(), head()].reduce((sum, text) => sum + 4 + text.length, magic.length);
  return reader(bytes, before + 4)();
}
