import { ZxcvbnFactory } from "@zxcvbn-ts/core";

/** How long a password holds against somebody who guesses, from 0 (at once) to 4 (long enough). */
export type Score = 0 | 1 | 2 | 3 | 4;

export type Judge = (password: string, about: string[]) => Score;

const judges = new Map<string, Promise<Judge>>();

/** Loads, once, what people choose everywhere and in one language, and returns what judges a password. */
export function strengthJudge(language: string): Promise<Judge> {
  const judge = judges.get(language) ?? load(language);
  judges.set(language, judge);
  return judge;
}

async function load(language: string): Promise<Judge> {
  const [common, { dictionary }] = await Promise.all([
    import("@zxcvbn-ts/language-common"),
    language === "fr" ? import("@zxcvbn-ts/language-fr") : import("@zxcvbn-ts/language-en"),
  ]);
  const judge = new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...dictionary },
    graphs: common.adjacencyGraphs,
    l33tMaxSubstitutions: 2, // More find hardly any weak password, and take ten times as long.
  });
  return (password, about) => judge.check(password, about).score as Score;
}
