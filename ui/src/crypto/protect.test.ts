// @vitest-environment node
import { expect, test } from "vitest";
import { Unreadable } from "./encstring.ts";
import type { Kdf } from "./kdf.ts";
import { Keyring } from "./keyring.ts";
import { isBearable } from "./protect.ts";

test.each<Kdf>([
  { type: "pbkdf2", iterations: 5_000 },
  { type: "argon2id", iterations: 2, memory: 16, parallelism: 1 },
])("a text is opened with its password alone: $type", async (kdf) => {
  const keys = new Keyring();
  const made = await keys.protect("all of it", "a password", kdf);
  expect(await keys.unprotect(made, "a password")).toBe("all of it");
  await expect(keys.unprotect(made, "another password")).rejects.toThrow(Unreadable);
});

test("a file cannot keep the worker busy for minutes", async () => {
  expect(isBearable({ type: "pbkdf2", iterations: 10_000_000 })).toBe(false);
  expect(isBearable({ type: "argon2id", iterations: 3, memory: 4_096, parallelism: 4 })).toBe(false);
  expect(isBearable({ type: "argon2id", iterations: Number.NaN, memory: 64, parallelism: 4 })).toBe(false);
  expect(isBearable({ type: "argon2id", iterations: 3, memory: 64, parallelism: 4 })).toBe(true);
});
