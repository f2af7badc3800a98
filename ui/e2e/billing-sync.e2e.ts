import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { install, Pair, type Server } from "./server.ts";
import { Acme, password } from "./world.ts";

// What can go wrong between the two servers, as their owners see it. Numbers are of the dossier.

const region = "globalSettings__baseServiceUri__cloudRegion";
const communication = "globalSettings__enableCloudCommunication";
const day = 24 * 60 * 60;

let pair: Pair;
let browser: Browser;

beforeAll(async () => {
  [pair, browser] = await Promise.all([Pair.start({ coffre__billingSync__onChange: "false" }), launch()]);
  await pair.cloud.set({ [region]: "EU" });
});
afterAll(async () => {
  await browser?.close();
  await pair?.stop();
});

/** Opens the subscription of an organization; a server that was restarted asks who is there. */
async function subscription(person: Person, server: Server, organizationId: string, email: string): Promise<void> {
  await person.page.goto("about:blank");
  await person.page.goto(`${server.url}/#/organizations/${organizationId}/billing/subscription`);
  await person.logInHere(email, password);
  await person.reads("subscription.title");
}

const lastSync = (person: Person) =>
  person.page
    .getByRole("main")
    .locator("dl > div")
    .filter({ hasText: new RegExp(`^${person.t("sync.last")}`) })
    .locator("dd");

const alertOf = (person: Person, text: RegExp) => person.page.getByRole("alert").filter({ hasText: text }).waitFor();

test("145: what is wrong with a token is told in the dialog, which stays open", async () => {
  const email = "ada@acme.example";
  const acme = await Acme.found(pair, email);
  const person = await Person.sitDown(browser, { language: "fr" });
  const { page } = person;
  const open = async () => {
    await subscription(person, pair.selfHosted, acme.home.id, email);
    await page.getByRole("radio", { name: person.t("license.automatic") }).check();
    await person.press("sync.manage");
  };
  const dialog = page.getByRole("dialog");
  const save = async (token: string, told: RegExp) => {
    await person.fill("sync.token", token);
    await person.press("sync.save");
    await alertOf(person, told);
    expect(await dialog.isVisible()).toBe(true);
  };
  await open();
  await save("nothing-of-the-kind", /n’est pas le jeton|pas le jeton actuel|jeton/i);
  await person.isAccessible();
  const old = await acme.token();
  const token = await acme.token({ rotate: true });
  await save(old, /jeton/i);

  await pair.selfHosted.set({ [region]: "US" });
  await open();
  await save(token, /US.*EU|EU.*US/);
  await pair.selfHosted.set({ [region]: "EU" });

  await open();
  await pair.cloud.down();
  await save(token, /localhost:\d+/);
  await page.getByLabel(person.t("sync.untried")).check();
  await person.press("sync.save");
  await person.sees("sync.savedUntried");
  await person.isAccessible();
  await pair.cloud.up();
  await person.press("sync.done");
  await person.press("sync.license");
  await page.getByRole("row").getByText(person.t("sync.wentThrough")).waitFor();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("107, 144: the last sync is never, then a date; saving again keeps it, and a rotated token that waits is red", async () => {
  const email = "bob@acme.example";
  const acme = await Acme.found(pair, email);
  await acme.connect();
  const home = await Person.sitDown(browser, { language: "en" });
  await subscription(home, pair.selfHosted, acme.home.id, email);
  await expect.poll(() => lastSync(home).textContent()).toBe("Never");
  await home.press("sync.license");
  await home.sees("sync.result");
  const year = String((await pair.selfHosted.now()).getFullYear());
  await expect.poll(() => lastSync(home).textContent()).toContain(year);
  const said = await lastSync(home).textContent();
  await home.press("sync.manage");
  await home.press("sync.save");
  await home.sees("sync.next");
  await home.press("sync.done");
  expect(await lastSync(home).textContent()).toBe(said);

  // A browser that is known by then is not asked for a code.
  const owner = await Person.sitDown(browser, { language: "en" });
  await subscription(owner, pair.cloud, acme.cloudId, email);
  await pair.advance(60);
  const token = await acme.token({ rotate: true });
  await pair.advance(3 * day);
  await subscription(owner, pair.cloud, acme.cloudId, email);
  await expect.poll(() => lastSync(owner).textContent()).toBe("Rotated 3 days ago, and not synced since");
  await owner.isAccessible();

  // The daily run has been refused since, which the history opens to.
  await home.press("sync.license");
  await alertOf(home, /token/i);
  await home.page.getByRole("row").locator("summary").first().click();
  await home.isAccessible();
  await home.press("sync.manage");
  await home.fill("sync.token", token);
  await home.press("sync.save");
  await home.sees("sync.next");
  await home.press("sync.done");
  await home.press("sync.license");
  await home.page
    .getByRole("status")
    .filter({ hasText: home.t("sync.result") })
    .waitFor();
  await subscription(owner, pair.cloud, acme.cloudId, email);
  await expect.poll(() => lastSync(owner).textContent()).toContain(year);
  for (const person of [home, owner]) {
    expect(person.complaints).toEqual([]);
    await person.leave();
  }
});

test("a token is shown to nobody who does not know the master password, and ends when it is revoked", async () => {
  const email = "cyd@acme.example";
  const acme = await Acme.found(pair, email);
  await acme.connect();
  const token = await acme.token();
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  const { page } = person;
  await subscription(person, pair.cloud, acme.cloudId, email);
  const prove = (typed: string) =>
    page.getByRole("dialog").getByLabel(person.t("signIn.password"), { exact: true }).fill(typed);
  await person.press("token.view");
  await prove("not my password");
  await person.press("token.continue");
  await page.getByRole("alert").waitFor();
  expect(await page.getByText(token).count()).toBe(0);
  await prove(password);
  await person.press("token.continue");
  await page.getByText(token).waitFor();
  await page.getByRole("dialog").getByText(pair.installationId).waitFor();
  await person.press("kit.close");
  await person.keepsNo(token, "Acme");
  const other = await install(pair.cloud);
  await person.press("token.allow");
  await page.getByLabel(person.t("hosting.installation")).fill(other.id);
  await prove(password);
  await page
    .getByRole("dialog")
    .getByRole("button", { name: person.t("token.allow") })
    .click();
  await page.getByRole("main").getByText(other.id).waitFor();
  await person.press("token.revoke");
  await prove(password);
  await person.isAccessible();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: person.t("token.revoke") })
    .click();
  await person.sees("token.none");
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("79: where the server may not talk to the cloud, automatic sync is off and says why", async () => {
  const email = "dan@acme.example";
  const acme = await Acme.found(pair, email);
  await pair.selfHosted.set({ [communication]: "false" });
  const person = await Person.sitDown(browser, { language: "en", width: 360 });
  await subscription(person, pair.selfHosted, acme.home.id, email);
  expect(await person.page.getByRole("radio", { name: person.t("license.automatic") }).isDisabled()).toBe(true);
  await person.sees("license.automaticOff");
  expect(await person.page.getByRole("radio", { name: person.t("license.manual") }).isChecked()).toBe(true);
  await person.isAccessible();
  await pair.selfHosted.set({ [communication]: "true" });
  await person.leave();
});

test("140: a Families license is uploaded by hand, and there is nothing to sync", async () => {
  const families = await Account.register(pair.cloud, "Fay", "fay@home.example", password);
  const id = await families.makeOrganization("The Fays");
  const owner = await Account.register(pair.selfHosted, "Fay", "fay@home.example", password);
  const license = await families.license(id, pair.installationId);
  const made = await owner.makeOrganizationFromLicense(license);
  const person = await Person.sitDown(browser, { language: "fr" });
  await subscription(person, pair.selfHosted, made, "fay@home.example");
  await person.sees("license.fileHint");
  for (const key of ["license.automatic", "sync.manage", "sync.license", "sync.history"] as const) {
    expect(await person.page.getByText(person.t(key), { exact: true }).count(), key).toBe(0);
  }
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a license that cannot be used is told what for: its version, its server, its end", async () => {
  const email = "eve@acme.example";
  const acme = await Acme.found(pair, email);
  const license = await acme.cloud.license(acme.cloudId, pair.installationId);
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await subscription(person, pair.selfHosted, acme.home.id, email);
  await page.getByRole("radio", { name: person.t("license.manual") }).check();
  const upload = async (text: string) => {
    const file = { name: "license.json", mimeType: "application/json", buffer: Buffer.from(text) };
    await page.locator('input[type="file"]').setInputFiles(file);
    await person.press("license.upload");
  };
  await upload(JSON.stringify({ ...JSON.parse(license), version: 99 }));
  await alertOf(person, /99.*Back up.*update the server.*try again/);
  await person.isAccessible();
  const other = await install(pair.cloud);
  await upload(await acme.cloud.license(acme.cloudId, other.id));
  await alertOf(person, /installation/);
  await upload(license);
  await person.sees("license.uploaded");
  await pair.selfHosted.advance(500 * day);
  await subscription(person, pair.selfHosted, acme.home.id, email);
  await page.getByRole("radio", { name: person.t("license.manual") }).check();
  await upload(license);
  await expect
    .poll(() =>
      page
        .getByRole("alert")
        .filter({ hasText: /expired/ })
        .count(),
    )
    .toBe(2);
  await page.getByText(person.t("licenseBanner.expired", { name: "Acme" })).waitFor();
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});
