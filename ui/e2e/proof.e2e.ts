import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { Server } from "./server.ts";

const password = "un coffre plein de pommes";
const day = 24 * 60 * 60;

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("a browser that is new to an old account asks for the code that was mailed", async () => {
  const email = "denise@exemple.fr";
  await Account.register(server, "Denise", email, password);
  await server.advance(2 * day);
  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  await person.logIn(server, email, password);
  await person.reads("code.title");
  await person.sees("code.device", { email });
  await person.isAccessible();
  const first = await server.mail(email, /^(\d{6,8})\r?$/m);
  await person.fill("code.field", "000000");
  await person.press("code.submit");
  await person.sees("code.wrong");
  await person.isAccessible();
  await server.advance(31); // No code is sent sooner.
  await person.press("code.again");
  await person.sees("code.sent");
  const second = await server.mail(email, /^(\d{6,8})\r?$/m);
  expect(second).not.toBe(first);
  await person.fill("code.field", ` ${second.slice(0, 3)} ${second.slice(3)} `);
  await person.press("code.submit");
  await person.isIn("Denise");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("an authenticator is asked once for each browser that is to be remembered, and then again when it is forgotten", async () => {
  const email = "alan@home.example";
  const account = await Account.register(server, "Alan", email, password);
  const code = await account.setAuthenticator();
  await server.advance(60); // The code of a moment ago is used up.
  const person = await Person.sitDown(browser, { language: "en" });
  await person.logIn(server, email, password);
  await person.sees("code.authenticatorLead");
  await person.isAccessible();
  await person.fill("code.field", "123456");
  await person.press("code.submit");
  await person.sees("code.wrong");
  await person.fill("code.field", await code());
  await person.tick("code.remember");
  await person.press("code.submit");
  await person.isIn("Alan");
  await person.keepsNo(password, email);
  await person.choose("account.menu", "account.logOut", { name: "Alan" });
  await person.logIn(server, email, password);
  await person.isIn("Alan");
  await person.choose("account.menu", "account.logOut", { name: "Alan" });
  await server.advance(31 * day);
  await person.logIn(server, email, password);
  await person.sees("code.authenticatorLead");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a person without their authenticator takes the mailed code, or the recovery code", async () => {
  const email = "ines@exemple.fr";
  const account = await Account.register(server, "Inès", email, password);
  await account.setAuthenticator();
  await account.setMailedCodes();
  const person = await Person.sitDown(browser, { language: "fr" });
  await person.logIn(server, email, password);
  await person.sees("code.authenticatorLead");
  await person.press("code.email");
  await person.sees("code.emailLead", { email: "i***@exemple.fr" });
  await person.isAccessible();
  await person.fill("code.field", await server.mail(email, /^(\d{6})\r?$/m));
  await person.press("code.submit");
  await person.isIn("Inès");
  await person.choose("account.menu", "account.logOut", { name: "Inès" });
  await person.logIn(server, email, password);
  await person.press("code.recovery");
  await person.sees("code.recoveryLead");
  await person.fill("code.field", (await account.recoveryCode()).toUpperCase());
  await person.press("code.submit");
  await person.isIn("Inès");
  await person.choose("account.menu", "account.logOut", { name: "Inès" });
  await person.logIn(server, email, password);
  await person.isIn("Inès");
  expect(person.complaints).toEqual([]);
  await person.leave();
});
