import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { install, Pair, Server } from "./server.ts";

const password = "a vault full of apples";
const enterprise = 20;
const year = 365 * 24 * 60 * 60;

let pair: Pair;
let browser: Browser;

beforeAll(async () => {
  [pair, browser] = await Promise.all([Pair.start(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await pair?.stop();
});

test("a company is founded in the cloud with a trial, by keyboard alone", async () => {
  await Account.register(pair.cloud, "Ada", "ada@acme.example", password);
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await person.logIn(pair.cloud, "ada@acme.example", password);
  await person.isIn("Ada");
  await person.visits("/organizations", "start.organizations");
  await page
    .getByRole("main")
    .getByRole("link", { name: person.t("found.new") })
    .press("Enter");
  await person.reads("found.title");
  await page.getByRole("radio", { name: "Enterprise" }).waitFor();
  await person.isAccessible();
  await page.getByRole("radio", { name: "Enterprise" }).press("ArrowUp");
  await page.getByText("$48.00 per seat and year").waitFor();
  await person.sees("billing.priceYear", { amount: "$240.00" });
  await page.keyboard.press("Tab");
  await page.keyboard.type("Acme");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.type("10");
  await person.sees("billing.priceYear", { amount: "$480.00" });
  await page.keyboard.press("Tab");
  await page.keyboard.type("France");
  await page.keyboard.press("Tab");
  await page.keyboard.type("75001");
  await page.keyboard.press("Enter");
  await page.getByText(person.t("found.made", { name: "Acme" })).waitFor();
  await person.reads("members.title");
  expect(page.url()).toMatch(/#\/organizations\/[\w-]+\/\w+/);
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a family is founded where a link asks for it, and the person comes back to what the link names", async () => {
  await Account.register(pair.cloud, "Inès", "ines@exemple.fr", password);
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  const { page } = person;
  await page.goto(`${pair.cloud.url}/#/create-organization?plan=families&then=/settings/preferences`);
  await person.logInHere("ines@exemple.fr", password);
  await person.reads("found.title");
  await page.getByRole("radio", { name: "Familles", checked: true }).waitFor();
  await person.sees("billing.priceYear", { amount: "40,00\u00a0$" });
  await person.isAccessible();
  await person.fill("found.name", "Chez nous");
  await page.getByLabel(person.t("billing.country")).selectOption("FR");
  await person.fill("billing.postalCode", "75001");
  await person.press("found.submitTrial");
  await person.reads("preferences.title");
  await person.sees("found.made", { name: "Chez nous" });
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("the free plan costs nothing, asks for no address, and is had once", async () => {
  await Account.register(pair.cloud, "Alan", "alan@home.example", password);
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await person.logIn(pair.cloud, "alan@home.example", password);
  for (const name of ["Two of us", "Two others"]) {
    await person.isIn("Alan");
    await page.goto(`${pair.cloud.url}/#/create-organization?plan=free`);
    await page.getByRole("radio", { name: "Free", checked: true }).waitFor();
    expect(await page.getByLabel(person.t("billing.country")).count()).toBe(0);
    await person.fill("found.name", name);
    await person.press("found.submit");
    if (name === "Two others") continue;
    await person.sees("found.made", { name });
    await page.goto(`${pair.cloud.url}/#/vault`);
  }
  await page.getByRole("alert").getByText("one is the limit").waitFor();
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a license is dropped on a self-hosted server, and what is wrong with another is said beside it", async () => {
  const ada = await Account.register(pair.cloud, "Ada", "ada@haus.example", password);
  const bought = await ada.makeOrganization("Haus & Söhne", enterprise, 10);
  const license = await ada.license(bought, pair.installationId);
  const foreign = await ada.license(bought, (await install(pair.cloud)).id);
  await Account.register(pair.selfHosted, "Ada", "ada@haus.example", password);
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await person.logIn(pair.selfHosted, "ada@haus.example", password);
  await person.isIn("Ada");
  await person.choose("account.menu", "found.new", { name: "Ada" });
  await person.reads("found.title");
  await person.isAccessible();
  await person.press("found.submit");
  await person.sees("found.noFile");
  await choose(person, "letter.json", "Dear Sir or Madam");
  await person.press("found.submit");
  await page.getByRole("alert").getByText("This file is not a license").waitFor();
  await person.isAccessible();
  await drop(person, "license.json", foreign);
  await page.getByRole("alert").getByText("This file is not a license").waitFor({ state: "hidden" });
  await person.press("found.submit");
  await page.getByRole("alert").getByText("This license is for installation").waitFor();
  await drop(person, "license.json", license);
  await page.getByText("license.json").waitFor();
  await person.press("found.submit");
  await person.sees("found.made", { name: "Haus & Söhne" });
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a license that is over says so, in French", async () => {
  const ada = await Account.register(pair.cloud, "Ada", "ada@ancien.example", password);
  const bought = await ada.makeOrganization("Ancien", enterprise, 10);
  const license = await ada.license(bought, pair.installationId);
  await pair.selfHosted.advance(2 * year);
  await Account.register(pair.selfHosted, "Ada", "ada@ancien.example", password);
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  await person.logIn(pair.selfHosted, "ada@ancien.example", password);
  await person.isIn("Ada");
  await person.page.goto(`${pair.selfHosted.url}/#/create-organization`);
  await choose(person, "licence.json", license);
  await person.press("found.submit");
  await person.page.getByRole("alert").getByText("Cette licence a expiré").waitFor();
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a server without an installation makes organizations without a license", async () => {
  const server = await Server.start();
  await Account.register(server, "Chloé", "chloe@exemple.fr", password);
  const person = await Person.sitDown(browser, { language: "fr" });
  await person.logIn(server, "chloe@exemple.fr", password);
  await person.isIn("Chloé");
  await person.page.goto(`${server.url}/#/create-organization`);
  await person.page.getByRole("radio", { name: person.t("found.unlicensed"), checked: true }).waitFor();
  await person.isAccessible();
  await person.fill("found.name", "Chez Chloé");
  await person.press("found.submit");
  await person.sees("found.made", { name: "Chez Chloé" });
  expect(person.complaints).toEqual([]);
  await person.leave();
  await server.stop();
});

test("where operators found, others are told so, and a license is enough", async () => {
  const server = await Server.start({
    coffre__organizations__create: "admins",
    adminSettings__admins: "root@acme.example",
  });
  await Account.register(server, "Eve", "eve@acme.example", password);
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await person.logIn(server, "eve@acme.example", password);
  await person.isIn("Eve");
  await page.goto(`${server.url}/#/create-organization`);
  await page.getByRole("radio", { name: person.t("found.withLicense"), checked: true }).waitFor();
  await page.getByRole("radio", { name: person.t("found.unlicensed") }).check();
  await person.fill("found.name", "Eve’s");
  await person.press("found.submit");
  await page.getByRole("alert").getByText("On this server its operators create organizations").waitFor();
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
  await server.stop();
});

/** Chooses a file in the list that the button opens. */
async function choose(person: Person, name: string, content: string): Promise<void> {
  const opened = person.page.waitForEvent("filechooser");
  await person.press("found.choose");
  await (await opened).setFiles({ name, mimeType: "application/json", buffer: Buffer.from(content) });
}

/** Drops a file where it belongs. */
async function drop(person: Person, name: string, content: string): Promise<void> {
  const held = await person.page.evaluateHandle(
    ([name = "", content = ""]) => {
      const data = new DataTransfer();
      data.items.add(new File([content], name, { type: "application/json" }));
      return data;
    },
    [name, content],
  );
  const place = person.page.getByRole("group", { name: person.t("found.file") });
  await place.dispatchEvent("dragover", { dataTransfer: held });
  await place.dispatchEvent("drop", { dataTransfer: held });
}
