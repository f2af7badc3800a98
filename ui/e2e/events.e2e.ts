import { readFileSync } from "node:fs";
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
  await acme.invite(Array.from({ length: 60 }, (_, n) => `person${n}@acme.example`));
  await acme.createGroup("Builders");
  await acme.createCollection("Sites");
  await acme.setPolicy(13);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("the log tells what happened in words, page by page, and hands them out as a table", async () => {
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await person.logIn(server, ada.email, password);
  await person.isIn("Ada");
  await page.goto(`${server.url}/#/organizations/${acme.id}/reporting/events`);
  await person.sees("event.1700", { what: person.t("policyTitle.13") });
  await person.sees("event.1400", { what: "Builders" });
  await person.sees("event.1300", { what: "Sites" });
  await page
    .getByText(person.t("event.1500", { what: "person" }))
    .first()
    .waitFor();
  await person.sees("events.shown", { count: 50 });
  await person.isAccessible();
  await page.getByRole("button", { name: person.t("events.more") }).focus();
  await page.keyboard.press("Enter");
  await page.getByText(person.t("events.shown", { count: 50 })).waitFor({ state: "detached" });
  const saved = page.waitForEvent("download");
  await person.press("events.save");
  const table = readFileSync(await (await saved).path(), "utf8");
  expect(table).toContain(`"1400","${person.t("event.1400", { what: "Builders" })}","Ada"`);
  expect(table.trim().split("\r\n").length).toBeGreaterThan(61);
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("days in which nothing happened say so, on a phone and in French", async () => {
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  const { page } = person;
  await person.logIn(server, ada.email, password);
  await person.isIn("Ada");
  await page.goto(`${server.url}/#/organizations/${acme.id}/reporting/events`);
  await person.sees("event.1400", { what: "Builders" });
  await person.isAccessible();
  await person.fill("events.from", "2020-01-01");
  await person.fill("events.to", "2020-01-31");
  await person.sees("events.none");
  await person.isAccessible();
  await person.fill("events.from", "2018-01-01");
  await page.getByRole("alert").waitFor();
  expect(person.complaints).toEqual([]);
  await person.leave();
});
