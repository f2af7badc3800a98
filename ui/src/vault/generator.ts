import { plainWords } from "./words.ts";

/** What a password is made of. Digits and special characters come at least so often. */
export interface PasswordWish {
  length: number;
  upper: boolean;
  lower: boolean;
  digits: boolean;
  special: boolean;
  minDigits: number;
  minSpecial: number;
  /** Whether letters that look like digits, and the digits that look like them, may stand in it. */
  ambiguous: boolean;
}

/** What a passphrase is made of. */
export interface PassphraseWish {
  words: number;
  separator: string;
  capitalize: boolean;
  /** Whether a digit follows one of the words. */
  number: boolean;
}

/** What a user name is made of. The address is that of the person for "plus", and their domain for "catchAll". */
export type UsernameWish =
  | { kind: "word"; capitalize: boolean; number: boolean }
  | { kind: "plus"; email: string }
  | { kind: "catchAll"; domain: string };

/** All that a person wishes of a generator. */
export interface Wish {
  kind: "password" | "passphrase";
  password: PasswordWish;
  passphrase: PassphraseWish;
}

export const limits = {
  length: { from: 5, to: 128 },
  minimum: { from: 0, to: 9 },
  words: { from: 3, to: 20 },
  separator: 5,
} as const;

/** About 122 bits as a password, 77 as a passphrase. */
export const usual: Wish = {
  kind: "password",
  password: {
    length: 20,
    upper: true,
    lower: true,
    digits: true,
    special: true,
    minDigits: 1,
    minSpecial: 1,
    ambiguous: true,
  },
  passphrase: { words: 6, separator: "-", capitalize: false, number: false },
};

const sets = {
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  lower: "abcdefghijklmnopqrstuvwxyz",
  digits: "0123456789",
  special: "!@#$%^&*",
};

const ambiguous = /[IOl01]/g;

const lettersOf = (kind: keyof typeof sets, all: boolean) => (all ? sets[kind] : sets[kind].replace(ambiguous, ""));

/** A whole number from 0 up to, and without, a bound; each as likely as the others. */
export function below(bound: number): number {
  const fair = 2 ** 32 - (2 ** 32 % bound);
  const drawn = new Uint32Array(1);
  for (;;) {
    const [number = fair] = crypto.getRandomValues(drawn);
    if (number < fair) return number % bound;
  }
}

/** A password. Every kind of character that is wished for stands in it. */
export function makePassword(wish: PasswordWish): string {
  const { length, minDigits, minSpecial, ...kinds } = tidy(wish);
  const least = { upper: 1, lower: 1, digits: Math.max(1, minDigits), special: Math.max(1, minSpecial) };
  const wished = (Object.keys(sets) as (keyof typeof sets)[]).filter((kind) => kinds[kind]);
  const drawn = wished.flatMap((kind) =>
    Array.from({ length: least[kind] }, () => one(lettersOf(kind, kinds.ambiguous))),
  );
  const all = wished.map((kind) => lettersOf(kind, kinds.ambiguous)).join("");
  while (drawn.length < length) drawn.push(one(all));
  return shuffle(drawn).join("");
}

/** A passphrase of words that everybody can spell. */
export async function makePassphrase(wish: PassphraseWish): Promise<string> {
  const { words, separator, capitalize, number } = wish;
  const list = await plainWords();
  const drawn = Array.from({ length: within(words, limits.words) }, () => styled(oneOf(list), capitalize));
  if (number) {
    const place = below(drawn.length);
    drawn[place] += String(below(10));
  }
  return drawn.join(separator.slice(0, limits.separator));
}

/** A user name. That of an address which is none is the empty text. */
export async function makeUsername(wish: UsernameWish): Promise<string> {
  if (wish.kind === "word") {
    const word = styled(oneOf(await plainWords()), wish.capitalize);
    return wish.number ? word + String(below(10_000)).padStart(4, "0") : word;
  }
  const mark = Array.from({ length: 8 }, () => one(sets.lower + sets.digits)).join("");
  if (wish.kind === "catchAll") {
    const domain = wish.domain.trim().replace(/^@/, "");
    return domain ? `${mark}@${domain}` : "";
  }
  const [, name, domain] = /^([^@+]+)[^@]*@(.+)$/.exec(wish.email.trim()) ?? [];
  return name && domain ? `${name}+${mark}@${domain}` : "";
}

/** A password or a passphrase, as the person wishes. */
export const make = (wish: Wish): string | Promise<string> =>
  wish.kind === "password" ? makePassword(wish.password) : makePassphrase(wish.passphrase);

/** A wish within its limits: one kind of character at least, and room for all that must stand in it. */
export function tidy(wish: PasswordWish): PasswordWish {
  const some = wish.upper || wish.lower || wish.digits || wish.special;
  const lower = wish.lower || !some;
  const minDigits = wish.digits ? Math.max(1, within(wish.minDigits, limits.minimum)) : 0;
  const minSpecial = wish.special ? Math.max(1, within(wish.minSpecial, limits.minimum)) : 0;
  const least = minDigits + minSpecial + Number(wish.upper) + Number(lower);
  return { ...wish, lower, minDigits, minSpecial, length: Math.max(least, within(wish.length, limits.length)) };
}

/** The wish that a browser remembers; what it does not know, or has of another type, is as usual. */
export function wishOf(stored: Record<string, unknown>): Wish {
  const { kind, password, passphrase } = stored;
  return {
    kind: kind === "passphrase" ? kind : usual.kind,
    password: tidy(over(usual.password, password)),
    passphrase: over(usual.passphrase, passphrase),
  };
}

function over<T extends object>(standard: T, stored: unknown): T {
  const known = (stored && typeof stored === "object" ? stored : {}) as Record<string, unknown>;
  const taken = Object.entries(standard).map(([name, value]) => [
    name,
    typeof known[name] === typeof value ? known[name] : value,
  ]);
  return Object.fromEntries(taken) as T;
}

/** One of 7,772 words. */
const bitsOfWord = Math.log2(7772);

/** How many bits of chance a wish has, rounded down: each one doubles the work of who guesses. */
export function bitsOf({ kind, password, passphrase }: Wish): number {
  if (kind === "passphrase") return Math.floor(passphrase.words * bitsOfWord);
  const { length, ...kinds } = tidy(password);
  const count = (Object.keys(sets) as (keyof typeof sets)[])
    .filter((name) => kinds[name])
    .reduce((sum, name) => sum + lettersOf(name, kinds.ambiguous).length, 0);
  return Math.floor(length * Math.log2(count));
}

/** What the organizations of a person demand of what they generate. */
export interface GeneratorRule {
  kind?: "password" | "passphrase";
  length: number;
  words: number;
  minDigits: number;
  minSpecial: number;
  needs: Set<"upper" | "lower" | "digits" | "special" | "capitalize" | "number">;
}

const flags = {
  useUpper: "upper",
  useLower: "lower",
  useNumbers: "digits",
  useSpecial: "special",
  capitalize: "capitalize",
  includeNumber: "number",
} as const;

/** The strictest of several rules; undefined when there is none. A password wins where they differ. */
export function ruleOf(all: Record<string, unknown>[]): GeneratorRule | undefined {
  if (all.length === 0) return undefined;
  const most = (name: string) => Math.max(0, ...all.map((data) => Number(data[name]) || 0));
  const kinds = all.map(({ overridePasswordType }) => overridePasswordType);
  const kind = (["password", "passphrase"] as const).find((name) => kinds.includes(name));
  const needs = Object.entries(flags).flatMap(([name, need]) =>
    all.some((data) => data[name] === true) ? [need] : [],
  );
  return {
    ...(kind ? { kind } : {}),
    length: most("minLength"),
    words: most("minNumberWords"),
    minDigits: most("minNumbers"),
    minSpecial: most("minSpecial"),
    needs: new Set(needs),
  };
}

/** A wish as a rule lets it be. */
export function obey(wish: Wish, rule: GeneratorRule | undefined): Wish {
  if (!rule) return { ...wish, password: tidy(wish.password) };
  const needs = (name: Parameters<typeof rule.needs.has>[0]) => rule.needs.has(name);
  const { password, passphrase } = wish;
  return {
    kind: rule.kind ?? wish.kind,
    password: tidy({
      ...password,
      length: Math.max(password.length, rule.length),
      upper: password.upper || needs("upper"),
      lower: password.lower || needs("lower"),
      digits: password.digits || needs("digits") || rule.minDigits > 0,
      special: password.special || needs("special") || rule.minSpecial > 0,
      minDigits: Math.max(password.minDigits, rule.minDigits),
      minSpecial: Math.max(password.minSpecial, rule.minSpecial),
    }),
    passphrase: {
      ...passphrase,
      words: Math.max(within(passphrase.words, limits.words), rule.words),
      capitalize: passphrase.capitalize || needs("capitalize"),
      number: passphrase.number || needs("number"),
    },
  };
}

const within = (number: number, { from, to }: { from: number; to: number }) =>
  Math.min(to, Math.max(from, Math.trunc(number) || from));

const one = (letters: string): string => letters.charAt(below(letters.length));

const oneOf = (words: readonly string[]): string => words[below(words.length)] ?? "";

const styled = (word: string, capitalize: boolean) =>
  capitalize ? word.charAt(0).toUpperCase() + word.slice(1) : word;

function shuffle<T>(all: T[]): T[] {
  for (let last = all.length - 1; last > 0; last--) {
    const other = below(last + 1);
    [all[last], all[other]] = [all[other] as T, all[last] as T];
  }
  return all;
}
