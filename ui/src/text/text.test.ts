import { IntlMessageFormat } from "intl-messageformat";
import { beforeEach, expect, test, vi } from "vitest";
import english from "./en.json";
import french from "./fr.json";
import { type Key, startText, useText as texts } from "./t.ts";

vi.mock(import("react"), async (original) => ({
  ...(await original()),
  useSyncExternalStore: (_, snapshot) => snapshot(),
}));

type Element = ReturnType<IntlMessageFormat["getAst"]>[number];

/** The names of the values that a text asks for, in its choices too. */
const blanks = (text: string) => {
  const names = (elements: Element[]): string[] =>
    elements.flatMap((one) => [
      ...("value" in one && !isWords(one) ? [one.value] : []),
      ...("options" in one ? Object.values(one.options).flatMap(({ value }) => names(value)) : []),
    ]);
  return [...new Set(names(new IntlMessageFormat(text, "en", undefined, { ignoreTag: true }).getAst()))].sort();
};

const isWords = ({ type }: Element) => type === 0;

beforeEach(() => localStorage.clear());

test("both languages have the same texts with the same blanks", () => {
  expect(Object.keys(french)).toEqual(Object.keys(english));
  for (const key of Object.keys(english) as Key[]) expect(blanks(french[key]), key).toEqual(blanks(english[key]));
});

test("every text is shown somewhere", () => {
  const sources = import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.*"], {
    query: "?raw",
    import: "default",
    eager: true,
  });
  const code = Object.values(sources).join("\n");
  for (const key of Object.keys(english)) {
    const family = `\`${key.replace(/[^.]+$/, "")}\${`;
    expect(code.includes(`"${key}"`) || code.includes(family), key).toBe(true);
  }
});

test("French puts its spaces and its quotation marks where they belong", () => {
  for (const [key, text] of Object.entries(french)) {
    expect(text, key).not.toMatch(/[^\u202f][!?;](\s|$)|[^\u00a0]:(\s|$)/);
    expect(text, key).not.toMatch(/'|\.\.\.|"/);
  }
});

test("the browser says which language comes first, and the reader has the last word", async () => {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(["de-DE", "fr-CA", "en"]);
  await startText();
  expect(texts()("signIn.title")).toBe(french["signIn.title"]);
  expect(document.documentElement.lang).toBe("fr");
  localStorage.setItem("coffre.language", "en");
  await startText();
  expect(texts()("signIn.title")).toBe(english["signIn.title"]);
});
