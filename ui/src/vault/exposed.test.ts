import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { Unanswered } from "../api/breaches.ts";
import { exposedOf, questionsOf } from "./exposed.ts";
import type { Whole } from "./items.ts";

const login = (id: string, password: string | null, more: object = {}): Whole =>
  ({ id, type: 1, name: id, organizationId: null, deletedDate: null, login: { password, uris: [] }, ...more }) as never;

const sumOf = (password: string) => createHash("sha1").update(password).digest("hex").toUpperCase();

let service: Server;
afterEach(() => service.close());

interface Answer {
  status?: number;
  body: string;
}

/** A service that answers what it is told to, and what it was asked. */
async function serve(answer: (start: string) => Answer | Promise<Answer>) {
  const asked: string[] = [];
  service = createServer(async ({ method, url = "" }, response) => {
    if (method === "GET") asked.push(url); // The environment asks for leave before.
    const { status = 200, body } = method === "GET" ? await answer(url.slice(-5)) : { body: "" };
    response.writeHead(status, { "Access-Control-Allow-Origin": "*" }).end(body);
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  return { at: `http://127.0.0.1:${(service.address() as AddressInfo).port}/breaches`, asked };
}

/** What is waited at until somebody opens it. */
function gate() {
  let open: () => void = nobody;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

const nobody = () => undefined;
const calm = new AbortController().signal;

/** The answer of a service that has seen these passwords, with a line that pads it. */
const having = (seen: Record<string, number>) => (start: string) => ({
  body: [
    ...Object.entries(seen)
      .map(([password, times]) => [sumOf(password), times] as const)
      .filter(([sum]) => sum.startsWith(start))
      .map(([sum, times]) => `${sum.slice(5)}:${times}`),
    `${"0".repeat(35)}:0`,
  ].join("\r\n"),
});

test("logins with a password that was in breaches are found, with how often, by five digits of each sum", async () => {
  const { at, asked } = await serve(having({ "correct horse": 3, pâté: 7_000_000, unused: 9 }));
  const told: [number, number][] = [];
  const items = [
    login("a", "correct horse"),
    login("b", "nobody has this one"),
    login("c", "pâté"),
    login("d", "correct horse"),
    login("deleted", "pâté", { deletedDate: "2026-01-01T00:00:00Z" }),
    login("broken", "pâté", { isBroken: true }),
    login("none", null),
    login("note", "pâté", { type: 2 }),
  ];
  const found = await exposedOf(await questionsOf(items), at, calm, (done, of) => told.push([done, of]));
  expect(found.map(({ id, times }) => [id, times])).toEqual([
    ["c", 7_000_000],
    ["a", 3],
    ["d", 3],
  ]);
  const starts = ["correct horse", "nobody has this one", "pâté"].map((password) => sumOf(password).slice(0, 5));
  expect(asked.sort()).toEqual(starts.map((start) => `/breaches/range/${start}`).sort());
  expect(told.sort()).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
});

const many = () => questionsOf(Array.from({ length: 100 }, (_, n) => login(`${n}`, `password ${n}`)));

test.each([
  { status: 503, body: "" },
  { status: 204, body: "" },
  { status: 200, body: "" },
  { status: 200, body: "<html>Hello</html>" },
])("a service that says $status and $body leaves nothing certain", async (answer) => {
  const { at } = await serve(() => answer);
  await expect(exposedOf(await many(), at, calm, nobody)).rejects.toThrow(Unanswered);
});

test("a service that is away leaves nothing certain, and where there is nothing to ask for it is not asked", async () => {
  const { at } = await serve(having({}));
  service.close();
  service.closeAllConnections();
  await expect(exposedOf(await many(), at, calm, nobody)).rejects.toThrow(Unanswered);
  expect(await exposedOf(await questionsOf([]), at, calm, nobody)).toEqual([]);
});

test("after the first answer that is none, nobody asks on", async () => {
  const [allAsked, released] = [gate(), gate()];
  const others = having({});
  const { at, asked } = await serve(async (start) => {
    const isFirst = asked.length === 1;
    if (asked.length === 8) allAsked.open();
    await (isFirst ? allAsked.passed : released.passed);
    return isFirst ? { status: 503, body: "" } : others(start);
  });
  const told = vi.fn();
  await expect(exposedOf(await many(), at, calm, told)).rejects.toThrow(Unanswered);
  released.open();
  await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(7));
  await fetch(`${at}/range/00000`); // It comes after what anybody asked on.
  expect(asked).toHaveLength(9);
});

test("whoever takes the question back is not answered, and asks no more", async () => {
  const life = new AbortController();
  const others = having({});
  const { at, asked } = await serve((start) => {
    if (asked.length === 20) life.abort(new Error("left"));
    return others(start);
  });
  await expect(exposedOf(await many(), at, life.signal, nobody)).rejects.toThrow("left");
  expect(asked.length).toBeLessThan(40);
});
