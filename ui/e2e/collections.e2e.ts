import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { Company } from "./company.ts";
import { Server } from "./server.ts";

const password = "a vault full of apples";

let server: Server;
let browser: Browser;
let ada: Account;
let acme: Company;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  ada = await Account.register(server, "Ada", "ada@acme.example", password);
  acme = await Company.found(ada, "Acme");
  await acme.invite(["grace@acme.example", "alan@acme.example"]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("collections are made one under the other, given to people and groups, and deleted", async () => {
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  const dialog = page.getByRole("dialog");
  await person.logIn(server, ada.email, password);
  await person.isIn("Ada");
  await page.goto(`${server.url}/#/organizations/${acme.id}/groups`);
  await person.sees("groups.none");
  await person.isAccessible();
  await person.press("groups.create");
  await dialog.getByLabel(person.t("groups.name")).fill("Builders");
  await dialog.getByRole("button", { name: person.t("pick.add", { name: "grace@acme.example" }) }).click();
  await dialog.getByRole("button", { name: person.t("pick.add", { name: "Everyone" }) }).click();
  await dialog.getByLabel(person.t("pick.right", { name: "Everyone" })).selectOption("viewHidden");
  await person.isAccessible();
  await dialog.getByRole("button", { name: person.t("console.save"), exact: true }).click();
  await person.sees("groups.saved", { name: "Builders" });
  await page.getByRole("button", { name: "Builders" }).click();
  await dialog.getByRole("button", { name: person.t("pick.remove", { name: "grace@acme.example" }) }).waitFor();
  expect(await dialog.getByLabel(person.t("pick.right", { name: "Everyone" })).inputValue()).toBe("viewHidden");
  await page.keyboard.press("Escape");

  await person.follow("place.collections");
  await person.reads("collections.title");
  for (const name of ["Sites", "Sites/Paris", "Sites/Paris/Rivoli"]) {
    await person.press("collections.create");
    await dialog.getByLabel(person.t("collections.name")).fill(name);
    await dialog.getByRole("button", { name: person.t("pick.remove", { name: "Ada" }) }).waitFor();
    await dialog.getByRole("button", { name: person.t("console.save"), exact: true }).click();
    await dialog.waitFor({ state: "detached" });
  }
  await page.getByRole("button", { name: "Rivoli", exact: true }).waitFor();
  await person.isAccessible();
  await page.getByRole("checkbox", { name: person.t("select.one", { name: "Sites" }) }).check();
  await page.getByRole("checkbox", { name: person.t("select.one", { name: "Paris" }) }).check();
  await person.press("collections.give");
  await dialog.getByRole("button", { name: person.t("pick.add", { name: "Builders" }) }).click();
  await dialog.getByRole("button", { name: person.t("collections.give"), exact: true }).click();
  await person.sees("collections.given", { count: 2 });
  await page.getByRole("button", { name: "Paris", exact: true }).click();
  expect(await dialog.getByLabel(person.t("pick.right", { name: "Builders" })).inputValue()).toBe("edit");
  expect(await dialog.getByLabel(person.t("pick.right", { name: "Ada" })).inputValue()).toBe("manage");
  await page.keyboard.press("Escape");
  await person.press("select.clear");
  await person.fill("collections.search", "rivoli");
  await page.getByRole("button", { name: "Sites/Paris/Rivoli" }).waitFor();
  await page.getByRole("checkbox", { name: person.t("select.all") }).check();
  await person.press("collections.delete");
  await dialog.getByRole("button", { name: person.t("collections.delete"), exact: true }).click();
  await person.sees("collections.deleted", { count: 1 });
  await page.getByRole("button", { name: "Sites/Paris/Rivoli" }).waitFor({ state: "detached" });
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("the keyboard alone makes a collection, on a phone and in French", async () => {
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  const { page } = person;
  const dialog = page.getByRole("dialog");
  const key = (pressed: string) => page.keyboard.press(pressed);
  await person.logIn(server, ada.email, password);
  await person.isIn("Ada");
  await page.goto(`${server.url}/#/organizations/${acme.id}/vault`);
  await page.getByRole("button", { name: person.t("collections.create") }).focus();
  await key("Enter");
  const name = dialog.getByLabel(person.t("collections.name"));
  await name.waitFor();
  await name.focus();
  await page.keyboard.type("Comptabilité");
  await dialog.getByRole("button", { name: person.t("pick.add", { name: "alan@acme.example" }) }).focus();
  await key("Enter");
  await dialog.getByLabel(person.t("pick.right", { name: "alan@acme.example" })).waitFor();
  await person.isAccessible();
  await name.focus();
  await key("Enter");
  await person.sees("collections.saved", { name: "Comptabilité" });
  await page.getByRole("button", { name: "Comptabilité" }).waitFor();
  await dialog.waitFor({ state: "detached" });
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});
