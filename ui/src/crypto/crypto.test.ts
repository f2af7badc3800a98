// @vitest-environment node
import { createCipheriv, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Bytes, concat, fromBase64, textOf, toBase64, utf8 } from "./bytes.ts";
import { format, Kind, parse, Unreadable } from "./encstring.ts";
import { decryptFile, encryptFile, whole } from "./file.ts";
import { isAcceptable, type Kdf, masterKey, passwordHash, stretch } from "./kdf.ts";
import { Keyring } from "./keyring.ts";
import { openPrivateKey, openSharedKey, shareKey } from "./rsa.ts";
import { SendKey } from "./send.ts";
import { SymmetricKey, slice } from "./symmetric.ts";
import { Visitor } from "./visitor.ts";

const read = (name: string) => JSON.parse(readFileSync(`../testdata/vectors/${name}.json`, "utf8"));
const bytes = (base64: string) => fromBase64(base64);

interface WireKdf {
  kdfType: number;
  iterations: number;
  memory: number | null;
  parallelism: number | null;
}

function kdfOf({ kdfType, iterations, memory, parallelism }: WireKdf): Kdf {
  if (kdfType === 0) return { type: "pbkdf2", iterations };
  return { type: "argon2id", iterations, memory: memory ?? 0, parallelism: parallelism ?? 0 };
}

describe("a password", () => {
  for (const v of read("kdf").vectors) {
    test(`becomes the keys of the protocol: ${v.name}`, async () => {
      const master = await masterKey(v.password, v.salt, kdfOf(v.kdf));
      expect(toBase64(master)).toBe(v.masterKey);
      expect(await passwordHash(master, v.password)).toBe(v.masterPasswordHash);
      expect(toBase64(await stretch(master))).toBe(v.stretchedKey);
    });
  }

  test("is not derived as cheaply as a server may wish", () => {
    expect(isAcceptable({ type: "pbkdf2", iterations: 4_999 })).toBe(false);
    expect(isAcceptable({ type: "pbkdf2", iterations: 5_000 })).toBe(true);
    expect(isAcceptable({ type: "argon2id", iterations: 2, memory: 15, parallelism: 1 })).toBe(false);
    expect(isAcceptable({ type: "argon2id", iterations: 2, memory: 16, parallelism: 1 })).toBe(true);
  });
});

describe("a key", () => {
  const v = read("keys");

  test("opens what other programs made", async () => {
    const key = await SymmetricKey.of(bytes(v.key));
    expect(await key.id()).toBe(v.keyId);
    for (const { plain, encrypted } of v.texts) expect(textOf(await key.decrypt(encrypted))).toBe(plain);
    const own = await openPrivateKey(v.encryptedPrivateKey, key);
    const shared = await openSharedKey(v.wrappedSharedKey, own);
    expect(await shared.share(async (raw) => toBase64(raw))).toBe(v.sharedKey);
    const again = await openSharedKey(await shareKey(shared, v.publicKey), own);
    expect(await again.id()).toBe(await shared.id());
  });

  test("opens what it made", async () => {
    const key = await SymmetricKey.make();
    for (const text of ["", "clé", "sixteen letters!", "x".repeat(70_000)]) {
      expect(textOf(await key.decrypt(await key.encrypt(utf8(text))))).toBe(text);
    }
  });

  test("notices every changed byte", async () => {
    const key = await SymmetricKey.make();
    const { pieces } = parse(await key.encrypt(utf8("Default collection")));
    for (const piece of pieces) {
      for (let i = 0; i < piece.length; i++) {
        piece[i] = (piece[i] ?? 0) ^ 1;
        await expect(key.decrypt(format(Kind.aesHmac, ...pieces))).rejects.toThrow(Unreadable);
        piece[i] = (piece[i] ?? 0) ^ 1;
      }
    }
  });

  test("of long ago reads texts without a code, which no newer key takes", async () => {
    const old = randomBytes(32);
    const text = oldText(old, utf8("a secret of 2016"));
    expect(textOf(await (await SymmetricKey.of(new Uint8Array(old))).decrypt(text))).toBe("a secret of 2016");
    const newer = await SymmetricKey.of(concat(new Uint8Array(old), new Uint8Array(32)));
    await expect(newer.decrypt(text)).rejects.toThrow(Unreadable);
  });

  test("survives odd shapes", async () => {
    const key = await SymmetricKey.make();
    const mac = toBase64(new Uint8Array(32));
    for (const text of [
      "",
      "hello",
      "4.Y3Q=",
      "2.a|b",
      "9.AAAA",
      "2.||",
      `2.aXY=|AAAA|${mac}`,
      "2.%|%|%",
      "2.AAAA|AAAA|AAAA\n",
    ]) {
      await expect(key.decrypt(text), text).rejects.toThrow(Unreadable);
    }
  });
});

describe("a Send", () => {
  const v = read("send");

  test("is opened by the end of its link, as other programs made it", async () => {
    const visitor = new Visitor();
    await visitor.take(v.link);
    expect(await visitor.read(v.texts.map(({ encrypted }: { encrypted: string }) => encrypted))).toEqual(
      v.texts.map(({ plain }: { plain: string }) => plain),
    );
    expect(await visitor.hash(v.password)).toBe(v.passwordHash);
    expect(await (await visitor.readFile(new Blob([bytes(v.file.encrypted)]))).text()).toBe(v.file.plain);
    const key = await SendKey.ofLink(v.link);
    expect(await key.content.share(async (raw) => toBase64(raw))).toBe(v.key);
    expect((await SendKey.unwrap(v.wrappedSeed, await SymmetricKey.of(bytes(read("keys").key)))).link).toBe(v.link);
  });

  test("of one person is read by whoever has the link, and by nobody with another", async () => {
    const maker = new Keyring();
    const kdf: Kdf = { type: "pbkdf2", iterations: 5_000 };
    const account = await maker.makeAccount("ada", "ada@a.example", kdf);
    await maker.prove("ada", "ada@a.example", kdf);
    await maker.unlock(account);
    const made = await maker.sealSend(["Plan", "à midi"], "Sésame");
    expect(await maker.openSends([made, { ...made, wrappedKey: "2.a|b" }])).toEqual([
      ["Plan", "à midi"],
      [null, null],
    ]);
    const again = await maker.sealSend(["Plan B"], undefined, made.wrappedKey);
    expect([again.wrappedKey, again.passwordHash]).toEqual([made.wrappedKey, undefined]);
    const content = new Uint8Array(randomBytes(100_000));
    const file = await maker.sealSendFile(made.wrappedKey, new Blob([content]));
    const visitor = new Visitor();
    await visitor.take(await maker.linkOfSend(made.wrappedKey));
    expect(await visitor.read([...made.texts, ...again.texts])).toEqual(["Plan", "à midi", "Plan B"]);
    expect(await visitor.hash("Sésame")).toBe(made.passwordHash);
    expect(new Uint8Array(await (await visitor.readFile(file)).arrayBuffer())).toEqual(content);
    const stranger = new Visitor();
    await stranger.take(v.link);
    await expect(stranger.read(made.texts)).rejects.toThrow(Unreadable);
    await expect(stranger.readFile(file)).rejects.toThrow(Unreadable);
    const changed = new Uint8Array(await file.arrayBuffer());
    changed.set([(changed.at(-1) ?? 0) ^ 1], changed.length - 1);
    await expect(visitor.readFile(new Blob([changed]))).rejects.toThrow(Unreadable);
    await expect(visitor.readFile(file.slice(0, 40))).rejects.toThrow(Unreadable);
    await expect(new Visitor().read(made.texts)).rejects.toThrow(Unreadable);
  });

  test("has a link of 22 letters", async () => {
    for (const link of ["", "short", `${v.link}A`, v.link.replace("-", "+"), "../../../../../../etc."]) {
      await expect(SendKey.ofLink(link), link).rejects.toThrow(Unreadable);
    }
  });
});

describe("a keyring", () => {
  const kdf: Kdf = { type: "pbkdf2", iterations: 100_000 };

  test("opens with the password, and with no other", async () => {
    const v = read("keys");
    const locked = { wrappedUserKey: v.wrappedUserKey, wrappedPrivateKey: v.encryptedPrivateKey };
    const keys = new Keyring();
    await keys.prove("asdfasdf!", "test@bitwarden.com", kdf);
    await expect(keys.unlock(locked)).rejects.toThrow(Unreadable);
    await expect(keys.decrypt([v.texts[1].encrypted])).rejects.toThrow(Unreadable);
    await keys.prove("asdfasdf", "test@bitwarden.com", kdf);
    expect(await keys.unlock(locked)).toBe(v.keyId);
    expect(await keys.decrypt([v.texts[1].encrypted, "2.broken"])).toEqual([v.texts[1].plain, null]);
    await expect(keys.unlock(locked), "the master key is used once").rejects.toThrow(Unreadable);
  });

  test("opens the account of long ago, whose master key wraps the user key itself", async () => {
    const master = await masterKey("asdfasdf", "test@bitwarden.com", kdf);
    const user = await SymmetricKey.make();
    const wrappedUserKey = oldText(master, fromBase64(await user.share(async (raw) => toBase64(raw))));
    const wrappedPrivateKey = await user.encrypt(await privateKey());
    const keys = new Keyring();
    await keys.prove("asdfasdf", "test@bitwarden.com", kdf);
    expect(await keys.unlock({ wrappedUserKey, wrappedPrivateKey })).toBe(await user.id());
  });

  test("makes an account and an organization that another keyring opens", async () => {
    const maker = new Keyring();
    const account = await maker.makeAccount("Où est ma clé ?", "élodie@exemple.fr");
    await expect(maker.makeOrganization("Famille"), "nobody's").rejects.toThrow(Unreadable);
    const keys = new Keyring();
    for (const opened of [maker, keys]) {
      expect(await opened.prove("Où est ma clé ?", "élodie@exemple.fr", account.kdf)).toBe(account.hash);
      await opened.unlock(account);
    }
    const organization = await maker.makeOrganization("Famille");
    expect(await keys.openOrganizations({ family: organization.wrappedKey, foreign: "4.AAAA" })).toEqual(["foreign"]);
    expect(await keys.decrypt([organization.collectionName], "family")).toEqual(["Famille"]);
    const [text] = await keys.encrypt(["à nous"], "family");
    expect(await keys.decrypt([text ?? ""])).toEqual([null]);
    await expect(keys.decrypt([text ?? ""], "foreign")).rejects.toThrow(Unreadable);
  });

  test("of an administrator puts a member's user key under a new password, where the member agreed", async () => {
    const maker = new Keyring();
    const [ada, zoe] = [
      await maker.makeAccount("ada", "ada@a.example", kdf),
      await maker.makeAccount("zoe", "zoe@a.example", kdf),
    ];
    const member = new Keyring();
    await member.prove("zoe", "zoe@a.example", kdf);
    const id = await member.unlock(zoe);
    const keys = new Keyring();
    await keys.prove("ada", "ada@a.example", kdf);
    await keys.unlock(ada);
    const organization = await keys.makeOrganization("Acme");
    const sharedUserKey = await member.shareUser(organization.publicKey);
    await keys.openOrganizations({ acme: organization.wrappedKey });
    const recoverable = { sharedUserKey, wrappedPrivateKey: organization.wrappedPrivateKey };
    const made = await keys.recover("acme", recoverable, "another one", "zoe@a.example", kdf);
    expect(await member.prove("another one", "zoe@a.example", kdf)).toBe(made.hash);
    expect(await member.unlock({ ...zoe, wrappedUserKey: made.wrappedUserKey })).toBe(id);
    await expect(member.recover("acme", recoverable, "x", "zoe@a.example", kdf)).rejects.toThrow(Unreadable);
  }, 20_000);

  test("of somebody trusted puts the user key that was shared with them under a new password", async () => {
    const { keys: grantor, account, id } = await opened();
    const grantee = await new Keyring().makeAccount("zoe", "zoe@a.example", kdf);
    const shared = await grantor.shareUser(grantee.publicKey);
    const keys = new Keyring();
    await expect(keys.takeOver(shared, "another one", "ada@home.example", kdf), "locked").rejects.toThrow(Unreadable);
    await keys.prove("zoe", "zoe@a.example", kdf);
    await keys.unlock(grantee);
    const made = await keys.takeOver(shared, "another one", "ada@home.example", kdf);
    const again = new Keyring();
    expect(await again.prove("another one", "ada@home.example", kdf)).toBe(made.hash);
    expect(await again.unlock({ ...account, wrappedUserKey: made.wrappedUserKey })).toBe(id);
    await expect(grantor.takeOver(shared, "x", "ada@home.example", kdf), "another's").rejects.toThrow(Unreadable);
  }, 20_000);

  test("tells keys apart by their fingerprints, which depend on whose they are", async () => {
    const {
      keys,
      account: { publicKey },
    } = await opened();
    const fingerprint = await keys.fingerprint("1", publicKey);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(await keys.fingerprint("1", publicKey)).toBe(fingerprint);
    expect(await keys.fingerprint("2", publicKey)).not.toBe(fingerprint);
    expect(await keys.ownFingerprint("1")).toBe(fingerprint);
    await expect(new Keyring().ownFingerprint("1"), "locked").rejects.toThrow(Unreadable);
  });

  test("wraps its user key for another password, address or derivation", async () => {
    const { keys, account, id } = await opened();
    const argon: Kdf = { type: "argon2id", iterations: 2, memory: 16, parallelism: 1 };
    const next = await keys.rewrap("another one", "ada@exemple.fr", argon);
    expect(next.keyId).toBe(id);
    const again = new Keyring();
    expect(await again.prove("another one", "ada@exemple.fr", argon)).toBe(next.hash);
    expect(await again.unlock({ ...account, wrappedUserKey: next.wrappedUserKey })).toBe(id);
    await again.prove("password", "ada@home.example", kdf);
    await expect(again.unlock({ ...account, wrappedUserKey: next.wrappedUserKey })).rejects.toThrow(Unreadable);
    await expect(new Keyring().rewrap("another one", "ada@exemple.fr", argon), "locked").rejects.toThrow(Unreadable);
  }, 20_000);

  test("opens with the secret of a passkey, and with no other", async () => {
    const { keys, account, id } = await opened();
    const secret = new Uint8Array(randomBytes(32));
    const passkey = await keys.enrollPasskey(secret);
    const again = new Keyring();
    const other = new Uint8Array(randomBytes(32));
    await expect(again.unlockWithPasskey(other, passkey, account.wrappedPrivateKey)).rejects.toThrow(Unreadable);
    expect(await again.unlockWithPasskey(secret, passkey, account.wrappedPrivateKey)).toBe(id);
  }, 20_000);

  test("opens with what another device shares, once", async () => {
    const { keys, account, id } = await opened();
    const asking = new Keyring();
    const answer = await keys.shareUser(await asking.askDevice());
    await expect(new Keyring().unlockWithAnswer(answer, account.wrappedPrivateKey)).rejects.toThrow(Unreadable);
    expect(await asking.unlockWithAnswer(answer, account.wrappedPrivateKey)).toBe(id);
    await expect(asking.unlockWithAnswer(answer, account.wrappedPrivateKey)).rejects.toThrow(Unreadable);
  }, 20_000);

  async function opened() {
    const account = await new Keyring().makeAccount("password", "ada@home.example", kdf);
    const keys = new Keyring();
    await keys.prove("password", "ada@home.example", kdf);
    return { keys, account, id: await keys.unlock(account) };
  }
});

describe("a file in slices", () => {
  test.each([0, 5, slice - 1, slice, slice + 1, 2 * slice, 2 * slice + 16])(
    "is one to others: %d bytes",
    async (size) => {
      const key = await SymmetricKey.make();
      const content = new Uint8Array(size).map((_, n) => n % 251);
      const [iv, mac, data] = await key.encryptBlob(new Blob([content]));
      const sealed = new Uint8Array(await data.arrayBuffer());
      expect(Buffer.compare(await key.decryptBytes(iv, mac, sealed), content)).toBe(0);
      const opened = await key.decryptBlob(iv, mac, data);
      expect(Buffer.compare(new Uint8Array(await opened.arrayBuffer()), content)).toBe(0);
      const [otherIv, otherMac, otherData] = await key.encryptBytes(content);
      expect((await key.decryptBlob(otherIv, otherMac, new Blob([otherData]))).size).toBe(size);
    },
  );

  test("comes back, small and large", async () => {
    const key = await SymmetricKey.make();
    for (const size of [whole, whole + 1]) {
      const sealed = await encryptFile(key, new Blob([new Uint8Array(size)]));
      expect((await decryptFile(key, sealed)).size).toBe(size);
      await expect(decryptFile(key, sealed.slice(0, -16))).rejects.toThrow(Unreadable);
    }
  });

  test("is not opened when anything of it was changed, left out or added", async () => {
    const key = await SymmetricKey.make();
    const [iv, mac, data] = await key.encryptBlob(new Blob([new Uint8Array(2 * slice)]));
    const changed = new Uint8Array(await data.arrayBuffer());
    changed[slice] = 1 ^ (changed[slice] ?? 0);
    const other = new Uint8Array(mac);
    other[31] = 1 ^ (other[31] ?? 0);
    const parts: [Bytes, Blob][] = [
      [mac, new Blob([changed])],
      [mac, data.slice(0, slice)],
      [mac, data.slice(0, -1)],
      [mac, new Blob([data, new Uint8Array(16)])],
      [mac, new Blob([])],
      [mac.slice(0, 31), data],
      [other, data],
    ];
    for (const [code, part] of parts) await expect(key.decryptBlob(iv, code, part)).rejects.toThrow(Unreadable);
    await expect((await SymmetricKey.make()).decryptBlob(iv, mac, data)).rejects.toThrow(Unreadable);
    await expect((await SymmetricKey.of(new Uint8Array(32))).encryptBlob(data)).rejects.toThrow(Unreadable);
  });
});

/** A text of kind 0, made by another implementation. */
function oldText(key: Uint8Array, plain: Bytes): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  return format(Kind.aes, new Uint8Array(iv), new Uint8Array(Buffer.concat([cipher.update(plain), cipher.final()])));
}

async function privateKey(): Promise<Bytes> {
  const v = read("keys");
  return (await SymmetricKey.of(bytes(v.key))).decrypt(v.encryptedPrivateKey);
}
