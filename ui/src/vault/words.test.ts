// @vitest-environment node
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Keyring } from "../crypto/keyring.ts";
import { phraseOf, plainWords, wordList } from "./words.ts";

test("a fingerprint phrase is the one that official clients show", async () => {
  const { userId, publicKey, phrase } = JSON.parse(readFileSync("../testdata/vectors/fingerprint.json", "utf8"));
  expect(await phraseOf(await new Keyring().fingerprint(userId, publicKey))).toBe(phrase);
});

test("a number is said from its last word on", async () => {
  const words = await wordList();
  expect(words).toHaveLength(7776);
  expect(await plainWords()).toEqual(words.filter((word) => !word.includes("-")));
  expect(await plainWords()).toHaveLength(7772);
  const number = 1n + 7776n * (2n + 7776n * (7775n + 7776n * (0n + 7776n * 3n)));
  const first = [1, 2, 7775, 0, 3].map((at) => words[at]);
  expect(await phraseOf(number.toString(16))).toBe(first.join("-"));
});
