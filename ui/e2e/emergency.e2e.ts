import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Key } from "../src/text/t.ts";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { Server } from "./server.ts";

const password = "a vault full of apples";
const chosen = "what I would have wanted too";
const day = 86_400;
const place = "/settings/emergency-access";
const link = /(http\S+#\/accept-emergency\S+)/;
const looks = [
  { language: "en", width: 1280 },
  { language: "fr", width: 360 },
] as const;

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const fingerprint = (person: Person) =>
  person.page
    .getByText(/^([0-9a-f]{4}-){4}[0-9a-f]{4}$/)
    .last()
    .textContent();

/** Goes to the page, which is asked anew. */
async function look(person: Person): Promise<void> {
  await person.visits("/settings/preferences", "preferences.title");
  await person.visits(place, "emergency.title");
  await person.page.getByRole("table").waitFor();
}

/** Presses a button of a row, whose name says of whom it is. */
const pressOf = (person: Person, key: Key, name: string) =>
  person.page.getByRole("button", { name: `${person.t(key)} ${name}`, exact: true }).click();

/** Confirms in the dialog what was asked. */
async function sure(person: Person, action: Key): Promise<void> {
  const dialog = person.page.getByRole("dialog");
  await dialog.getByRole("button", { name: person.t(action), exact: true }).click();
  await dialog.waitFor({ state: "detached" });
}

async function invite(person: Person, email: string, kind: "0" | "1"): Promise<void> {
  await person.press("emergency.invite");
  await person.fill("emergency.email", email);
  await person.page.getByRole("radio", { name: person.t(`emergency.kind.${kind}`) }).check();
  await person.page.getByLabel(person.t("emergency.wait")).selectOption("2");
}

test.each(looks)("somebody without an account is trusted, waits, and takes over, reading $language", async (how) => {
  const [email, trusted] = [`ada-${how.language}@acme.example`, `zoe-${how.language}@acme.example`];
  const account = await Account.register(server, "Ada", email, password);
  const ada = await Person.sitDown(browser, how);
  await ada.logIn(server, email, password);
  await ada.page.getByRole("button", { name: ada.t("account.menu", { name: "Ada" }), exact: true }).waitFor();
  await account.setAuthenticator();
  await ada.visits(place, "emergency.title");
  await ada.sees("emergency.nobodyTrusted");
  await ada.sees("emergency.nobodyGranted");
  await ada.isAccessible();
  await invite(ada, email, "1");
  await ada.isAccessible();
  await ada.press("emergency.sendInvitation");
  await ada.page.getByRole("dialog").getByRole("alert").waitFor();
  await ada.fill("emergency.email", trusted);
  await sure(ada, "emergency.sendInvitation");
  await ada.sees("emergency.stage.0");
  await ada.isAccessible();

  const zoe = await Person.sitDown(browser, how);
  await zoe.page.goto(await server.mail(trusted, link));
  await zoe.reads("emergency.acceptTitle", { name: "Ada" });
  await zoe.isAccessible();
  await zoe.press("signIn.create");
  await zoe.reads("finish.title");
  await zoe.fill("finish.password", password);
  await zoe.fill("finish.again", password);
  await zoe.press("finish.submit");
  await zoe.reads("emergency.acceptTitle", { name: "Ada" });
  await zoe.isAccessible();
  await zoe.press("accept.accept");
  await zoe.reads("emergency.acceptDone");
  await zoe.isAccessible();
  await zoe.follow("emergency.toPlace");
  await zoe.sees("emergency.waitingTitle", { names: "Ada" });
  await zoe.sees("emergency.theirStage.1");
  await zoe.isAccessible();

  await look(ada);
  await ada.sees("emergency.stage.1");
  await pressOf(ada, "emergency.confirm", trusted);
  expect(await fingerprint(ada)).toBe(await fingerprint(zoe));
  await ada.isAccessible();
  await sure(ada, "emergency.confirm");
  await ada.sees("emergency.stage.2");

  await look(zoe);
  await pressOf(zoe, "emergency.initiate", "Ada");
  await zoe.isAccessible();
  await sure(zoe, "emergency.initiate");
  await zoe.sees("emergency.theirStage.3");
  await zoe.isAccessible();

  // By keyboard alone.
  await look(ada);
  await ada.sees("emergency.asks", { name: trusted, kind: "1" });
  await ada.isAccessible();
  await ada.page.getByRole("button", { name: ada.t("emergency.reject"), exact: true }).focus();
  await ada.page.keyboard.press("Enter");
  await ada.page.getByRole("dialog").waitFor();
  await ada.isAccessible();
  await ada.page.getByRole("dialog").getByRole("button").last().focus();
  await ada.page.keyboard.press("Enter");
  await ada.page.getByRole("dialog").waitFor({ state: "detached" });
  await ada.sees("emergency.stage.2");

  await look(zoe);
  await pressOf(zoe, "emergency.initiate", "Ada");
  await sure(zoe, "emergency.initiate");
  await server.advance(2 * day + 3_700);
  await expect
    .poll(async () => {
      await look(zoe);
      return zoe.page.getByText(zoe.t("emergency.theirStage.4")).count();
    })
    .toBe(1);
  await zoe.isAccessible();
  await pressOf(zoe, "emergency.takeOver", "Ada");
  await zoe.sees("emergency.takeOverText", { name: "Ada", email });
  const dialog = zoe.page.getByRole("dialog");
  await dialog.getByLabel(zoe.t("emergency.newPassword", { name: "Ada" }), { exact: true }).fill(chosen);
  await zoe.fill("finish.again", "something else");
  await zoe.press("emergency.setPassword");
  await zoe.sees("finish.differs");
  await zoe.isAccessible();
  await zoe.fill("finish.again", chosen);
  await zoe.keepsNo(chosen, "Ada");
  await sure(zoe, "emergency.setPassword");

  const heir = await Person.sitDown(browser, how);
  await heir.logIn(server, email, chosen);
  await heir.page.getByRole("button", { name: heir.t("account.menu", { name: "Ada" }), exact: true }).waitFor();
  await zoe.visits(place, "emergency.title");
  await zoe.choose("emergency.menu", "emergency.leave", { name: "Ada" });
  await sure(zoe, "emergency.leave");
  await zoe.sees("emergency.nobodyGranted");
  expect([...ada.complaints, ...zoe.complaints, ...heir.complaints]).toEqual([]);
  await Promise.all([ada.leave(), zoe.leave(), heir.leave()]);
});
