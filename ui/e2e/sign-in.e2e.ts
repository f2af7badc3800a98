import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Language } from "../src/text/t.ts";
import { launch, Person } from "./browser.ts";
import { Server } from "./server.ts";

const password = "un coffre plein de pommes";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const walks: { language: Language; name: string; email: string; width: number }[] = [
  { language: "fr", name: "Élodie", email: "elodie@exemple.fr", width: 1280 },
  { language: "en", name: "Grace", email: "grace@home.example", width: 360 },
];

describe.each(walks)(
  "a person who reads $language in a window of $width pixels",
  ({ language, name, email, width }) => {
    test("registers, locks, unlocks, logs out and in, and leaves no secret behind", async () => {
      const person = await Person.sitDown(browser, { language, width });
      const { page } = person;
      const menu = async (item: "account.lock" | "account.logOut") => person.choose("account.menu", item, { name });

      await page.goto(server.url);
      await person.reads("signIn.title");
      expect(await page.title()).toBe(`${person.t("signIn.title")} – Coffre`);
      await person.isAccessible();
      await person.follow("signIn.create");
      await person.reads("signUp.title");
      await person.isAccessible();
      await person.fill("signIn.email", email);
      await page.getByLabel(person.t("signUp.name")).fill(name);
      await person.press("signUp.submit");
      await person.reads("signUp.sentTitle");
      await person.isAccessible();

      await page.goto(await server.mail(email, /(http\S+#\/finish-signup\S+)/));
      await person.reads("finish.title");
      await person.fill("finish.password", password);
      await person.sees("strength.4");
      await person.isAccessible();
      await person.fill("finish.again", `${password}!`);
      await person.press("finish.submit");
      await person.sees("finish.differs");
      await person.isAccessible();
      await person.fill("finish.again", password);
      await person.press("finish.submit");
      await person.isIn(name);
      await person.sees("vault.none");
      await person.isAccessible();
      await person.keepsNo(password, email);

      await menu("account.lock");
      await person.reads("lock.title");
      await person.isAccessible();
      await person.fill("signIn.password", "another password");
      await person.press("lock.open");
      await person.sees("lock.wrong");
      await person.isAccessible();
      await person.fill("signIn.password", password);
      await person.press("lock.open");
      await person.isIn(name);

      await menu("account.logOut");
      await person.reads("signIn.title");
      await person.fill("signIn.email", email);
      await person.tick("signIn.remember");
      await person.press("signIn.continue");
      await person.reads("signIn.passwordTitle");
      await person.isAccessible();
      await person.fill("signIn.password", "another password");
      await person.press("signIn.submit");
      await person.sees("signIn.wrong");
      await person.isAccessible();
      await person.fill("signIn.password", password);
      await person.press("signIn.submit");
      await person.isIn(name);
      await person.keepsNo(password, email);

      expect(person.complaints).toEqual([]);
      await person.leave();
    });
  },
);

test("the first page loads at most 170 kB of compressed script, and nothing from elsewhere", async () => {
  const person = await Person.sitDown(browser, { language: "fr" });
  const network = await person.page.context().newCDPSession(person.page);
  const scripts = new Set<string>();
  const foreign: string[] = [];
  let bytes = 0;
  await network.send("Network.enable");
  network.on("Network.responseReceived", ({ requestId, type, response }) => {
    if (type === "Script") scripts.add(requestId);
    if (!response.url.startsWith(server.url)) foreign.push(response.url);
  });
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await person.page.goto(server.url, { waitUntil: "networkidle" });
  await person.reads("signIn.title");
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThan(170_000);
  expect(foreign).toEqual([]);
  await person.leave();
});
