import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { Server } from "./server.ts";
import { beGenerous, offerInCloud, offerTo, password } from "./world.ts";

// A Families organization is offered and redeemed in a cloud. Numbers are of the dossier.

const enterprise = 20;

let cloud: Server;
let browser: Browser;
let ada: Account;
let acme: string;

beforeAll(async () => {
  [cloud, browser] = await Promise.all([Server.start({ globalSettings__selfHosted: "false" }), launch()]);
  ada = await Account.register(cloud, "Ada", "ada@acme.example", password);
  acme = await ada.makeOrganization("Acme", enterprise, 10);
  await beGenerous(cloud, acme);
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

/** Has an Enterprise organization of somebody new offer a Families organization. */
async function offer(to: string): Promise<{ sponsor: Account; firm: string; link: string }> {
  const sponsor = await Account.register(cloud, "Sam", `sam-${to.split("@")[0]}@acme.example`, password);
  const firm = await sponsor.makeOrganization("Firm", enterprise, 5);
  await offerInCloud(sponsor, firm, to);
  return { sponsor, firm, link: await offerTo(cloud, to) };
}

const revoke = (sponsor: Account, firm: string) => sponsor.send("DELETE", `/api/organization/sponsorship/${firm}`);

test("143, 146: a member offers, corrects and takes back by keyboard alone; the own address is refused at once", async () => {
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  const key = (pressed: string) => page.keyboard.press(pressed);
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
  await page.goto(`${cloud.url}/#/settings/sponsored-families`);
  await person.logInHere("ada@acme.example", password);
  await person.sees("families.listEmpty");
  await person.isAccessible();
  const field = page.getByLabel(person.t("families.recipient"));
  await field.focus();
  await page.keyboard.type("ADA@acme.example");
  await key("Enter");
  await person.sees("families.own");
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  expect(await page.getByRole("row").count()).toBe(0);
  await person.isAccessible();
  await field.fill("");
  await page.keyboard.type("kin@home.example");
  await key("Tab");
  await key("Enter");
  await page.getByRole("row", { name: "kin@home.example" }).getByText(person.t("families.state.offered")).waitFor();
  await person.isAccessible();
  const menu = page.getByRole("button", { name: person.t("families.menu", { name: "kin@home.example" }) });
  await menu.focus();
  await key("Enter");
  await page.getByRole("menuitem").first().waitFor();
  await person.isAccessible();
  await key("Enter");
  await person.sees("families.resent");
  await offerTo(cloud, "kin@home.example");
  await menu.focus();
  await key("Enter");
  await page.getByRole("menuitem", { name: person.t("families.remove"), exact: true }).waitFor();
  await key("End");
  await key("Enter");
  const dialog = page.getByRole("dialog", { name: person.t("families.removeTitle", { name: "kin@home.example" }) });
  await dialog.waitFor();
  await person.isAccessible();
  for (let n = 0; n < 6; n++) {
    await key("Tab");
    expect(await dialog.evaluate((own) => own.contains(document.activeElement)), "the focus stays inside").toBe(true);
  }
  while ((await focused()) !== person.t("families.remove")) await key("Tab");
  await key("Enter");
  await page.getByText(person.t("families.removed")).waitFor();
  await person.sees("families.listEmpty");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("142: who has nothing to give finds no such place", async () => {
  await Account.register(cloud, "Nell", "nell@home.example", password);
  const person = await Person.sitDown(browser, { language: "fr" });
  await person.logIn(cloud, "nell@home.example", password);
  await person.isIn("Nell");
  await person.follow("place.settings");
  await person.page.getByRole("link", { name: person.t("place.preferences"), exact: true }).waitFor();
  expect(await person.page.getByRole("link", { name: person.t("place.families") }).count()).toBe(0);
  await person.page.goto(`${cloud.url}/#/settings/sponsored-families`);
  await person.sees("families.noneLead");
  await person.isAccessible();
  await person.leave();
});

test("15: who has registered since the mail is led to the log-in, and an own organization becomes free", async () => {
  const { link } = await offer("kim@home.example");
  expect(link).toContain("register=true");
  const kim = await Account.register(cloud, "Kim", "kim@home.example", password);
  await kim.makeOrganization("The Kims");
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  const { page } = person;
  await page.goto(link);
  await person.reads("signIn.title");
  await person.sees("redeem.logIn");
  expect(await page.getByLabel(person.t("signIn.email")).inputValue()).toBe("kim@home.example");
  await person.isAccessible();
  await person.press("signIn.continue");
  await person.fill("signIn.password", password);
  await person.press("signIn.submit");
  await page.getByRole("radio", { name: "The Kims" }).waitFor();
  await person.sees("redeem.change");
  await person.isAccessible();
  await person.press("redeem.accept");
  await person.sees("redeem.done");
  await person.follow("redeem.toSubscription");
  await person.sees("benefit.goesOn");
  await person.isAccessible();
  await person.press("benefit.remove");
  await person.isAccessible();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: person.t("benefit.remove") })
    .click();
  await page
    .getByText(/^Le parrainage se termine le/)
    .first()
    .waitFor();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("29: when the offer is gone after the organization was made, its deletion is offered", async () => {
  const { link, sponsor, firm } = await offer("lou@home.example");
  await Account.register(cloud, "Lou", "lou@home.example", password);
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await page.goto(link);
  await person.press("signIn.continue");
  await person.fill("signIn.password", password);
  await person.press("signIn.submit");
  await page.getByText("Firm offers you").waitFor();
  await person.fill("redeem.name", "The Lous");
  await page.getByLabel(person.t("billing.country")).selectOption("FR");
  await person.fill("billing.postalCode", "75001");
  await revoke(sponsor, firm);
  await person.press("redeem.accept");
  await page.getByText("This offer has been withdrawn.").waitFor();
  await person.sees("redeem.failedTitle");
  await person.isAccessible();
  await person.press("redeem.delete");
  await page.getByRole("dialog").getByLabel(person.t("signIn.password"), { exact: true }).fill(password);
  await page
    .getByRole("dialog")
    .getByRole("button", { name: person.t("redeem.delete") })
    .click();
  await person.sees("redeem.deleted");
  await person.sees("start.none");
  await page.goto(link);
  await page.getByText("This offer has been withdrawn.").waitFor();
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("an offer opens for its recipient alone: who is logged in otherwise is told, and led there", async () => {
  const { link } = await offer("mia@home.example");
  await Account.register(cloud, "Mia", "mia@home.example", password);
  const person = await Person.sitDown(browser, { language: "fr" });
  const { page } = person;
  await person.logIn(cloud, "ada@acme.example", password);
  await person.isIn("Ada");
  await page.goto(link);
  await person.sees("redeem.otherTitle");
  await person.isAccessible();
  await person.press("redeem.switch", { email: "mia@home.example" });
  await person.reads("signIn.title");
  expect(await page.getByLabel(person.t("signIn.email")).inputValue()).toBe("mia@home.example");
  await person.press("signIn.continue");
  await person.fill("signIn.password", password);
  await person.press("signIn.submit");
  await page.getByText("Firm vous offre").waitFor();
  for (const place of ["accept-families-for-enterprise", "setup/families-for-enterprise"]) {
    await page.goto(`${cloud.url}/#/${place}`);
    await page.getByText(person.t("redeem.broken")).waitFor();
    await person.isAccessible();
  }
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("administrators give to a list, each row with its result, and find, take back and export", async () => {
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await page.goto(`${cloud.url}/#/organizations/${acme}/members/sponsored-families`);
  await person.logInHere("ada@acme.example", password);
  await person.sees("freeFamilies.noneLead");
  await person.press("freeFamilies.add");
  await page.getByLabel(person.t("families.recipient")).fill("one@home.example");
  await page.getByLabel(person.t("freeFamilies.notes")).fill("works with us until May");
  await person.isAccessible();
  await person.press("families.submit");
  await page.getByRole("row", { name: "one@home.example" }).getByText("works with us until May").waitFor();
  await person.press("freeFamilies.bulk");
  await page.getByLabel(person.t("freeFamilies.addresses")).fill("two@home.example, nowhere\nada@acme.example");
  await person.isAccessible();
  await person.press("freeFamilies.bulkSubmit");
  await page.getByText(person.t("freeFamilies.bulkDone", { good: 1, bad: 2 })).waitFor();
  await person.isAccessible();
  await person.press("kit.close");
  await page.getByRole("row", { name: "two@home.example" }).waitFor();
  await page.getByRole("searchbox").fill("may");
  await page.getByRole("row", { name: "two@home.example" }).waitFor({ state: "detached" });
  await page.getByRole("searchbox").fill("");
  await page.getByLabel(person.t("freeFamilies.filter")).selectOption("active");
  await person.sees("freeFamilies.nothingFound");
  await page.getByLabel(person.t("freeFamilies.filter")).selectOption("offered");
  await person.isAccessible();
  const [file] = await Promise.all([page.waitForEvent("download"), person.press("freeFamilies.export")]);
  expect(file.suggestedFilename()).toBe("sponsorships.csv");
  await page.getByRole("button", { name: person.t("families.menu", { name: "two@home.example" }) }).click();
  await page.getByRole("menuitem", { name: person.t("freeFamilies.revoke") }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: person.t("freeFamilies.revoke") })
    .click();
  await page.getByRole("row", { name: "two@home.example" }).waitFor({ state: "detached" });
  expect(person.complaints).toEqual([]);
  await person.leave();
});
