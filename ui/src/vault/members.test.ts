import { expect, test, vi } from "vitest";
import type { Member } from "./members.ts";
import type { Membership } from "./profile.ts";

// The worker cannot be started here, and nothing here needs a key.
vi.mock(import("../crypto/remote.ts"), () => ({ startKeyring: vi.fn() }));
const { found, mayDo, mayRecover, plain, readAddresses } = await import("./members.ts");

const member = (name: string, status: number, type = 2): Member =>
  ({ id: name, status, type, words: plain(name), resetPasswordEnrolled: true }) as Member;

const by = (type: number, permissions = {}): Membership =>
  ({
    type,
    permissions,
    organizationUserId: "me",
    useResetPassword: true,
    hasPublicAndPrivateKeys: true,
  }) as Membership;

test("a search finds each word anywhere, without case and accents", () => {
  const all = [member("Zoé Élan zoe@acme.example", 2), member("Ada ada@acme.example", 0)];
  const names = (search: string, status?: number) => found(all, search, status).map(({ id }) => id.slice(0, 3));
  expect(names("")).toEqual(["Zoé", "Ada"]);
  expect(names("ELAN zoe")).toEqual(["Zoé"]);
  expect(names("acme", 0)).toEqual(["Ada"]);
  expect(names("acme nobody")).toEqual([]);
});

test("addresses are read as people paste them", () => {
  const read = readAddresses(
    "Ada <ADA@a.example>; b@b.example,\n\nb@b.example\nnobody\n c@c.example ",
    new Set(["c@c.example"]),
  );
  expect(read).toEqual([
    { email: "ada@a.example" },
    { email: "b@b.example" },
    { email: "b@b.example", unfit: "twice" },
    { email: "nobody", unfit: "malformed" },
    { email: "c@c.example", unfit: "known" },
  ]);
});

test("what may be done depends on how far a member has come, on ranks, and never reaches oneself", () => {
  const owner = by(0);
  expect(mayDo("confirm", owner, member("a", 1))).toBe(true);
  expect(mayDo("confirm", owner, member("a", 0))).toBe(false);
  expect(mayDo("reinvite", owner, member("a", 0))).toBe(true);
  expect(mayDo("restore", owner, member("a", -1))).toBe(true);
  expect(mayDo("revoke", owner, member("a", -1))).toBe(false);
  expect(mayDo("remove", owner, member("me", 2))).toBe(false);
  expect(mayDo("remove", by(1), member("a", 2, 0))).toBe(false);
  expect(mayDo("remove", by(4, { manageUsers: true }), member("a", 2, 1))).toBe(false);
  expect(mayDo("remove", by(4, { manageUsers: true }), member("a", 2, 4))).toBe(true);
  expect(mayDo("remove", by(4), member("a", 2))).toBe(false);
  expect(mayRecover(by(4, { manageResetPassword: true }), member("a", 2))).toBe(true);
  expect(mayRecover(by(4, { manageUsers: true }), member("a", 2))).toBe(false);
});
