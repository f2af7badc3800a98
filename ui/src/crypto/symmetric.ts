import { type Bytes, concat, random, toHex } from "./bytes.ts";
import { format, Kind, parse, Unreadable } from "./encstring.ts";

/** A key that encrypts and authenticates; one without a second half is of long ago and only reads. */
export class SymmetricKey {
  readonly #bytes: Bytes;
  readonly #aes: CryptoKey;
  readonly #hmac: CryptoKey | undefined;

  private constructor(bytes: Bytes, aes: CryptoKey, hmac: CryptoKey | undefined) {
    this.#bytes = bytes;
    this.#aes = aes;
    this.#hmac = hmac;
  }

  /** Throws Unreadable unless there are 64 bytes, or 32 of a key of long ago. */
  static async of(bytes: Bytes): Promise<SymmetricKey> {
    if (bytes.length !== 64 && bytes.length !== 32) throw new Unreadable();
    const aes = await crypto.subtle.importKey("raw", bytes.slice(0, 32), "AES-CBC", false, ["encrypt", "decrypt"]);
    if (bytes.length === 32) return new SymmetricKey(bytes, aes, undefined);
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const hmac = await crypto.subtle.importKey("raw", bytes.slice(32), algorithm, false, ["sign", "verify"]);
    return new SymmetricKey(bytes, aes, hmac);
  }

  static make = (): Promise<SymmetricKey> => SymmetricKey.of(random(64));

  /** Makes a text of kind 2. */
  async encrypt(plain: Bytes): Promise<string> {
    const [iv, mac, data] = await this.encryptBytes(plain);
    return format(Kind.aesHmac, iv, data, mac);
  }

  /** Encrypts and authenticates. Returns the initialization vector, the code and the data. */
  async encryptBytes(plain: Bytes): Promise<[iv: Bytes, mac: Bytes, data: Bytes]> {
    if (!this.#hmac) throw new Unreadable();
    const iv = random(16);
    const data = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, this.#aes, plain));
    const mac = new Uint8Array(await crypto.subtle.sign("HMAC", this.#hmac, concat(iv, data)));
    return [iv, mac, data];
  }

  /**
   * Opens a text. What authenticates comes first, and a key that can authenticate
   * never opens a text that does not: a server could have changed it.
   */
  async decrypt(text: string): Promise<Bytes> {
    const { kind, pieces } = parse(text);
    const [iv, data, mac] = pieces;
    if (!iv || !data || iv.length !== 16) throw new Unreadable();
    if (this.#hmac) {
      if (kind !== Kind.aesHmac || !mac) throw new Unreadable();
      return this.decryptBytes(iv, mac, data);
    }
    if (kind !== Kind.aes) throw new Unreadable();
    return this.#open(iv, data);
  }

  /** Opens what encryptBytes made. */
  async decryptBytes(iv: Bytes, mac: Bytes, data: Bytes): Promise<Bytes> {
    if (!this.#hmac) throw new Unreadable();
    if (!(await crypto.subtle.verify("HMAC", this.#hmac, mac, concat(iv, data)))) throw new Unreadable();
    return this.#open(iv, data);
  }

  async #open(iv: Bytes, data: Bytes): Promise<Bytes> {
    try {
      return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, this.#aes, data));
    } catch {
      throw new Unreadable();
    }
  }

  /** Puts another key under this one. */
  wrap = (key: SymmetricKey): Promise<string> => this.encrypt(key.#bytes);

  /** Opens a key that is under this one. */
  unwrap = async (text: string): Promise<SymmetricKey> => SymmetricKey.of(await this.decrypt(text));

  /** Hands the bytes to what shares the key with somebody. */
  async share(seal: (bytes: Bytes) => Promise<string>): Promise<string> {
    return seal(this.#bytes);
  }

  /** The identifier of a user key: the start of the hash of the key as a COSE symmetric key. */
  async id(): Promise<string> {
    const cose = concat(new Uint8Array([0xa2, 0x01, 0x04, 0x20, 0x58, 0x40]), this.#bytes);
    return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", cose)).slice(0, 16));
  }
}
