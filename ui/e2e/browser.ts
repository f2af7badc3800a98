import { readFileSync } from "node:fs";
import { IntlMessageFormat } from "intl-messageformat";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import en from "../src/text/en.json" with { type: "json" };
import fr from "../src/text/fr.json" with { type: "json" };
import type { Key, Language, Values } from "../src/text/t.ts";
import { patience } from "./server.ts";

export const texts = { en, fr };

/** A fingerprint phrase: five words, some of which have a hyphen of their own. */
export const fingerprintPhrase = /^[a-z]+(-[a-z]+){4,9}$/;

const axe = readFileSync("node_modules/axe-core/axe.min.js", "utf8");

/** Debian's own browser, as it is built to have no window. It cannot build its sandbox for the user root, nor in most containers. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.COFFRE_CHROMIUM ?? "/usr/bin/chromium-headless-shell",
    args: ["--no-sandbox"],
  });

/** Texts a third longer, with an accent on each vowel; what stands in braces stays. */
function pseudoTexts(): Record<Key, string> {
  const strange: Record<string, string> = { a: "áà", e: "éè", i: "îï", o: "öô", u: "üû", A: "ÁÀ", E: "ÉÈ" };
  return Object.fromEntries(
    Object.entries(en).map(([key, text]) => {
      let depth = 0;
      const letters = [...text].map((letter) => {
        if (letter === "{") depth++;
        if (letter === "}") depth--;
        return depth > 0 ? letter : (strange[letter] ?? letter);
      });
      return [key, letters.join("")];
    }),
  ) as Record<Key, string>;
}

export interface Look {
  language: Language;
  /** Whether the texts are made longer and stranger than any language: what stays plain is written in no file of texts. */
  pseudo?: boolean;
  scheme?: "light" | "dark";
  width?: number;
  height?: number;
}

/** At a desk in English, and on a phone in French: a walk is made in one of both ways, the tour of all screens in both. */
export const desk: Look = { language: "en", width: 1280 };
export const phone: Look = { language: "fr", width: 360 };

/** One person at a browser of their own, who reads one language. */
export class Person {
  readonly page: Page;
  readonly language: Language;
  readonly #context: BrowserContext;
  readonly #texts: Record<Key, string>;
  /** What the browser complained of: a policy that was violated, a script that threw. */
  readonly complaints: string[] = [];

  private constructor(context: BrowserContext, page: Page, language: Language, all: Record<Key, string>) {
    this.#context = context;
    this.#texts = all;
    this.page = page;
    this.language = language;
    page.setDefaultTimeout(patience);
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      // A refused log-in is an answer of the server, which browsers report as an error of the page.
      const isAnswer = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isAnswer) this.complaints.push(message.text());
    });
  }

  static async sitDown(
    browser: Browser,
    { language, pseudo, scheme = "light", width = 1280, height = 800 }: Look,
  ): Promise<Person> {
    const locale = { en: "en-US", fr: "fr-FR" }[language];
    const media = { colorScheme: scheme, reducedMotion: "reduce" } as const;
    const context = await browser.newContext({ locale, ...media, viewport: { width, height } });
    if (!pseudo) return new Person(context, await context.newPage(), language, texts[language]);
    const strange = pseudoTexts();
    const contentType = "text/javascript";
    // French is loaded on demand, so its file can be answered with another.
    await context.route(/\/assets\/fr-[^/]*\.js$/, (route) =>
      route.fulfill({ contentType, body: `export default ${JSON.stringify(strange)}` }),
    );
    return new Person(context, await context.newPage(), language, strange);
  }

  /** Gives the browser an authenticator that answers by itself: a security key that can also keep passkeys. */
  async hasAuthenticator({ secrets = true }: { secrets?: boolean } = {}): Promise<void> {
    const devtools = await this.#context.newCDPSession(this.page);
    await devtools.send("WebAuthn.enable");
    const kind = { protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal" } as const;
    const able = { hasResidentKey: true, hasUserVerification: true, isUserVerified: true, hasPrf: secrets };
    await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: { ...kind, ...able, automaticPresenceSimulation: true },
    });
  }

  leave = (): Promise<void> => this.#context.close();

  /** The words of the page in this person's language. */
  t = (key: Key, values: Values = {}): string =>
    String(new IntlMessageFormat(this.#texts[key], this.language, undefined, { ignoreTag: true }).format(values));

  press = (key: Key, values?: Values): Promise<void> =>
    this.page.getByRole("button", { name: this.t(key, values), exact: true }).click();

  follow = (key: Key): Promise<void> => this.page.getByRole("link", { name: this.t(key), exact: true }).click();

  fill = (key: Key, value: string): Promise<void> => this.page.getByLabel(this.t(key), { exact: true }).fill(value);

  tick = (key: Key): Promise<void> => this.page.getByRole("checkbox", { name: this.t(key) }).check();

  async sees(key: Key, values?: Values): Promise<void> {
    await this.page.getByText(this.t(key, values)).first().waitFor();
  }

  /** Opens a screen by its address, in the page that is open. */
  async visits(place: string, heading: Key): Promise<void> {
    await this.page.evaluate((to) => {
      location.hash = to;
    }, place);
    await this.reads(heading);
  }

  /** Types the master password into the dialog that asks for it, and goes on. */
  async proves(password: string, action: Key, values?: Record<string, string>): Promise<void> {
    const dialog = this.page.getByRole("dialog");
    await dialog.getByLabel(this.t("signIn.password"), { exact: true }).fill(password);
    await dialog.getByRole("button", { name: this.t(action, values), exact: true }).click();
  }

  /** Waits for the heading of a screen. */
  async reads(key: Key, values?: Values): Promise<void> {
    await this.page.getByRole("heading", { level: 1, name: this.t(key, values), exact: true }).waitFor();
  }

  /** Waits for where a log-in leads: the vault, with the person's name above it. */
  async isIn(name: string): Promise<void> {
    await this.reads("vault.title");
    await this.page.getByRole("button", { name: this.t("account.menu", { name }), exact: true }).waitFor();
  }

  /** Logs in from the first page as far as the password. */
  async logIn(server: { url: string }, email: string, password: string): Promise<void> {
    await this.page.goto(`${server.url}/#/login`);
    await this.logInHere(email, password);
  }

  /** Logs in where the person was led, and will be led on from. */
  async logInHere(email: string, password: string): Promise<void> {
    await this.fill("signIn.email", email);
    await this.press("signIn.continue");
    await this.fill("signIn.password", password);
    await this.press("signIn.submit");
  }

  async choose(menu: Key, item: Key, values: Values): Promise<void> {
    await this.press(menu, values);
    await this.page.getByRole("menuitem", { name: this.t(item), exact: true }).click();
  }

  /** Fails on whatever axe finds, in light and in dark, and on a page wider than its window. */
  async isAccessible(): Promise<void> {
    // A screen that is still on its way has nothing to be judged by.
    await this.page.locator("h1").first().waitFor({ state: "attached" });
    for (const colorScheme of ["light", "dark"] as const) {
      await this.page.emulateMedia({ colorScheme });
      await this.page.evaluate(settle);
      if (!(await this.page.evaluate(() => "axe" in globalThis))) await this.page.evaluate(axe);
      // Only the colors are others in the dark.
      const rules = { resultTypes: ["violations"], ...(colorScheme === "dark" && { runOnly: ["color-contrast"] }) };
      const found = await this.page.evaluate(async (options) => {
        type Run = (context: { exclude: string[][] }, options: object) => Promise<{ violations: Violation[] }>;
        const { axe } = globalThis as unknown as { axe: { run: Run } };
        // The guards at the ends of an open menu hand the focus on at once, which axe cannot know.
        const { violations } = await axe.run({ exclude: [["[data-base-ui-focus-guard]"]] }, options);
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      }, rules);
      expect(found, `axe on ${this.page.url()} in ${colorScheme}`).toEqual([]);
    }
    await this.page.emulateMedia({ colorScheme: "light" });
    const [content, window] = await this.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(content, `width of ${this.page.url()}`).toBeLessThanOrEqual(window ?? 0);
  }

  /** Fails when a secret stands anywhere that outlives a keystroke: storage, address, cookies, React's memory. */
  async keepsNo(secret: string, known: string): Promise<void> {
    const places = await this.page.evaluate(memory);
    expect(places.state, "React's memory was read").toContain(known);
    for (const [place, held] of Object.entries(places))
      expect(held.includes(secret), `a secret in ${place}`).toBe(false);
  }
}

/** Waits until what fades and slides has done so; runs in the page. */
async function settle(): Promise<void> {
  const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity);
  await Promise.allSettled(ending.map(({ finished }) => finished));
}

/** All that the page remembers, as text; runs in the page. */
function memory(): { storage: string; address: string; cookies: string; state: string } {
  const root = document.getElementById("root") as unknown as Record<string, unknown>;
  const key = Object.keys(root).find((name) => name.startsWith("__reactContainer$")) ?? "";
  const texts: string[] = [];
  const seen = new Set<unknown>();
  const waiting: unknown[] = [root[key]];
  const isOfThePage = (value: unknown) => value instanceof Node || value === window;
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === "string") texts.push(value);
    if (typeof value !== "object" || !value || seen.has(value) || isOfThePage(value)) continue;
    seen.add(value);
    waiting.push(...(value instanceof Map ? value.values() : Object.values(value)));
  }
  return {
    storage: JSON.stringify({ ...localStorage, ...sessionStorage }),
    address: location.href,
    cookies: document.cookie,
    state: texts.join("\n"),
  };
}

interface Violation {
  id: string;
  nodes: { html: string }[];
}
