import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { desk, fingerprintPhrase, launch, Person, phone } from "./browser.ts";
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

test("a person changes the master password", async () => {
  const [email, next] = ["password@home.example", "another vault full of pears"];
  await Account.register(server, "Ada", email, password);
  const person = await Person.sitDown(browser, phone);
  await person.logIn(server, email, password);
  await person.isIn("Ada");
  await person.visits("/settings/security/password", "security.title");
  await person.isAccessible();
  await person.fill("security.current", "not the password");
  await person.fill("security.new", next);
  await person.sees("strength.4");
  await person.fill("security.newAgain", `${next}!`);
  await person.press("security.change");
  await person.sees("finish.differs");
  await person.isAccessible();
  await person.fill("security.newAgain", next);
  await person.press("security.change");
  await person.page.getByRole("alert").waitFor();
  await person.isAccessible();
  await person.fill("security.current", password);
  await person.press("security.change");
  await person.sees("ended.password");
  await person.isAccessible();
  for (const secret of [password, next]) await person.keepsNo(secret, "email");

  await person.logIn(server, email, password);
  await person.sees("signIn.wrong");
  await person.fill("signIn.password", next);
  await person.press("signIn.submit");
  await person.isIn("Ada");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a person derives the keys with Argon2id from now on, and the vault still opens", async () => {
  const email = "kdf@home.example";
  await Account.register(server, "Ada", email, password);
  const person = await Person.sitDown(browser, { language: "fr" });
  const { page } = person;
  await person.logIn(server, email, password);
  await person.isIn("Ada");
  await person.visits("/settings/security/password", "security.title");
  const form = page.getByRole("form", { name: person.t("kdf.title") });
  await form.getByLabel(person.t("kdf.algorithm")).selectOption("argon2id");
  await form.getByLabel(person.t("kdf.iterations")).fill("2");
  await form.getByLabel(person.t("kdf.memory")).fill("17");
  await person.isAccessible();
  await form.getByLabel(person.t("signIn.password"), { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  await person.sees("ended.derivation");
  await person.logIn(server, email, password);
  await person.isIn("Ada");
  await person.visits("/settings/security/password", "security.title");
  expect(await form.getByLabel(person.t("kdf.memory")).inputValue()).toBe("17");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("the API key is shown after the master password, and can be made anew", async () => {
  const email = "key@home.example";
  await Account.register(server, "Ada", email, password);
  const person = await Person.sitDown(browser, desk);
  const { page } = person;
  await person.logIn(server, email, password);
  await person.isIn("Ada");
  await person.visits("/settings/security/security-keys", "security.title");
  await person.isAccessible();
  const shown = async () => (await page.getByRole("dialog").locator("code").allTextContents()).slice(0, 2);
  await person.press("apiKey.view");
  await person.proves("not it", "apiKey.view");
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await person.proves(password, "apiKey.view");
  await person.sees("apiKey.secret");
  await person.isAccessible();
  const [id, secret] = await shown();
  expect(id).toMatch(/^user\.[0-9a-f-]{36}$/);
  await person.press("kit.close");
  await person.press("apiKey.rotate");
  await person.sees("apiKey.rotateLost");
  await person.proves(password, "apiKey.rotate");
  await person.sees("apiKey.secret");
  const [sameId, fresh] = await shown();
  expect(sameId).toBe(id);
  expect(fresh).not.toBe(secret);
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("devices are listed, removed, and let in", async () => {
  const email = "devices@home.example";
  await Account.register(server, "Ada", email, password);
  const person = await Person.sitDown(browser, phone);
  const { page } = person;
  await person.logIn(server, email, password);
  await person.isIn("Ada");
  await person.visits("/settings/security/device-management", "security.title");
  await person.sees("devices.this");
  await person.isAccessible();
  expect(await page.getByRole("row").count()).toBe(3); // The heading, this browser, and the account's first device.
  await page.getByRole("button", { name: person.t("devices.remove") }).click();
  await person.sees("devices.removeLost");
  await person.isAccessible();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: person.t("devices.remove"), exact: true })
    .click();
  await expect.poll(() => page.getByRole("row").count()).toBe(2);

  // A second browser is known from a log-in, and comes in by the answer of the first.
  const other = await Person.sitDown(browser, phone);
  await other.logIn(server, email, password);
  await other.isIn("Ada");
  await other.page.reload();
  const ask = async () => {
    await other.fill("signIn.email", email);
    await other.press("signIn.continue");
    await other.press("askDevice.link");
    await other.sees("askDevice.waiting");
  };
  await ask();
  await other.isAccessible();
  await person.sees("requests.warning");
  const phrase = await other.page.locator("code").textContent();
  expect(phrase).toMatch(fingerprintPhrase);
  await expect.poll(() => page.locator("code").textContent()).toBe(phrase);
  await person.isAccessible();
  await person.press("requests.deny");
  await other.sees("askDevice.denied");
  await other.isAccessible();
  await other.press("askDevice.again");
  await person.press("requests.approve");
  await other.isIn("Ada");

  await person.press("newDevices.turnOff");
  await person.sees("newDevices.offLead");
  await person.proves(password, "newDevices.turnOff");
  await page.getByRole("button", { name: person.t("newDevices.turnOn"), exact: true }).waitFor();
  expect([...person.complaints, ...other.complaints]).toEqual([]);
  await person.leave();
  await other.leave();
});

test("a browser that the account does not know cannot ask the other devices, and says so", async () => {
  await Account.register(server, "Ada", "stranger@home.example", password);
  const person = await Person.sitDown(browser, { language: "en" });
  await person.page.goto(`${server.url}/#/login`);
  await person.fill("signIn.email", "stranger@home.example");
  await person.press("signIn.continue");
  await person.press("askDevice.link");
  await person.page.getByRole("alert").waitFor();
  await person.isAccessible();
  await person.press("askDevice.password");
  await person.reads("signIn.passwordTitle");
  expect(person.complaints).toEqual([]);
  await person.leave();
});
