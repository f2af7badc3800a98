import { expect, test, vi } from "vitest";
import type { Whole } from "./items.ts";
import { reportOn } from "./reports.ts";
import type { Score } from "./strength.ts";

const login = (
  id: string,
  password: string | null,
  more: { uris?: string[]; totp?: string; deleted?: true } = {},
): Whole => ({
  id,
  type: 1,
  name: `Login ${id}`,
  notes: null,
  favorite: false,
  reprompt: 0,
  fields: [],
  passwordHistory: [],
  login: {
    username: "ada@home.example",
    password,
    totp: more.totp ?? null,
    uris: (more.uris ?? []).map((uri) => ({ uri, match: null })),
  },
  folderId: null,
  organizationId: null,
  collectionIds: [],
  createdDate: "",
  revisionDate: "",
  deletedDate: more.deleted ? "2026-01-01T00:00:00Z" : null,
  archivedDate: null,
  isBroken: false,
});

/** The first letter of a password says how strong it is. */
const judge = (password: string): Score => Number(password[0]) as Score;

test("weak, reused, insecure, and without a key", async () => {
  const items = [
    login("a", "2 medium", { uris: ["https://a.example"] }),
    login("b", "0 weak", { uris: ["HTTP://b.example"], totp: "GEZDGNBVGY3TQOJQ" }),
    login("c", "4 strong and shared", { uris: ["androidapp://c"] }),
    login("d", "4 strong and shared"),
    login("e", "4 strong and shared", { deleted: true }),
    login("f", null, { uris: ["http://f.example"] }),
    login("g", null),
  ];
  const report = await reportOn(items, new Set(["g"]), judge, () => {});
  expect(report.checked).toBe(5);
  expect(report.unseen).toBe(1);
  expect(report.weak.map(({ id, score }) => [id, score])).toEqual([
    ["b", 0],
    ["a", 2],
  ]);
  expect(report.reused.map(({ id, uses }) => [id, uses])).toEqual([
    ["c", 2],
    ["d", 2],
  ]);
  expect(report.insecure.map(({ id, address }) => [id, address])).toEqual([
    ["b", "HTTP://b.example"],
    ["f", "http://f.example"],
  ]);
  expect(report.withoutKey.map(({ id }) => id)).toEqual(["a"]);
  expect(JSON.stringify(report)).not.toMatch(/strong|medium|"0 weak/);
});

test("the page gets its turn while many passwords are judged", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const slow = () => {
    now += 11;
    return 4 as Score;
  };
  const told: number[] = [];
  await reportOn(
    Array.from({ length: 9 }, (_, n) => login(String(n), `${n}`)),
    new Set(),
    slow,
    (done) => told.push(done),
  );
  expect(told).toEqual([3, 6, 9]);
  vi.restoreAllMocks();
});
