import { createHMAC, createSHA256 } from "hash-wasm";
import { type Bytes, concat, random, toHex } from "./bytes.ts";
import { format, Kind, parse, Unreadable } from "./encstring.ts";

/** How much of a file is in memory at once: a number of whole blocks. */
export const slice = 4 << 20;
const block = 16;

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
    const data = await this.#seal(iv, plain);
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

  /** Encrypts a file, of which a slice at a time is in memory. What comes of it is what encryptBytes makes of all. */
  async encryptBlob(plain: Blob): Promise<[iv: Bytes, mac: Bytes, data: Blob]> {
    const iv = random(block);
    const code = await this.#code(iv);
    const pieces: Blob[] = [];
    let before = iv;
    for (let at = 0; at <= plain.size; at += slice) {
      const sealed = await this.#seal(before, await bytesOf(plain, at));
      // Only the end of the file is padded.
      const data = at + slice <= plain.size ? sealed.subarray(0, slice) : sealed;
      code.update(data);
      pieces.push(new Blob([data]));
      before = data.slice(-block);
    }
    return [iv, code.digest(), new Blob(pieces)];
  }

  /** Opens what encryptBlob made. Nothing of it is opened before all of it is found to be authentic. */
  async decryptBlob(iv: Bytes, mac: Bytes, data: Blob): Promise<Blob> {
    if (data.size === 0 || data.size % block !== 0) throw new Unreadable();
    const code = await this.#code(iv);
    for (let at = 0; at < data.size; at += slice) code.update(await bytesOf(data, at));
    if (!isSame(code.digest(), mac)) throw new Unreadable();
    const pieces: Blob[] = [];
    let before = iv;
    for (let at = 0; at < data.size; at += slice) {
      const sealed = await bytesOf(data, at);
      const last = sealed.slice(-block);
      // The browser opens nothing without padding: what follows in its place is a block that is nothing else.
      const padding = at + slice < data.size ? await this.#seal(last, new Uint8Array()) : new Uint8Array();
      pieces.push(new Blob([await this.#open(before, concat(sealed, padding))]));
      before = last;
    }
    return new Blob(pieces);
  }

  /** What authenticates an initialization vector and the data that follow piece by piece, which browsers cannot. */
  async #code(iv: Bytes): Promise<{ update(data: Bytes): void; digest(): Bytes }> {
    if (!this.#hmac) throw new Unreadable();
    const code = await createHMAC(createSHA256(), this.#bytes.subarray(32));
    code.init().update(iv);
    return { update: (data) => code.update(data), digest: () => new Uint8Array(code.digest("binary")) };
  }

  async #seal(iv: Bytes, plain: Bytes): Promise<Bytes> {
    return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, this.#aes, plain));
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

const bytesOf = async (file: Blob, at: number): Promise<Bytes> =>
  new Uint8Array(await file.slice(at, at + slice).arrayBuffer());

/** Compares in a time that does not tell where two codes differ. */
const isSame = (a: Bytes, b: Bytes): boolean =>
  a.length === b.length && a.reduce((differs, byte, n) => differs | (byte ^ (b[n] ?? 0)), 0) === 0;
