import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { Company } from "./company.ts";
import { folder, looks } from "./pictures.ts";
import { Server } from "./server.ts";
import { makeLogins } from "./vault.ts";

// Pictures of the vault for whoever designs it: empty, with items, an item, and what changes one.

const password = "a vault full of apples";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const names = [
  "Amazon",
  "Bibliothèque municipale",
  "Court of cassation, filing of briefs",
  "Forge",
  "Gas works",
  "Health insurance",
  "Laundry",
];

test.each(Object.entries(looks))("the vault, %s", async (name, look) => {
  const email = `${name}@acme.example`;
  const account = await Account.register(server, "Ada Lovelace", email, password);
  const acme = await Company.found(account, "Acme");
  await acme.createCollection("Sites");
  await acme.createCollection("Sites/Paris");
  const person = await Person.sitDown(browser, look);
  const { page } = person;
  const dialog = page.getByRole("dialog");
  const picture = (of: string) =>
    page.screenshot({ path: `${folder}/${name}-vault-${of}.png`, animations: "disabled" });
  const save = () => dialog.getByRole("button", { name: person.t("console.save"), exact: true }).click();
  await person.logIn(server, email, password);
  await person.isIn("Ada Lovelace");
  await person.sees("vault.none");
  await picture("1-empty");
  await person.press("vault.new");
  await page.getByRole("menuitem").first().waitFor();
  await picture("2-new");
  await page.getByRole("menuitem", { name: person.t("vault.folder"), exact: true }).click();
  await dialog.getByLabel(person.t("vault.folderName")).fill("Work");
  await save();
  await page.getByRole("heading", { level: 2, name: "Work" }).waitFor();
  for (const cipher of await makeLogins(account, names, { reprompt: 0 }))
    await account.call("POST /api/ciphers", cipher);
  await page.reload();
  await person.logInHere(email, password);
  await person.isIn("Ada Lovelace");
  await page.goto(`${server.url}/#/vault`);
  await page.getByRole("link", { name: "Forge", exact: true }).waitFor();
  await person.press("vault.new");
  await page.getByRole("menuitem", { name: person.t("item.type.3"), exact: true }).click();
  await dialog.getByLabel(person.t("item.name"), { exact: true }).fill("Bank card");
  await dialog.getByLabel(person.t("item.part.number"), { exact: true }).fill("4111 1111 1111 1234");
  await dialog.getByLabel(person.t("item.part.brand"), { exact: true }).selectOption("Visa");
  await dialog.getByLabel(person.t("item.part.expMonth"), { exact: true }).selectOption("4");
  await dialog.getByLabel(person.t("item.part.expYear"), { exact: true }).fill("2030");
  await dialog.getByRole("checkbox", { name: person.t("item.favorite") }).check();
  await picture("3-card-editor");
  await save();
  await dialog.getByRole("button", { name: person.t("item.edit"), exact: true }).waitFor();
  await picture("4-card");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await picture("5-list");
  await page.getByRole("checkbox", { name: person.t("select.one", { name: "Forge" }) }).check();
  await page.getByRole("checkbox", { name: person.t("select.one", { name: "Laundry" }) }).check();
  await picture("6-selected");
  await page.getByRole("link", { name: "Forge", exact: true }).click();
  await dialog.getByRole("button", { name: person.t("item.edit"), exact: true }).click();
  await dialog.getByLabel(person.t("item.totp"), { exact: true }).fill("JBSWY3DPEHPK3PXP");
  await dialog.getByLabel(person.t("item.notes"), { exact: true }).fill("The door is left of the gate.\nAsk for Jean.");
  await dialog.getByRole("button", { name: person.t("item.addField") }).click();
  await page.getByRole("menuitem", { name: person.t("item.fieldType.1"), exact: true }).click();
  await dialog.getByLabel(person.t("item.fieldName", { number: 1 })).fill("Pin");
  await dialog.getByLabel(person.t("item.fieldValue", { number: 1 }), { exact: true }).fill("0420");
  await picture("7-editor-end");
  await dialog.evaluate((popup) => popup.scrollTo(0, 0));
  await picture("8-editor");
  await save();
  await dialog.getByText(/^\d{3}\s\d{3}$/).waitFor();
  await dialog
    .getByRole("button", { name: person.t("item.show", { label: person.t("item.part.password") }), exact: true })
    .click();
  await dialog
    .locator("[type=file]")
    .setInputFiles({ name: "Title deed.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(48_000) });
  await dialog.getByRole("button", { name: person.t("item.fileGet", { name: "Title deed.pdf" }) }).waitFor();
  await picture("9-item");
  await dialog.evaluate((popup) => popup.scrollTo(0, popup.scrollHeight));
  await picture("10-item-end");
  await dialog.getByRole("button", { name: person.t("vault.deed.share"), exact: true }).click();
  await dialog.getByRole("checkbox", { name: "Sites/Paris" }).waitFor();
  await picture("11-share");
  expect(person.complaints).toEqual([]);
  await person.leave();
});
