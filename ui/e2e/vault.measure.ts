import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { Server } from "./server.ts";
import { makeLogins } from "./vault.ts";

// How a large vault feels, measured: until it is there, until a search has found, and for how long nothing moves.

const password = "a vault full of apples";
const size = 10_000;

test(`${size} items are opened, searched, looked at and selected`, async () => {
  const [server, browser] = await Promise.all([Server.start(), launch()]);
  const account = await Account.register(server, "Ada", "ada@home.example", password);
  const ciphers = await makeLogins(
    account,
    Array.from({ length: size }, (_, n) => `Item ${n}`),
  );
  await account.call("POST /api/ciphers/import", { ciphers, folders: [], folderRelationships: [] });
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await person.logIn(server, account.email, password);
  await person.isIn("Ada");
  await timed("opened", page, () => page.getByRole("link", { name: "Item 0", exact: true }).waitFor());
  await timed("searched", page, async () => {
    await page.getByLabel(person.t("vault.search")).pressSequentially("item 4321", { delay: 60 });
    await page.getByRole("link", { name: "Item 4321", exact: true }).waitFor();
    await page.getByRole("link", { name: "Item 0", exact: true }).waitFor({ state: "detached" });
  });
  await timed("looked at", page, async () => {
    await page.getByRole("link", { name: "Item 4321", exact: true }).click();
    await page.getByRole("button", { name: person.t("item.makeFavorite") }).waitFor();
  });
  await timed("made a favorite", page, async () => {
    await page.getByRole("button", { name: person.t("item.makeFavorite") }).click();
    await page.getByRole("button", { name: person.t("item.unfavorite") }).waitFor();
  });
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByLabel(person.t("vault.search")).fill("");
  await person.sees("vault.count", { count: size });
  await timed("selected", page, async () => {
    await page.getByRole("checkbox", { name: person.t("select.all") }).check();
    await person.sees("select.count", { count: size });
  });
  expect(person.complaints).toEqual([]);
  await person.leave();
  await browser.close();
  await server.stop();
});

/** Says how long something took, and the longest time in which the page drew nothing meanwhile. */
async function timed(what: string, page: Page, act: () => Promise<unknown>): Promise<void> {
  await page.evaluate(() => {
    const seen = { longest: 0, last: performance.now() };
    Object.assign(globalThis, { seen });
    const draw = (now: number) => {
      seen.longest = Math.max(seen.longest, now - seen.last);
      seen.last = now;
      requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
  });
  const begun = performance.now();
  await act();
  const took = Math.round(performance.now() - begun);
  const longest = await page.evaluate(() =>
    Math.round((globalThis as unknown as { seen: { longest: number } }).seen.longest),
  );
  process.stdout.write(`${what} in ${took} ms; the longest without a picture ${longest} ms\n`);
}
