import { expect, test, vi } from "vitest";
import {
  below,
  bitsOf,
  limits,
  makePassphrase,
  makePassword,
  makeUsername,
  obey,
  type PasswordWish,
  ruleOf,
  tidy,
  usual,
  wishOf,
} from "./generator.ts";

const wish = (more: Partial<PasswordWish>): PasswordWish => ({ ...usual.password, ...more });
const only = { upper: false, lower: false, digits: false, special: false };

test("a number that would make some more likely than others is drawn again", () => {
  const draws = [2 ** 32 - 1, 2 ** 32 - 6, 7];
  vi.spyOn(crypto, "getRandomValues").mockImplementation((into) => {
    (into as unknown as Uint32Array)[0] = draws.shift() ?? 0;
    return into;
  });
  // 2³² leaves 6 when it is divided by 10: the six highest numbers are not fair.
  expect(below(10)).toBe(7);
  expect(draws).toEqual([]);
  vi.restoreAllMocks();
});

test("each number below a bound is drawn about as often as the others", () => {
  const counts = new Array<number>(26).fill(0);
  for (let n = 0; n < 26_000; n++) {
    const drawn = below(26);
    counts[drawn] = (counts[drawn] ?? 0) + 1;
  }
  // A count is 1,000 with a deviation of 31; six of them happen once in 20 million runs.
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(190);
});

test("a password is as long as wished, and has each kind that is wished", () => {
  for (const length of [5, 20, 128]) {
    for (let n = 0; n < 50; n++) {
      const made = makePassword(wish({ length }));
      expect(made).toHaveLength(length);
      for (const kind of [/[A-Z]/, /[a-z]/, /\d/, /[!@#$%^&*]/]) expect(made).toMatch(kind);
    }
  }
});

test("a password has no kind that is not wished", () => {
  for (let n = 0; n < 50; n++) {
    expect(makePassword(wish({ ...only, digits: true }))).toMatch(/^\d{20}$/);
    expect(makePassword(wish({ ...only, lower: true, special: true, minSpecial: 9 }))).toMatch(
      /^(?:[a-z]|[!@#$%^&*]){20}$/,
    );
    expect(makePassword(wish({ ambiguous: false, length: 128 }))).not.toMatch(/[IOl01]/);
  }
});

test("there are at least as many digits and special characters as wished", () => {
  for (let n = 0; n < 50; n++) {
    const made = makePassword(wish({ minDigits: 4, minSpecial: 5 }));
    expect(made.replace(/\D/g, "").length).toBeGreaterThanOrEqual(4);
    expect(made.replace(/[^!@#$%^&*]/g, "").length).toBeGreaterThanOrEqual(5);
  }
});

test("a wish that cannot be met becomes the next one that can", () => {
  expect(tidy(wish({ length: 1 })).length).toBe(limits.length.from);
  expect(tidy(wish({ length: 500 })).length).toBe(limits.length.to);
  expect(tidy(wish({ length: Number.NaN })).length).toBe(limits.length.from);
  expect(tidy(wish({ length: 5, minDigits: 9, minSpecial: 9 })).length).toBe(20);
  expect(tidy(wish(only)).lower).toBe(true);
});

test("a passphrase is words with what was wished between them", async () => {
  const plain = { words: 5, separator: " ", capitalize: false, number: false };
  expect(await makePassphrase(plain)).toMatch(/^[a-z]+( [a-z]+){4}$/);
  expect(await makePassphrase({ ...plain, words: 1 })).toMatch(/^[a-z]+( [a-z]+){2}$/);
  const full = await makePassphrase({ words: 20, separator: "_", capitalize: true, number: true });
  expect(full).toMatch(/^[A-Z][a-z]+\d?(_[A-Z][a-z]+\d?){19}$/);
  expect(full.replace(/\D/g, "")).toHaveLength(1);
});

test("user names are a word, an address with a mark, or any name of a domain", async () => {
  expect(await makeUsername({ kind: "word", capitalize: true, number: true })).toMatch(/^[A-Z][a-z]+\d{4}$/);
  expect(await makeUsername({ kind: "word", capitalize: false, number: false })).toMatch(/^[a-z]+$/);
  expect(await makeUsername({ kind: "plus", email: "ada@home.example" })).toMatch(/^ada\+[a-z0-9]{8}@home\.example$/);
  expect(await makeUsername({ kind: "plus", email: "ada+x@home.example" })).toMatch(/^ada\+[a-z0-9]{8}@home/);
  expect(await makeUsername({ kind: "plus", email: "nobody" })).toBe("");
  expect(await makeUsername({ kind: "catchAll", domain: "@home.example" })).toMatch(/^[a-z0-9]{8}@home\.example$/);
  expect(await makeUsername({ kind: "catchAll", domain: " " })).toBe("");
});

test("what organizations demand is the strictest of all", () => {
  expect(ruleOf([])).toBeUndefined();
  const rule = ruleOf([
    { overridePasswordType: "passphrase", minLength: 14, minNumbers: 3, useUpper: true },
    { overridePasswordType: "password", minLength: 30, minNumberWords: 8, capitalize: true },
  ]);
  const asked = { ...usual, kind: "passphrase" as const, password: wish({ ...only, lower: true, length: 8 }) };
  const obeyed = obey(asked, rule);
  expect(obeyed.kind).toBe("password");
  expect(obeyed.password).toMatchObject({ length: 30, upper: true, digits: true, special: false, minDigits: 3 });
  expect(obeyed.passphrase).toMatchObject({ words: 8, capitalize: true, number: false });
});

test("what a browser remembers is taken where it fits", () => {
  expect(wishOf({})).toEqual(usual);
  const stored = { kind: "passphrase", password: { length: "9", upper: false, more: 1 }, passphrase: "rubbish" };
  expect(wishOf(stored)).toEqual({ ...usual, kind: "passphrase", password: { ...usual.password, upper: false } });
});

test("a wish says how hard it is to guess", () => {
  expect(bitsOf(usual)).toBe(122);
  expect(bitsOf({ ...usual, kind: "passphrase" })).toBe(77);
});
