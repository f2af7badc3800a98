import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { Company } from "./company.ts";
import { Server } from "./server.ts";
import { makeLogins } from "./vault.ts";

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

test("a person keeps a login, from the folder to the end", async () => {
  const [name, email] = ["Élodie", "elodie@home.example"];
  await Account.register(server, name, email, password);
  const person = await Person.sitDown(browser, { language: "fr" });
  const { page } = person;
  const dialog = page.getByRole("dialog");
  const inDialog = (key: Parameters<Person["t"]>[0], values?: Parameters<Person["t"]>[1]) =>
    dialog.getByRole("button", { name: person.t(key, values), exact: true });
  const make = async (what: Parameters<Person["t"]>[0]) => {
    await person.press("vault.new");
    await page.getByRole("menuitem", { name: person.t(what), exact: true }).click();
    await dialog.waitFor();
  };
  await person.logIn(server, email, password);
  await person.isIn(name);
  await person.sees("vault.none");
  await person.isAccessible();

  await make("vault.folder");
  await person.fill("vault.folderName", "Work");
  await person.isAccessible();
  await inDialog("console.save").click();
  await page.getByRole("heading", { level: 2, name: "Work" }).waitFor();

  await make("item.type.1");
  await person.fill("item.name", "Forge");
  await person.fill("item.part.username", "ada@forge.example");
  await dialog.getByLabel(person.t("item.part.password"), { exact: true }).fill("h3avy metal");
  await dialog.getByLabel(person.t("item.totp"), { exact: true }).fill("JBSWY3DPEHPK3PXP");
  await dialog.getByLabel(person.t("item.uri", { number: 0 }), { exact: true }).fill("https://forge.example/login");
  await inDialog("item.addUri").click();
  await dialog.getByLabel(person.t("item.uri", { number: 2 }), { exact: true }).fill("forge.test");
  await dialog.getByLabel(person.t("item.matches", { number: 2 }), { exact: true }).selectOption("3");
  await inDialog("item.addField").click();
  await page.getByRole("menuitem", { name: person.t("item.fieldType.1"), exact: true }).click();
  await dialog.getByLabel(person.t("item.fieldName", { number: 1 })).fill("Pin");
  await dialog.getByLabel(person.t("item.fieldValue", { number: 1 }), { exact: true }).fill("0420 1337");
  await person.isAccessible();
  await person.keepsNo("h3avy metal", email);
  await inDialog("console.save").click();
  await page.getByRole("heading", { name: "Forge" }).waitFor();
  expect(page.url()).toContain("itemId=");

  // What is hidden is shown when asked for, and stands in the page alone.
  await dialog.getByText(/^\d{3}\s\d{3}$/).waitFor();
  await person.isAccessible();
  await person.keepsNo("h3avy metal", "ada@forge.example");
  await inDialog("item.show", { label: person.t("item.part.password") }).click();
  await dialog.getByText("h3avy metal", { exact: true }).waitFor();
  await inDialog("item.show", { label: "Pin" }).click();
  await dialog.getByText("0420 1337", { exact: true }).waitFor();
  await person.keepsNo("h3avy metal", "ada@forge.example");
  await person.isAccessible();
  await page.context().grantPermissions(["clipboard-write"]);
  await inDialog("item.copy", { label: person.t("item.part.password") }).click();
  await dialog.getByText(person.t("kit.copied")).waitFor({ state: "attached" });

  const attached = { name: "deed.txt", mimeType: "text/plain", buffer: Buffer.from("The forge is ours.") };
  await dialog.locator("[type=file]").setInputFiles(attached);
  await inDialog("item.fileGet", { name: "deed.txt" }).waitFor();
  await person.isAccessible();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    inDialog("item.fileGet", { name: "deed.txt" }).click(),
  ]);
  expect(readFileSync(await download.path(), "utf8")).toBe("The forge is ours.");
  await inDialog("item.fileRemove", { name: "deed.txt" }).click();
  await person.sees("item.fileLost");
  await inDialog("vault.deed.destroy").click();
  await inDialog("item.fileGet", { name: "deed.txt" }).waitFor({ state: "detached" });

  await inDialog("item.makeFavorite").click();
  await inDialog("item.unfavorite").waitFor();
  await inDialog("item.edit").click();
  const field = dialog.getByLabel(person.t("item.part.password"), { exact: true });
  await expect.poll(() => field.inputValue()).toBe("h3avy metal");
  await dialog.getByLabel(person.t("item.notes"), { exact: true }).focus();
  await page.keyboard.press("ControlOrMeta+V");
  expect(await dialog.getByLabel(person.t("item.notes"), { exact: true }).inputValue()).toBe("h3avy metal");
  await page.keyboard.press("ControlOrMeta+Z");
  await inDialog("item.generate").click();
  const made = dialog.locator("output");
  await expect.poll(() => made.textContent()).toMatch(/^\S{20}$/);
  const generated = (await made.textContent()) ?? "";
  await person.keepsNo(generated, "ada@forge.example");
  await inDialog("generator.use").click();
  await expect.poll(() => field.inputValue()).toBe(generated);
  await person.keepsNo(generated, "ada@forge.example");
  await field.fill("h0t iron");
  await person.isAccessible();
  await inDialog("console.save").click();
  await person.sees("item.saved", { name: "Forge" });
  await dialog.getByText(person.t("item.history", { count: 1 })).click();
  await dialog.locator("details").getByRole("button").first().click();
  await dialog.getByText("h3avy metal", { exact: true }).waitFor();
  await person.isAccessible();

  await inDialog("item.clone").click();
  await dialog.getByLabel(person.t("item.name"), { exact: true }).waitFor();
  await inDialog("console.save").click();
  const copy = person.t("item.cloneOf", { name: "Forge" });
  await page.getByRole("link", { name: copy }).waitFor();
  await person.fill("vault.search", "copie".slice(0, 3));
  await page.getByRole("link", { name: "Forge", exact: true }).waitFor({ state: "detached" });
  await person.fill("vault.search", "forge.test");
  await page.getByRole("link", { name: "Forge", exact: true }).waitFor();
  await person.isAccessible();

  // A deep link leads to the item, after the log-in.
  await page.getByRole("link", { name: "Forge", exact: true }).click();
  await dialog.waitFor();
  await page.reload();
  await person.logInHere(email, password);
  await page.getByRole("heading", { name: "Forge" }).waitFor();
  await inDialog("vault.deed.trash").click();
  await person.sees("vault.deedLost.trash", { count: 1 });
  await person.isAccessible();
  await inDialog("vault.deed.trash").last().click();
  await person.sees("vault.deedDone.trash", { count: 1, name: "Forge" });
  await page.getByRole("link", { name: "Forge", exact: true }).waitFor({ state: "detached" });

  await person.follow("vault.trash");
  await page.getByRole("checkbox", { name: person.t("select.one", { name: "Forge" }) }).check();
  await person.isAccessible();
  await person.press("vault.deed.restore");
  await person.sees("vault.emptyTrash");
  await person.follow("vault.all");
  await page.getByRole("checkbox", { name: person.t("select.all") }).check();
  await person.press("vault.deed.trash");
  await inDialog("vault.deed.trash").click();
  await person.sees("vault.emptyHere");
  await person.follow("vault.trash");
  await page.getByRole("checkbox", { name: person.t("select.all") }).check();
  await person.press("vault.deed.destroy");
  await person.sees("vault.deedLost.destroy", { count: 2 });
  await person.isAccessible();
  await inDialog("vault.deed.destroy").click();
  await person.sees("vault.emptyTrash");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("an item is shared with an organization, whose reader can neither change nor see what is hidden", async () => {
  const ada = await Account.register(server, "Ada", "ada@acme.example", password);
  const acme = await Company.found(ada, "Acme");
  await acme.createCollection("Sites");
  const grace = await acme.join(server, "Grace", "grace@acme.example", password);
  await acme.confirm(grace.email);
  const { data } = (await ada.send("GET", `/api/organizations/${acme.id}/collections`)) as { data: { id: string }[] };
  const users = [
    { id: (await acme.members()).get(grace.email)?.id, readOnly: true, hidePasswords: true, manage: false },
  ];
  const collectionIds = data.map(({ id }) => id);
  await ada.send("POST", `/api/organizations/${acme.id}/collections/bulk-access`, { collectionIds, users, groups: [] });
  for (const cipher of await makeLogins(ada, ["Forge"])) await ada.call("POST /api/ciphers", cipher);

  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  const dialog = page.getByRole("dialog");
  await person.logIn(server, ada.email, password);
  await person.isIn("Ada");
  await page.getByRole("link", { name: "Forge", exact: true }).click();
  await dialog.getByRole("button", { name: person.t("vault.deed.share"), exact: true }).click();
  const sites = dialog.getByRole("checkbox", { name: "Sites" });
  await sites.check();
  await person.isAccessible();
  await dialog
    .getByRole("button", { name: person.t("vault.deed.share"), exact: true })
    .last()
    .click();
  await person.sees("vault.deedDone.share", { count: 1, name: "Forge" });
  await dialog.getByText("Acme · Sites").waitFor();
  await person.isAccessible();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Sites" }).click();
  await page.getByRole("link", { name: "Forge", exact: true }).waitFor();

  const reader = await Person.sitDown(browser, { language: "fr", width: 360 });
  await reader.logIn(server, grace.email, password);
  await reader.isIn("Grace");
  await reader.isAccessible();
  await reader.page.getByRole("link", { name: "Forge", exact: true }).click();
  await reader.sees("item.readOnly");
  await reader.sees("item.hidden");
  await reader.isAccessible();
  for (const key of ["item.edit", "item.clone", "vault.deed.trash", "item.collections"] as const)
    expect(
      await reader.page
        .getByRole("dialog")
        .getByRole("button", { name: reader.t(key), exact: true })
        .count(),
    ).toBe(0);
  const label = reader.t("item.part.password");
  for (const key of ["item.show", "item.copy"] as const)
    expect(await reader.page.getByRole("button", { name: reader.t(key, { label }), exact: true }).count()).toBe(0);
  await reader.keepsNo("h3avy metal", "ada@forge.example");
  expect([...person.complaints, ...reader.complaints]).toEqual([]);
  await person.leave();
  await reader.leave();
});

test("the keyboard alone makes a guarded note, which asks for the master password", async () => {
  await Account.register(server, "Alan", "alan@home.example", password);
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  const dialog = page.getByRole("dialog");
  const key = (pressed: string) => page.keyboard.press(pressed);
  await person.logIn(server, "alan@home.example", password);
  await person.isIn("Alan");
  await page.getByRole("button", { name: person.t("vault.new"), exact: true }).focus();
  await key("Enter");
  await page.getByRole("menuitem", { name: person.t("item.type.2"), exact: true }).focus();
  await key("Enter");
  const name = dialog.getByLabel(person.t("item.name"), { exact: true });
  await name.focus();
  await page.keyboard.type("Safe");
  await key("Tab");
  await page.keyboard.type("Behind the painting");
  await dialog.getByRole("button", { name: person.t("item.addField") }).focus();
  await key("Enter");
  await page.getByRole("menuitem", { name: person.t("item.fieldType.1"), exact: true }).focus();
  await key("Enter");
  await dialog.getByLabel(person.t("item.fieldName", { number: 1 })).focus();
  await page.keyboard.type("Combination");
  await dialog.getByLabel(person.t("item.fieldValue", { number: 1 }), { exact: true }).focus();
  await page.keyboard.type("12-34-56");
  await dialog.getByRole("checkbox", { name: person.t("item.reprompt") }).focus();
  await key("Space");
  await name.focus();
  await key("Enter");
  await page.getByRole("heading", { name: "Safe" }).waitFor();
  await dialog.getByRole("button", { name: person.t("item.show", { label: "Combination" }) }).focus();
  await key("Enter");
  await page.getByRole("heading", { name: person.t("item.proveTitle") }).waitFor();
  await person.isAccessible();
  const proof = dialog.getByLabel(person.t("signIn.password"), { exact: true });
  await proof.focus();
  await page.keyboard.type("not it");
  await key("Enter");
  await dialog.getByRole("alert").waitFor();
  await proof.fill(password);
  await key("Enter");
  await dialog.getByText("12-34-56", { exact: true }).waitFor();
  await person.keepsNo("12-34-56", "Combination");
  await key("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");

  // It asks also before it goes: from the list, and from its own page.
  await page.getByRole("checkbox", { name: person.t("select.one", { name: "Safe" }) }).check();
  await person.press("vault.deed.trash");
  await page.getByRole("heading", { name: person.t("item.proveTitle") }).waitFor();
  await key("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await page.getByRole("alert").count()).toBe(0);
  await page.getByRole("link", { name: "Safe", exact: true }).click();
  await dialog.getByRole("button", { name: person.t("vault.deed.trash"), exact: true }).click();
  await page.getByRole("heading", { name: person.t("item.proveTitle") }).waitFor();
  await proof.fill(password);
  await key("Enter");
  await person.sees("vault.deedLost.trash", { count: 1 });
  await dialog
    .getByRole("button", { name: person.t("vault.deed.trash"), exact: true })
    .last()
    .click();
  await page.getByRole("link", { name: "Safe", exact: true }).waitFor({ state: "detached" });
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("what another program wrote in several lines, or beside what is shown, survives a change", async () => {
  const kim = await Account.register(server, "Kim", "kim@home.example", password);
  const keys = await kim.open();
  const [name, address1, city, field, value] = await keys.encrypt(["Me", "1 Rue\r\nde la Forge", "Paris", "Door", "A"]);
  const fields = [{ type: 0, name: field ?? "", value: value ?? "", linkedId: 405 }];
  const { id } = await kim.call("POST /api/ciphers", {
    type: 4,
    name: name ?? "",
    identity: { address1: address1 ?? "", city: city ?? "" },
    fields,
  });
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  const { page } = person;
  const dialog = page.getByRole("dialog");
  await person.logIn(server, kim.email, password);
  await person.isIn("Kim");
  await page.getByRole("link", { name: "Me", exact: true }).click();
  const change = async (part: Parameters<Person["t"]>[0], said: string) => {
    await dialog.getByRole("button", { name: person.t("item.edit"), exact: true }).click();
    await dialog.getByLabel(person.t(part), { exact: true }).fill(said);
    await person.isAccessible();
    await dialog.getByRole("button", { name: person.t("console.save"), exact: true }).click();
    await dialog.getByText(said.split("\n")[0] ?? "").waitFor();
    const view = (await kim.send("GET", `/api/ciphers/${id}`)) as typeof kept;
    expect(view.fields).toMatchObject([{ linkedId: 405 }]);
    return keys.decrypt([view.identity.address1, view.identity.city]);
  };
  const kept = { identity: { address1: "", city: "" }, fields };
  expect(await change("item.part.city", "Lyon")).toEqual(["1 Rue\r\nde la Forge", "Lyon"]);
  expect(await change("item.part.address1", "2 Rue\nde la Forge")).toEqual(["2 Rue\nde la Forge", "Lyon"]);
  expect(person.complaints).toEqual([]);
  await person.leave();
});
