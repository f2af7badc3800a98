import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { fingerprintPhrase, launch, Person } from "./browser.ts";
import { Company } from "./company.ts";
import { folder, looks } from "./pictures.ts";
import { Server } from "./server.ts";

// Pictures of the Admin Console.

const password = "a vault full of apples";

let server: Server;
let browser: Browser;
let ada: Account;
let acme: Company;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  ada = await Account.register(server, "Ada Lovelace", "ada@acme.example", password);
  acme = await Company.found(ada, "Acme & Daughters");
  await acme.join(server, "Grace Hopper", "grace@acme.example", password);
  await acme.createGroup("Builders");
  for (const name of ["Sites", "Sites/Paris", "Sites/Paris/Rivoli"]) await acme.createCollection(name);
  await acme.invite(["alan@acme.example", "barbara.liskov@acme.example", "edsger@acme.example"]);
  await acme.setPolicy(3);
  const member = (await acme.members()).get("edsger@acme.example")?.id;
  await ada.send("PUT", `/api/organizations/${acme.id}/users/${member}/revoke`);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test.each(Object.entries(looks))("%s", async (name, look) => {
  const person = await Person.sitDown(browser, look);
  const { page } = person;
  const dialog = page.getByRole("dialog");
  let number = 30;
  const picture = (of: string) =>
    page.screenshot({ path: `${folder}/${name}-${number++}-${of}.png`, animations: "disabled" });
  const place = (path: string) => page.goto(`${server.url}/#/organizations/${acme.id}/${path}`);
  await person.logIn(server, ada.email, password);
  await person.isIn("Ada Lovelace");
  await place("members");
  await page.getByRole("button", { name: "Grace Hopper" }).waitFor();
  await picture("members");
  await page.getByRole("checkbox", { name: person.t("select.all") }).check();
  await picture("members-selected");
  await page.getByRole("button", { name: "Grace Hopper" }).click();
  await dialog.waitFor();
  await picture("member");
  await dialog.getByRole("button", { name: person.t("deed.confirm"), exact: true }).click();
  await dialog.getByText(fingerprintPhrase).waitFor();
  await picture("confirm");
  await page.keyboard.press("Escape");
  await person.press("members.invite");
  await dialog.getByRole("radio", { name: person.t("role.4") }).check();
  await dialog.getByRole("button", { name: person.t("pick.add", { name: "Sites" }), exact: true }).click();
  await picture("invite");
  await dialog.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await picture("invite-end");
  await page.keyboard.press("Escape");
  await place("groups");
  await page.getByRole("button", { name: "Builders" }).waitFor();
  await picture("groups");
  await place("vault");
  await page.getByRole("button", { name: "Rivoli" }).waitFor();
  await picture("collections");
  await page.getByRole("button", { name: "Rivoli" }).click();
  await dialog.getByLabel(person.t("pick.right", { name: "Ada Lovelace" })).waitFor();
  await picture("collection");
  await page.keyboard.press("Escape");
  await place("reporting/events");
  await page.getByText(person.t("event.1400", { what: "Builders" })).waitFor();
  await picture("events");
  await place("settings/policies");
  await person.press("policyTitle.1");
  await dialog.getByRole("checkbox", { name: person.t("policies.switch") }).check();
  await picture("policy");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await picture("policies");
  await place("settings/two-factor");
  await person.sees("twoStep.noDuo");
  await picture("two-step");
  await place("settings/tools/import");
  await person.sees("orgImport.lead", { name: "Acme & Daughters" });
  await picture("import");
  await place("settings/tools/export");
  await person.sees("orgExport.leaves");
  await picture("export");
  await person.press("export.submit");
  await dialog.waitFor();
  await picture("export-proof");
  await page.keyboard.press("Escape");
  expect(person.complaints).toEqual([]);
  await person.leave();
});
