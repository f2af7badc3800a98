import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { folder, looks } from "./pictures.ts";
import { Server } from "./server.ts";
import { makeLogins } from "./vault.ts";

// Pictures of Sends, at both ends, and of emergency access.

const password = "a vault full of apples";
const place = "/settings/emergency-access";

let server: Server;
let browser: Browser;
let ada: Account;
let grace: Account;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), launch()]);
  ada = await Account.register(server, "Ada Lovelace", "ada@acme.example", password);
  grace = await Account.register(server, "Grace Hopper", "grace@acme.example", password);
  await emergencies();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Ada trusts Grace, who waits, and two more; Grace trusts Ada, who may read. */
async function emergencies(): Promise<void> {
  const join = async (grantor: Account, grantee: Account, type: number) => {
    const root = "/api/emergency-access";
    await grantor.send("POST", `${root}/invite`, { email: grantee.email, type, waitTimeDays: 7 });
    const query = new URLSearchParams((await server.mail(grantee.email, /accept-emergency(\?\S+)/)) ?? "");
    const id = query.get("id") ?? "";
    await grantee.send("POST", `${root}/${id}/accept`, { token: query.get("token") });
    const { id: granteeId } = await grantee.call("GET /api/accounts/profile", undefined);
    const { publicKey } = (await grantor.send("GET", `/api/users/${granteeId}/public-key`)) as { publicKey: string };
    await grantor.send("POST", `${root}/${id}/confirm`, { key: await (await grantor.open()).shareUser(publicKey) });
    await grantee.send("POST", `${root}/${id}/initiate`);
    return `${root}/${id}`;
  };
  await join(ada, grace, 1);
  const back = await join(grace, ada, 0);
  await grace.send("POST", `${back}/approve`);
  for (const login of await makeLogins(grace, ["Bank", "Forge", "Newspaper", "Water and light"]))
    await grace.send("POST", "/api/ciphers", login);
  await ada.send("POST", "/api/emergency-access/invite", { email: "alan@acme.example", type: 0, waitTimeDays: 30 });
}

async function sends(keys: Awaited<ReturnType<Account["open"]>>): Promise<{ open: string; locked: string }> {
  const now = (await server.now()).getTime();
  const make = async (name: string, more: object, passwordOf?: string) => {
    const { wrappedKey, texts, passwordHash } = await keys.sealSend([name, "4711, then the green button"], passwordOf);
    const text = { text: texts[1], hidden: true };
    const body = { type: 0, name: texts[0], key: wrappedKey, disabled: false, password: passwordHash, text };
    const deletionDate = new Date(now + 604_800_000).toISOString();
    const made = await ada.send("POST", "/api/sends", { ...body, deletionDate, ...more });
    return `${server.url}/#/send/${(made as { accessId: string }).accessId}/${await keys.linkOfSend(wrappedKey)}`;
  };
  const open = await make("Door of the workshop", { maxAccessCount: 5 });
  await make("Code of the alarm", { disabled: true });
  const locked = await make("Password of the router, which is a long one", {}, "sesame");
  return { open, locked };
}

test.each(Object.entries(looks))("%s", async (name, look) => {
  const person = await Person.sitDown(browser, look);
  const { page } = person;
  const dialog = page.getByRole("dialog");
  let number = 60;
  const picture = (of: string) =>
    page.screenshot({ path: `${folder}/${name}-${number++}-${of}.png`, animations: "disabled" });
  const gone = () => dialog.waitFor({ state: "detached" });
  await person.logIn(server, ada.email, password);
  await person.isIn("Ada Lovelace");
  await person.visits("/sends", "send.title");
  await person.press("send.new");
  await person.fill("send.name", "Door of the workshop");
  await picture("send-new");
  await dialog.getByText(person.t("send.options")).click();
  await dialog.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await picture("send-options");
  await dialog.getByRole("radio", { name: person.t("send.file") }).check();
  await dialog.evaluate((element) => element.scrollTo(0, 0));
  await picture("send-file");
  await page.keyboard.press("Escape");
  await gone();
  const { open, locked } = await sends(await ada.open());
  await person.visits("/tools/generator", "generator.title").catch(() => undefined);
  await person.visits("/sends", "send.title");
  await page.getByRole("table").waitFor();
  await picture("sends");
  await person.page
    .getByRole("button", { name: person.t("send.menu", { name: "Code of the alarm" }) })
    .first()
    .click();
  await page.getByRole("menuitem", { name: person.t("send.showLink"), exact: true }).click();
  await dialog.locator("code").waitFor();
  await picture("send-link");
  await page.keyboard.press("Escape");
  await gone();
  await person.visits(place, "emergency.title");
  await page.getByRole("table").first().waitFor();
  await picture("emergency");
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await picture("emergency-end");
  await person.press("emergency.invite");
  await picture("emergency-invite");
  await page.keyboard.press("Escape");
  await gone();
  await page.getByRole("link", { name: `${person.t("emergency.view")} Grace Hopper`, exact: true }).click();
  await page.getByRole("button", { name: "Bank", exact: true }).waitFor();
  await picture("emergency-vault");
  await page.getByRole("button", { name: "Bank", exact: true }).click();
  await dialog.getByText("ada@forge.example").waitFor();
  await picture("emergency-item");
  await page.goto("about:blank");
  await page.goto(locked);
  await person.reads("receive.passwordTitle");
  await picture("receive-password");
  await person.fill("receive.password", "sesame");
  await person.press("receive.open");
  await person.sees("receive.hidden");
  await picture("receive-hidden");
  await page.goto("about:blank");
  await page.goto(open);
  await person.press("receive.show");
  await picture("receive");
  await page.goto(`${server.url}/#/send/AAAAAAAAAAAAAAAAAAAAAA/short`);
  await page.reload();
  await person.reads("receive.broken");
  await picture("receive-broken");
  expect(person.complaints).toEqual([]);
  await person.leave();
});
