import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { fingerprintPhrase, launch, Person } from "./browser.ts";
import { Company } from "./company.ts";
import { Server } from "./server.ts";

const password = "a vault full of apples";

let server: Server;
let browser: Browser;
let ada: Account;
let acme: Company;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  ada = await Account.register(server, "Ada", "ada@acme.example", password);
  acme = await Company.found(ada, "Acme");
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const membersOf = async (person: Person, company: Company) => {
  await person.page.goto(`${server.url}/#/organizations/${company.id}/members`);
  await person.reads("members.title");
};

test("many are invited at once, and each address is told what became of it", async () => {
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await person.logIn(server, ada.email, password);
  await person.isIn("Ada");
  await person.visits("/organizations", "start.organizations");
  await page.getByRole("link", { name: "Acme" }).click();
  await person.reads("members.title");
  await person.isAccessible();
  await acme.createCollection("Engineering");
  await acme.createGroup("Builders");
  await person.press("members.invite");
  const dialog = page.getByRole("dialog");
  await dialog
    .getByLabel(person.t("invite.emails"))
    .fill("Grace <grace@acme.example>, alan@acme.example\nAda@acme.example\nnobody\nalan@acme.example");
  await dialog.getByRole("radio", { name: person.t("role.4") }).check();
  await dialog.getByRole("checkbox", { name: person.t("permission.accessEventLogs") }).check();
  await dialog.getByRole("button", { name: person.t("pick.add", { name: "Builders" }) }).click();
  await dialog.getByRole("button", { name: person.t("pick.add", { name: "Engineering" }) }).click();
  await dialog.getByLabel(person.t("pick.right", { name: "Engineering" })).selectOption("manage");
  await person.isAccessible();
  await dialog.getByRole("button", { name: person.t("invite.send"), exact: true }).click();
  await page.getByRole("heading", { name: person.t("invite.sent", { count: 2 }) }).waitFor();
  for (const [row, result] of [
    ["grace@acme.example", "invite.invited"],
    ["ada@acme.example", "invite.known"],
    ["nobody", "invite.malformed"],
  ] as const) {
    await dialog.getByRole("row", { name: row }).getByText(person.t(result)).waitFor();
  }
  await dialog.getByText(person.t("invite.twice")).waitFor();
  await person.isAccessible();
  await dialog.getByRole("button", { name: person.t("kit.close"), exact: true }).click();
  await page
    .getByRole("row", { name: /grace@acme/ })
    .getByText("Builders")
    .waitFor();

  await page.getByRole("button", { name: "grace@acme.example" }).click();
  await person.press("members.edit");
  await dialog.getByLabel(person.t("pick.right", { name: "Engineering" })).waitFor();
  expect(await dialog.getByRole("checkbox", { name: person.t("permission.accessEventLogs") }).isChecked()).toBe(true);
  await dialog.getByRole("radio", { name: person.t("role.1") }).check();
  await dialog.getByRole("button", { name: person.t("pick.remove", { name: "Builders" }) }).click();
  await dialog.getByRole("button", { name: person.t("console.save"), exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await page
    .getByRole("row", { name: /grace@acme/ })
    .getByText(person.t("role.1"))
    .waitFor();
  await server.mail("grace@acme.example", /accept-organization/);
  await server.advance(61); // Within a minute nobody is written to twice.
  await person.fill("members.search", "grace");
  await page.getByRole("row", { name: /alan@acme/ }).waitFor({ state: "detached" });
  await page.getByRole("checkbox", { name: person.t("select.all") }).check();
  await person.press("members.some", { status: person.t("deed.reinvite"), count: 1 });
  await dialog.getByRole("button", { name: person.t("deed.reinvite"), exact: true }).click();
  await person.sees("deed.reinviteDone", { count: 1, name: "grace@acme.example" });
  await server.mail("grace@acme.example", /accept-organization/);
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("a member is confirmed once both read the same fingerprint, then revoked, restored, recovered and removed", async () => {
  const email = "zoe@acme.example";
  const zoe = await acme.join(server, "Zoé", email, password);
  await acme.setPolicy(8, { autoEnrollEnabled: false });
  await acme.enroll(zoe);
  const joiner = await Person.sitDown(browser, { language: "fr", width: 360 });
  await joiner.logIn(server, email, password);
  await joiner.isIn("Zoé");
  await joiner.visits("/organizations", "start.organizations");
  await joiner.sees("start.waiting");
  await joiner.sees("start.unconfirmed");
  await joiner.isAccessible();
  const fingerprint = await joiner.page.getByText(fingerprintPhrase).textContent();

  const person = await Person.sitDown(browser, { language: "fr" });
  const { page } = person;
  const dialog = page.getByRole("dialog");
  await person.logIn(server, ada.email, password);
  await person.isIn("Ada");
  await membersOf(person, acme);
  const row = page.getByRole("row", { name: /Zoé/ });
  const act = async (deed: "confirm" | "revoke" | "restore" | "remove") => {
    await page.getByRole("button", { name: "Zoé", exact: true }).click();
    await dialog.getByRole("button", { name: person.t(`deed.${deed}`), exact: true }).click();
    await page.getByRole("heading", { name: person.t(`deed.${deed}Title`, { count: 1, name: "Zoé" }) }).waitFor();
  };
  const agree = async (deed: "confirm" | "revoke" | "restore" | "remove") => {
    await dialog.getByRole("button", { name: person.t(`deed.${deed}`), exact: true }).click();
    await person.sees(`deed.${deed}Done`, { count: 1, name: "Zoé" });
    await dialog.waitFor({ state: "detached" });
  };
  await act("confirm");
  await dialog.getByText(fingerprint ?? "").waitFor();
  await person.isAccessible();
  await agree("confirm");
  await row.getByText(person.t("memberStatus.2")).waitFor();
  await joiner.page.reload();
  await joiner.logInHere(email, password);
  await joiner.reads("start.organizations");
  await joiner.page.getByRole("row", { name: "Acme" }).getByText(joiner.t("start.enabled")).waitFor();
  expect(joiner.complaints).toEqual([]);
  await joiner.leave();

  await act("revoke");
  await agree("revoke");
  await row.getByText(person.t("memberStatus.-1")).waitFor();
  await page.getByRole("button", { name: "Zoé", exact: true }).click();
  await person.sees("revocation.1");
  await person.isAccessible();
  await page.keyboard.press("Escape");
  await act("restore");
  await agree("restore");

  await page.getByRole("button", { name: "Zoé", exact: true }).click();
  await person.press("recover.open");
  await person.isAccessible();
  await dialog.getByLabel(person.t("recover.newPassword"), { exact: true }).fill("une nouvelle porte bleue");
  await dialog.getByLabel(person.t("finish.again"), { exact: true }).fill("une nouvelle porte bleue");
  await person.keepsNo("une nouvelle porte bleue", "Zoé");
  await dialog.getByRole("button", { name: person.t("recover.open"), exact: true }).click();
  await person.sees("recover.done", { name: "Zoé" });
  const back = await Person.sitDown(browser, { language: "fr" });
  await back.logIn(server, email, "une nouvelle porte bleue");
  await back.reads("temporary.title");
  await back.leave();

  await act("remove");
  await agree("remove");
  await row.waitFor({ state: "detached" });
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("the keyboard alone finds, selects and revokes several, and hears who was refused", async () => {
  await acme.invite(["first@acme.example", "second@acme.example"]);
  const person = await Person.sitDown(browser, { language: "en", width: 360 });
  const { page } = person;
  await person.logIn(server, ada.email, password);
  await person.isIn("Ada");
  await membersOf(person, acme);
  await page.getByLabel(person.t("members.search")).focus();
  await page.keyboard.type("acme");
  await page.getByRole("checkbox", { name: person.t("select.one", { name: "first@acme.example" }) }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("checkbox", { name: person.t("select.one", { name: "second@acme.example" }) }).focus();
  await page.keyboard.press("Space");
  await person.sees("select.count", { count: 2 });
  await person.isAccessible();
  await (
    await page.getByRole("button", { name: person.t("members.some", { status: person.t("deed.revoke"), count: 2 }) })
  ).focus();
  // Meanwhile somebody else revokes one of them.
  const member = (await acme.members()).get("first@acme.example")?.id;
  await ada.send("PUT", `/api/organizations/${acme.id}/users/${member}/revoke`);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: person.t("deed.revokeTitle", { count: 2, name: "" }) }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await person.sees("deed.refused", { done: 1, count: 1 });
  await person.isAccessible();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test("whoever runs several organizations changes between them, from any screen of the console", async () => {
  const owner = await Account.register(server, "Eve", "eve@acme.example", password);
  const first = await Company.found(owner, "First");
  const second = await Company.found(owner, "Second");
  const person = await Person.sitDown(browser, { language: "fr" });
  const { page } = person;
  await person.logIn(server, owner.email, password);
  await person.isIn("Eve");
  await membersOf(person, first);
  await person.press("console.organization", { name: "First" });
  await page.getByRole("menuitemradio", { name: "Second" }).click();
  await page.waitForURL((url) => url.hash === `#/organizations/${second.id}/members`);
  await page.goto(`${server.url}/#/organizations/${first.id}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(person.complaints).toEqual([]);
  await person.leave();
});
