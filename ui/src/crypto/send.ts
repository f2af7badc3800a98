import { type Bytes, fromBase64, random, toBase64, utf8 } from "./bytes.ts";
import { Unreadable } from "./encstring.ts";
import { pbkdf2 } from "./kdf.ts";
import { SymmetricKey } from "./symmetric.ts";

/** How often the password of a Send is hashed. All clients agree on it. */
const iterations = 100_000;

/** The key of a Send: 16 bytes that its link carries, and the key that they stretch to, under which all of it stands. */
export class SendKey {
  readonly #seed: Bytes;
  readonly content: SymmetricKey;

  private constructor(seed: Bytes, content: SymmetricKey) {
    this.#seed = seed;
    this.content = content;
  }

  /** Throws Unreadable unless there are 16 bytes. */
  static async of(seed: Bytes): Promise<SendKey> {
    if (seed.length !== 16) throw new Unreadable();
    const secret = await crypto.subtle.importKey("raw", seed, "HKDF", false, ["deriveBits"]);
    const stretching = { name: "HKDF", hash: "SHA-256", salt: utf8("bitwarden-send"), info: utf8("send") };
    const stretched = new Uint8Array(await crypto.subtle.deriveBits(stretching, secret, 512));
    return new SendKey(seed, await SymmetricKey.of(stretched));
  }

  static make = (): Promise<SendKey> => SendKey.of(random(16));

  /** Reads the end of a link. Throws Unreadable for what is none. */
  static async ofLink(text: string): Promise<SendKey> {
    if (!/^[A-Za-z0-9_-]{22}=*$/.test(text)) throw new Unreadable();
    return SendKey.of(fromBase64(text.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/")));
  }

  /** The end of the link. */
  get link(): string {
    return toBase64(this.#seed).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  }

  static unwrap = async (text: string, user: SymmetricKey): Promise<SendKey> => SendKey.of(await user.decrypt(text));

  /** Puts the 16 bytes under the user key of whoever sends. */
  wrap = (user: SymmetricKey): Promise<string> => user.encrypt(this.#seed);

  /** What the server is told instead of the password that somebody gave to the Send. */
  hash = async (password: string): Promise<string> => toBase64(await pbkdf2(utf8(password), this.#seed, iterations));
}
