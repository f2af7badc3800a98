import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Key } from "../src/text/t.ts";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { folder, looks } from "./pictures.ts";
import { Server } from "./server.ts";

// Pictures of the operator page of a cloud: light, dark, phone width and a pseudo-language.

const admin = "root@acme.example";

let cloud: Server;
let browser: Browser;

beforeAll(async () => {
  [cloud, browser] = await Promise.all([
    Server.start({ globalSettings__selfHosted: "false", adminSettings__admins: admin }),
    launch(),
  ]);
  for (const [name, email] of [
    ["Ada Lovelace", "ada@acme.example"],
    ["Grace Hopper", "grace@compilers.example"],
  ] as const) {
    const account = await Account.register(cloud, name, email, "a vault full of apples");
    await account.makeOrganization(`${name.split(" ")[1]} & Partners`);
  }
  await cloud.set({ globalSettings__mail__smtp__port: "1" }); // From here on mails wait.
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

const places: Key[] = [
  "operator.organizations",
  "operator.people",
  "operator.installations",
  "operator.mails",
  "operator.jobs",
  "operator.syncs",
  "operator.settings",
  "operator.doctor",
];

test.each(Object.entries(looks))("%s", async (name, look) => {
  const person = await Person.sitDown(browser, look);
  const { page } = person;
  let number = 0;
  const picture = (of: string) => {
    const path = `${folder}/${name}-operator-${String(++number).padStart(2, "0")}-${of}.png`;
    return page.screenshot({ path, animations: "disabled" });
  };
  await page.goto(`${cloud.url}/admin`);
  await person.fill("signIn.email", admin);
  await picture("door");
  const { out } = await cloud.command("admin", "link");
  await page.goto(/http\S+/.exec(out)?.[0] ?? "");
  await person.reads("operator.organizations");
  for (const place of places) {
    if (look.width) {
      await person.press("kit.openPlaces");
      await page
        .getByRole("dialog")
        .getByRole("link", { name: person.t(place) })
        .click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
    } else {
      await person.follow(place);
    }
    await person.reads(place);
    await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
    await picture(place.replace("operator.", ""));
    if (place === "operator.installations") {
      await person.press("operator.issue");
      await person.fill("signIn.email", `ops-${name}@acme.example`);
      await person.press("operator.issueAction");
      await person.sees("operator.keyLead");
      await picture("key");
      await person.press("operator.keyDone");
      await person.press("operator.disableNamed", { name: `ops-${name}@acme.example` });
      await picture("disable");
      await person.press("kit.cancel");
      await picture("installations-some");
    }
  }
  await person.press("operator.examine");
  await page.getByRole("button", { name: person.t("operator.examineAgain") }).waitFor();
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
  await picture("examined");
  expect(person.complaints).toEqual([]);
  await person.leave();
});
