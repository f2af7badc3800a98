import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { folder, looks } from "./pictures.ts";
import { Pair } from "./server.ts";
import { Acme, offerInCloud, offerTo, password } from "./world.ts";

// Pictures of the screens of billing sync and of sponsorships, in both roles.

const ada = "ada@acme.example";

let pair: Pair;
let browser: Browser;
let acme: Acme;

beforeAll(async () => {
  [pair, browser] = await Promise.all([Pair.start({ coffre__billingSync__onChange: "false" }), launch()]);
  acme = await Acme.found(pair, ada, { seats: 40, generous: true });
  const ben = await acme.member("Ben", "ben@acme.example");
  await acme.connect();
  await acme.sync();
  await acme.offer(ben, "bea@home.example");
  await acme.sync();
  await acme.offer(acme.home.owner, "zoe@home.example");
});
afterAll(async () => {
  await browser?.close();
  await pair?.stop();
});

test.each(Object.entries(looks))("%s: billing and sponsorships", async (name, look) => {
  const picture = async ({ page }: Person, of: string) => {
    const path = `${folder}/${name}-${of}.png`;
    const whole = await page.evaluate(() => document.querySelector('[role="dialog"]') === null);
    await page.screenshot({ path, animations: "disabled", fullPage: whole });
  };
  const home = await Person.sitDown(browser, look);
  await home.page.goto(`${pair.selfHosted.url}/#/organizations/${acme.home.id}/billing/subscription`);
  await home.logInHere(ada, password);
  await home.sees("sync.historyLead");
  await home.page.getByRole("table").waitFor();
  await picture(home, "40-home-subscription");
  await home.press("sync.manage");
  await home.page.getByRole("dialog").waitFor();
  await home.fill("sync.token", "not-a-token");
  await home.press("sync.save");
  await home.page.getByRole("alert").waitFor();
  await picture(home, "41-manage");
  await home.page.keyboard.press("Escape");
  await home.page.getByRole("radio", { name: home.t("license.manual") }).check();
  await picture(home, "42-manual");
  await home.page.goto(`${pair.selfHosted.url}/#/settings/sponsored-families`);
  await home.sees("families.awaitingLead");
  await picture(home, "43-families");
  await home.page.goto(`${pair.selfHosted.url}/#/organizations/${acme.home.id}/members/sponsored-families`);
  await home.sees("freeFamilies.noneLead");
  await picture(home, "44-free-families");
  expect(home.complaints).toEqual([]);
  await home.leave();

  const cloud = await Person.sitDown(browser, look);
  await cloud.page.goto(`${pair.cloud.url}/#/organizations/${acme.cloudId}/billing/subscription`);
  await cloud.logInHere(ada, password);
  await cloud.sees("token.bound");
  await picture(cloud, "50-cloud-subscription");
  await cloud.press("token.view");
  await cloud.page.getByRole("dialog").getByLabel(cloud.t("signIn.password"), { exact: true }).fill(password);
  await cloud.press("token.continue");
  await cloud.sees("token.paste");
  await picture(cloud, "51-token");
  await cloud.press("kit.close");
  await cloud.press("hosting.download");
  await cloud.page.getByRole("dialog").getByRole("radio").first().waitFor();
  await picture(cloud, "52-download");
  await cloud.page.keyboard.press("Escape");
  await cloud.page.goto(`${pair.cloud.url}/#/organizations/${acme.cloudId}/members/sponsored-families`);
  await cloud.press("freeFamilies.bulk");
  await cloud.page.getByLabel(cloud.t("freeFamilies.addresses")).fill(`${name}1@home.example, no-address ${ada}`);
  await cloud.press("freeFamilies.bulkSubmit");
  await cloud.press("kit.close");
  await cloud.page.getByRole("row", { name: `${name}1@home.example` }).waitFor();
  await picture(cloud, "53-free-families");
  expect(cloud.complaints).toEqual([]);
  await cloud.leave();

  const email = `rae-${name}@home.example`;
  const sponsor = await Account.register(pair.cloud, "Sam", `sam-${name}@acme.example`, password);
  const firm = await sponsor.makeOrganization("Firm & Sons", 20, 5);
  await offerInCloud(sponsor, firm, email);
  const rae = await Person.sitDown(browser, look);
  await rae.page.goto(await offerTo(pair.cloud, email));
  await rae.follow("signIn.create");
  await rae.fill("finish.password", password);
  await rae.fill("finish.again", password);
  await rae.press("finish.submit");
  await rae.sees("redeem.change");
  await picture(rae, "60-redeem");
  await rae.fill("redeem.name", "Rae & co");
  await rae.page.getByLabel(rae.t("billing.country")).selectOption("FR");
  await rae.fill("billing.postalCode", "75001");
  await rae.press("redeem.accept");
  await rae.sees("redeem.done");
  await picture(rae, "61-redeemed");
  await rae.follow("redeem.toSubscription");
  await rae.sees("benefit.title");
  await picture(rae, "62-sponsored");
  expect(rae.complaints).toEqual([]);
  await rae.leave();
});
