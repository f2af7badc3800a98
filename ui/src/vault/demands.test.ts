import { expect, test } from "vitest";
import { broken, checkDemands, demandsOf, type PasswordPolicy, TooWeak } from "./demands.ts";

const nothing: PasswordPolicy = {
  enforceOnLogin: null,
  minComplexity: null,
  minLength: null,
  requireLower: null,
  requireNumbers: null,
  requireSpecial: null,
  requireUpper: null,
};

test("a policy that demands nothing is met by anything", async () => {
  expect(demandsOf({ ...nothing, minComplexity: 0, requireUpper: false })).toEqual([]);
  await checkDemands(nothing, "");
});

test("each demand is met by what it asks for, in any alphabet, and by nothing else", async () => {
  const all = { ...nothing, minLength: 14, requireLower: true, requireUpper: true };
  const policy = { ...all, requireNumbers: true, requireSpecial: true };
  const missing = async (password: string) => (await broken(policy, password)).map(({ what }) => what);
  expect(await missing("Éà1!Éà1!Éà1!Éà")).toEqual([]);
  expect(await missing("Éà1!")).toEqual(["length"]);
  expect(await missing("ÉÀ1!ÉÀ1!ÉÀ1!ÉÀ")).toEqual(["lower"]);
  expect(await missing("éà1!éà1!éà1!éà")).toEqual(["upper"]);
  expect(await missing("Éàa!Éàa!Éàa!Éà")).toEqual(["number"]);
  expect(await missing("Éà1 Éà1 Éà1 Éà"), "a space is no special sign").toEqual(["special"]);
});

test("a password that is easily guessed is too weak, whatever its length", async () => {
  const policy = { ...nothing, minComplexity: 3 };
  await expect(checkDemands(policy, "passwordpassword")).rejects.toThrow(TooWeak);
  await checkDemands(policy, "correct staple vault of apples");
}, 30_000);
