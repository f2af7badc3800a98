import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { Breaches } from "./breaches.ts";
import { desk, launch, Person, phone } from "./browser.ts";
import { Company } from "./company.ts";
import { Server } from "./server.ts";
import { chromeFile } from "./tools.ts";

const password = "a vault full of apples";

let server: Server;
let breaches: Breaches;
let browser: Browser;
let ada: Account;

beforeAll(async () => {
  breaches = await Breaches.open({ password1: 3_861_493, "correct-horse": 2 });
  [server, browser] = await Promise.all([Server.start(breaches.setting), launch()]);
  ada = await Account.register(server, "Ada", "ada@acme.example", password);
  await Account.register(server, "Alan", "alan@home.example", password);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  breaches?.close();
});

const opens = async (person: Person, name: string, email: string) => {
  await person.logIn(server, email, password);
  await person.page.getByRole("button", { name: person.t("account.menu", { name }), exact: true }).waitFor();
};

const give = (person: Person, name: string, text: string) =>
  person.page
    .locator("input[type=file]")
    .setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });

/** Exports in one form, and returns the file. */
async function exported(
  person: Person,
  form: "password" | "account" | "json" | "csv",
  own = "",
  place = "/tools/export",
): Promise<string> {
  const { page } = person;
  const dialog = page.getByRole("dialog");
  await person.visits(place, "export.title");
  const isShared = form === "account" && place !== "/tools/export";
  const name = person.t(isShared ? "orgExport.form.account" : `export.form.${form}`);
  await page.getByRole("radio", { name }).check();
  await person.press("export.submit");
  if (form === "password") {
    await dialog.getByLabel(person.t("export.password"), { exact: true }).fill(own);
    await dialog.getByLabel(person.t("export.again"), { exact: true }).fill(own);
  }
  const [file, told] = await Promise.all([
    page.waitForEvent("download"),
    page.waitForResponse((answer) => answer.url().endsWith("/events/collect")),
    person.proves(password, "export.submit"),
  ]);
  expect(told.status()).toBe(200);
  await dialog.waitFor({ state: "detached" });
  return readFile(await file.path(), "utf8");
}

test("a person generates, imports, reads reports, and exports", async () => {
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await opens(person, "Ada", ada.email);

  await person.visits("/tools/generator", "generator.title");
  const made = page.locator("output");
  await expect.poll(() => made.textContent()).toMatch(/^\S{20}$/);
  await person.isAccessible();
  const first = await made.textContent();
  await person.press("generator.again");
  await page.getByRole("button", { name: `${person.t("kit.copy")} ${first}`, exact: true }).waitFor();
  for (const secret of [first, await made.textContent()]) await person.keepsNo(secret ?? "", ada.email);
  await person.fill("generator.length", "40");
  await expect.poll(() => made.textContent()).toMatch(/^\S{40}$/);
  await page.getByRole("radio", { name: person.t("generator.kind.passphrase") }).check();
  await expect.poll(() => made.textContent()).toMatch(/^[a-z]+(-[a-z]+){5}$/);
  await person.fill("generator.words", "3");
  await person.sees("generator.bits.weak", { bits: 38 });
  await person.isAccessible();
  await page.getByRole("radio", { name: person.t("generator.kind.username") }).check();
  await page.getByLabel(person.t("generator.username")).selectOption("plus");
  await expect.poll(() => made.textContent()).toMatch(/^ada\+[a-z0-9]{8}@acme\.example$/);
  await person.isAccessible();

  await person.visits("/tools/import", "import.title");
  await person.isAccessible();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await give(person, "rubbish.json", '{"encrypted":false}');
  await person.sees("import.fault.form");
  await person.isAccessible();
  expect(asked.filter((url) => url.includes("/api/ciphers"))).toEqual([]);
  await give(person, "passwords.csv", chromeFile);
  await person.sees("import.counts", { count: 5 });
  await person.sees("import.reason.long");
  await person.isAccessible();
  await person.press("import.submit", { count: 5 });
  await person.sees("import.done", { count: 5 });
  await person.isAccessible();

  await person.visits("/reports", "reports.title");
  await person.sees("reports.checked", { count: 5 });
  await person.isAccessible();
  for (const [part, expected] of Object.entries({ weak: 2, reused: 2, insecure: 1, withoutKey: 5 })) {
    const parts = page.getByRole("navigation", { name: person.t("reports.parts"), exact: true });
    await parts.getByRole("link", { name: person.t(`reports.tab.${part}` as "reports.tab.weak") }).click();
    await page
      .getByRole("heading", { level: 2, name: person.t(`reports.name.${part}` as "reports.name.weak") })
      .waitFor();
    await expect.poll(() => page.getByRole("rowheader").count()).toBe(expected);
    await person.isAccessible();
  }

  await person.visits("/tools/export", "export.title");
  await person.isAccessible();
  await person.press("export.submit");
  await page.getByRole("dialog").waitFor();
  await person.isAccessible();
  await person.page.getByRole("dialog").getByLabel(person.t("export.password"), { exact: true }).fill("one");
  await person.page.getByRole("dialog").getByLabel(person.t("export.again"), { exact: true }).fill("two");
  await person.proves(password, "export.submit");
  await person.sees("finish.differs");
  await page.keyboard.press("Escape");

  const plain = await exported(person, "json");
  expect(JSON.parse(plain).items).toHaveLength(5);
  await person.sees("export.done", { count: 5 });
  await person.isAccessible();
  expect(await exported(person, "csv")).toContain("correct-horse");
  const sealed = await exported(person, "account");
  const locked = await exported(person, "password", "the password of the file");
  for (const file of [sealed, locked]) expect(file).not.toMatch(/correct-horse|shop\.example/);

  await person.visits("/tools/import", "import.title");
  await give(person, "sealed.json", sealed);
  await person.sees("import.counts", { count: 5 });
  await give(person, "locked.json", locked);
  await person.fill("import.password", "wrong");
  await person.press("import.open");
  await person.sees("import.fault.password");
  await person.isAccessible();
  await person.fill("import.password", "the password of the file");
  await person.press("import.open");
  await person.sees("import.counts", { count: 5 });
  await person.keepsNo("correct-horse", "Shop");
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("by keyboard alone, on a phone and in French", async () => {
  const person = await Person.sitDown(browser, { language: "fr", width: 360, height: 740 });
  const { page } = person;
  const key = (pressed: string) => page.keyboard.press(pressed);
  await opens(person, "Alan", "alan@home.example");
  await person.visits("/tools/generator", "generator.title");
  await page.getByRole("radio", { name: person.t("generator.kind.password") }).focus();
  await key("ArrowRight");
  await person.sees("generator.separator");
  await person.isAccessible();
  await page.getByRole("button", { name: person.t("generator.again") }).focus();
  await key("Enter");
  await page.getByRole("button", { name: person.t("generator.historyClear") }).waitFor();
  await person.isAccessible();

  await person.visits("/tools/import", "import.title");
  await person.isAccessible();
  await give(person, "passwords.csv", chromeFile);
  await person.sees("import.counts", { count: 5 });
  await person.isAccessible();
  await page.getByRole("button", { name: person.t("import.submit", { count: 5 }) }).focus();
  await key("Enter");
  await person.sees("import.done", { count: 5 });

  await person.visits("/reports", "reports.title");
  await person.sees("reports.checked", { count: 5 });
  await person.isAccessible();
  await page
    .getByRole("link", { name: person.t("reports.name.weak"), exact: true })
    .first()
    .focus();
  await key("Enter");
  await page.getByRole("rowheader").first().waitFor();
  await person.isAccessible();

  await person.visits("/tools/export", "export.title");
  await page.getByRole("radio", { name: person.t("export.form.password") }).focus();
  await key("ArrowDown");
  await key("ArrowDown");
  await person.sees("export.plain");
  await person.isAccessible();
  await page.getByRole("button", { name: person.t("export.submit") }).focus();
  await key("Enter");
  await page.getByRole("dialog").getByLabel(person.t("signIn.password"), { exact: true }).focus();
  await page.keyboard.type(password);
  await Promise.all([page.waitForEvent("download"), key("Enter")]);
  await person.sees("export.done", { count: 5 });
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test.each([desk, phone])("a service says which passwords are exposed, and learns none: $language", async (look) => {
  const email = `exposed-${look.language}@home.example`;
  await Account.register(server, "Zoé", email, password);
  const person = await Person.sitDown(browser, look);
  const { page } = person;
  const { host } = breaches;
  const heading = { level: 2, name: person.t("reports.name.exposed") } as const;
  await opens(person, "Zoé", email);
  await person.visits("/reports", "reports.title");
  await page.getByRole("link", { name: person.t("reports.name.exposed"), exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", heading).waitFor();
  await person.sees("exposed.told", { host });
  await person.isAccessible();
  await person.press("exposed.ask", { host });
  await person.sees("exposed.checked", { count: 0, found: 0 });
  await person.visits("/tools/import", "import.title");
  await give(person, "passwords.csv", chromeFile);
  await person.press("import.submit", { count: 5 });
  await person.sees("import.done", { count: 5 });

  await person.visits("/reports/exposed-passwords-report", "reports.title");
  breaches.mood = "rude";
  await person.press("exposed.askAgain", { host });
  await person.sees("exposed.silent", { host });
  await person.isAccessible();
  breaches.mood = "open";
  breaches.asked.length = 0;
  await page.getByRole("button", { name: person.t("exposed.askAgain", { host }), exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => page.getByRole("rowheader").count()).toBe(3);
  const [first, ...others] = await page.getByRole("rowheader").allTextContents();
  expect([first, others.sort()]).toEqual(["Router", ["Other shop", "Shop"]]);
  await person.sees("reports.times", { count: 3_861_493 });
  await person.sees("exposed.checked", { count: 5, found: 3 });
  await person.isAccessible();
  expect(breaches.asked).toHaveLength(4);
  for (const asked of breaches.asked) expect(asked).toMatch(/^\/range\/[0-9A-F]{5} http:\/\/localhost:\d+$/);

  await page.getByRole("link", { name: person.t("reports.all"), exact: true }).click();
  await person.sees("reports.found", { count: 3 });
  await person.isAccessible();
  await person.keepsNo("correct-horse", "Shop");

  await person.visits("/reports/exposed-passwords-report", "reports.title");
  Object.assign(breaches, { mood: "silent", takenBack: 0 });
  await person.press("exposed.askAgain", { host });
  await expect.poll(() => breaches.asked.length).toBe(8);
  await person.choose("account.menu", "account.lock", { name: "Zoé" });
  await expect.poll(() => breaches.takenBack).toBe(4);
  breaches.mood = "open";
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("what an organization demands of a generator and of copies is obeyed", async () => {
  const acme = await Company.found(await Account.register(server, "Grace", "grace@acme.example", password), "Acme");
  await acme.join(server, "Barbara", "barbara@acme.example", password);
  await acme.confirm("barbara@acme.example");
  await acme.setPolicy(2, { overridePasswordType: "password", minLength: 50, useSpecial: true });
  await acme.setPolicy(10);
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await opens(person, "Barbara", "barbara@acme.example");
  await person.visits("/tools/generator", "generator.title");
  await person.sees("generator.demanded");
  await expect.poll(() => page.locator("output").textContent()).toMatch(/^\S{50}$/);
  expect(await page.getByRole("checkbox", { name: person.t("generator.special") }).isDisabled()).toBe(true);
  expect(await page.getByRole("radio", { name: person.t("generator.kind.passphrase") }).count()).toBe(0);
  await person.isAccessible();
  await person.visits("/tools/export", "export.title");
  await person.sees("export.forbidden", { name: "Acme" });
  await person.isAccessible();
  await person.leave();

  const owner = await Person.sitDown(browser, { language: "en" });
  await opens(owner, "Grace", "grace@acme.example");
  await owner.visits("/tools/import", "import.title");
  await give(owner, "passwords.csv", chromeFile);
  await owner.page.getByLabel(owner.t("import.into")).selectOption({ label: "Acme" });
  await owner.press("import.submit", { count: 5 });
  await owner.sees("import.done", { count: 5 });
  await owner.leave();
});

/** A file of an organization's: one login in one collection. */
const sharedFile = JSON.stringify({
  encrypted: false,
  collections: [{ id: "c", name: "Sites" }],
  items: [{ type: 1, name: "Forge", collectionIds: ["c"], login: { username: "ada", password: "h3avy metal" } }],
});

test.each([{ language: "en" }, { language: "fr", width: 360, height: 740 }] as const)(
  "an owner imports into an organization and exports it, by keyboard, in $language",
  async (look) => {
    const email = `rosa.${look.language}@acme.example`;
    const acme = await Company.found(await Account.register(server, "Rosa", email, password), "Acme");
    await acme.createCollection("Sites");
    await acme.join(server, "Noor", `noor.${look.language}@acme.example`, password);
    await acme.confirm(`noor.${look.language}@acme.example`);
    const person = await Person.sitDown(browser, look);
    const { page } = person;
    const at = (part: string) => `/organizations/${acme.id}/settings/tools/${part}`;
    await opens(person, "Rosa", email);
    await person.visits(at("import"), "import.title");
    await person.sees("orgImport.lead", { name: "Acme" });
    await person.isAccessible();
    await give(person, "shared.json", sharedFile);
    await person.sees("import.counts", { count: 1 });
    expect(await page.getByLabel(person.t("import.into")).count()).toBe(0);
    await person.isAccessible();
    await page.getByRole("button", { name: person.t("import.submit", { count: 1 }) }).press("Enter");
    await person.sees("import.done", { count: 1 });

    await person.visits(at("export"), "export.title");
    await person.sees("orgExport.leaves");
    await person.isAccessible();
    const tree = JSON.parse(await exported(person, "json", "", at("export")));
    expect(tree.collections.map(({ name }: { name: string }) => name).sort()).toEqual(["Everyone", "Sites"]);
    const { id } = tree.collections.find(({ name }: { name: string }) => name === "Sites");
    expect(tree.items).toMatchObject([{ name: "Forge", collectionIds: [id], login: { password: "h3avy metal" } }]);
    await person.sees("export.done", { count: 1 });
    await person.isAccessible();
    expect(await exported(person, "csv", "", at("export"))).toContain("Sites,login,Forge");
    const locked = await exported(person, "password", "the password of the file", at("export"));
    const sealed = await exported(person, "account", "", at("export"));
    for (const file of [locked, sealed]) expect(file).not.toMatch(/h3avy metal|Sites/);
    await person.keepsNo("h3avy metal", email);

    await person.visits(at("import"), "import.title");
    await give(person, "sealed.json", sealed);
    await person.sees("import.counts", { count: 1 });

    await person.visits(at("export"), "export.title");
    await page.getByRole("radio", { name: person.t("export.form.password") }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await person.sees("export.plain");
    await page.getByRole("button", { name: person.t("export.submit") }).press("Enter");
    await page.getByRole("heading", { name: person.t("orgExport.prove", { name: "Acme" }) }).waitFor();
    await person.isAccessible();
    await page.getByRole("dialog").getByLabel(person.t("signIn.password"), { exact: true }).focus();
    await page.keyboard.type(password);
    await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    await person.sees("export.done", { count: 1 });
    expect(person.complaints).toEqual([]);
    await person.leave();

    const member = await Person.sitDown(browser, look);
    await opens(member, "Noor", `noor.${look.language}@acme.example`);
    for (const part of ["import", "export"] as const) {
      await member.visits(at(part), `${part}.title`);
      await member.sees("console.notYours");
    }
    await member.isAccessible();
    await member.leave();
  },
);
