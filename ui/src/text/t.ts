import { IntlMessageFormat } from "intl-messageformat";
import { useSyncExternalStore } from "react";
import type english from "./en.json";

/** The name of a text. English has them all; another language that lacks one does not compile. */
export type Key = keyof typeof english;
export type Language = "en" | "fr";
export type Values = Record<string, string | number | Date>;
export type Translate = (key: Key, values?: Values) => string;
type Texts = Record<Key, string>;

/** The languages, each by its own name. */
export const languages: Record<Language, string> = { en: "English", fr: "Français" };

/** Nobody waits for a language that they do not read. */
const load: Record<Language, () => Promise<{ default: Texts }>> = {
  en: () => import("./en.json"),
  fr: () => import("./fr.json"),
};

const storage = "coffre.language";
const listeners = new Set<() => void>();
let language: Language = "en";
let texts = {} as Texts;
let translate = translator();

/** The language that the reader chose here, else the first of the browser's that there is. */
function preferred(): Language {
  const wished = [localStorage.getItem(storage) ?? "", ...navigator.languages].map((tag) => tag.slice(0, 2));
  return wished.find((tag): tag is Language => tag in languages) ?? "en";
}

/** Loads the texts of the reader. Nothing can be shown before. */
export const startText = (): Promise<void> => use(preferred());

/** Changes the language and remembers it in this browser. */
export async function setLanguage(wished: Language): Promise<void> {
  localStorage.setItem(storage, wished);
  await use(wished);
}

async function use(wished: Language) {
  texts = (await load[wished]()).default;
  language = wished;
  translate = translator();
  document.documentElement.lang = language;
  for (const tell of listeners) tell();
}

function translator(): Translate {
  const formats = new Map<Key, IntlMessageFormat>();
  return (key, values) => {
    const text = texts[key];
    if (!text.includes("{")) return text;
    const format = formats.get(key) ?? new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
    formats.set(key, format);
    return String(format.format(values));
  };
}

function subscribe(tell: () => void) {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** What turns a key into a text of the reader's language. */
export const useText = (): Translate => useSyncExternalStore(subscribe, () => translate);

export const useLanguage = (): Language => useSyncExternalStore(subscribe, () => language);
