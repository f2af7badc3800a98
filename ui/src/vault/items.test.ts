import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { ContentRequest, ContentView, IdentityTokenView } from "../api/client.ts";
import { masterKey, stretch } from "../crypto/kdf.ts";
import { Keyring, type NewAccount } from "../crypto/keyring.ts";
import type { RemoteKeyring } from "../crypto/remote.ts";
import { SymmetricKey } from "../crypto/symmetric.ts";
import type { Content } from "./content.ts";

// A worker cannot be started here: the same keyring works beside the tests.
vi.mock(import("../crypto/remote.ts"), () => ({ startKeyring: vi.fn() }));
const { decryptContents, decryptPart, encryptContent, encryptContents, encryptFor } = await import("./wire.ts");
const { currentVault, loadContents, loadVault, look, open, refreshVault, reveal, searched } = await import(
  "./items.ts"
);
const { destroy, isWhole, OutOfDate, remember, save, share, trash } = await import("./deeds.ts");
const { addFile } = await import("./files.ts");
const { hostOf } = await import("./rows.ts");
const { makeCopy, tellExported } = await import("./export.ts");
const { makeOrganizationCopy } = await import("./export-organization.ts");
const { bitwardenJson, unsealed } = await import("./import/bitwarden-json.ts");
const { bitwardenCsv } = await import("./import/bitwarden-csv.ts");
const { loadReport } = await import("./reports.ts");
const { beginSession, lock, logOut } = await import("./session.ts");

const kdf = { type: "pbkdf2", iterations: 5_000 } as const;
const acme = "0c6d5a8e-0000-4000-8000-000000000001";
const password = "a vault full of apples";
const salt = "ada@acme.example";
let account: NewAccount;
let sharedKey: string;
let keys: Keyring;

interface Asked {
  operation: string;
  body: unknown;
}
const asked: Asked[] = [];
/** What the server in the place of the browser's fetch answers, by method and path: a function makes it, or waits. */
let answers: Record<string, unknown> = {};

beforeAll(async () => {
  account = await new Keyring().makeAccount(password, salt, kdf);
  const owner = new Keyring();
  await owner.prove(password, salt, kdf);
  await owner.unlock(account);
  sharedKey = (await owner.makeOrganization("Everyone")).wrappedKey;
});

beforeEach(async () => {
  keys = new Keyring();
  await keys.prove(password, salt, kdf);
  const view = {
    access_token: "token",
    refresh_token: "again",
    expires_in: 3600,
    AccountKeys: { publicKeyEncryptionKeyPair: { wrappedPrivateKey: account.wrappedPrivateKey } },
    UserDecryptionOptions: {
      MasterPasswordUnlock: {
        Salt: salt,
        Kdf: { KdfType: 0, Iterations: 5_000 },
        MasterKeyEncryptedUserKey: account.wrappedUserKey,
      },
    },
  } as unknown as IdentityTokenView;
  await beginSession(salt, view, Object.assign(keys, { end() {} }) as RemoteKeyring, false);
  await keys.openOrganizations({ [acme]: sharedKey });
  asked.length = 0;
  answers = { "GET /api/accounts/revision-date": 1 };
  vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
    const operation = `${init.method} ${address.replace(/\?.*/, "")}`;
    asked.push({ operation, body: init.body ? JSON.parse(String(init.body)) : undefined });
    const said = answers[operation];
    const answer = typeof said === "function" ? await said() : said;
    if (answer instanceof Response) return answer;
    return new Response(JSON.stringify(answer ?? {}), { headers: { "Content-Type": "application/json" } });
  });
});
afterEach(() => {
  logOut();
  vi.unstubAllGlobals();
});

const login = (changes: Partial<Content> = {}): Content => ({
  type: 1,
  name: "Forge",
  notes: "the one\nin Paris",
  favorite: true,
  reprompt: 1,
  fields: [
    { type: 0, name: "Team", value: "Builders", linkedId: null },
    { type: 1, name: "Pin", value: "04 20", linkedId: null },
    { type: 2, name: "Staff", value: "true", linkedId: null },
    { type: 3, name: "User", value: null, linkedId: 100 },
  ],
  passwordHistory: [{ password: "old one", lastUsedDate: "2024-01-01T00:00:00.000Z" }],
  login: {
    username: "ada",
    password: "h3avy metal",
    totp: "JBSWY3DPEHPK3PXP",
    uris: [
      { uri: "https://forge.example/login", match: null },
      { uri: "forge.example", match: 3 },
    ],
  },
  ...changes,
});

const others: Content[] = [
  { ...login(), type: 2, name: "Note" },
  {
    ...login(),
    type: 3,
    card: {
      cardholderName: "Ada",
      brand: "Visa",
      number: "4111 1111 1111 1111",
      expMonth: "4",
      expYear: "2030",
      code: "123",
    },
  },
  {
    ...login(),
    type: 5,
    sshKey: { privateKey: "PRIVATE KEY", publicKey: "ssh-ed25519 AAAA", keyFingerprint: "SHA256:x" },
  },
].map(({ login: _, ...content }) => content as Content);

let last = 0;

/** What the server makes of a request. */
const kept = (request: ContentRequest, more: Partial<ContentView> = {}): ContentView =>
  ({
    ...request,
    id: `00000000-0000-4000-8000-${String(++last).padStart(12, "0")}`,
    revisionDate: "2026-01-01T00:00:00Z",
    edit: true,
    viewPassword: true,
    ...more,
  }) as ContentView;

const passkey = async () => {
  const [keyValue = "", rpId = ""] = await keys.encrypt(["secret of a passkey", "forge.example"]);
  return { keyValue, rpId, creationDate: "2025-01-01T00:00:00Z" };
};

test.each([login(), ...others].map((content) => [content.type, content] as const))(
  "what an item of type %s says comes back, and is not sent in plain text",
  async (_, content) => {
    const request = await encryptContent(content);
    const sent = JSON.stringify(request);
    for (const secret of ["h3avy metal", "04 20", "old one", "4111 1111", "PRIVATE KEY"])
      expect(sent).not.toContain(secret);
    const [opened] = await decryptContents([kept(request)]);
    expect(opened).toEqual({ content, closed: [], broken: [] });
  },
);

test("addresses are sent with what proves them, encrypted", async () => {
  const request = await encryptContent(login());
  const sums = (request.login?.uris ?? []).map(({ uriChecksum }) => uriChecksum ?? "");
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode("forge.example")));
  expect((await keys.decrypt(sums))[1]).toBe(digest.toString("base64"));
});

test("secrets stay closed until one is asked for", async () => {
  const view = kept(await encryptContent(login()));
  const [seen] = await decryptContents([view], { withSecrets: false });
  expect(seen?.closed).toEqual(["login.password", "login.totp", "fields.1", "passwordHistory.0"]);
  expect(JSON.stringify(seen?.content)).not.toMatch(/h3avy|04 20|JBSWY|old one/);
  expect(seen?.content.login?.username).toBe("ada");
  expect(await decryptPart(view, "login.password")).toBe("h3avy metal");
  await expect(decryptPart(view, "card.number")).rejects.toThrow("cannot be decrypted");
});

test("members that nobody here knows survive a change, and so do passkeys", async () => {
  const fido2Credentials = [await passkey()];
  const request = await encryptContent(login());
  const base = kept({ ...request, login: { ...request.login, fido2Credentials } }, {
    archivedDate: "2026-02-01T00:00:00Z",
    folderId: "f",
    future: { of: "items" },
  } as Partial<ContentView>);
  const changed = await encryptContent(login({ name: "Foundry" }), { base });
  expect(changed.login?.fido2Credentials).toEqual(fido2Credentials);
  expect(changed).toMatchObject({ future: { of: "items" }, archivedDate: "2026-02-01T00:00:00Z", folderId: "f" });
  expect(changed.lastKnownRevisionDate).toBe(base.revisionDate);
  expect(changed).not.toHaveProperty("viewPassword");
});

test("what a newer client wrote beside a website, a field or an old password survives a change", async () => {
  const request = await encryptContent(login());
  const [label = ""] = await keys.encrypt(["sign in here"]);
  const newer = <T extends object>(all: T[] | null | undefined) => (all ?? []).map((one, n) => ({ ...one, label, n }));
  const base = kept({
    ...request,
    fields: newer(request.fields).map((field) => ({ ...field, linkedId: field.linkedId ?? 7 })),
    passwordHistory: newer(request.passwordHistory),
    login: { ...request.login, uris: newer(request.login?.uris) },
  } as ContentRequest);
  const id = base.id ?? "";
  await load([base]);
  answers[`PUT /api/ciphers/${id}`] = base;
  const change = (before: Content) => {
    const { login: had, fields } = before;
    const uris = (had?.uris ?? []).toReversed().map((one) => ({ ...one, uri: `${one.uri}/new` }));
    return { ...before, fields: fields.slice(1), login: had && { ...had, password: "h0t iron", uris } };
  };
  await save(id, change as (before: Content) => Content, { known: base.revisionDate ?? "" });
  const sent = asked.find(({ operation }) => operation === `PUT /api/ciphers/${id}`)?.body as ContentRequest;
  expect(sent.login?.uris).toMatchObject([
    { label, n: 1, match: 3 },
    { label, n: 0, match: null },
  ]);
  expect(sent.fields).toMatchObject([1, 2, 3].map((n) => ({ label, n, linkedId: n === 3 ? 100 : 7 })));
  expect(sent.passwordHistory?.[0]).not.toHaveProperty("label");
  expect(sent.passwordHistory?.[1]).toMatchObject({ label, n: 0 });
  expect(JSON.stringify(sent)).not.toContain("origin");
  const { content } = (await decryptContents([kept(sent)]))[0] ?? {};
  expect(content?.login?.uris.map(({ uri }) => uri)).toEqual(["forge.example/new", "https://forge.example/login/new"]);
});

test("an item with a key of its own is opened with it and keeps it", async () => {
  const key = await keys.handOver([await itemKey()], {}, acme);
  const base = kept(await encryptContent(login(), { base: { key: key[0] ?? "", organizationId: acme } }));
  expect(base.key).toBe(key[0]);
  expect((await keys.decrypt([base.name ?? ""], acme))[0]).toBeNull();
  const changed = await encryptContent(login({ name: "Foundry" }), { base });
  expect(changed.key).toBe(key[0]);
  expect((await decryptContents([kept(changed)]))[0]?.content.name).toBe("Foundry");
});

test("an item is handed to an organization with everything in it", async () => {
  const request = await encryptContent(login());
  const view = kept({ ...request, login: { ...request.login, fido2Credentials: [await passkey()] } });
  const shared = await encryptFor(acme, view);
  expect((await decryptContents([kept(shared)]))[0]).toEqual({ content: login(), closed: [], broken: [] });
  const [credential] = shared.login?.fido2Credentials ?? [];
  expect(await keys.decrypt([credential?.keyValue ?? ""], acme)).toEqual(["secret of a passkey"]);
  expect(await keys.decrypt([credential?.keyValue ?? ""])).toEqual([null]);
  const own = kept(await encryptContent(login(), { base: { key: await itemKey() } }));
  expect((await decryptContents([kept(await encryptFor(acme, own))]))[0]?.content).toEqual(login());
});

test("the files of an item go with it, and open with what they were made with", async () => {
  const { wrappedKey, sealed } = await keys.sealFile(new Blob(["The forge is ours."]), {});
  const [fileName = ""] = await keys.encrypt(["deed.txt"]);
  const file = { id: "f1", fileName, key: wrappedKey, object: "attachment", size: "1", sizeName: "", url: "" };
  const shared = await encryptFor(acme, kept(await encryptContent(login()), { attachments: [file] }));
  const { f1 } = shared.attachments2 as Record<string, { fileName: string; key: string }>;
  expect(await keys.decrypt([f1?.fileName ?? ""], acme)).toEqual(["deed.txt"]);
  const opened = await keys.openFile(sealed, f1?.key ?? "", { organizationId: acme });
  expect(await opened.text()).toBe("The forge is ours.");
  await expect(keys.openFile(sealed, wrappedKey, { organizationId: acme })).rejects.toThrow("cannot be decrypted");
  const old = kept(await encryptContent(login()), { attachments: [{ ...file, key: null }] });
  await expect(encryptFor(acme, old)).rejects.toThrow("cannot be decrypted");
});

test("a part that cannot be opened is told, and keeps the item from being changed", async () => {
  const view = kept({ ...(await encryptContent(login())), notes: "2.AAAA|AAAA|AAAA" });
  const [opened] = await decryptContents([view]);
  expect(opened?.broken).toEqual(["notes"]);
  await expect(encryptFor(acme, view)).rejects.toThrow("cannot be decrypted");
  await load([view]);
  await expect(open(view.id ?? "")).rejects.toThrow("cannot be decrypted");
});

/** A key of an item under the person's own. */
async function itemKey(): Promise<string> {
  const opener = await SymmetricKey.of(await stretch(await masterKey(password, salt, kdf)));
  return (await opener.unwrap(account.wrappedUserKey)).wrap(await SymmetricKey.make());
}

async function load(ciphers: ContentView[]) {
  answers["GET /api/sync"] = {
    ciphers,
    folders: [{ id: "f", name: (await keys.encrypt(["Work"]))[0] }],
    collections: [],
    policies: [],
    profile: { organizations: [{ id: acme, key: sharedKey, enabled: true, type: 2 }] },
  };
  return loadVault();
}

test("a vault is loaded with one call, in the order of names, and is gone when it locks", async () => {
  const views = [
    kept(await encryptContent(login({ name: "Zebra" }))),
    kept(await encryptContent(others[1] as Content)),
    kept(await encryptContent(login({ name: "école" }), { organizationId: acme }), { collectionIds: ["c"] }),
  ];
  const { rows, folders } = await load(views);
  expect(rows.map(({ name, subtitle, host }) => [name, subtitle, host])).toEqual([
    ["école", "ada", "forge.example"],
    ["Forge", "Visa, *1111", null],
    ["Zebra", "ada", "forge.example"],
  ]);
  expect(rows.map(({ hasPassword }) => hasPassword)).toEqual([true, false, true]);
  expect(folders).toEqual([{ id: "f", name: "Work" }]);
  expect(asked.filter(({ operation }) => operation === "GET /api/sync")).toHaveLength(1);
  expect(searched(rows, "ECOLE forge").map(({ name }) => name)).toEqual(["école"]);
  expect(searched(rows, "1111")).toHaveLength(1);
  expect(JSON.stringify(currentVault())).not.toMatch(/h3avy|4111 1/);
  lock();
  expect(currentVault()).toEqual({ phase: "absent" });
  await expect(look(views[0]?.id ?? "")).rejects.toThrow("cannot be decrypted");
});

test("copies and reports are of what the server has now, and there is none when it does not say", async () => {
  const before = kept(
    await encryptContent(login({ login: { ...login().login, password: "4 s7rong one" } } as Content)),
  );
  await load([before]);
  const sealed = (await encryptContent(login({ name: "Foundry" }))) as Partial<ContentView>;
  const now = { ...before, ...sealed, revisionDate: "2026-01-02T00:00:00Z" };
  answers["GET /api/accounts/revision-date"] = 2;
  answers["GET /api/sync"] = { ...(answers["GET /api/sync"] as object), ciphers: [now] };
  const { text } = await makeCopy("json", "", new Date(0), () => {});
  expect(JSON.parse(text).items).toMatchObject([{ name: "Foundry", login: { password: "h3avy metal" } }]);
  answers["GET /api/accounts/revision-date"] = 3;
  answers["GET /api/sync"] = { ...(answers["GET /api/sync"] as object), ciphers: [] };
  expect(
    (
      await loadReport(
        "en",
        () => {},
        () => {},
      )
    ).checked,
  ).toBe(0);
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  await expect(makeCopy("json", "", new Date(0), () => {})).rejects.toMatchObject({ kind: "offline" });
  await expect(
    loadReport(
      "en",
      () => {},
      () => {},
    ),
  ).rejects.toMatchObject({ kind: "offline" });
});

test("hidden passwords are opened for nobody", async () => {
  const view = kept(await encryptContent(login(), { organizationId: acme }), { viewPassword: false });
  const id = view.id ?? "";
  await load([view]);
  await expect(reveal(id, "login.password")).rejects.toThrow("cannot be decrypted");
  const [whole] = await loadContents();
  expect(whole?.login).toMatchObject({ username: "ada", password: null, totp: null });
  expect(whole?.fields[1]?.value).toBeNull();
  // Somebody who may edit it changes the rest, and what is hidden stays.
  answers[`PUT /api/ciphers/${id}`] = { ...view, name: (await keys.encrypt(["Foundry"], acme))[0] };
  await save(id, (before) => ({ ...before, name: "Foundry" }), { known: view.revisionDate ?? "" });
  const sent = asked.find(({ operation }) => operation === `PUT /api/ciphers/${id}`)?.body as ContentRequest;
  expect((await decryptContents([kept(sent)]))[0]?.content.login?.password).toBe("h3avy metal");
});

test("a password that is replaced is remembered, and five are", () => {
  const now = new Date("2026-05-05T12:00:00Z");
  const before = login({
    passwordHistory: ["a", "b", "c", "d"].map((old) => ({ password: old, lastUsedDate: "2020-01-01T00:00:00Z" })),
  });
  const after = structuredClone(before);
  if (after.login) after.login.password = "new";
  after.fields = after.fields.filter(({ name }) => name !== "Pin");
  const { passwordHistory } = remember(before, after, now);
  expect(passwordHistory.map(({ password: old }) => old)).toEqual(["h3avy metal", "Pin: 04 20", "a", "b", "c"]);
  expect(passwordHistory[0]?.lastUsedDate).toBe("2026-05-05T12:00:00.000Z");
  expect(remember(before, structuredClone(before), now).passwordHistory).toEqual(before.passwordHistory);
});

test("a secret that cannot be opened is noticed before it is asked for", async () => {
  const request = await encryptContent(login());
  const broken = kept({ ...request, login: { ...request.login, totp: "2.AAAA|AAAA|AAAA" } });
  const sound = kept(request);
  await load([broken, sound]);
  expect((await look(broken.id ?? "")).broken).toEqual([]);
  expect(await isWhole(broken.id ?? "")).toBe(false);
  expect(await isWhole(sound.id ?? "")).toBe(true);
});

test("a form that was opened on an older revision is not saved over a newer one", async () => {
  const view = kept(await encryptContent(login()));
  const id = view.id ?? "";
  await load([{ ...view, revisionDate: "2026-02-02T00:00:00Z" }]);
  const change = vi.fn((before: Content) => before);
  await expect(save(id, change, { known: "2026-01-01T00:00:00Z" })).rejects.toBeInstanceOf(OutOfDate);
  expect(change).not.toHaveBeenCalled();
  expect(asked.some(({ operation }) => operation.startsWith("PUT"))).toBe(false);
});

/** What is asked for the vault is answered only when the test lets go, with the items of then. */
function heldSync() {
  const answer = answers["GET /api/sync"] as { ciphers: ContentView[] };
  const held: (() => void)[] = [];
  answers["GET /api/sync"] = () => {
    const asOf = structuredClone(answer);
    return new Promise((resolve) => held.push(() => resolve(asOf)));
  };
  const next = () => vi.waitFor(() => expect(held.length).toBeGreaterThan(0));
  return { answer, next, letGo: () => held.shift()?.() };
}

test("what is done while the vault is read anew stays done", async () => {
  const views = [kept(await encryptContent(login())), kept(await encryptContent(others[0] as Content))];
  await load(views);
  const { answer, next, letGo } = heldSync();
  const refresh = refreshVault({ force: true });
  await next();
  await destroy([views[0]?.id ?? ""]);
  await trash([views[1]?.id ?? ""]);
  answer.ciphers = [{ ...views[1], deletedDate: "2026-03-03T00:00:00Z" } as ContentView];
  letGo();
  await next();
  expect((await loadVault()).rows.map(({ name, deletedDate }) => [name, !deletedDate])).toEqual([["Note", false]]);
  letGo();
  await refresh;
  expect((await loadVault()).rows.map(({ name, deletedDate }) => [name, deletedDate])).toEqual([
    ["Note", "2026-03-03T00:00:00Z"],
  ]);
});

test("after a refusal the item is there as the server has it", async () => {
  const view = kept(await encryptContent(login()));
  const id = view.id ?? "";
  await load([view]);
  const known = view.revisionDate ?? "";
  answers[`PUT /api/ciphers/${id}`] = new Response("{}", { status: 400 });
  const newer = { ...view, revisionDate: "2026-02-02T00:00:00Z" };
  answers[`GET /api/ciphers/${id}/details`] = newer;
  await expect(save(id, (before) => before, { known })).rejects.toMatchObject({ kind: "refused" });
  expect((await loadVault()).rows[0]?.revisionDate).toBe(newer.revisionDate);
  answers[`PUT /api/ciphers/${id}`] = newer;
  await save(id, (before) => before, { known: newer.revisionDate });
});

test("a file that did not arrive leaves the item as the server has it", async () => {
  const view = kept(await encryptContent(login()));
  const id = view.id ?? "";
  await load([view]);
  answers[`POST /api/ciphers/${id}/attachment/v2`] = { attachmentId: "f1" };
  answers[`GET /api/ciphers/${id}/details`] = { ...view, revisionDate: "2026-02-02T00:00:00Z" };
  class Broken extends EventTarget {
    upload = {};
    onerror?: () => void;
    open() {}
    setRequestHeader() {}
    send() {
      this.onerror?.();
    }
  }
  vi.stubGlobal("XMLHttpRequest", Broken);
  const file = Object.assign(new Blob(["The forge is ours."]), { name: "deed.txt" });
  await expect(addFile(id, file, () => undefined)).rejects.toMatchObject({ kind: "offline" });
  expect(asked.map(({ operation }) => operation)).toContain(`DELETE /api/ciphers/${id}/attachment/f1`);
  expect((await loadVault()).rows[0]?.revisionDate).toBe("2026-02-02T00:00:00Z");
});

test("what was shared is shared, whether it can be read anew or not", async () => {
  const views = (await encryptContents([login(), login({ name: "Foundry" })])).map((request) => kept(request));
  await load(views);
  const ids = views.map(({ id }) => id ?? "");
  for (const [n, id] of ids.entries())
    answers[`GET /api/ciphers/${id}/details`] = n
      ? { ...views[n], collectionIds: ["c"] }
      : new Response("", { status: 500 });
  await share(ids, acme, ["c"]);
  expect(asked.filter(({ operation }) => operation === "PUT /api/ciphers/share")).toHaveLength(1);
  expect(asked.filter(({ operation }) => operation === "GET /api/sync")).toHaveLength(2);
  answers["GET /api/sync"] = new Response("", { status: 500 });
  await share(ids, acme, ["c"]);
});

test("of many items that were shared is asked all at once", async () => {
  const views = (await encryptContents(Array.from({ length: 11 }, () => login()))).map((request) => kept(request));
  await load(views);
  asked.length = 0;
  await share(
    views.map(({ id }) => id ?? ""),
    acme,
    ["c"],
  );
  expect(asked.map(({ operation }) => operation)).toEqual([
    "PUT /api/ciphers/share",
    "GET /api/accounts/revision-date",
    "GET /api/sync",
  ]);
});

test("who wants what is there now does not get what was asked for before", async () => {
  await load([kept(await encryptContent(login()))]);
  const { answer, next, letGo } = heldSync();
  const earlier = refreshVault({ force: true });
  await next();
  const later = refreshVault({ force: true });
  answer.ciphers = [];
  letGo();
  await earlier;
  await next();
  letGo();
  await later;
  expect((await loadVault()).rows).toEqual([]);
});

test("many items go to the server in portions that it takes", async () => {
  const requests = await encryptContents(Array.from({ length: 501 }, (_, n) => login({ name: `Item ${n}` })));
  await load(requests.map((request) => kept(request)));
  await trash((await loadVault()).rows.map(({ id }) => id));
  const sent = asked.filter(({ operation }) => operation === "PUT /api/ciphers/delete");
  expect(sent.map(({ body }) => (body as { ids: string[] }).ids.length)).toEqual([500, 1]);
  expect((await loadVault()).rows.every(({ deletedDate }) => deletedDate)).toBe(true);
}, 20_000);

test("the host of an address is found as people write it", () => {
  expect(hostOf("https://forge.example:8443/login?x")).toBe("forge.example:8443");
  expect(hostOf("forge.example/login")).toBe("forge.example");
  expect(hostOf("androidapp://com.example")).toBeNull();
  expect(hostOf("not an address")).toBeNull();
});

test("a copy of an organization has all that it owns, in its collections, but for the trash", async () => {
  const request = await encryptContent(login(), { organizationId: acme });
  const [keyValue = "", name = ""] = await keys.encrypt(["secret of a passkey", "Sites, old"], acme);
  const credential = { keyValue, creationDate: "2025-01-01T00:00:00Z" };
  const inSites = { collectionIds: ["c"], organizationId: acme };
  const file = { id: "f1", fileName: "", key: "", object: "attachment", size: "1", sizeName: "", url: "" };
  answers[`GET /api/organizations/${acme}/export`] = {
    collections: [{ id: "c", organizationId: acme, name, externalId: "x" }],
    ciphers: [
      kept({ ...request, login: { ...request.login, fido2Credentials: [credential] } } as ContentRequest, inSites),
      kept(await encryptContent(others[1] as Content, { organizationId: acme }), { attachments: [file] }),
      kept({ ...request, notes: "2.AAAA|AAAA|AAAA" }, inSites),
      kept(request, { deletedDate: "2026-01-01T00:00:00Z" }),
    ],
  };
  const told: number[] = [];
  const copy = (form: "json" | "account" | "csv") =>
    makeOrganizationCopy(acme, form, "", new Date(0), (done, of) => told.push(done, of));
  const { text, ...plain } = await copy("json");
  expect(plain).toMatchObject({ count: 2, withFiles: 1, left: [{ name: "Forge", reason: "unreadable" }] });
  expect(told).toEqual([3, 3]);
  expect(JSON.parse(text)).toMatchObject({
    collections: [{ id: "c", organizationId: acme, name: "Sites, old", externalId: "x" }],
    items: [
      { organizationId: acme, folderId: null, collectionIds: ["c"], login: { password: "h3avy metal" } },
      { organizationId: acme, collectionIds: [], card: { number: "4111 1111 1111 1111" } },
    ],
  });
  const sealed = (await copy("account")).text;
  expect(sealed).not.toMatch(/h3avy metal|Sites|secret of a passkey/);
  const file2 = bitwardenJson(sealed);
  if (file2.kind !== "sealed") throw new Error("it is open");
  const { items } = await unsealed(file2, (batches) => keys.unseal(batches));
  expect(items[0]).toMatchObject({
    content: login(),
    places: ["Sites, old"],
    passkeys: [{ keyValue: "secret of a passkey" }],
  });
  const table = await copy("csv");
  expect(table).toMatchObject({ count: 1, withFiles: 0, left: [{ reason: "unreadable" }, { reason: "table" }] });
  expect(table.text).toMatch(/^collections,type,/);
  expect(bitwardenCsv(table.text).items).toMatchObject([{ content: { name: "Forge" }, places: ["Sites", "old"] }]);
  await tellExported(new Date(0), acme);
  expect(asked.at(-1)?.body).toEqual([{ type: 1602, date: "1970-01-01T00:00:00.000Z", organizationId: acme }]);
});
