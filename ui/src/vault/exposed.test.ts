import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Unanswered } from "../api/breaches.ts";
import { exposedOf } from "./exposed.ts";
import type { Whole } from "./items.ts";

const login = (id: string, password: string | null, more: object = {}): Whole =>
  ({ id, type: 1, name: id, organizationId: null, deletedDate: null, login: { password, uris: [] }, ...more }) as never;

const sumOf = (password: string) => createHash("sha1").update(password).digest("hex").toUpperCase();

let service: Server;
afterEach(() => service.close());

/** A service that answers what it is told to, and what it was asked. */
async function serve(answer: (start: string) => { status?: number; body: string }) {
  const asked: string[] = [];
  service = createServer(({ method, url = "" }, response) => {
    if (method === "GET") asked.push(url); // The environment asks for leave before.
    const { status = 200, body } = answer(url.slice(-5));
    response.writeHead(status, { "Access-Control-Allow-Origin": "*" }).end(body);
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  return { at: `http://127.0.0.1:${(service.address() as AddressInfo).port}/breaches`, asked };
}

const nobody = () => undefined;

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
  const found = await exposedOf(items, at, (done, of) => told.push([done, of]));
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

test("a service that refuses, or says something else, leaves nothing certain, and is asked no more", async () => {
  const items = Array.from({ length: 100 }, (_, n) => login(`${n}`, `password ${n}`));
  for (const answer of [{ status: 503, body: "" }, { body: "<html>Hello</html>" }]) {
    const { at, asked } = await serve(() => answer);
    await expect(exposedOf(items, at, nobody)).rejects.toThrow(Unanswered);
    const count = asked.length;
    expect(count).toBeLessThan(100);
    service.close();
  }
  const { at } = await serve(having({}));
  expect(await exposedOf([], at, nobody)).toEqual([]);
  service.close();
  service.closeAllConnections();
  await expect(exposedOf(items, at, nobody)).rejects.toThrow(Unanswered);
});
