import { type Bytes, fromBase64, textOf, toHex, utf8 } from "./bytes.ts";
import { Kind, parse, Unreadable } from "./encstring.ts";
import { decryptFile, encryptFile } from "./file.ts";
import { defaultKdf, expand, type Kdf, masterKey, passwordHash, stretch } from "./kdf.ts";
import { type Protected, protect, unprotect } from "./protect.ts";
import { makeKeyPair, openPrivateKey, openSharedKey, publicHalfOf, shareKey } from "./rsa.ts";
import { SendKey } from "./send.ts";
import { SymmetricKey } from "./symmetric.ts";
import { type Code, totp } from "./totp.ts";

/** What a person's account is made of, as the server keeps it. */
export interface NewAccount {
  kdf: Kdf;
  hash: string;
  keyId: string;
  wrappedUserKey: string;
  publicKey: string;
  wrappedPrivateKey: string;
}

/** What an organization is made of, as the server keeps it. */
export interface NewOrganization {
  wrappedKey: string;
  publicKey: string;
  wrappedPrivateKey: string;
  collectionName: string;
}

/** What an organization keeps to recover a member's account: their user key and its own private key. */
export interface Recoverable {
  sharedUserKey: string;
  wrappedPrivateKey: string;
}

/** A master password as the server keeps it. */
export interface NewPassword {
  hash: string;
  wrappedUserKey: string;
}

/** A user key under another master key, as the server keeps it. */
export interface Rewrapped {
  hash: string;
  keyId: string;
  wrappedUserKey: string;
}

/** What lets a passkey open a vault: a pair of keys that its secret and the user key keep. */
export interface PasskeyKeys {
  encryptedUserKey: string;
  encryptedPublicKey: string;
  encryptedPrivateKey: string;
}

/** Texts that one key opens or makes. */
export interface Batch {
  /** Whose key it is; undefined is the person's own. */
  organizationId?: string | undefined;
  /** The key of one item, under that key, for an item that has its own. */
  itemKey?: string | undefined;
  texts: string[];
}

/** The texts of a Send as the server keeps them, with the key that opens them. */
export interface SealedSend {
  wrappedKey: string;
  texts: string[];
}

/** The two texts that a password opens. */
export interface Locked {
  wrappedUserKey: string;
  wrappedPrivateKey: string;
}

/**
 * Every key of the person who is signed in. It lives in a worker; what its methods
 * take and return are passwords, texts that are encrypted, and texts that a person
 * reads. No method returns a key.
 */
export class Keyring {
  #user: SymmetricKey | undefined;
  #private: CryptoKey | undefined;
  #wrappedPrivate = "";
  #derived: Bytes | undefined;
  #asking: CryptoKey | undefined;
  readonly #organizations = new Map<string, SymmetricKey>();

  /** Derives the master key, keeps it for unlock, and returns what the server is told. */
  async prove(password: string, salt: string, kdf: Kdf): Promise<string> {
    this.#derived = await masterKey(password, salt, kdf);
    return passwordHash(this.#derived, password);
  }

  /** What the server is told to prove that the person typed the password again. Nothing is kept. */
  async hash(password: string, salt: string, kdf: Kdf): Promise<string> {
    return passwordHash(await masterKey(password, salt, kdf), password);
  }

  /** Opens the user key and the private key with what prove derived, and returns the key's identifier. */
  async unlock({ wrappedUserKey, wrappedPrivateKey }: Locked): Promise<string> {
    const derived = this.#derived;
    this.#derived = undefined;
    if (!derived) throw new Unreadable();
    const isOld = parse(wrappedUserKey).kind === Kind.aes;
    const opener = await SymmetricKey.of(isOld ? derived : await stretch(derived));
    return this.#open(await opener.unwrap(wrappedUserKey), wrappedPrivateKey);
  }

  /** Opens the user key with the secret that a passkey computes, and returns the key's identifier. */
  async unlockWithPasskey(
    secret: Bytes,
    keys: Omit<PasskeyKeys, "encryptedPublicKey">,
    wrappedPrivateKey: string,
  ): Promise<string> {
    const own = await openPrivateKey(keys.encryptedPrivateKey, await SymmetricKey.of(await stretch(secret)));
    return this.#open(await openSharedKey(keys.encryptedUserKey, own), wrappedPrivateKey);
  }

  /** Makes a pair for one log-in with another device, keeps its private half, and returns the public one. */
  async askDevice(): Promise<string> {
    const key = await SymmetricKey.make();
    const { publicKey, wrappedPrivateKey } = await makeKeyPair(key);
    this.#asking = await openPrivateKey(wrappedPrivateKey, key);
    return publicKey;
  }

  /** Opens the user key that another device shared, and returns the key's identifier. */
  async unlockWithAnswer(sharedUserKey: string, wrappedPrivateKey: string): Promise<string> {
    const own = this.#asking;
    this.#asking = undefined;
    if (!own) throw new Unreadable();
    return this.#open(await openSharedKey(sharedUserKey, own), wrappedPrivateKey);
  }

  /** Wraps the user key for another password, another derivation, or another address. */
  async rewrap(password: string, salt: string, kdf: Kdf): Promise<Rewrapped> {
    const user = this.#keyOf(undefined);
    return { ...(await rewrapped(user, password, salt, kdf)), keyId: await user.id() };
  }

  /** Makes what lets a passkey open the vault with the secret that it computes. */
  async enrollPasskey(secret: Bytes): Promise<PasskeyKeys> {
    const user = this.#keyOf(undefined);
    const { publicKey, wrappedPrivateKey } = await makeKeyPair(await SymmetricKey.of(await stretch(secret)));
    const [encryptedUserKey, encryptedPublicKey] = await Promise.all([
      shareKey(user, publicKey),
      user.encrypt(fromBase64(publicKey)),
    ]);
    return { encryptedUserKey, encryptedPublicKey, encryptedPrivateKey: wrappedPrivateKey };
  }

  /** Makes the keys of a new account. Nothing is kept: the person signs in afterwards. */
  async makeAccount(password: string, salt: string, kdf = defaultKdf): Promise<NewAccount> {
    const master = await masterKey(password, salt, kdf);
    const user = await SymmetricKey.make();
    const [hash, keyId, stretched, pair] = await Promise.all([
      passwordHash(master, password),
      user.id(),
      stretch(master).then(SymmetricKey.of),
      makeKeyPair(user),
    ]);
    return { kdf, hash, keyId, wrappedUserKey: await stretched.wrap(user), ...pair };
  }

  /** Makes the keys of a new organization of the person's, and the name of its first collection. */
  async makeOrganization(collectionName: string): Promise<NewOrganization> {
    const key = await SymmetricKey.make();
    const [wrappedKey, pair, name] = await Promise.all([
      this.#publicHalf().then((own) => shareKey(key, own)),
      makeKeyPair(key),
      key.encrypt(utf8(collectionName)),
    ]);
    return { wrappedKey, ...pair, collectionName: name };
  }

  /** Opens the keys of organizations, by their identifiers. Returns those that could not be opened. */
  async openOrganizations(wrapped: Record<string, string>): Promise<string[]> {
    const own = this.#private;
    if (!own) throw new Unreadable();
    const failed: string[] = [];
    for (const [id, text] of Object.entries(wrapped)) {
      try {
        this.#organizations.set(id, await openSharedKey(text, own));
      } catch {
        failed.push(id);
      }
    }
    return failed;
  }

  /** Shares an organization's key with a member. */
  async shareOrganization(id: string, publicKey: string): Promise<string> {
    return shareKey(this.#keyOf(id), publicKey);
  }

  /** Shares the user key: with a device that wants to log in, or an organization that recovers accounts. */
  async shareUser(publicKey: string): Promise<string> {
    return shareKey(this.#keyOf(undefined), publicKey);
  }

  /** Puts the user key of a member under a new password, with the key of the organization that may. */
  async recover(
    organizationId: string,
    { sharedUserKey, wrappedPrivateKey }: Recoverable,
    password: string,
    salt: string,
    kdf: Kdf,
  ): Promise<NewPassword> {
    const own = await openPrivateKey(wrappedPrivateKey, this.#keyOf(organizationId));
    return rewrapped(await openSharedKey(sharedUserKey, own), password, salt, kdf);
  }

  /** Puts the user key of somebody under a new password, with the key that they shared for an emergency. */
  async takeOver(sharedUserKey: string, password: string, salt: string, kdf: Kdf): Promise<NewPassword> {
    if (!this.#private) throw new Unreadable();
    return rewrapped(await openSharedKey(sharedUserKey, this.#private), password, salt, kdf);
  }

  /** What two people compare to be sure that a public key is the one of an account: bytes, as 64 hexadecimal digits. */
  async fingerprint(accountId: string, publicKey: string): Promise<string> {
    return toHex(await expand(fromBase64(publicKey), accountId));
  }

  /** The fingerprint of the person's own key. It is of what the person has, and not of what a server says of it. */
  async ownFingerprint(accountId: string): Promise<string> {
    return this.fingerprint(accountId, await this.#publicHalf());
  }

  /** Encrypts texts, for an organization when there is one, else for the person alone. */
  async encrypt(texts: string[], organizationId?: string): Promise<string[]> {
    const key = this.#keyOf(organizationId);
    return Promise.all(texts.map((text) => key.encrypt(utf8(text))));
  }

  /** Opens texts. One that cannot be opened is null, and does not hinder the others. */
  async decrypt(texts: string[], organizationId?: string): Promise<(string | null)[]> {
    const key = this.#keyOf(organizationId);
    return Promise.all(
      texts.map((text) =>
        key
          .decrypt(text)
          .then(textOf)
          .catch(() => null),
      ),
    );
  }

  /** Encrypts the texts of each batch. */
  async seal(batches: Batch[]): Promise<string[][]> {
    return Promise.all(
      batches.map(async (batch) => {
        const key = await this.#keyFor(batch);
        return Promise.all(batch.texts.map((text) => key.encrypt(utf8(text))));
      }),
    );
  }

  /** Opens the texts of each batch. What cannot be opened is null, and does not hinder the others. */
  async unseal(batches: Batch[]): Promise<(string | null)[][]> {
    return Promise.all(
      batches.map(async (batch) => {
        const key = await this.#keyFor(batch).catch(() => undefined);
        // Among thousands many are empty, and to throw for each would take longer than to open the others.
        const open = async (text: string) => (key && text !== "" ? textOf(await key.decrypt(text)) : null);
        return Promise.all(batch.texts.map((text) => open(text).catch(() => null)));
      }),
    );
  }

  /** Puts keys that are under one key under that of an organization: of an item, or of a file. */
  async handOver(wrapped: string[], from: Omit<Batch, "texts">, organizationId: string): Promise<string[]> {
    const opener = await this.#keyFor(from);
    const next = this.#keyOf(organizationId);
    return Promise.all(wrapped.map(async (text) => next.wrap(await opener.unwrap(text))));
  }

  /** Encrypts a file of an item with a key of its own, and puts that under the key of the item. */
  async sealFile(file: Blob, owner: Omit<Batch, "texts">): Promise<{ wrappedKey: string; sealed: Blob }> {
    const key = await SymmetricKey.make();
    const [opener, sealed] = await Promise.all([this.#keyFor(owner), encryptFile(key, file)]);
    return { wrappedKey: await opener.wrap(key), sealed };
  }

  /** Opens a file of an item. One of long ago has no key of its own. */
  async openFile(file: Blob, wrappedKey: string | null, owner: Omit<Batch, "texts">): Promise<Blob> {
    const opener = await this.#keyFor(owner);
    return decryptFile(wrappedKey === null ? opener : await opener.unwrap(wrappedKey), file);
  }

  async #keyFor({ organizationId, itemKey }: Omit<Batch, "texts">): Promise<SymmetricKey> {
    const key = this.#keyOf(organizationId);
    return itemKey === undefined ? key : key.unwrap(itemKey);
  }

  /** Puts a text under a password of its own. */
  async protect(text: string, password: string, kdf: Kdf): Promise<Protected> {
    return protect(text, password, kdf);
  }

  /** Opens a text with its own password. Throws Unreadable for a wrong one. */
  async unprotect(text: Protected, password: string): Promise<string> {
    return unprotect(text, password);
  }

  /** What an authenticator shows for a secret at an instant in milliseconds. Throws Unreadable for what is no secret. */
  async totp(secret: string, at: number): Promise<Code> {
    return totp(secret, at);
  }

  /** Encrypts the texts of a Send, and hashes its password. Without a key it is a new one. */
  async sealSend(
    texts: string[],
    password?: string,
    wrappedKey?: string,
  ): Promise<SealedSend & { passwordHash: string | undefined }> {
    const user = this.#keyOf(undefined);
    const key = wrappedKey ? await SendKey.unwrap(wrappedKey, user) : await SendKey.make();
    return {
      wrappedKey: wrappedKey ?? (await key.wrap(user)),
      texts: await Promise.all(texts.map((text) => key.content.encrypt(utf8(text)))),
      passwordHash: password ? await key.hash(password) : undefined,
    };
  }

  /** Opens the texts of Sends. One that cannot be opened is null. */
  async openSends(sends: SealedSend[]): Promise<(string | null)[][]> {
    const user = this.#keyOf(undefined);
    return Promise.all(
      sends.map(async ({ wrappedKey, texts }) => {
        const key = await SendKey.unwrap(wrappedKey, user).catch(() => undefined);
        const open = async (text: string) => (key ? textOf(await key.content.decrypt(text)) : null);
        return Promise.all(texts.map((text) => open(text).catch(() => null)));
      }),
    );
  }

  /** What stands at the end of the link of a Send: the one key that leaves, for those whom it is sent to. */
  async linkOfSend(wrappedKey: string): Promise<string> {
    return (await SendKey.unwrap(wrappedKey, this.#keyOf(undefined))).link;
  }

  /** Encrypts the file of a Send. */
  async sealSendFile(wrappedKey: string, file: Blob): Promise<Blob> {
    return encryptFile((await SendKey.unwrap(wrappedKey, this.#keyOf(undefined))).content, file);
  }

  async #open(user: SymmetricKey, wrappedPrivateKey: string): Promise<string> {
    this.#private = await openPrivateKey(wrappedPrivateKey, user);
    this.#wrappedPrivate = wrappedPrivateKey;
    this.#user = user;
    return user.id();
  }

  async #publicHalf(): Promise<string> {
    return publicHalfOf(this.#wrappedPrivate, this.#keyOf(undefined));
  }

  #keyOf(organizationId: string | undefined): SymmetricKey {
    const key = organizationId === undefined ? this.#user : this.#organizations.get(organizationId);
    if (!key) throw new Unreadable();
    return key;
  }
}

async function rewrapped(user: SymmetricKey, password: string, salt: string, kdf: Kdf): Promise<NewPassword> {
  const master = await masterKey(password, salt, kdf);
  const stretched = await SymmetricKey.of(await stretch(master));
  return { hash: await passwordHash(master, password), wrappedUserKey: await stretched.wrap(user) };
}
