import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Account } from "./account.ts";
import { Breaches } from "./breaches.ts";
import { launch, Person } from "./browser.ts";
import { folder, looks } from "./pictures.ts";
import { Server } from "./server.ts";
import { chromeFile } from "./tools.ts";

// Pictures of the tools and the reports.

const password = "a vault full of apples";

let server: Server;
let breaches: Breaches;
let browser: Browser;

beforeAll(async () => {
  breaches = await Breaches.open({ password1: 3_861_493, "correct-horse": 2 });
  [server, browser] = await Promise.all([Server.start(breaches.setting), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  breaches?.close();
});

test.each(Object.entries(looks))("%s", async (name, look) => {
  const email = `${name}@home.example`;
  await Account.register(server, "Ada Lovelace", email, password);
  const person = await Person.sitDown(browser, look);
  const { page } = person;
  const dialog = page.getByRole("dialog");
  let number = 0;
  const picture = async (of: string) => {
    const path = `${folder}/${name}-tools-${String(++number).padStart(2, "0")}-${of}.png`;
    await page.screenshot({ path, animations: "disabled", fullPage: true });
  };
  const give = (file: string, text: string) =>
    page
      .locator("input[type=file]")
      .setInputFiles({ name: file, mimeType: "application/octet-stream", buffer: Buffer.from(text) });
  await person.logIn(server, email, password);
  await page.getByRole("button", { name: person.t("account.menu", { name: "Ada Lovelace" }), exact: true }).waitFor();

  await person.visits("/tools/generator", "generator.title");
  await expect.poll(() => page.locator("output").textContent()).toMatch(/\S/);
  await person.press("generator.again");
  await person.press("generator.again");
  await picture("password");
  await page.getByRole("radio", { name: person.t("generator.kind.passphrase") }).check();
  await person.sees("generator.separator");
  await picture("passphrase");
  await page.getByRole("radio", { name: person.t("generator.kind.username") }).check();
  await page.getByLabel(person.t("generator.username")).selectOption("catchAll");
  await picture("username");

  await person.visits("/tools/import", "import.title");
  await picture("import");
  await give("rubbish.json", "{}");
  await person.sees("import.fault.form");
  await picture("refused");
  await give("passwords.csv", chromeFile);
  await person.sees("import.counts", { count: 5 });
  await picture("looked");
  await person.press("import.submit", { count: 5 });
  await person.sees("import.done", { count: 5 });
  await picture("imported");

  await person.visits("/reports", "reports.title");
  await person.sees("reports.checked", { count: 5 });
  await picture("reports");
  await person.visits("/reports/weak-passwords-report", "reports.title");
  await page.getByRole("rowheader").first().waitFor();
  await picture("weak");
  await person.visits("/reports/exposed-passwords-report", "reports.title");
  await person.sees("exposed.told", { host: breaches.host });
  await picture("exposed-before");
  await person.press("exposed.ask", { host: breaches.host });
  await page.getByRole("rowheader").first().waitFor();
  await picture("exposed");

  await person.visits("/tools/export", "export.title");
  await person.sees("export.form.csvText");
  await picture("export");
  await person.press("export.submit");
  await dialog.waitFor();
  await picture("prove");
  await page.keyboard.press("Escape");
  await page.getByRole("radio", { name: person.t("export.form.csv") }).check();
  await person.press("export.submit");
  await Promise.all([page.waitForEvent("download"), person.proves(password, "export.submit")]);
  await person.sees("export.done", { count: 5 });
  await picture("exported");
  await person.leave();
});
