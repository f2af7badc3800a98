import type { Browser, Page } from "playwright-core";
import { expect, test } from "vitest";
import { Account } from "./account.ts";
import { launch, Person } from "./browser.ts";
import { Company } from "./company.ts";
import { Server } from "./server.ts";

// How the list of a large organization feels, measured: how long the page is busy without a pause.

const password = "a vault full of apples";
const size = 5_000;
const portion = 500;

test(`${size} members are opened, scrolled through, searched and selected`, async () => {
  const [server, browser] = await Promise.all([Server.start(), launch()]);
  const owner = await Account.register(server, "Ada", "ada@acme.example", password);
  const company = await Company.found(owner, "Acme");
  for (const name of ["Builders", "Sellers", "Counters"]) await company.createGroup(name);
  for (let at = 1; at < size; at += portion) {
    const some = Array.from({ length: Math.min(portion, size - at) }, (_, n) => `member${at + n}@acme.example`);
    await company.invite(some);
  }
  const person = await Person.sitDown(browser, { language: "en" });
  const { page } = person;
  await person.logIn(server, owner.email, password);
  await person.isIn("Ada");
  await person.visits("/organizations", "start.organizations");
  const taken = await trace(browser, page);

  const begun = performance.now();
  await page.getByRole("link", { name: "Acme" }).click();
  await page.getByRole("button", { name: "member1@acme.example" }).waitFor();
  report(`opened in ${Math.round(performance.now() - begun)} ms`, await taken());

  await page.mouse.move(640, 500);
  for (let n = 0; n < 150; n++) {
    await page.mouse.wheel(0, 1_200);
    await frame(page);
  }
  report("scrolled by the wheel", await taken());
  for (const part of [0.9, 0.1, 0.5, 1, 0]) {
    await page.evaluate((at) => scrollTo(0, at * document.documentElement.scrollHeight), part);
    await page.waitForFunction(() =>
      [...document.querySelectorAll("tbody tr[aria-rowindex]")].some((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        return top < innerHeight && bottom > 0;
      }),
    );
  }
  report("jumped from end to end", await taken());
  await page.getByLabel(person.t("members.search")).pressSequentially("member4321@acme", { delay: 60 });
  await page.getByRole("row", { name: "member4321@acme.example" }).waitFor();
  await page.getByLabel(person.t("members.search")).fill("");
  await person.sees("members.shown", { count: size });
  report("searched", await taken());
  await page.getByRole("checkbox", { name: person.t("select.all") }).check();
  await person.sees("select.count", { count: size });
  report("selected all", await taken());
  expect(person.complaints).toEqual([]);
  await person.leave();
  await browser.close();
  await server.stop();
});

/** Waits until two frames are drawn. */
const frame = (page: Page) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/** What the page did in one piece: in milliseconds of the clock, and of the processor, which other work does not lengthen. */
interface Task {
  clock: number;
  processor: number;
}

/** Starts to note what keeps the page busy, and returns what hands out the tasks since the last time. */
async function trace(browser: Browser, page: Page): Promise<() => Promise<Task[]>> {
  const start = () => browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  await start();
  return async () => {
    await page.waitForTimeout(300);
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
    const isMain = ({ name, args }: TraceEvent) => name === "thread_name" && args.name === "CrRendererMain";
    const main = new Set(traceEvents.filter(isMain).map(({ pid, tid }) => `${pid} ${tid}`));
    const isTask = ({ name, pid, tid }: TraceEvent) => name.endsWith("RunTask") && main.has(`${pid} ${tid}`);
    await start();
    return traceEvents.filter(isTask).map(({ dur = 0, tdur = 0 }) => ({ clock: dur / 1000, processor: tdur / 1000 }));
  };
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args: { name?: string };
}

function report(what: string, tasks: Task[]) {
  const over = (by: keyof Task) => tasks.filter((task) => task[by] > 100).length;
  const longest = (by: keyof Task) => Math.round(Math.max(0, ...tasks.map((task) => task[by])));
  const told = (by: keyof Task) => `${over(by)} over 100 ms of ${by} time, the longest ${longest(by)} ms`;
  process.stdout.write(`${what}: of ${tasks.length} tasks ${told("processor")}; ${told("clock")}\n`);
}
