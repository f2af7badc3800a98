import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Language } from "../src/text/t.ts";
import { launch, Person } from "./browser.ts";
import { type Words, words } from "./page.words.ts";
import { Pair } from "./server.ts";
import { Acme, offerTo, password } from "./world.ts";

// The page that Coffre exists for, step by step and word by word, between a real cloud and a
// real self-hosted server. A change is told to the cloud by a sync alone, so that what waits
// can be seen.

const communication = "globalSettings__enableCloudCommunication";

let pair: Pair;
let browser: Browser;

beforeAll(async () => {
  [pair, browser] = await Promise.all([Pair.start({ coffre__billingSync__onChange: "false" }), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await pair?.stop();
});

/** Somebody who reads the words of the page on the screen, and does what the page says. */
class Reader {
  readonly person: Person;
  readonly w: Words;

  private constructor(person: Person) {
    this.person = person;
    this.w = words[person.language];
  }

  static async sitDown(language: Language, width?: number): Promise<Reader> {
    return new Reader(await Person.sitDown(browser, width ? { language, width } : { language }));
  }

  get page() {
    return this.person.page;
  }

  button = (name: string, within: Locator = this.page.locator("body")): Locator =>
    within.getByRole("button", { name, exact: true });

  link = (name: string): Locator => this.page.getByRole("link", { name, exact: true });

  heading = (name: string): Promise<void> => this.page.getByRole("heading", { name, exact: true }).waitFor();

  row = (name: string): Locator => this.page.getByRole("row", { name });

  /** The value of a fact on the screen. */
  fact = (name: string): Locator =>
    this.page
      .locator("main dl > div")
      .filter({ has: this.page.locator("dt", { hasText: new RegExp(`^${name}$`) }) })
      .locator("dd");

  /** Opens the console with the product switcher, and goes to Billing > Subscription. */
  async toSubscription(): Promise<void> {
    await this.button(this.w.vault).click();
    await this.page.getByRole("menuitem", { name: this.w.console, exact: true }).click();
    await this.link(this.w.billing).click();
    await this.link(this.w.subscription).click();
    await this.page.getByRole("heading", { level: 1, name: this.w.subscription }).waitFor();
  }

  async toFamilies(): Promise<void> {
    await this.link(this.w.settings).click();
    await this.link(this.w.families).click();
    await this.page.getByRole("heading", { level: 1, name: this.w.families }).waitFor();
  }

  async leave(): Promise<void> {
    expect(this.person.complaints).toEqual([]);
    await this.person.leave();
  }
}

// 141: on the way a sponsorship goes through all its states, each with its word.
test.each(["fr", "en"] as const)("141: the four steps of the page, in %s", async (language) => {
  const at = (name: string) => `${name}-${language}@acme.example`;
  const { cloud, selfHosted } = pair;

  // What the page takes for granted: the organization in the cloud, and at home by its license.
  await selfHosted.set({ [communication]: "false" });
  const acme = await Acme.found(pair, at("ada"));
  await acme.member("Ben", at("ben"));

  // Step 1: cloud communication is off, and said to be; the operator sets the line and restarts.
  const home = await Reader.sitDown(language);
  const { w } = home;
  await home.person.logIn(selfHosted, at("ada"), password);
  await home.toSubscription();
  await home.heading(w.management);
  expect(await home.page.getByRole("radio", { name: w.automatic }).isDisabled()).toBe(true);
  await home.page.getByText(w.off).waitFor();
  await home.person.isAccessible();
  await selfHosted.set({ [communication]: "true" });

  // Step 2: the owner fetches the token in the cloud.
  const owner = await Reader.sitDown(language);
  await owner.person.logIn(cloud, at("ada"), password);
  await owner.toSubscription();
  await owner.heading(w.hosting);
  await owner.person.isAccessible();
  await owner.page.context().grantPermissions(["clipboard-write"]);
  await owner.button(w.setUp).click();
  await owner.person.isAccessible();
  await owner.page.getByLabel(w.password, { exact: true }).fill(password);
  await owner.button(w.generate).click();
  const token = await owner.page.getByRole("dialog").locator("code").textContent();
  await owner.button(w.copy).click();
  await owner.button(w.copied).waitFor();
  await owner.person.isAccessible();
  await owner.button(w.close).click();

  // Step 3: and applies it at home.
  await home.page.goto("about:blank");
  await home.person.logIn(selfHosted, at("ada"), password);
  await home.toSubscription();
  await home.page.getByRole("radio", { name: w.automatic }).check();
  expect(await home.button(w.syncLicense).isDisabled()).toBe(true);
  await home.button(w.manage).click();
  await home.page.getByLabel(w.token).press("Control+V");
  expect(await home.page.getByLabel(w.token).inputValue()).toBe(token);
  await home.person.isAccessible();
  await home.button(w.save).click();
  await home.page.getByText(w.good).waitFor();
  await home.person.isAccessible();
  await home.button(w.done).click();
  await expect.poll(() => home.fact(w.last).textContent()).toBe(w.never);

  // A member offers, and the offer waits: nothing has been synced yet.
  const ben = await Reader.sitDown(language, 360);
  await ben.page.goto(`${selfHosted.url}/#/settings/sponsored-families`);
  await ben.person.logInHere(at("ben"), password);
  await ben.page.getByLabel(w.recipient).fill(at("bea"));
  await ben.button(w.offer).click();
  await ben.row(at("bea")).getByText(w.awaiting, { exact: true }).waitFor();
  await ben.person.isAccessible();

  // Step 4: a sync is triggered, and takes it along.
  await home.button(w.syncLicense).click();
  await home.page.getByText(w.counts).first().waitFor();
  await home.page.getByRole("row").getByText(w.went, { exact: true }).first().waitFor();
  expect(await home.fact(w.last).textContent()).not.toBe(w.never);
  await home.person.isAccessible();
  await ben.row(at("bea")).getByText(w.sent).waitFor();

  // The mail arrives; its recipient registers and redeems the offer for a new organization.
  const bea = await Reader.sitDown(language);
  await bea.page.goto(await offerTo(cloud, at("bea")));
  await bea.link(w.create).waitFor();
  await bea.person.isAccessible();
  await bea.link(w.create).click();
  await bea.person.fill("finish.password", password);
  await bea.person.fill("finish.again", password);
  await bea.person.press("finish.submit");
  await bea.page.getByText(/Acme/).first().waitFor();
  await bea.person.isAccessible();
  await bea.page.getByLabel(w.name).fill("Bea & co");
  await bea.page.getByLabel(bea.person.t("billing.country")).selectOption("FR");
  await bea.page.getByLabel(bea.person.t("billing.postalCode")).fill("75001");
  await bea.button(w.accept).click();
  await bea.page.getByText(w.free).waitFor();
  await bea.person.isAccessible();
  await bea.link(bea.person.t("redeem.toSubscription")).click();
  await expect.poll(() => bea.fact(w.sponsor).textContent()).toBe("Acme");
  await bea.person.isAccessible();

  // It is active on the other side too after the next sync.
  await home.button(w.syncLicense).click();
  await expect.poll(() => home.page.getByRole("row").getByText(w.went, { exact: true }).count()).toBe(2);
  await ben.page.goto(`${selfHosted.url}/#/settings/preferences`);
  await ben.person.reads("preferences.title");
  await ben.page.goto(`${selfHosted.url}/#/settings/sponsored-families`);
  await ben.row(at("bea")).getByText(w.active).waitFor();
  await ben.person.isAccessible();

  // Ben revokes it: that waits for a sync again, and then it ends with what is paid.
  await ben.page.getByRole("button", { name: w.menu }).click();
  await ben.page.getByRole("menuitem", { name: w.remove, exact: true }).click();
  await ben.person.isAccessible();
  await ben.button(w.remove, ben.page.getByRole("dialog")).click();
  await ben.row(at("bea")).getByText(w.awaiting, { exact: true }).waitFor();
  await home.button(w.syncLicense).click();
  await ben.row(at("bea")).getByText(w.ends).waitFor();
  await ben.row(at("bea")).getByText(w.awaiting, { exact: true }).waitFor({ state: "detached" });

  for (const reader of [home, owner, ben, bea]) await reader.leave();
});
