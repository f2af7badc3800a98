import { expect, test, vi } from "vitest";
import { Keyring } from "../crypto/keyring.ts";
import { csvOf, jsonOf, type Kept, protectedJson } from "./export.ts";
import { bitwardenCsv } from "./import/bitwarden-csv.ts";
import { bitwardenJson } from "./import/bitwarden-json.ts";
import { readFile } from "./import/read.ts";

const keys = new Keyring();
vi.mock(import("./session.ts"), async (original) => ({ ...(await original()), keyring: () => keys as never }));

const bare = {
  id: "i0",
  notes: null,
  favorite: false,
  reprompt: 0,
  fields: [],
  passwordHistory: [],
  folderId: null,
  organizationId: null,
  collectionIds: [],
  createdDate: "2026-01-02T03:04:05.678Z",
  revisionDate: "2026-01-02T03:04:05.678Z",
  deletedDate: null,
  archivedDate: null,
  isBroken: false,
  passkeys: [],
} as const satisfies Partial<Kept>;

const item = (more: Partial<Kept>): Kept =>
  ({ ...bare, fields: [], passwordHistory: [], collectionIds: [], passkeys: [], ...more }) as Kept;

const folders = [{ id: "f0", name: "Home, sweet" }];
const passkey = { credentialId: "c", keyValue: "v", rpId: "shop.example", creationDate: "2026-01-02T03:04:05.678Z" };
const login = item({
  type: 1,
  name: 'The "shop"',
  notes: "two\nlines",
  favorite: true,
  reprompt: 1,
  folderId: "f0",
  fields: [
    { type: 0, name: "PIN", value: "1: 2", linkedId: null },
    { type: 0, name: "More", value: "a\nb", linkedId: null },
  ],
  passwordHistory: [{ password: "before", lastUsedDate: "2025-05-05T05:05:05.000Z" }],
  login: {
    username: "ada",
    password: "=1+1, yes",
    totp: "GEZDGNBVGY3TQOJQ",
    uris: [
      { uri: "https://shop.example/a,b", match: 3 },
      { uri: "https://m.shop.example", match: null },
    ],
  },
  passkeys: [passkey],
});
const note = item({ type: 2, name: "Note", notes: "Words" });
const key = item({ type: 5, name: "Key", sshKey: { privateKey: "p", publicKey: "q", keyFingerprint: "f" } });

const contentOf = ({ type, name, notes, favorite, reprompt, fields, passwordHistory, ...rest }: Kept) => ({
  ...{ type, name, notes, favorite, reprompt, fields, passwordHistory },
  ...(rest.login ? { login: rest.login } : {}),
  ...(rest.sshKey ? { sshKey: rest.sshKey } : {}),
});

const expected = [
  { row: 1, content: contentOf(login), places: ["Home, sweet"], passkeys: [passkey] },
  { row: 2, content: contentOf(note), places: [] },
  { row: 3, content: contentOf(key), places: [] },
];

test("a copy in plain text is read as it was written", () => {
  const read = bitwardenJson(jsonOf([login, note, key], { all: folders }));
  expect(read).toEqual({ kind: "plain", found: { items: expected, skipped: [] } });
});

test.each([
  { type: "pbkdf2", iterations: 5_000 } as const,
  { type: "argon2id", iterations: 2, memory: 16, parallelism: 1 } as const,
])("a copy under a password is read with it: $type", async (kdf) => {
  const text = await protectedJson(jsonOf([login, note, key], { all: folders }), "a password", kdf);
  expect(text).not.toContain("shop");
  const read = await readFile("bitwardenJson", new TextEncoder().encode(text));
  if (!("open" in read)) throw new Error("it is open");
  await expect(read.open("another")).rejects.toMatchObject({ fault: "password" });
  expect((await read.open("a password")).items).toEqual(expected);
});

test("a table is read as it was written, without what tables have no column for", () => {
  const { items } = bitwardenCsv(csvOf([login, note], { all: folders }));
  const { login: held, ...content } = contentOf(login);
  const uris = held?.uris.map(({ uri }) => ({ uri, match: null }));
  expect(items.map(({ content: one }) => one)).toEqual([
    { ...content, passwordHistory: [], login: { ...held, uris } },
    contentOf(note),
  ]);
  expect(items[0]?.places).toEqual(["Home, sweet"]);
});
