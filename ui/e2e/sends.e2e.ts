import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { desk, type Look, launch, Person, phone } from "./browser.ts";
import { confirm, invite, memberOf, setPolicy } from "./organization.ts";
import { Server } from "./server.ts";

const password = "a vault full of apples";
let server: Server;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "coffre-sends-"));
  [server, browser] = await Promise.all([Server.start(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Somebody new at their list of Sends. */
async function arrive(email: string, look: Look): Promise<Person> {
  await Account.register(server, "Ada", email, password);
  const person = await Person.sitDown(browser, look);
  await person.logIn(server, email, password);
  await person.reads("vault.title");
  await person.visits("/sends", "send.title");
  return person;
}

/** The link in the dialog, which is closed. */
async function takeLink(person: Person): Promise<string> {
  const dialog = person.page.getByRole("dialog");
  const link = (await dialog.locator("code").textContent()) ?? "";
  expect(link).toMatch(/#\/send\/[\w-]{22}\/[\w-]{22}$/);
  await person.press("kit.close");
  await dialog.waitFor({ state: "detached" });
  return link;
}

async function send(person: Person, name: string, text: string): Promise<string> {
  await person.press("send.new");
  await person.fill("send.name", name);
  await person.fill("send.textToSend", text);
  await person.press("send.create");
  await person.sees("send.ready");
  return takeLink(person);
}

test("a text with a password is opened once by somebody else", async () => {
  const person = await arrive("text@acme.example", phone);
  const { page } = person;
  const dialog = page.getByRole("dialog");
  await person.sees("send.none");
  await person.isAccessible();

  // By keyboard alone.
  await page.getByRole("button", { name: person.t("send.new") }).focus();
  await page.keyboard.press("Enter");
  await dialog.waitFor();
  await dialog.getByLabel(person.t("send.name"), { exact: true }).focus();
  await page.keyboard.type("The door");
  await page.keyboard.press("Tab");
  await page.keyboard.type("1234 then the bell\nand wait");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await dialog.getByText(person.t("send.options")).focus();
  await page.keyboard.press("Enter");
  await dialog.getByLabel(person.t("send.readers")).selectOption("password");
  await person.fill("send.password", "sesame of the door");
  await dialog.getByLabel(person.t("send.most")).fill("1");
  await person.tick("send.hideEmail");
  await person.isAccessible();
  await person.keepsNo("sesame of the door", "send");
  await person.press("send.create");
  await person.sees("send.readyLocked");
  await person.isAccessible();
  const link = await takeLink(person);
  await page.getByText(person.t("send.countOf", { count: 0, most: 1 })).waitFor();
  await page.getByText(person.t("send.state.active")).waitFor();
  await person.isAccessible();

  const guest = await Person.sitDown(browser, phone);
  await guest.page.goto(link);
  await guest.reads("receive.passwordTitle");
  await guest.isAccessible();
  await guest.fill("receive.password", "sesame");
  await guest.press("receive.open");
  await guest.sees("receive.passwordWrong");
  await guest.isAccessible();
  await guest.fill("receive.password", "sesame of the door");
  await guest.press("receive.open");
  await guest.page.getByRole("heading", { level: 1, name: "The door" }).waitFor();
  await guest.sees("receive.hidden");
  expect(await guest.page.getByText("1234 then the bell").count()).toBe(0);
  await guest.press("receive.show");
  await guest.page.getByText("1234 then the bell").waitFor();
  await guest.sees("receive.fromSomebody");
  await guest.isAccessible();
  await guest.keepsNo("sesame of the door", "The door");
  expect(await guest.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).not.toContain(
    link.slice(-22),
  );

  const late = await Person.sitDown(browser, phone);
  await late.page.goto(link);
  await late.reads("receive.nothing");
  await late.isAccessible();
  await person.page.reload();
  await person.logInHere("text@acme.example", password);
  await person.reads("send.title");
  await person.sees("send.state.used");
  await person.sees("send.countOf", { count: 1, most: 1 });
  expect([...person.complaints, ...guest.complaints, ...late.complaints]).toEqual([]);
  await Promise.all([person.leave(), guest.leave(), late.leave()]);
});

test("a file of some megabytes arrives as it was, until it expires", async () => {
  const person = await arrive("file@acme.example", desk);
  const { page } = person;
  const dialog = page.getByRole("dialog");
  const [path, large] = [join(folder, "Plan à l’été.bin"), join(folder, "large")];
  const content = randomBytes(3_000_000);
  writeFileSync(path, content);
  writeFileSync(large, "");
  truncateSync(large, 500 * 1024 ** 2 + 1);
  await person.press("send.new");
  await dialog.getByRole("radio", { name: person.t("send.file") }).check();
  await person.fill("send.name", "Plan");
  await person.press("send.create");
  await person.sees("send.noFile");
  const input = dialog.locator("input[type=file]");
  await input.setInputFiles(large);
  await dialog.getByText(/500/).first().waitFor();
  await person.press("send.create");
  await dialog.getByRole("alert").filter({ hasText: "500" }).waitFor();
  await person.isAccessible();
  await input.setInputFiles(path);
  await dialog.getByText(person.t("send.options")).click();
  const tomorrow = new Date((await server.now()).getTime() + 86_400_000 - new Date().getTimezoneOffset() * 60_000);
  await dialog.getByLabel(person.t("send.expires")).fill(tomorrow.toISOString().slice(0, 16));
  await person.isAccessible();

  await page.route("**/api/sends/*/file/*", (route) => route.abort());
  await person.press("send.create");
  await dialog
    .getByRole("alert")
    .filter({ hasText: person.t("failure.offline") })
    .waitFor();
  await page.unroute("**/api/sends/*/file/*");
  await person.press("send.create");
  await person.sees("send.ready");
  const link = await takeLink(person);
  await page
    .getByText("2.9")
    .waitFor()
    .catch(() => page.getByText("2,9").waitFor());
  expect(await page.getByRole("row").count()).toBe(2);

  const guest = await Person.sitDown(browser, desk);
  await guest.page.goto(link);
  await guest.page.getByRole("heading", { level: 1, name: "Plan" }).waitFor();
  await guest.sees("receive.from", { email: "file@acme.example" });
  await guest.isAccessible();
  const arriving = guest.page.waitForEvent("download");
  await guest.press("receive.download");
  const download = await arriving;
  expect(download.suggestedFilename()).toBe("Plan à l’été.bin");
  expect(readFileSync(await download.path()).equals(content)).toBe(true);
  await guest.sees("receive.saved");
  await guest.isAccessible();
  // The token of the visit is over by then, and the reader notices nothing.
  await server.advance(600);
  const again = guest.page.waitForEvent("download");
  await guest.press("receive.downloadAgain");
  expect(readFileSync(await (await again).path()).equals(content)).toBe(true);
  await server.advance(86_400);
  await guest.press("receive.downloadAgain");
  await guest.sees("receive.nothingLead");
  await guest.page.reload();
  await guest.reads("receive.nothing");
  await person.page.reload();
  await person.logInHere("file@acme.example", password);
  await person.reads("send.title");
  await person.sees("send.state.expired");
  expect([...person.complaints, ...guest.complaints]).toEqual([]);
  await Promise.all([person.leave(), guest.leave()]);
});

test("a Send is changed, opened to everybody, switched off and deleted", async () => {
  const person = await arrive("change@acme.example", phone);
  const { page } = person;
  const dialog = page.getByRole("dialog");
  const guest = await Person.sitDown(browser, desk);
  const link = await send(person, "Secret", "one");
  const edit = async () => {
    await person.choose("send.menu", "send.edit", { name: "Secret" });
    await dialog.waitFor();
  };
  const reads = async (text: string) => {
    await guest.page.goto("about:blank");
    await guest.page.goto(link);
    await guest.page.getByText(text).waitFor();
  };
  const save = async () => {
    await person.press("send.save");
    await dialog.waitFor({ state: "detached" });
  };
  await reads("one");
  await edit();
  expect(await dialog.getByLabel(person.t("send.textToSend")).inputValue()).toBe("one");
  await person.fill("send.textToSend", "x".repeat(688));
  await person.press("send.save");
  await person.sees("send.long", { count: 687 });
  await person.fill("send.textToSend", "two");
  await dialog.getByText(person.t("send.options")).click();
  await dialog.getByLabel(person.t("send.readers")).selectOption("password");
  await person.fill("send.password", "sesame of the door");
  await save();
  await page.getByRole("img", { name: person.t("send.locked") }).waitFor();
  await reads(guest.t("receive.passwordLead"));
  await edit();
  await person.sees("send.passwordKept");
  await dialog.getByLabel(person.t("send.notes")).fill("for Grace");
  await person.isAccessible();
  await save();
  await reads(guest.t("receive.passwordLead"));
  await person.choose("send.menu", "send.open", { name: "Secret" });
  await person.isAccessible();
  await dialog.getByRole("button", { name: person.t("send.open") }).click();
  await dialog.waitFor({ state: "detached" });
  await reads("two");
  await edit();
  expect(await dialog.getByLabel(person.t("send.notes")).inputValue()).toBe("for Grace");
  await person.tick("send.disabled");
  await save();
  await person.sees("send.state.disabled");
  await reads(guest.t("receive.nothing"));
  await person.choose("send.menu", "send.delete", { name: "Secret" });
  await person.isAccessible();
  await dialog.getByRole("button", { name: person.t("send.delete"), exact: true }).click();
  await person.sees("send.none");
  await guest.page.goto(`${server.url}/#/send/${"A".repeat(22)}/short`);
  await guest.reads("receive.broken");
  await guest.isAccessible();
  expect([...person.complaints, ...guest.complaints]).toEqual([]);
  await Promise.all([person.leave(), guest.leave()]);
});

test("a link disturbs nobody's session, and is read while the vault is locked", async () => {
  const person = await arrive("session@acme.example", desk);
  const { page } = person;
  const link = await send(person, "For myself", "still here");
  const place = link.slice(link.indexOf("#") + 1);
  await page.evaluate((to) => {
    location.hash = to;
  }, place);
  await page.getByText("still here").waitFor();
  await person.visits("/sends", "send.title");
  await page.getByRole("button", { name: "For myself", exact: true }).waitFor();
  await person.choose("account.menu", "account.lock", { name: "Ada" });
  await person.reads("lock.title");
  await page.evaluate((to) => {
    location.hash = to;
  }, place);
  await page.getByText("still here").waitFor();
  await page.evaluate(() => {
    location.hash = "/sends";
  });
  await person.reads("lock.title");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a Send for named people asks for a mailed code", async () => {
  const person = await arrive("people@acme.example", desk);
  await person.press("send.new");
  await person.fill("send.name", "Plan");
  await person.fill("send.textToSend", "for you alone");
  const dialog = person.page.getByRole("dialog");
  await dialog.getByText(person.t("send.options")).click();
  await dialog.getByLabel(person.t("send.readers")).selectOption("email");
  await person.fill("send.people", "grace@home.example, guest@elsewhere.example");
  await person.isAccessible();
  await person.press("send.create");
  await person.sees("send.readyPeople");
  const link = await takeLink(person);
  await person.page.getByRole("img", { name: person.t("send.forPeople") }).waitFor();
  const guest = await Person.sitDown(browser, phone);
  await guest.page.goto(link);
  await guest.reads("receive.emailTitle");
  await guest.isAccessible();
  await guest.fill("receive.email", "guest@elsewhere.example");
  await guest.press("receive.open");
  await guest.reads("receive.codeTitle");
  await guest.isAccessible();
  await guest.fill("receive.code", "000000");
  await guest.press("receive.open");
  await guest.sees("receive.codeWrong");
  await guest.fill("receive.code", await server.mail("guest@elsewhere.example", /^(\d{6})\r?$/m));
  await guest.press("receive.open");
  await guest.page.getByText("for you alone").waitFor();
  expect(guest.complaints).toEqual([]);
  await guest.leave();
});

test("what an organization forbids is told in its words", async () => {
  const owner = await Account.register(server, "Grace", "owner@acme.example", password);
  const organization = await owner.makeOrganization("Acme", 20, 10);
  const person = await arrive("member@acme.example", desk);
  await invite(owner, organization, "member@acme.example");
  const mailed = await server.mail("member@acme.example", /#(\/accept-organization\S+)/);
  await person.visits(mailed, "accept.title");
  await person.press("accept.accept");
  await person.reads("accept.done");
  const { userId } = await memberOf(owner, organization, "member@acme.example");
  expect(userId).toBeTruthy();
  await confirm(owner, organization, { email: "member@acme.example" } as Account);
  await setPolicy(owner, organization, 7, { disableHideEmail: true });
  await person.visits("/sends", "send.title");
  await person.press("send.new");
  await person.fill("send.name", "Plan");
  await person.fill("send.textToSend", "at noon");
  await person.page.getByText(person.t("send.options")).click();
  await person.tick("send.hideEmail");
  await person.press("send.create");
  await person.page.getByRole("alert").filter({ hasText: "hide your email address" }).waitFor();
  await person.isAccessible();
  await setPolicy(owner, organization, 6);
  await person.press("send.create");
  await person.page.getByRole("alert").filter({ hasText: "does not allow Sends" }).waitFor();
  expect(person.complaints).toEqual([]);
  await person.leave();
});
