import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person, phone } from "./browser.ts";
import { Server } from "./server.ts";

const password = "a vault full of apples";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("a passkey is added, opens the vault, and is removed", async () => {
  const email = "passkey@home.example";
  await Account.register(server, "Ada", email, password);
  const person = await Person.sitDown(browser, phone);
  const { page } = person;
  await person.logIn(server, email, password);
  await person.isIn("Ada");
  await person.hasAuthenticator();
  await person.visits("/settings/security/passkeys", "security.title");
  await person.sees("passkey.none");
  await person.isAccessible();
  await person.press("passkey.add");
  await person.fill("passkey.name", "My laptop");
  await person.isAccessible();
  await person.proves(password, "code.submit");
  await page.getByRole("listitem").getByText(person.t("passkey.opens")).waitFor();
  await person.isAccessible();

  await person.choose("account.menu", "account.logOut", { name: "Ada" });
  await person.reads("signIn.title");
  await person.press("signIn.passkey");
  await person.reads("security.title");
  await person.keepsNo(password, email);
  await person.press("passkey.removeLabel", { name: "My laptop" });
  await person.sees("passkey.removeLost");
  await person.isAccessible();
  await person.proves(password, "devices.remove");
  await person.sees("passkey.none");
  await person.choose("account.menu", "account.logOut", { name: "Ada" });
  await person.press("signIn.passkey");
  await page.getByRole("alert").waitFor();
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a passkey that was not asked to open the vault logs in, and can be asked later", async () => {
  const email = "later@home.example";
  await Account.register(server, "Ada", email, password);
  const person = await Person.sitDown(browser, { language: "fr" });
  const { page } = person;
  await person.logIn(server, email, password);
  await person.isIn("Ada");
  await person.hasAuthenticator();
  await person.visits("/settings/security/passkeys", "security.title");
  await person.press("passkey.add");
  await person.fill("passkey.name", "Clé bleue");
  await page.getByRole("checkbox", { name: person.t("passkey.opensToo") }).uncheck();
  await person.proves(password, "code.submit");
  await page.getByRole("listitem").getByText("Clé bleue").waitFor();

  await person.choose("account.menu", "account.logOut", { name: "Ada" });
  await person.press("signIn.passkey");
  await person.reads("lock.title");
  await person.sees("lock.lead", { email });
  await person.fill("signIn.password", password);
  await person.press("lock.open");
  await person.reads("security.title");
  await person.press("passkey.openLabel", { name: "Clé bleue" });
  await person.isAccessible();
  await person.proves(password, "code.submit");
  await page.getByRole("listitem").getByText(person.t("passkey.opens")).waitFor();
  await person.choose("account.menu", "account.logOut", { name: "Ada" });
  await person.press("signIn.passkey");
  await person.reads("security.title");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("an authenticator that computes no secrets makes a passkey for the log-in alone", async () => {
  const email = "plain@home.example";
  await Account.register(server, "Ada", email, password);
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await person.logIn(server, email, password);
  await person.isIn("Ada");
  await person.hasAuthenticator({ secrets: false });
  await person.visits("/settings/security/passkeys", "security.title");
  await person.press("passkey.add");
  await person.fill("passkey.name", "Old key");
  await person.proves(password, "code.submit");
  await page.getByRole("listitem").getByText("Old key").waitFor();
  expect(await page.getByRole("listitem").getByText(person.t("passkey.opens")).count()).toBe(0);
  await person.choose("account.menu", "account.logOut", { name: "Ada" });
  await person.press("signIn.passkey");
  await person.reads("lock.title");
  expect(person.complaints).toEqual([]);
  await person.leave();
});
