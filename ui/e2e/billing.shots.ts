import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { folder, looks } from "./pictures.ts";
import { Pair } from "./server.ts";

// Pictures of how an organization begins, what it pays, and what its owner says of it.

const password = "a vault full of apples";
const enterprise = 20;
const free = 0;

let pair: Pair;
let browser: Browser;

beforeAll(async () => {
  [pair, browser] = await Promise.all([Pair.start(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await pair?.stop();
});

test.each(Object.entries(looks))("%s", async (name, look) => {
  const grace = await Account.register(pair.cloud, "Grace Hopper", `${name}@acme.example`, password);
  const [acme, trial, two] = [
    await grace.makeOrganization("Acme", enterprise, 10),
    await grace.makeOrganization("Compilers & Sons", enterprise, 5, { isTrial: true }),
    await grace.makeOrganization("The two of us", free),
  ];
  const person = await Person.sitDown(browser, look);
  const { page } = person;
  const picture = (of: string) =>
    page.screenshot({ path: `${folder}/${name}-${of}.png`, animations: "disabled", fullPage: true });
  const dialog = page.getByRole("dialog");
  const close = async () => {
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  };
  const visit = (address: string) => page.goto(`${pair.cloud.url}/#${address}`);
  await person.logIn(pair.cloud, grace.email, password);
  await person.isIn("Grace Hopper");
  await visit("/organizations");
  await page.getByRole("row", { name: "Acme" }).waitFor();
  await picture("50-organizations");
  await visit("/create-organization");
  await page.getByText("$360").or(page.getByText("360,00")).first().waitFor();
  await picture("51-founding");
  await visit(`/organizations/${acme}/billing/history`);
  await page
    .getByRole("row", { name: /2026|2027/ })
    .first()
    .waitFor();
  await picture("52-history");
  await page.getByRole("row").getByRole("button").first().click();
  await dialog.getByRole("link").waitFor();
  await picture("53-invoice");
  await close();
  await visit(`/organizations/${trial}/billing/payment-details`);
  await page.getByLabel(person.t("billing.country")).waitFor();
  await picture("54-payment");
  await visit(`/organizations/${two}/billing/payment-details`);
  await person.press("billing.choosePlan");
  await dialog.getByText("$").first().waitFor();
  await picture("55-plan");
  await close();
  await visit(`/organizations/${acme}/settings/account`);
  await page.getByText(acme).waitFor();
  await picture("56-settings");
  await person.press("orgDelete.action");
  await dialog.waitFor();
  await picture("57-delete");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test.each(Object.entries(looks))("%s, on a self-hosted server", async (name, look) => {
  const grace = await Account.register(pair.selfHosted, "Grace Hopper", `${name}@acme.example`, password);
  const person = await Person.sitDown(browser, look);
  const { page } = person;
  await person.logIn(pair.selfHosted, grace.email, password);
  await person.sees("vault.none");
  await page.goto(`${pair.selfHosted.url}/#/create-organization`);
  await page.locator("[type=file]").setInputFiles({
    name: "license.json",
    mimeType: "application/json",
    buffer: Buffer.from("Dear Sir or Madam"),
  });
  await person.press("found.submit");
  await page.getByRole("alert").getByRole("paragraph").waitFor();
  await page.screenshot({ path: `${folder}/${name}-58-license.png`, animations: "disabled", fullPage: true });
  expect(person.complaints).toEqual([]);
  await person.leave();
});
