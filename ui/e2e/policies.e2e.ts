import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Key } from "../src/text/t.ts";
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
  await acme.join(server, "Grace", "grace@acme.example", password);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("a policy tells whom it will revoke before it is on, and what it needs", async () => {
  const person = await Person.sitDown(browser, { language: "fr" });
  const { page } = person;
  const dialog = page.getByRole("dialog");
  await person.logIn(server, ada.email, password);
  await person.isIn("Ada");
  await page.goto(`${server.url}/#/organizations/${acme.id}/settings/policies`);
  await person.reads("policies.title");
  await person.isAccessible();
  const save = () => dialog.getByRole("button", { name: person.t("console.save"), exact: true }).click();
  const switchOn = async (title: Key) => {
    await person.press(title);
    await dialog.getByRole("checkbox", { name: person.t("policies.switch") }).check();
  };
  const isOn = (title: Key) =>
    page
      .getByRole("row", { name: person.t(title) })
      .getByText(person.t("members.on"), { exact: true })
      .waitFor();

  await switchOn("policyTitle.9");
  await person.sees("policies.needs", { name: person.t("policyTitle.3") });
  await dialog.getByLabel(person.t("policyDetail.minutes")).fill("15");
  await dialog.getByLabel(person.t("policyDetail.action")).selectOption("logOut");
  await save();
  await dialog.getByRole("alert").nth(1).waitFor();
  await page.keyboard.press("Escape");
  await switchOn("policyTitle.3");
  await save();
  await isOn("policyTitle.3");
  await switchOn("policyTitle.9");
  await dialog.getByLabel(person.t("policyDetail.minutes")).fill("15");
  await save();
  await isOn("policyTitle.9");
  await person.press("policyTitle.3");
  await dialog.getByRole("checkbox", { name: person.t("policies.switch") }).uncheck();
  await person.sees("policies.stillNeeded", { names: person.t("policyTitle.9") });
  await page.keyboard.press("Escape");

  await switchOn("policyTitle.1");
  await dialog.getByLabel(person.t("policyDetail.minLength")).fill("16");
  await dialog.getByLabel(person.t("policyDetail.minComplexity")).selectOption("3");
  await dialog.getByRole("checkbox", { name: person.t("policyDetail.requireNumbers") }).check();
  await person.isAccessible();
  await save();
  await isOn("policyTitle.1");
  await person.press("policyTitle.1");
  expect(await dialog.getByLabel(person.t("policyDetail.minLength")).inputValue()).toBe("16");
  expect(await dialog.getByRole("checkbox", { name: person.t("policyDetail.requireNumbers") }).isChecked()).toBe(true);
  await page.keyboard.press("Escape");

  await switchOn("policyTitle.0");
  await person.sees("policies.revoked", { count: 1 });
  await person.isAccessible();
  await save();
  await isOn("policyTitle.0");
  await server.mail("grace@acme.example", /Acme/);
  await person.follow("place.members");
  await page.getByRole("row", { name: "Grace" }).getByText(person.t("memberStatus.-1")).waitFor();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("the keyboard alone opens a policy; what an organization cannot have is told", async () => {
  const person = await Person.sitDown(browser, { language: "en", width: 360 });
  const { page } = person;
  await person.logIn(server, ada.email, password);
  await person.isIn("Ada");
  await page.goto(`${server.url}/#/organizations/${acme.id}/settings/policies`);
  await page.getByRole("button", { name: person.t("policyTitle.10") }).focus();
  await page.keyboard.press("Enter");
  const box = page.getByRole("dialog").getByRole("checkbox", { name: person.t("policies.switch") });
  await box.focus();
  await page.keyboard.press("Space");
  await person.sees("policyEffect.10");
  await person.isAccessible();
  await page.keyboard.press("Enter");
  await person.sees("policies.saved", { name: person.t("policyTitle.10") });
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await person.isAccessible();
  await page.goto(`${server.url}/#/organizations/${acme.id}/settings/two-factor`);
  await person.reads("twoStep.title");
  await person.sees("twoStep.noDuo");
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});
