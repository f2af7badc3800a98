import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { folder, looks } from "./pictures.ts";
import { Server } from "./server.ts";

// Pictures of every screen for whoever designs them: light, dark, phone width and a pseudo-language.

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

test.each(Object.entries(looks))("%s", async (name, look) => {
  const person = await Person.sitDown(browser, look);
  const { page } = person;
  const email = `${name}@home.example`;
  let number = 0;
  const picture = async (of: string) => {
    const path = `${folder}/${name}-${String(++number).padStart(2, "0")}-${of}.png`;
    await page.screenshot({ path, animations: "disabled" });
  };
  await page.goto(server.url);
  await person.reads("signIn.title");
  await person.sees("signIn.create");
  await picture("log-in");
  await person.follow("signIn.create");
  await person.reads("signUp.title");
  await person.fill("signIn.email", email);
  await page.getByLabel(person.t("signUp.name")).fill("Ada Lovelace");
  await picture("sign-up");
  await person.press("signUp.submit");
  await person.reads("signUp.sentTitle");
  await picture("sent");
  await page.goto(await server.mail(email, /(http\S+#\/finish-signup\S+)/));
  await person.fill("finish.password", password);
  await person.sees("strength.4");
  await person.fill("finish.again", "something else");
  await person.press("finish.submit");
  await person.sees("finish.differs");
  await picture("finish");
  await person.fill("finish.again", password);
  await person.press("finish.submit");
  await person.sees("vault.none");
  await picture("vault");
  await person.press("account.menu", { name: "Ada Lovelace" });
  await page.getByRole("menuitem", { name: person.t("account.lock") }).waitFor();
  await picture("account");
  await page.keyboard.press("Escape");
  if (look.width) {
    await person.press("kit.openPlaces");
    await page.getByRole("dialog").waitFor();
    await picture("drawer");
    await page
      .getByRole("dialog")
      .getByRole("link", { name: person.t("place.settings") })
      .click();
  } else {
    await person.follow("place.settings");
  }
  await person.reads("me.title");
  await picture("my-account");
  await person.visits("/settings/security/password", "security.title");
  await picture("security-password");
  await person.visits("/settings/security/two-factor", "security.title");
  await person.sees("secondStep.authenticatorLead");
  await picture("security-two-step");
  await page
    .getByRole("row", { name: person.t("secondStep.authenticator") })
    .getByRole("button")
    .click();
  await person.proves(password, "code.submit");
  await page.getByRole("img", { name: person.t("secondStep.qr") }).waitFor();
  await picture("security-authenticator");
  await page.keyboard.press("Escape");
  await person.hasAuthenticator();
  await person.visits("/settings/security/passkeys", "security.title");
  await person.press("passkey.add");
  await person.fill("passkey.name", "My laptop");
  await picture("security-passkey");
  await person.proves(password, "code.submit");
  await page.getByRole("listitem").getByText("My laptop").waitFor();
  await picture("security-passkeys");
  await person.visits("/settings/security/device-management", "security.title");
  await person.sees("devices.this");
  await picture("security-devices");
  await person.visits("/settings/security/security-keys", "security.title");
  await picture("security-key");
  await person.visits("/settings/preferences", "preferences.title");
  await picture("preferences");
  await person.choose("account.menu", "account.lock", { name: "Ada Lovelace" });
  await person.fill("signIn.password", "not it");
  await person.press("lock.open");
  await person.sees("lock.wrong");
  await picture("locked");
  await page.goto(`${server.url}/#/nowhere`);
  await person.reads("app.notFound");
  await picture("nowhere");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test.each(Object.entries(looks))("%s, with a second step and organizations", async (name, look) => {
  const email = `owner-${name}@acme.example`;
  const account = await Account.register(server, "Grace Hopper", email, password);
  await account.makeOrganization("Acme");
  await account.makeOrganization("Compilers & Sons");
  const code = await account.setAuthenticator();
  await account.setMailedCodes();
  await server.advance(60);
  const person = await Person.sitDown(browser, look);
  const { page } = person;
  const picture = (of: string) => page.screenshot({ path: `${folder}/${name}-${of}.png`, animations: "disabled" });
  await person.logIn(server, email, password);
  await person.sees("code.authenticatorLead");
  await person.fill("code.field", "123456");
  await person.press("code.submit");
  await person.sees("code.wrong");
  await picture("20-code");
  await person.fill("code.field", await code());
  await person.press("code.submit");
  await person.isIn("Grace Hopper");
  await person.visits("/organizations", "start.organizations");
  await page.getByRole("row", { name: "Acme" }).waitFor();
  await picture("21-organizations");
  expect(person.complaints).toEqual([]);
  await person.leave();
});
