import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person, phone } from "./browser.ts";
import { invite } from "./organization.ts";
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

test("a person changes name, color and address, and in the end deletes the account", async () => {
  const [before, after] = ["ada@home.example", "ada@work.example"];
  await Account.register(server, "Ada", before, password);
  const person = await Person.sitDown(browser, phone);
  const { page } = person;
  await person.logIn(server, before, password);
  await person.isIn("Ada");
  await person.visits("/settings/account", "me.title");
  await person.isAccessible();
  await page.getByRole("textbox", { name: person.t("signUp.name") }).fill("Ada Lovelace");
  await page.getByRole("radio", { name: person.t("color.violet") }).check();
  await person.press("me.save");
  await page.getByRole("button", { name: person.t("account.menu", { name: "Ada Lovelace" }) }).waitFor();

  await person.fill("me.newEmail", after);
  await person.fill("signIn.password", "another password");
  await person.press("me.sendCode");
  await page.getByRole("alert").waitFor();
  await person.isAccessible();
  await person.fill("signIn.password", password);
  await person.press("me.sendCode");
  await person.sees("me.codeSent", { email: after });
  await person.isAccessible();
  await person.fill("code.field", await server.mail(after, /^(\d{6,8})\r?$/m));
  await person.press("me.changeEmail");
  await person.sees("ended.email");
  await person.isAccessible();
  await person.keepsNo(password, "email");

  await person.logIn(server, after, password);
  await person.isIn("Ada Lovelace");
  await person.visits("/settings/account", "me.title");
  await page.getByText(after).first().waitFor();
  await person.sees("me.verified");
  await person.press("me.delete");
  await person.sees("me.deleteLost");
  await person.isAccessible();
  await person.proves("another password", "me.deleteForever");
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await person.proves(password, "me.deleteForever");
  await person.sees("ended.deleted");
  await person.keepsNo(password, "email");
  await person.logIn(server, after, password);
  await person.sees("signIn.wrong");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("the only owner of an organization with members cannot delete the account, and reads why", async () => {
  const owner = await Account.register(server, "Grace", "grace@acme.example", password);
  const fellow = await Account.register(server, "Joan", "joan@acme.example", password);
  const organization = await owner.makeOrganization("Acme");
  await invite(owner, organization, fellow.email);
  const person = await Person.sitDown(browser, { language: "en" });
  await person.logIn(server, owner.email, password);
  await person.isIn("Grace");
  await person.visits("/settings/account", "me.title");
  await person.press("me.delete");
  await person.sees("me.deleteOwner", { names: "Acme" });
  await person.proves(password, "me.deleteForever");
  await person.page.getByRole("dialog").getByRole("alert").waitFor();
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("with the keyboard alone a person logs out everywhere", async () => {
  await Account.register(server, "Alan", "alan@home.example", password);
  const person = await Person.sitDown(browser, { language: "fr" });
  const { page } = person;
  await person.logIn(server, "alan@home.example", password);
  await person.isIn("Alan");
  await person.visits("/settings/account", "me.title");
  const opener = page.getByRole("button", { name: person.t("me.endSessions"), exact: true });
  await opener.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByLabel(person.t("signIn.password"), { exact: true }).focus();
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await person.sees("ended.everywhere");
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("an account without its password is deleted by mail, and the hint comes by mail too", async () => {
  const email = "lost@home.example";
  await Account.register(server, "Lost", email, password);
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  const { page } = person;
  await page.goto(`${server.url}/#/login`);
  await person.fill("signIn.email", email);
  await person.press("signIn.continue");
  await person.follow("hint.link");
  await person.reads("hint.title");
  await person.isAccessible();
  await person.fill("signIn.email", email);
  await person.press("hint.send");
  await person.sees("hint.sent", { email });
  await server.mail(email, /indice|hint/i);

  await page.goto(`${server.url}/#/recover-2fa`);
  await person.reads("recoverTwoStep.title");
  await person.isAccessible();
  await person.follow("recoverDelete.title");
  await person.reads("recoverDelete.title");
  await person.isAccessible();
  await person.fill("signIn.email", email);
  await person.press("recoverDelete.send");
  await person.sees("recoverDelete.sent", { email });
  const link = await server.mail(email, /(http\S+#\/verify-recover-delete\S+)/);
  await page.goto(link.replace(/token=[^&]{4}/, "token=AAAA"));
  await person.reads("recoverDelete.confirmTitle");
  await person.isAccessible();
  await person.press("me.deleteForever");
  await page.getByRole("alert").waitFor();
  await page.goto(link);
  await person.press("me.deleteForever");
  await person.reads("recoverDelete.gone");
  await person.isAccessible();
  await page.goto(`${server.url}/#/verify-email?userId=00000000-0000-4000-8000-000000000000&token=x`);
  await person.reads("verifyEmail.title");
  await page.getByRole("alert").waitFor();
  await person.isAccessible();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("the language that a person chooses is that of the mails, and another browser keeps its own", async () => {
  const account = await Account.register(server, "Marie", "marie@exemple.fr", password);
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await person.logIn(server, account.email, password);
  await person.isIn("Marie");
  await person.visits("/settings/preferences", "preferences.title");
  await page.getByLabel(person.t("language.label")).selectOption("fr");
  await page.getByRole("heading", { level: 1, name: "Préférences" }).waitFor();
  await expect.poll(async () => (await account.call("GET /api/accounts/profile", undefined)).culture).toBe("fr-FR");
  const other = await Person.sitDown(browser, { language: "en" });
  await other.logIn(server, account.email, password);
  await other.isIn("Marie");
  expect([...person.complaints, ...other.complaints]).toEqual([]);
  await person.leave();
  await other.leave();
});
