import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultKdf, saltOf } from "../src/crypto/kdf.ts";
import { Account } from "./account.ts";
import { launch, Person, phone } from "./browser.ts";
import { confirm, invite, memberOf, setPolicy } from "./organization.ts";
import { Server } from "./server.ts";

const password = "a vault full of apples";
const enterprise = 20;
const link = /(http\S+#\/accept-organization\S+)/;

let server: Server;
let browser: Browser;
let owner: Account;
let organization: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  owner = await Account.register(server, "Grace", "grace@acme.example", password);
  organization = await owner.makeOrganization("Acme & Sons", enterprise, 10);
  await setPolicy(owner, organization, 1, { minLength: 14, requireUpper: true });
  await setPolicy(owner, organization, 3);
  await setPolicy(owner, organization, 8, { autoEnrollEnabled: true });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("somebody without an account joins by the mailed link", async () => {
  const email = "new@acme.example";
  const strong = "A vault full of apples";
  await invite(owner, organization, email);
  const person = await Person.sitDown(browser, phone);
  const { page } = person;
  await page.goto(await server.mail(email, link));
  await person.reads("accept.title");
  await person.sees("accept.lead", { organization: "Acme & Sons" });
  await person.isAccessible();
  await person.press("signIn.create");
  await person.reads("finish.title");
  await person.sees("demand.ofOrganization", { organization: "Acme & Sons" });
  await person.sees("demand.upper");
  await person.isAccessible();
  await person.fill("finish.password", password);
  await person.fill("finish.again", password);
  await person.press("finish.submit");
  await person.sees("demand.refused");
  await person.isAccessible();
  await person.fill("finish.password", strong);
  await person.fill("finish.again", strong);
  await person.press("finish.submit");
  await person.reads("accept.title");
  await person.sees("accept.recovery", { organization: "Acme & Sons" });
  await person.isAccessible();
  await person.press("accept.accept");
  await person.reads("accept.done");
  await person.isAccessible();
  const member = await memberOf(owner, organization, email);
  expect([member.status, member.resetPasswordEnrolled]).toEqual([1, true]);
  await person.follow("app.toStart");
  await person.reads("start.organizations");
  await person.sees("start.waiting");
  await person.keepsNo(strong, email);
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("somebody with an account logs in on the way, and each refusal says why", async () => {
  const account = await Account.register(server, "Ada", "ada@acme.example", password);
  await Account.register(server, "Joan", "joan@acme.example", password);
  await invite(owner, organization, account.email);
  const address = await server.mail(account.email, link);
  const person = await Person.sitDown(browser, { language: "fr" });
  const { page } = person;
  await page.goto(`${server.url}/#/accept-organization?organizationId=x`);
  await person.reads("accept.broken");
  await person.isAccessible();

  await person.logIn(server, "joan@acme.example", password);
  await person.isIn("Joan");
  await person.visits(address.slice(address.indexOf("#") + 1), "accept.title");
  await person.sees("accept.another", { invited: account.email, email: "joan@acme.example" });
  await person.isAccessible();
  await person.press("accept.change");
  await person.reads("signIn.title");
  await person.fill("signIn.email", account.email);
  await person.press("signIn.continue");
  await person.fill("signIn.password", password);
  await person.press("signIn.submit");
  await person.reads("accept.title");

  const broken = address.slice(address.indexOf("#") + 1).replace(/token=[^&]{6}/, "token=AAAAAA");
  await person.visits(broken, "accept.title");
  await person.press("accept.accept");
  await page.getByRole("alert").waitFor();
  await person.isAccessible();

  await person.visits(address.slice(address.indexOf("#") + 1), "accept.title");
  await person.sees("accept.recovery", { organization: "Acme & Sons" });
  await page.getByRole("button", { name: person.t("accept.accept") }).focus();
  await page.keyboard.press("Enter");
  await person.reads("accept.done");
  await person.follow("app.toStart");
  await person.reads("start.organizations");
  await person.visits(address.slice(address.indexOf("#") + 1), "accept.title");
  await person.press("accept.accept");
  await page.getByRole("alert").waitFor();
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a person whose password an administrator has set chooses a new one before anything else", async () => {
  const member = await Account.register(server, "Alan", "alan@acme.example", password);
  await invite(owner, organization, member.email);
  const guest = await Person.sitDown(browser, { language: "en" });
  await guest.page.goto(await server.mail(member.email, link));
  await guest.press("signIn.title");
  await guest.fill("signIn.email", member.email);
  await guest.press("signIn.continue");
  await guest.fill("signIn.password", password);
  await guest.press("signIn.submit");
  await guest.press("accept.accept");
  await guest.reads("accept.done");
  await guest.leave();
  const id = await confirm(owner, organization, member);
  const temporary = "what the administrator said";
  const made = await (await member.open()).rewrap(temporary, saltOf(member.email), defaultKdf);
  await owner.send("PUT", `/api/organizations/${organization}/users/${id}/recover-account`, {
    newMasterPasswordHash: made.hash,
    key: made.wrappedUserKey,
    resetMasterPassword: true,
  });

  const person = await Person.sitDown(browser, { language: "fr", width: 360 });
  await person.logIn(server, member.email, temporary);
  await person.reads("temporary.title");
  await person.isAccessible();
  await person.fill("security.new", "court et faible");
  await person.fill("security.newAgain", "court et faible");
  await person.press("security.change");
  await person.sees("demand.refused");
  await person.isAccessible();
  const chosen = "Une phrase que je suis seul à connaître";
  await person.fill("security.new", chosen);
  await person.fill("security.newAgain", chosen);
  await person.press("security.change");
  await person.sees("ended.password");
  await person.keepsNo(chosen, "email");
  await person.logIn(server, member.email, chosen);
  await person.isIn("Alan");
  expect(person.complaints).toEqual([]);
  await person.leave();
});
