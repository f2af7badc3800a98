import { expect, test } from "vitest";
import { bitwardenJson, unsealed } from "./bitwarden-json.ts";
import { WrongFile } from "./incoming.ts";

const passkey = {
  credentialId: "5a1f2f9e-6f0e-4a3c-8f86-3b9a2b5c7d10",
  keyType: "public-key",
  keyAlgorithm: "ECDSA",
  keyCurve: "P-256",
  keyValue: "MIGHAgEAMBMGByqGSM49",
  rpId: "shop.example",
  userHandle: "YWRh",
  userName: "ada",
  counter: "0",
  rpName: "Shop",
  userDisplayName: "Ada",
  discoverable: "true",
  creationDate: "2026-01-02T03:04:05.678Z",
};

const item = (more: object) => ({
  passwordHistory: null,
  revisionDate: "2026-01-02T03:04:05.678Z",
  creationDate: "2026-01-02T03:04:05.678Z",
  deletedDate: null,
  id: crypto.randomUUID(),
  organizationId: null,
  folderId: null,
  type: 1,
  reprompt: 0,
  name: "x",
  notes: null,
  favorite: false,
  collectionIds: null,
  ...more,
});

const file = {
  encrypted: false,
  folders: [{ id: "f0", name: "Shops" }],
  items: [
    item({
      name: "Shop",
      folderId: "f0",
      favorite: true,
      reprompt: 1,
      passwordHistory: [{ lastUsedDate: "2025-05-05T05:05:05.000Z", password: "before" }],
      fields: [
        { name: "PIN", value: "1234", type: 1, linkedId: null },
        { name: "User", value: null, type: 3, linkedId: 100 },
      ],
      login: {
        fido2Credentials: [passkey],
        uris: [
          { match: 3, uri: "https://shop.example" },
          { match: null, uri: null },
        ],
        username: "ada",
        password: "secret",
        totp: "",
      },
    }),
    item({ type: 2, name: "Note", notes: "Words", secureNote: { type: 0 } }),
    item({ type: 3, name: "Card", card: { cardholderName: "Ada", number: "4111111111111111", expMonth: "4" } }),
    item({ type: 4, name: "Me", identity: { firstName: "Ada", ssn: "" } }),
    item({ type: 5, name: "Key", sshKey: { privateKey: "p", publicKey: "q", keyFingerprint: "f" } }),
    item({ type: 9, name: "From the future" }),
    item({ name: "Thrown away", deletedDate: "2026-01-02T03:04:05.678Z", login: {} }),
  ],
};

test("a plain file: every type, folder, history and passkey", () => {
  const read = bitwardenJson(JSON.stringify(file));
  if (read.kind !== "plain") throw new Error(read.kind);
  const { items, skipped } = read.found;
  expect(items.map(({ row, content }) => [row, content.type, content.name])).toEqual([
    [1, 1, "Shop"],
    [2, 2, "Note"],
    [3, 3, "Card"],
    [4, 4, "Me"],
    [5, 5, "Key"],
  ]);
  expect(items[0]).toMatchObject({
    places: ["Shops"],
    passkeys: [passkey],
    content: {
      favorite: true,
      reprompt: 1,
      passwordHistory: [{ password: "before", lastUsedDate: "2025-05-05T05:05:05.000Z" }],
      fields: [
        { type: 1, name: "PIN", value: "1234", linkedId: null },
        { type: 3, name: "User", value: null, linkedId: 100 },
      ],
      login: { username: "ada", password: "secret", totp: null, uris: [{ uri: "https://shop.example", match: 3 }] },
    },
  });
  expect(items[2]?.content.card).toMatchObject({ cardholderName: "Ada", brand: null, expMonth: "4" });
  expect(items[3]?.content.identity).toMatchObject({ firstName: "Ada", ssn: null, licenseNumber: null });
  expect(items[4]?.content.sshKey).toEqual({ privateKey: "p", publicKey: "q", keyFingerprint: "f" });
  expect(skipped).toEqual([
    { row: 6, name: "From the future", reason: "foreign" },
    { row: 7, name: "Thrown away", reason: "trash" },
  ]);
});

test("a file of an organization: an item lies in each of its collections", () => {
  const collections = [
    { id: "c0", organizationId: "o", name: "Sites", externalId: null },
    { id: "c1", organizationId: "o", name: "Sites/Paris", externalId: null },
  ];
  const items = [item({ organizationId: "o", collectionIds: ["c1", "c0", "gone"], login: {} })];
  const read = bitwardenJson(JSON.stringify({ encrypted: false, collections, items }));
  expect(read.kind === "plain" && read.found.items[0]?.places).toEqual(["Sites/Paris", "Sites"]);
});

/** Texts that look encrypted; what opens them takes the letters apart again. */
const seal = (text: string) => `2.${btoa(text)}|AA==|AA==`;
const unseal = async (batches: { texts: string[]; itemKey?: string | undefined }[]) =>
  batches.map(({ texts, itemKey }) =>
    texts.map((text) => (itemKey === "wrong" ? null : atob(text.slice(2).split("|")[0] ?? ""))),
  );

test("a file that is sealed for an account is opened with its keys, item by item", async () => {
  const sealed = {
    encrypted: true,
    encKeyValidation_DO_NOT_EDIT: seal("something"),
    folders: [{ id: "f0", name: seal("Shops") }],
    items: [
      item({
        name: seal("Shop"),
        folderId: "f0",
        login: { username: seal("ada"), uris: [{ uri: seal("https://s.example") }] },
      }),
      item({ name: seal("Note"), type: 2, key: "2.own|AA==|AA==", notes: seal("Words") }),
      item({ name: seal("Lost"), key: "wrong", login: {} }),
    ],
  };
  const read = bitwardenJson(JSON.stringify(sealed));
  if (read.kind !== "sealed") throw new Error(read.kind);
  const { items, skipped } = await unsealed(read, unseal);
  expect(items.map(({ content, places }) => [content.name, places])).toEqual([
    ["Shop", ["Shops"]],
    ["Note", []],
  ]);
  expect(items[0]?.content.login).toMatchObject({ username: "ada", uris: [{ uri: "https://s.example", match: null }] });
  expect(skipped).toEqual([{ row: 3, name: "", reason: "unreadable" }]);
  const closed = unsealed(read, async (batches) => batches.map(({ texts }) => texts.map(() => null)));
  await expect(closed).rejects.toMatchObject({ fault: "sealed" });
});

test("a file that a password opens says how", () => {
  const head = { encrypted: true, passwordProtected: true, salt: "c2FsdA==", kdfType: 0, kdfIterations: 600_000 };
  const whole = { ...head, encKeyValidation_DO_NOT_EDIT: "2.a|b|c", data: "2.d|e|f" };
  expect(bitwardenJson(JSON.stringify(whole))).toMatchObject({
    kind: "protected",
    file: { salt: "c2FsdA==", kdfType: 0, kdfIterations: 600_000, validation: "2.a|b|c", data: "2.d|e|f" },
  });
  expect(() => bitwardenJson(JSON.stringify(head))).toThrow(WrongFile);
});

test.each(["", "{", "[]", "null", '{"items":{}}', '{"encrypted":true,"items":[{}]}', '{"items":[]}'])(
  "%s is refused",
  (text) => {
    expect(() => bitwardenJson(text)).toThrow(WrongFile);
  },
);
