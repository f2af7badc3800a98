import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Language } from "../src/text/t.ts";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { Server } from "./server.ts";

const password = "a vault full of apples";
const enterprise = 20;
const free = 0;
const day = 24 * 60 * 60;

let cloud: Server;
let browser: Browser;

beforeAll(async () => {
  [cloud, browser] = await Promise.all([Server.start({ globalSettings__selfHosted: "false" }), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

test("an owner reads what was invoiced, and sets where invoices go", async () => {
  const ada = await Account.register(cloud, "Ada", "ada@acme.example", password);
  const acme = await ada.makeOrganization("Acme", enterprise, 10);
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await page.goto(`${cloud.url}/#/organizations/${acme}/billing/history`);
  await person.logInHere(ada.email, password);
  await person.reads("billing.history");
  const row = page.getByRole("row", { name: person.t("billing.state.open") });
  await row.getByText("$720.00").waitFor();
  await person.isAccessible();
  const show = row.getByRole("button");
  await show.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("10 × Enterprise").waitFor();
  await person.isAccessible();
  const opened = page.waitForEvent("popup");
  await dialog.getByRole("link", { name: person.t("billing.openInvoice") }).press("Enter");
  const invoice = await opened;
  await invoice.getByText("$720.00").first().waitFor();
  await invoice.close();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  expect(await show.evaluate((button) => button === document.activeElement)).toBe(true);
  await person.follow("billing.payment");
  await person.reads("billing.payment");
  await person.sees("billing.meansLead", { email: ada.email });
  await person.isAccessible();
  await page.getByLabel(person.t("billing.line1")).fill("1, rue de Rivoli");
  await page.getByLabel(person.t("billing.city")).fill("Paris");
  await page.getByLabel(person.t("billing.taxId")).fill("FR 12 345678901");
  await person.press("billing.save");
  await person.sees("billing.saved");
  await page.reload();
  await person.logInHere(ada.email, password);
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("[name=city]")?.value === "Paris");
  expect(await page.getByLabel(person.t("billing.country")).inputValue()).toBe("FR");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a free organization takes a plan, and is told what it costs", async () => {
  const zoe = await Account.register(cloud, "Zoé", "zoe@exemple.fr", password);
  const two = await zoe.makeOrganization("Nous deux", free);
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  const { page } = person;
  await page.goto(`${cloud.url}/#/organizations/${two}/billing/payment-details`);
  await person.logInHere(zoe.email, password);
  await person.sees("billing.noSubscription", { name: "Nous deux" });
  await person.isAccessible();
  await person.press("billing.choosePlan");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: "Équipes" }).check();
  await dialog.getByText("96,00\u00a0$").first().waitFor();
  await dialog.getByRole("radio", { name: person.t("billing.monthly") }).check();
  await dialog.getByText("10,00\u00a0$").first().waitFor();
  await person.isAccessible();
  await dialog.getByLabel(person.t("billing.country")).selectOption("FR");
  await dialog.getByLabel(person.t("billing.postalCode")).fill("75001");
  await dialog.getByRole("button", { name: person.t("billing.change") }).click();
  await person.sees("billing.planChanged", { plan: "Équipes" });
  await person.sees("billing.means");
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("the console warns of the end of a trial, of what is overdue, and says how to go on after a suspension", async () => {
  const bob = await Account.register(cloud, "Bob", "bob@home.example", password);
  await bob.call("POST /api/accounts/verify-devices", { ...bob.proof, verifyDevices: false });
  const home = await bob.makeOrganization("Home", enterprise, 5, { isTrial: true });
  const opens = async (language: Language, width: number, warning: (person: Person) => string) => {
    const person = await Person.sitDown(browser, { language, width });
    await person.page.goto(`${cloud.url}/#/organizations/${home}/billing/history`);
    await person.logInHere(bob.email, password);
    await person.page.getByRole("status").getByText(warning(person)).waitFor();
    await person.isAccessible();
    expect(person.complaints).toEqual([]);
    return person;
  };
  await (await opens("fr", 360, () => "se termine dans 7 jours")).leave();
  await cloud.advance(7 * day + 3600);
  const number = await cloud.mail(bob.email, /Invoice (\d{4}-\d{5})/);
  await cloud.advance(38 * day);
  await cloud.mail(bob.email, /have not arrived/);
  await (await opens("en", 1280, () => "the organization is switched off unless it is paid")).leave();
  await cloud.advance(8 * day);
  await cloud.mail(bob.email, /have not arrived/);
  await cloud.advance(15 * day);
  await cloud.mail(bob.email, /Home is disabled/);
  const person = await opens("en", 1280, (one) => one.t("orgWarning.unpaid", { name: "Home" }));
  await person.follow("orgWarning.toInvoices");
  await person.page.getByRole("row", { name: number }).getByText(person.t("billing.state.overdue")).waitFor();
  const { code, out } = await cloud.command("invoice", "pay", number, "--amount", "360", "--reference", "NTRF-1");
  expect(code, out).toBe(0);
  await person.page.reload();
  await person.logInHere(bob.email, password);
  await person.page.getByRole("row", { name: number }).getByText(person.t("billing.state.paid")).waitFor();
  await person.sees("billing.kind.charge");
  expect(await person.page.getByText("switched off").count()).toBe(0);
  expect(person.complaints).toEqual([]);
  await person.leave();
});
