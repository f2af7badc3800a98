import { type Bytes, fromBase64, toBase64 } from "./bytes.ts";

/** What a text was encrypted with. Others exist; this vault neither makes nor reads them. */
export const Kind = {
  /** AES-256-CBC without a code that authenticates: accounts of long ago. */
  aes: 0,
  /** AES-256-CBC, then HMAC-SHA-256 over the initialization vector and the data. */
  aesHmac: 2,
  /** RSA-2048 with OAEP and SHA-1: keys that are shared with a person. */
  rsa: 4,
} as const;

export type Kind = (typeof Kind)[keyof typeof Kind];

/** A text as clients store it: its kind, and the pieces between the bars. */
export interface EncString {
  kind: Kind;
  pieces: Bytes[];
}

const pieceCount: Record<Kind, number> = { 0: 2, 2: 3, 4: 1 };

/** All that a wrong key or a broken text tells. */
export class Unreadable extends Error {
  constructor() {
    super("This text cannot be decrypted with this key.");
    this.name = "Unreadable";
  }
}

/** Reads "2.iv|data|mac". Throws Unreadable for what has another form. */
export function parse(text: string): EncString {
  const [, head, rest] = /^(\d)\.([A-Za-z0-9+/=|]+)$/.exec(text) ?? [];
  const kind = Number(head) as Kind;
  const pieces = rest?.split("|") ?? [];
  if (pieces.length === 0 || pieceCount[kind] !== pieces.length || pieces.includes("")) throw new Unreadable();
  try {
    return { kind, pieces: pieces.map(fromBase64) };
  } catch {
    throw new Unreadable();
  }
}

export const format = (kind: Kind, ...pieces: Bytes[]): string => `${kind}.${pieces.map(toBase64).join("|")}`;
