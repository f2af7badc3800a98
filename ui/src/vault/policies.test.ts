import { expect, test, vi } from "vitest";

// The worker cannot be started here, and nothing here needs a key.
vi.mock(import("../crypto/remote.ts"), () => ({ startKeyring: vi.fn() }));
const { dataOf, rules } = await import("./policies.ts");
const { csvOf } = await import("./events.ts");

const ruleOf = (type: number) => rules.find((rule) => rule.type === type) as (typeof rules)[number];

test("a policy says what its form held, and keeps what this vault does not show", () => {
  const values = new FormData();
  values.set("minLength", "16");
  values.set("minComplexity", "3");
  values.set("requireUpper", "on");
  expect(dataOf(ruleOf(1), { requireLower: true, newer: "kept" }, values)).toEqual({
    minLength: 16,
    minComplexity: 3,
    requireUpper: true,
    requireLower: false,
    requireNumbers: false,
    requireSpecial: false,
    enforceOnLogin: false,
    newer: "kept",
  });
  expect(dataOf(ruleOf(3), {}, new FormData())).toBeNull();
});

test("a table is no program", () => {
  expect(
    csvOf([
      ["a,b", 'say "no"'],
      ["=1+1", "-2"],
    ]),
  ).toBe('\ufeff"a,b","say ""no"""\r\n"\'=1+1","\'-2"\r\n');
});
