import { expect, test, vi } from "vitest";

// The worker cannot be started here, and nothing here needs a key.
vi.mock(import("../crypto/remote.ts"), () => ({ startKeyring: vi.fn() }));
const { forgetGenerated, generated, keepGenerated, madeOf, madeText } = await import("./generated.ts");
const { logOut } = await import("./session.ts");

const now = new Date(0);

test("what was made is kept once, newest first, and nothing that tells of it says it", () => {
  const [one, other, again] = ["one secret", "other secret", "one secret"].map(madeOf);
  for (const made of [one, one, other, again]) keepGenerated(made, now);
  expect(generated().map(({ made }) => madeText(made))).toEqual(["one secret", "other secret"]);
  expect(JSON.stringify(generated())).not.toContain("secret");
  forgetGenerated();
  expect(generated()).toEqual([]);
  expect(madeText(other)).toBe("other secret");
});

test("nothing is made of an empty text, and nothing of it is kept", () => {
  expect(madeOf("")).toBeUndefined();
  keepGenerated(undefined, now);
  expect(generated()).toEqual([]);
  expect(madeText(undefined)).toBe("");
});

test("what was made is gone when the vault closes", () => {
  const made = madeOf("secret");
  keepGenerated(made, now);
  logOut();
  expect(generated()).toEqual([]);
  expect(madeText(made)).toBe("");
});
