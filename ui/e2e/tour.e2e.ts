import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { addressOf, type Route } from "../src/route.ts";
import type { Key } from "../src/text/t.ts";
import { desk, type Look, launch, Person, phone } from "./browser.ts";
import { Pair, type Server } from "./server.ts";
import { Acme, password } from "./world.ts";

// Every screen there is, whoever it is for and in both roles: axe finds nothing, and Tab alone leads to all that can be used.
// A new screen is toured by being in the table of routes.

// What the table stands on asks a browser who it is, and listens to it.
vi.stubGlobal("addEventListener", () => undefined);
vi.stubGlobal("navigator", { userAgent: "", onLine: true });
const { routes } = await import("../src/routes.tsx");
vi.unstubAllGlobals();

let browser: Browser;
let pair: Pair;
let acme: Acme;

beforeAll(async () => {
  [browser, pair] = await Promise.all([launch(), Pair.start()]);
  acme = await Acme.found(pair, "ada@acme.example", { generous: true });
  await acme.connect();
  const bea = await acme.member("Bea", "bea@acme.example");
  await acme.home.createGroup("Sales");
  await acme.home.createCollection("Contracts");
  await acme.home.setPolicy(1, { minLength: 14 });
  await acme.offer(bea, "home@bea.example");
  await acme.sync();
});
afterAll(async () => {
  await browser?.close();
  await pair?.stop();
});

/** Values of addresses that lead to what is not there: the screens say so, and the walks of each show the rest. */
const nothing = { id: crypto.randomUUID(), sendId: "AAAAAAAAAAAAAAAAAAAAAA", key: "AAAAAAAAAAAAAAAAAAAAAA" };

interface Tour {
  role: "cloud" | "selfHosted";
  look: Look;
  /** Which screens: all, or only what is not the same in both roles. */
  isWhole: boolean;
}

const tours: Tour[] = [
  { role: "cloud", look: desk, isWhole: true },
  { role: "selfHosted", look: phone, isWhole: true },
  { role: "cloud", look: phone, isWhole: false },
  { role: "selfHosted", look: desk, isWhole: false },
];

/** Of the screens that somebody may see, those of a tour. */
const seen = (access: Route["access"], { role, isWhole }: Tour): Route[] =>
  routes.filter(
    ({ access: open, path, place }) =>
      open === access &&
      (!place?.role || place.role === role) &&
      (isWhole || place?.role || access === "operator" || path.includes(":organizationId")),
  );

test.each(tours)(
  "every screen is for everybody: $look.language, $role, whole: $isWhole",
  async (tour) => {
    const { role, look: how } = tour;
    const server = pair[role];
    const organizationId = role === "cloud" ? acme.cloudId : acme.home.id;
    const person = await Person.sitDown(browser, how);
    const look = async ({ path, title }: Route) => {
      const address = addressOf(path, { ...nothing, organizationId });
      if (!address) throw new Error(`The tour does not know what stands for the values in ${path}.`);
      await open(person, server, address, title);
      await person.isAccessible();
      expect(await unreached(person), `what Tab does not reach on ${path}`).toEqual([]);
    };
    await person.page.goto(server.url);
    for (const route of seen("guest", tour)) await look(route);
    await person.logIn(server, acme.cloud.email, password);
    await person.page.waitForURL(/#\/(?!login)/);
    for (const route of seen("person", tour)) await look(route);
    const link = (await server.command("admin", "link")).out.match(/http\S+/)?.[0] ?? "";
    await person.page.goto(link);
    for (const route of seen("operator", tour)) await look(route);
    for (const access of ["anyone", "visitor"] as const) for (const route of seen(access, tour)) await look(route);
    expect(person.complaints).toEqual([]);
    await person.leave();
  },
  300_000,
);

/** Opens an address in the page that is open, and waits until what it shows is there. */
async function open(person: Person, server: Server, address: string, title: Key): Promise<void> {
  const { page } = person;
  await page.goto(`${server.url}/#${address}`);
  await page.waitForFunction((start) => document.title.startsWith(start), person.t(title));
  await page.locator("h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
}

/** Presses Tab through the whole page and returns what can be used, and did not get the focus. */
async function unreached({ page }: Person): Promise<string[]> {
  const count = await page.evaluate(() => {
    const usable = "a[href], button, input, select, textarea, [tabindex]";
    // One of several radio buttons, or of several tabs, stands for all: arrows lead from one to the other.
    const waiting = new Set(
      [...document.querySelectorAll<HTMLElement>(usable)].filter(
        (one) =>
          one.tabIndex >= 0 && one.checkVisibility() && !one.matches(":disabled, [type=radio], [aria-hidden=true]"),
      ),
    );
    Object.assign(globalThis, { waiting });
    document.addEventListener("focusin", ({ target }) => waiting.delete(target as HTMLElement));
    (document.activeElement as HTMLElement | null)?.blur();
    return waiting.size;
  });
  for (let pressed = 0; pressed < count + 8; pressed++) await page.keyboard.press("Tab");
  return page.evaluate(() =>
    [...(globalThis as unknown as { waiting: Set<HTMLElement> }).waiting].map(({ outerHTML }) =>
      outerHTML.slice(0, 160),
    ),
  );
}
