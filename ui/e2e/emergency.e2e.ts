import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Key } from "../src/text/t.ts";
import { Account } from "./account.ts";
import { desk, fingerprintPhrase, launch, Person, phone } from "./browser.ts";
import { Server } from "./server.ts";
import { makeLogins } from "./vault.ts";

const password = "a vault full of apples";
const chosen = "what I would have wanted too";
const day = 86_400;
const place = "/settings/emergency-access";
const link = /(http\S+#\/accept-emergency\S+)/;
let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const fingerprint = (person: Person) => person.page.getByText(fingerprintPhrase).last().textContent();

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

/** Puts a file to an item, as another device would. */
async function attach(account: Account, itemId: string, name: string, text: string): Promise<void> {
  const keys = await account.open();
  const { wrappedKey: key, sealed } = await keys.sealFile(new Blob([text]), {});
  const [fileName = ""] = await keys.encrypt([name]);
  const path = `/api/ciphers/${itemId}/attachment`;
  const said = { key, fileName, fileSize: sealed.size };
  const { attachmentId } = (await account.send("POST", `${path}/v2`, said)) as { attachmentId: string };
  const form = new FormData();
  form.append("data", sealed, fileName);
  await account.send("POST", `${path}/${attachmentId}`, form);
}

test("somebody without an account is trusted, waits, and takes over", async () => {
  const [email, trusted] = ["ada@acme.example", "zoe@acme.example"];
  const account = await Account.register(server, "Ada", email, password);
  const ada = await Person.sitDown(browser, desk);
  await ada.logIn(server, email, password);
  await ada.isIn("Ada");
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

  const zoe = await Person.sitDown(browser, desk);
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

  const heir = await Person.sitDown(browser, desk);
  await heir.logIn(server, email, chosen);
  await heir.isIn("Ada");
  await zoe.visits(place, "emergency.title");
  await zoe.choose("emergency.menu", "emergency.leave", { name: "Ada" });
  await sure(zoe, "emergency.leave");
  await zoe.sees("emergency.nobodyGranted");
  expect([...ada.complaints, ...zoe.complaints, ...heir.complaints]).toEqual([]);
  await Promise.all([ada.leave(), zoe.leave(), heir.leave()]);
});

test("somebody trusted reads a vault that was left to them", async () => {
  const [grantor, grantee] = await Promise.all([
    Account.register(server, "Grace", "grace@acme.example", password),
    Account.register(server, "Joan", "joan@acme.example", password),
  ]);
  const items: { id: string }[] = [];
  for (const login of await makeLogins(grantor, ["Bank", "Forge"]))
    items.push((await grantor.send("POST", "/api/ciphers", login)) as { id: string });
  await attach(grantor, items[0]?.id ?? "", "deed.txt", "The forge is ours.");
  const root = "/api/emergency-access";
  await grantor.send("POST", `${root}/invite`, { email: grantee.email, type: 0, waitTimeDays: 1 });
  const query = new URLSearchParams((await server.mail(grantee.email, link)).split("?")[1]);
  const id = query.get("id") ?? "";
  await grantee.send("POST", `${root}/${id}/accept`, { token: query.get("token") });
  const { id: granteeId } = await grantee.call("GET /api/accounts/profile", undefined);
  const { publicKey } = (await grantor.send("GET", `/api/users/${granteeId}/public-key`)) as { publicKey: string };
  await grantor.send("POST", `${root}/${id}/confirm`, { key: await (await grantor.open()).shareUser(publicKey) });
  await grantee.send("POST", `${root}/${id}/initiate`);

  const grace = await Person.sitDown(browser, phone);
  await grace.logIn(server, grantor.email, password);
  await grace.isIn("Grace");
  await grace.visits(place, "emergency.title");
  await grace.press("emergency.approve");
  await grace.sees("emergency.approveText", { name: "Joan", kind: "view" });
  await sure(grace, "emergency.approve");
  await grace.sees("emergency.isIn", { name: "Joan", kind: "0" });
  await grace.isAccessible();

  const joan = await Person.sitDown(browser, phone);
  await joan.logIn(server, grantee.email, password);
  await joan.isIn("Joan");
  await joan.visits(place, "emergency.title");
  await joan.page.getByRole("link", { name: `${joan.t("emergency.view")} Grace`, exact: true }).click();
  await joan.reads("emergency.viewOf", { name: "Grace" });
  await joan.page.getByRole("button", { name: "Bank", exact: true }).waitFor();
  await joan.isAccessible();
  await joan.page.getByLabel(joan.t("emergency.search")).fill("bank");
  await joan.page.getByRole("button", { name: "Forge", exact: true }).waitFor({ state: "detached" });
  await joan.page.getByRole("button", { name: "Bank", exact: true }).focus();
  await joan.page.keyboard.press("Enter");
  const dialog = joan.page.getByRole("dialog");
  await dialog.getByText("ada@forge.example").waitFor();
  await dialog.getByText("deed.txt").waitFor();
  await joan.isAccessible();
  await joan.keepsNo("h3avy metal", "Bank");
  await joan.press("item.show", { label: joan.t("item.part.password") });
  await dialog.getByText("h3avy metal").waitFor();
  const [download] = await Promise.all([
    joan.page.waitForEvent("download"),
    joan.press("item.fileGet", { name: "deed.txt" }),
  ]);
  expect(readFileSync(await download.path(), "utf8")).toBe("The forge is ours.");
  await joan.press("kit.close");
  await dialog.waitFor({ state: "detached" });

  await grace.press("emergency.reject");
  await sure(grace, "emergency.reject");
  await joan.visits(place, "emergency.title");
  await joan.page.evaluate((to) => {
    location.hash = to;
  }, `${place}/${id}`);
  await joan.reads("emergency.viewOf", { name: "Grace" });
  await joan.page.getByRole("alert").waitFor();
  await joan.isAccessible();
  expect([...grace.complaints, ...joan.complaints]).toEqual([]);
  await Promise.all([grace.leave(), joan.leave()]);
});
