import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Key } from "../src/text/t.ts";
import { Account } from "./account.ts";
import { desk, launch, Person } from "./browser.ts";
import { Server } from "./server.ts";

// Whoever runs the server, on their page. They have no account and no vault.

const password = "a vault full of apples";
const admin = "root@acme.example";
const link = /(http\S+\/admin#\/admin\?token=\S+)/;

let home: Server;
let cloud: Server;
let browser: Browser;

beforeAll(async () => {
  [home, cloud, browser] = await Promise.all([
    Server.start({ adminSettings__admins: admin }),
    Server.start({ globalSettings__selfHosted: "false" }),
    launch(),
  ]);
  await cloud.set({ globalSettings__mail__smtp__port: "1" }); // Nobody answers there, so its mails wait.
  const owner = await Account.register(home, "Ada", "ada@acme.example", password);
  await owner.makeOrganization("Acme");
  await Account.register(home, "Bob", "bob@acme.example", password);
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([home?.stop(), cloud?.stop()]);
});

/** Has a link mailed, and opens it. */
async function arrive(person: Person): Promise<void> {
  await person.page.goto(`${home.url}/admin`);
  await person.reads("operator.title");
  await person.fill("signIn.email", admin);
  await person.press("operator.send");
  await person.sees("signUp.sentTitle");
  await person.isAccessible();
  await person.page.goto(await home.mail(admin, link));
  await person.reads("operator.organizations");
}

/** A link that the program prints where the server runs. */
async function printedLink(server: Server): Promise<string> {
  const { code, out } = await server.command("admin", "link");
  expect(code, out).toBe(0);
  return /http\S+/.exec(out)?.[0] ?? "";
}

/** Opens a link that the program prints where the server runs. */
async function arriveFromConsole(person: Person, server: Server): Promise<void> {
  await person.page.goto(await printedLink(server));
  await person.reads("operator.organizations");
}

const places: Key[] = [
  "operator.organizations",
  "operator.people",
  "operator.mails",
  "operator.jobs",
  "operator.syncs",
  "operator.settings",
  "operator.doctor",
];

test("an operator walks through every place", async () => {
  const person = await Person.sitDown(browser, { language: "fr" });
  const { page } = person;
  await arrive(person);
  await page.getByRole("row", { name: /Acme/ }).waitFor();
  for (const place of places) {
    await person.follow(place);
    await person.reads(place);
    await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
    await person.isAccessible();
  }
  expect(page.url()).not.toContain("token");
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie);
  expect(kept).not.toContain("operator.");
  await person.choose("operator.account", "operator.leave", { name: admin });
  await person.reads("operator.title");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("an operator has the server looked over and finds things", async () => {
  const person = await Person.sitDown(browser, desk);
  const { page } = person;
  await arriveFromConsole(person, home);
  await person.follow("operator.doctor");
  await person.press("operator.examine");
  await page.getByRole("button", { name: person.t("operator.examineAgain") }).waitFor();
  await person.sees("operator.healthy");
  await person.isAccessible();

  await person.follow("operator.settings");
  await page.getByLabel(person.t("operator.settingsSearch")).fill("knownProxies");
  await page.getByRole("row", { name: new RegExp(admin) }).waitFor({ state: "detached" });
  expect(await page.getByRole("row").count()).toBe(2);

  await person.follow("operator.people");
  await page.getByLabel(person.t("operator.peopleSearch")).fill("bob");
  await page.getByRole("row", { name: /ada@acme/ }).waitFor({ state: "detached" });
  await page.getByRole("row", { name: /bob@acme/ }).waitFor();
  await page.getByLabel(person.t("operator.peopleSearch")).fill("nobody at all");
  await person.sees("operator.nothingLead");
  await person.isAccessible();

  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a link works once, and a page that is loaded again has forgotten who was there", async () => {
  const person = await Person.sitDown(browser, { language: "en", width: 360 });
  const { page } = person;
  const address = await printedLink(home);
  await page.goto(address);
  await person.reads("operator.organizations");
  await page.getByRole("row", { name: /Acme/ }).waitFor();
  await person.isAccessible();
  await page.reload();
  await person.reads("operator.title");
  await page.goto("about:blank");
  await page.goto(address);
  await page.getByRole("alert").waitFor();
  await person.sees("operator.console");
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("an operator disables an organization and enables it again by the keyboard alone", async () => {
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  const key = (pressed: string) => page.keyboard.press(pressed);
  const focused = () =>
    page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent);
  const tabTo = async (label: string) => {
    for (let n = 0; n < 40 && (await focused()) !== label; n++) await key("Tab");
    expect(await focused()).toBe(label);
  };
  await arriveFromConsole(person, home);
  await page.getByRole("row", { name: /Acme/ }).waitFor();
  await page.evaluate(() => document.getElementById("main")?.focus());
  await key("Tab");
  await page.keyboard.type("acm");
  await tabTo(person.t("operator.disableNamed", { name: "Acme" }));
  await key("Enter");
  await page.getByRole("dialog").waitFor();
  await person.isAccessible();
  await tabTo(person.t("operator.disable"));
  await key("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await person.sees("operator.suspended");
  await tabTo(person.t("operator.enableNamed", { name: "Acme" }));
  await key("Enter");
  await page.getByText(person.t("operator.suspended")).waitFor({ state: "detached" });
  expect(home.log()).toContain('"did":"disabled an organization"');
  expect(home.log()).not.toMatch(/token=[A-Z2-7]{20}|operator\.[A-Z2-7]{20}/);
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a cloud issues installations and shows each key once", async () => {
  const person = await Person.sitDown(browser, { language: "fr" });
  const { page } = person;
  const name = "ops@acme.example";
  await arriveFromConsole(person, cloud);
  await person.follow("operator.syncs");
  await person.sees("operator.syncsNoneCloud");
  await person.follow("operator.installations");
  await person.reads("operator.installations");
  await person.press("operator.issue");
  await person.isAccessible();
  await person.fill("signIn.email", name);
  await person.press("operator.issueAction");
  await person.sees("operator.keyLead");
  await person.isAccessible();
  const key = async () => (await page.getByRole("dialog").locator("code").nth(1).textContent()) ?? "";
  const first = await key();
  expect(first).toMatch(/^\w{20}$/);
  await person.press("operator.keyDone");
  await page.getByRole("row", { name: new RegExp(name) }).waitFor();
  await person.isAccessible();
  await person.press("operator.rotateNamed", { name });
  await person.press("operator.rotate");
  await person.sees("operator.keyLead");
  expect(await key()).not.toBe(first);
  await person.press("operator.keyDone");
  await person.press("operator.disableNamed", { name });
  await person.press("operator.disable");
  await page.getByRole("button", { name: person.t("operator.enableNamed", { name }) }).click();
  await page.getByRole("button", { name: person.t("operator.disableNamed", { name }) }).waitFor();
  expect(await page.content()).not.toContain(first);

  await person.follow("operator.mails");
  await page
    .getByRole("row", { name: new RegExp(name) })
    .first()
    .waitFor();
  await person.isAccessible();
  await page
    .getByRole("button", { name: person.t("operator.retryNamed", { name }) })
    .first()
    .click();
  await person.sees("operator.retryDone");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a session that is over says so", async () => {
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  await arriveFromConsole(person, cloud);
  await cloud.advance(3_700);
  await person.press("kit.openPlaces");
  await person.page
    .getByRole("dialog")
    .getByRole("link", { name: person.t("operator.people") })
    .click();
  await person.sees("operator.over");
  await person.sees("operator.noMail");
  await person.isAccessible();
  await person.leave();
});

test("the first start of a server that mails no links prints one, once", async () => {
  expect(cloud.log().match(/\/admin#\/admin\?token=/g)).toHaveLength(1);
  await cloud.down();
  await cloud.up();
  expect(cloud.log().match(/\/admin#\/admin\?token=/g)).toHaveLength(1);
  expect(home.log()).not.toContain("/admin#/admin?token=");
});
