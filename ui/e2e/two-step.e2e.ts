import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account, authenticatorCode } from "./account.ts";
import { desk, type Look, launch, Person, phone } from "./browser.ts";
import { Server } from "./server.ts";

const password = "a vault full of apples";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  // With services for YubiKeys and Duo, which these walks never reach.
  const services = {
    globalSettings__yubico__clientId: "1",
    globalSettings__yubico__key: "AAAA",
    coffre__twoStep__duo: "true",
  };
  [server, browser] = await Promise.all([Server.start(services), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Logs somebody in who has an account, and opens the second steps. */
async function arrive(look: Look, email: string): Promise<Person> {
  const person = await Person.sitDown(browser, look);
  await person.logIn(server, email, password);
  await person.isIn("Ada");
  await person.visits("/settings/security/two-factor", "security.title");
  return person;
}

const open = (person: Person, method: "authenticator" | "keys" | "email" | "yubikey" | "duo") =>
  person.page
    .getByRole("row", { name: person.t(`secondStep.${method}`) })
    .getByRole("button")
    .click();

test("scenario 65: the authenticator is set up and taken away in the web vault", async () => {
  const email = "totp@home.example";
  const account = await Account.register(server, "Ada", email, password);
  const person = await arrive(phone, email);
  const { page } = person;
  await person.sees("secondStep.authenticatorLead");
  await person.isAccessible();
  await open(person, "authenticator");
  await person.proves("not it", "code.submit");
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await person.isAccessible();
  await person.proves(password, "code.submit");
  await page.getByRole("img", { name: person.t("secondStep.qr") }).waitFor();
  await person.isAccessible();
  const key = ((await page.getByRole("dialog").locator("code").textContent()) ?? "").replaceAll(" ", "");
  expect(key).toMatch(/^[A-Z2-7]{32}$/);
  await person.fill("code.field", "000000");
  await person.press("secondStep.turnOn");
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await person.fill("code.field", await authenticatorCode(key, await server.now()));
  await person.press("secondStep.turnOn");
  await page
    .getByRole("row", { name: person.t("secondStep.authenticator") })
    .getByText(person.t("state.on"), { exact: true })
    .waitFor();
  await person.isAccessible();

  // What the page sends is bound to its person, its method, and its key.
  const shown = await account.call("POST /api/two-factor/get-authenticator", account.proof);
  const mail = await account.call("POST /api/two-factor/get-email", account.proof);
  const other = await Account.register(server, "Eve", "eve@home.example", password);
  const hers = await other.call("POST /api/two-factor/get-authenticator", other.proof);
  const send = (userVerificationToken: string | undefined, secret: string, by = account) =>
    by.send("PUT", "/api/two-factor/authenticator", { key: secret, token: "000000", userVerificationToken });
  const altered = `${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`;
  const refusal = /400 .*User verification failed\./;
  await expect(send(hers.userVerificationToken, key)).rejects.toThrow(refusal);
  await expect(send(mail.userVerificationToken, key)).rejects.toThrow(refusal);
  await expect(send(shown.userVerificationToken, altered)).rejects.toThrow(refusal);

  await server.advance(60);
  const again = await Person.sitDown(browser, phone);
  await again.logIn(server, email, password);
  await again.sees("code.authenticatorLead");
  await again.fill("code.field", await authenticatorCode(key, await server.now()));
  await again.press("code.submit");
  await again.isIn("Ada");
  await again.leave();

  await open(person, "authenticator");
  await person.proves(password, "code.submit");
  await person.sees("secondStep.turnOffLost");
  await person.isAccessible();
  await person.press("secondStep.turnOff");
  await page
    .getByRole("row", { name: person.t("secondStep.authenticator") })
    .getByText(person.t("state.off"), { exact: true })
    .waitFor();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("mailed codes are set up, and the recovery code gets around them", async () => {
  const email = "mail@home.example";
  await Account.register(server, "Ada", email, password);
  const person = await arrive(desk, email);
  const { page } = person;
  await person.press("secondStep.recoveryView");
  await person.proves(password, "code.submit");
  await person.sees("secondStep.recoveryNone");
  await person.press("kit.close");
  await open(person, "email");
  await person.proves(password, "code.submit");
  await person.press("me.sendCode");
  await person.sees("me.codeSent", { email });
  await person.isAccessible();
  await person.fill("code.field", await server.mail(email, /^(\d{6})\r?$/m));
  await person.press("secondStep.turnOn");
  await page
    .getByRole("row", { name: person.t("secondStep.emailLead") })
    .getByText(person.t("state.on"), { exact: true })
    .waitFor();
  await person.press("secondStep.recoveryView");
  await person.proves(password, "code.submit");
  await person.sees("secondStep.recoveryKeep");
  await person.isAccessible();
  const code = (await page.getByRole("dialog").locator("code").textContent()) ?? "";
  await person.press("kit.close");

  const again = await Person.sitDown(browser, desk);
  await again.logIn(server, email, password);
  await again.press("code.recovery");
  await again.fill("code.field", code);
  await again.press("code.submit");
  await again.isIn("Ada");
  expect([...person.complaints, ...again.complaints]).toEqual([]);
  await person.leave();
  await again.leave();
});

test("security keys are set up with names, and answer a log-in", async () => {
  const email = "keys@home.example";
  await Account.register(server, "Ada", email, password);
  const person = await arrive(phone, email);
  const { page } = person;
  await person.hasAuthenticator();
  await open(person, "keys");
  await person.proves(password, "code.submit");
  await person.fill("secondStep.keyName", "Blue one");
  await person.isAccessible();
  await person.press("secondStep.keyAdd");
  await page.getByRole("dialog").getByText("Blue one").waitFor();
  await person.fill("secondStep.keyName", "Once more");
  await person.press("secondStep.keyAdd");
  await person.sees("failure.known");
  await person.isAccessible();
  await page.keyboard.press("Escape");
  await page
    .getByRole("row", { name: person.t("secondStep.keysLead") })
    .getByText(person.t("state.on"), { exact: true })
    .waitFor();

  await person.choose("account.menu", "account.logOut", { name: "Ada" });
  await person.logIn(server, email, password);
  await person.sees("code.keyLead");
  await person.isAccessible();
  await person.press("code.keyUse");
  await person.reads("security.title");
  await open(person, "keys");
  await person.proves(password, "code.submit");
  await person.press("secondStep.turnOff");
  await page
    .getByRole("row", { name: person.t("secondStep.keysLead") })
    .getByText(person.t("state.off"), { exact: true })
    .waitFor();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a method that the server does not offer says so before it is set up", async () => {
  const plain = await Server.start();
  await Account.register(plain, "Ada", "ada@home.example", password);
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  const { page } = person;
  await person.logIn(plain, "ada@home.example", password);
  await person.isIn("Ada");
  await person.visits("/settings/security/two-factor", "security.title");
  for (const method of ["yubikey", "duo"] as const) {
    await open(person, method);
    await person.proves(password, "code.submit");
    await page.getByRole("dialog").getByRole("alert").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  expect(person.complaints).toEqual([]);
  await person.leave();
  await plain.stop();
});

test("where they are offered, YubiKeys and Duo have their fields, and what they refuse is told", async () => {
  const email = "premium@home.example";
  await Account.register(server, "Ada", email, password);
  const person = await arrive(desk, email);
  const { page } = person;
  await open(person, "yubikey");
  await person.proves(password, "code.submit");
  await person.sees("secondStep.touch");
  await person.isAccessible();
  await page
    .getByLabel(person.t("secondStep.yubikeySlot", { number: "1" }))
    .fill(`${"cccccccccccb".repeat(3)}dddddddd`);
  await person.press("secondStep.turnOn");
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await open(person, "duo");
  await person.proves(password, "code.submit");
  await person.sees("secondStep.duoPanel");
  await person.isAccessible();
  await person.fill("secondStep.duoId", "D".repeat(20));
  await person.fill("secondStep.duoSecret", "s".repeat(40));
  await person.fill("secondStep.duoHost", "api.example.com");
  await person.press("secondStep.turnOn");
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("the page that Duo leads back to hands over what Duo said", async () => {
  const person = await Person.sitDown(browser, { language: "fr" });
  const { page } = person;
  await page.goto(`${server.url}/#/login`);
  await page.evaluate(() => {
    const heard = { said: "" };
    Object.assign(globalThis, { heard });
    new BroadcastChannel("coffre.duo").onmessage = ({ data }) => {
      heard.said = data;
    };
  });
  const back = await page.context().newPage();
  await back.goto(`${server.url}/duo-redirect-connector.html?client=web&code=abc&state=def`);
  await back.getByRole("heading", { level: 1, name: person.t("duoDone.title") }).waitFor();
  expect(await page.evaluate(() => (globalThis as unknown as { heard: { said: string } }).heard.said)).toBe("abc|def");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("with the keyboard alone a person goes through the parts of security, and a dialog gives the focus back", async () => {
  const email = "keyboard@home.example";
  await Account.register(server, "Ada", email, password);
  const person = await arrive(desk, email);
  const { page } = person;
  await page.getByRole("link", { name: person.t("security.devices") }).focus();
  await page.keyboard.press("Enter");
  await person.sees("devices.this");
  await page.getByRole("link", { name: person.t("security.twoStep") }).focus();
  await page.keyboard.press("Enter");
  const opener = page.getByRole("row", { name: person.t("secondStep.authenticator") }).getByRole("button");
  await opener.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByLabel(person.t("signIn.password"), { exact: true }).waitFor();
  await page.getByRole("dialog").getByLabel(person.t("signIn.password"), { exact: true }).focus();
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await page.getByRole("img", { name: person.t("secondStep.qr") }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
  expect(person.complaints).toEqual([]);
  await person.leave();
});
