import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { Server } from "./server.ts";
import { makeLogins } from "./vault.ts";

// What a large file of an item costs a browser, measured: the most memory of the page and its worker, and the time.

const password = "a vault full of apples";
const megabytes = 400;

test(`a file of ${megabytes} MB is put to an item and fetched again`, async () => {
  const [server, browser] = await Promise.all([Server.start(), launch()]);
  const ada = await Account.register(server, "Ada", "ada@home.example", password);
  for (const cipher of await makeLogins(ada, ["Forge"])) await ada.call("POST /api/ciphers", cipher);
  const path = join(tmpdir(), `large-${crypto.randomUUID()}.bin`);
  writeFileSync(path, "");
  truncateSync(path, megabytes << 20);
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  const dialog = page.getByRole("dialog");
  await person.logIn(server, ada.email, password);
  await person.isIn("Ada");
  await page.getByRole("link", { name: "Forge", exact: true }).click();
  await dialog.locator("[type=file]").waitFor({ state: "attached" });
  const before = await peak(browser);
  const get = dialog.getByRole("button", { name: person.t("item.fileGet", { name: path.split("/").at(-1) ?? "" }) });
  const begun = performance.now();
  await dialog.locator("[type=file]").setInputFiles(path);
  await get.waitFor({ timeout: 500_000 });
  const put = performance.now();
  const most = await peak(browser);
  const [file] = await Promise.all([page.waitForEvent("download", { timeout: 500_000 }), get.click()]);
  expect(readFileSync(await file.path()).equals(readFileSync(path))).toBe(true);
  const got = performance.now();
  process.stdout.write(`before: ${before}\nput in ${Math.round(put - begun)} ms: ${most}\n`);
  process.stdout.write(`fetched in ${Math.round(got - put)} ms: ${await peak(browser)}\n`);
  rmSync(path);
  await person.leave();
  await browser.close();
  await server.stop();
});

/** The most memory that the processes of the browser have had, by what they are. */
async function peak(browser: Browser): Promise<string> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
  await devtools.detach();
  return processInfo
    .filter(({ type }) => type === "renderer" || type === "browser")
    .map(({ id, type }) => {
      const [, kilobytes = "0"] = readFileSync(`/proc/${id}/status`, "utf8").match(/VmHWM:\s+(\d+)/) ?? [];
      return `${type} ${Math.round(Number(kilobytes) / 1024)} MB`;
    })
    .join(", ");
}
