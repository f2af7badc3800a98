import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { Server } from "./server.ts";

const password = "a vault full of apples";
const email = "ada@acme.example";
const name = "Ada";

let server: Server;
let browser: Browser;
let account: Account;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  account = await Account.register(server, name, email, password);
  await account.makeOrganization("Ada & Söhne");
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("the keyboard alone is enough", async () => {
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  const focused = () =>
    page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent);
  const type = (text: string) => page.keyboard.type(text);
  const key = (pressed: string) => page.keyboard.press(pressed);
  await page.goto(server.url);
  await person.reads("signIn.title");
  await type(email);
  await key("Tab");
  await key("Space");
  await key("Enter");
  await person.reads("signIn.passwordTitle");
  await type(password);
  await key("Tab");
  expect(await focused()).toBe(person.t("kit.show"));
  await key("Enter");
  expect(await page.getByLabel(person.t("signIn.password"), { exact: true }).getAttribute("type")).toBe("text");
  await key("Shift+Tab");
  await key("Enter");
  await person.isIn(name);
  await person.sees("vault.none");
  await person.isAccessible();

  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await key("Tab");
  expect(await focused()).toBe(person.t("kit.skip"));
  await key("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  await key("Shift+Tab");
  expect(await focused()).toBe(person.t("account.menu", { name }));
  await key("Enter");
  await page.getByRole("menuitem", { name: person.t("account.lock") }).waitFor();
  await person.isAccessible();
  await key("Escape");
  await page.getByRole("menu").waitFor({ state: "detached" });
  expect(await focused()).toBe(person.t("account.menu", { name }));
  await key("Shift+Tab");
  expect(await focused()).toBe(person.t("place.settings"));
  await key("Enter");
  await person.reads("me.title");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("organizations are a table, and on a phone cards", async () => {
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  const { page } = person;
  await person.logIn(server, email, password);
  await person.isIn(name);
  await person.visits("/organizations", "start.organizations");
  await page.getByRole("row", { name: "Ada & Söhne" }).waitFor();
  await person.isAccessible();
  await person.press("kit.openPlaces");
  await page
    .getByRole("dialog")
    .getByRole("link", { name: person.t("place.settings") })
    .click();
  await person.reads("me.title");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await person.isAccessible();
  await page.goto(`${server.url}/#/settings/preferences`);
  await person.reads("preferences.title");
  await person.isAccessible();
  await page.getByLabel(person.t("language.label")).selectOption("en");
  await page.getByRole("heading", { level: 1, name: "Preferences" }).waitFor();
  await page.getByLabel("Appearance").selectOption("dark");
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("dark");
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Log in" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a vault that nobody touches locks itself, and a touch after the time is too late", async () => {
  const person = await Person.sitDown(browser, { language: "fr" });
  const { page } = person;
  await page.clock.install();
  await person.logIn(server, email, password);
  await person.isIn(name);
  await page.clock.runFor("14:00");
  await page.keyboard.press("Shift");
  await page.clock.runFor("14:00");
  await person.isIn(name);
  await page.clock.fastForward("16:00");
  await person.reads("lock.title");
  await person.sees("lock.idle");
  await person.isAccessible();
  await person.fill("signIn.password", password);
  await person.press("lock.open");
  await person.isIn(name);
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a password that Argon2id derives opens the vault too, in a worker that may do nothing else", async () => {
  const kdf = { type: "argon2id", iterations: 3, memory: 32, parallelism: 4 } as const;
  await Account.register(server, "Marie", "marie@exemple.fr", password, kdf);
  const person = await Person.sitDown(browser, { language: "fr" });
  await person.logIn(server, "marie@exemple.fr", password);
  await person.isIn("Marie");
  await person.choose("account.menu", "account.lock", { name: "Marie" });
  await person.fill("signIn.password", password);
  await person.press("lock.open");
  await person.isIn("Marie");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a session lives on after the page only where the person asked for it, and is locked then", async () => {
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await person.logIn(server, email, password);
  await person.isIn(name);
  await page.reload();
  await person.reads("signIn.title");

  await page.goto(`${server.url}/#/settings/preferences`);
  await person.fill("signIn.email", email);
  await person.tick("signIn.remember");
  await person.press("signIn.continue");
  await person.fill("signIn.password", password);
  await person.tick("signIn.keep");
  await person.press("signIn.submit");
  await person.reads("preferences.title");
  await page.reload();
  await person.reads("lock.title");
  await person.sees("lock.lead", { email });
  await person.keepsNo(password, email);
  await person.fill("signIn.password", password);
  await person.press("lock.open");
  await person.reads("preferences.title");
  await person.keepsNo(password, email);

  await account.endSessions();
  await page.reload();
  await person.sees("signIn.over");
  await person.sees("signIn.create");
  await person.isAccessible();
  expect(await page.evaluate(() => localStorage.getItem("coffre.session"))).toBeNull();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a server that is away is told, and its return too", async () => {
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  await person.page.goto(server.url);
  await person.sees("signIn.create");
  await person.fill("signIn.email", email);
  await person.press("signIn.continue");
  await server.down();
  await person.fill("signIn.password", password);
  await person.press("signIn.submit");
  await person.sees("failure.offline");
  await person.sees("banner.offline");
  await person.isAccessible();
  await server.up();
  await person.press("banner.retry");
  await person.page.getByText(person.t("banner.offline")).waitFor({ state: "detached" });
  await person.press("signIn.submit");
  await person.isIn(name);
  await person.leave();
});

test("a link that leads nowhere says so", async () => {
  const person = await Person.sitDown(browser, { language: "en", width: 360 });
  for (const [place, heading] of [
    ["/#/nowhere", "app.notFound"],
    ["/#/finish-signup?email=a@b.example", "finish.broken"],
  ] as const) {
    await person.page.goto(server.url + place);
    await person.reads(heading);
    await person.isAccessible();
  }
  expect(person.complaints).toEqual([]);
  await person.leave();
});
