import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { Pair } from "./server.ts";

const password = "a vault full of apples";
const enterprise = 20;

let pair: Pair;
let browser: Browser;

beforeAll(async () => {
  [pair, browser] = await Promise.all([Pair.start(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await pair?.stop();
});

test("an owner renames an organization, limits its members, and reads and replaces its key, by keyboard", async () => {
  const ada = await Account.register(pair.cloud, "Ada", "ada@acme.example", password);
  const acme = await ada.makeOrganization("Acme", enterprise, 10);
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await page.goto(`${pair.cloud.url}/#/organizations/${acme}/settings/account`);
  await person.logInHere(ada.email, password);
  await person.reads("orgSettings.title");
  await page.getByText(acme).waitFor();
  await person.isAccessible();
  await page.getByLabel(person.t("found.name")).focus();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("Acme & Sons");
  await page.keyboard.press("Enter");
  await person.sees("orgSettings.saved");
  await page.getByRole("complementary").getByText("Acme & Sons").waitFor();
  const limit = page.getByRole("checkbox", { name: person.t("orgSettings.limitItemDeletion") });
  await limit.press("Space");
  await page.getByRole("button", { name: person.t("orgSettings.saveCollections") }).press("Enter");
  await page.getByRole("button", { name: person.t("orgSettings.saveCollections"), disabled: false }).waitFor();
  const key = async (button: "orgSettings.viewKey" | "orgSettings.rotateKey") => {
    await page.getByRole("button", { name: person.t(button) }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(person.t("signIn.password")).waitFor();
    await person.isAccessible();
    await page.getByLabel(person.t("signIn.password"), { exact: true }).fill(password);
    await page.keyboard.press("Enter");
    await dialog.getByText("client_secret").waitFor();
    await person.isAccessible();
    const [, secret = ""] = await dialog.locator("code").allTextContents();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    return secret;
  };
  const before = await key("orgSettings.viewKey");
  expect(before).toMatch(/^\w{30}$/);
  const after = await key("orgSettings.rotateKey");
  expect(after).not.toBe(before);
  expect(await key("orgSettings.viewKey")).toBe(after);
  await page.reload();
  await person.logInHere(ada.email, password);
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("[name=name]")?.value === "Acme & Sons");
  expect(await limit.isChecked()).toBe(true);
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("the only owner cannot leave, and deletes the organization after the master password, in French", async () => {
  const ines = await Account.register(pair.cloud, "Inès", "ines@exemple.fr", password);
  const home = await ines.makeOrganization("Chez nous");
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  const { page } = person;
  await page.goto(`${pair.cloud.url}/#/organizations/${home}/settings/account`);
  await person.logInHere(ines.email, password);
  await person.reads("orgSettings.title");
  await person.press("orgLeave.action");
  const dialog = page.getByRole("dialog");
  await dialog.getByText(person.t("orgLeave.lost")).waitFor();
  await person.isAccessible();
  await dialog.getByRole("button", { name: person.t("orgLeave.action") }).click();
  await dialog.getByRole("alert").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await person.press("orgDelete.action");
  await dialog.getByText(person.t("orgDelete.lostCloud")).waitFor();
  await person.isAccessible();
  await dialog.getByLabel(person.t("signIn.password"), { exact: true }).fill("not it");
  await dialog.getByRole("button", { name: person.t("orgDelete.action") }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel(person.t("signIn.password"), { exact: true }).fill(password);
  await dialog.getByRole("button", { name: person.t("orgDelete.action") }).click();
  await person.sees("orgDelete.done", { name: "Chez nous" });
  await person.sees("start.none");
  await person.keepsNo(password, ines.email);
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a license dictates the names on a self-hosted server", async () => {
  const ada = await Account.register(pair.cloud, "Ada", "ada@haus.example", password);
  const bought = await ada.makeOrganization("Haus", enterprise, 10);
  const home = await Account.register(pair.selfHosted, "Ada", "ada@haus.example", password);
  const made = await home.makeOrganizationFromLicense(await ada.license(bought, pair.installationId));
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await page.goto(`${pair.selfHosted.url}/#/organizations/${made}/settings/account`);
  await person.logInHere(ada.email, password);
  await person.sees("orgSettings.byLicense");
  await person.isAccessible();
  expect(await page.getByLabel(person.t("found.name")).count()).toBe(0);
  expect(await page.getByRole("link", { name: person.t("billing.payment") }).count()).toBe(0);
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a member leaves where their organizations are listed", async () => {
  const ada = await Account.register(pair.cloud, "Ada", "ada@two.example", password);
  await ada.makeOrganization("Two owners", enterprise, 10);
  const person = await Person.sitDown(browser, { language: "en" });
  await person.logIn(pair.cloud, ada.email, password);
  await person.isIn("Ada");
  await person.visits("/organizations", "start.organizations");
  await person.press("orgLeave.of", { name: "Two owners" });
  const dialog = person.page.getByRole("dialog");
  await person.isAccessible();
  await dialog.getByRole("button", { name: person.t("orgLeave.action") }).press("Enter");
  await dialog.getByRole("alert").waitFor();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("an organization is deleted with the link that its operator had mailed, once", async () => {
  const ada = await Account.register(pair.cloud, "Ada", "ada@gone.example", password);
  const gone = await ada.makeOrganization("Gone & Sons");
  const { code, out } = await pair.cloud.command("organization", "mail-deletion", gone);
  expect(code, out).toBe(0);
  const link = await pair.cloud.mail(ada.email, /(http\S+#\/verify-recover-delete-org\S+)/);
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  const { page } = person;
  await page.goto(link);
  await person.reads("orgDelete.title", { name: "Gone & Sons" });
  await person.isAccessible();
  await person.press("orgDelete.action");
  await person.sees("orgDelete.done", { name: "Gone & Sons" });
  await person.isAccessible();
  await page.reload();
  await person.press("orgDelete.action");
  await page.getByRole("alert").waitFor();
  await page.goto(`${pair.cloud.url}/#/verify-recover-delete-org`);
  await person.reads("orgDelete.broken");
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});
