import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { call, Failure } from "./client.ts";
import { isReachable } from "./connection.ts";
import type { IdentityTokenView } from "./schema.d.ts";
import { dropTokens, onSessionOver, resume, takeTokens } from "./tokens.ts";

type Answer = (request: { address: string; init: RequestInit }) => Response | Promise<Response>;

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json; charset=utf-8" } });

const tokens = (access: string, life = 3600) =>
  ({ access_token: access, refresh_token: `${access}-refresh`, expires_in: life }) as IdentityTokenView;

const asked: { address: string; init: RequestInit }[] = [];
let answer: Answer;

/** A server in the place of the browser's fetch: what is tested is what goes out and what is made of the answers. */
beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
    asked.push({ address, init });
    return answer({ address, init });
  });
});
afterEach(() => {
  dropTokens();
  vi.unstubAllGlobals();
});

const bearers = () => asked.map(({ init }) => (init.headers as Record<string, string>).Authorization);
const isToken = (address: string) => address === "/identity/connect/token";

test("a path and a query are written with what they carry", async () => {
  answer = () => json({});
  await call("GET /api/organizations/{id}", { path: { id: "a/b?" }, query: { q: "é&" } });
  expect(asked[0]?.address).toBe("/api/organizations/a%2Fb%3F?q=%C3%A9%26");
});

test("a body is JSON, and what is empty is undefined", async () => {
  answer = () => new Response(null, { status: 204 });
  const body = { email: "a@b.example" };
  expect(await call("POST /identity/accounts/register/send-verification-email", { body })).toBeUndefined();
  expect(asked[0]?.init.body).toBe(JSON.stringify(body));
});

test("a refusal has the server's words, its field and its code", async () => {
  answer = () => json({ message: "Not valid.", validationErrors: { email: ["email is missing."] }, code: "x.y" }, 400);
  const failure = await call("GET /api/config").catch((error) => error);
  expect(failure).toBeInstanceOf(Failure);
  expect([failure.kind, failure.message, failure.field, failure.code]).toEqual([
    "refused",
    "email is missing.",
    "email",
    "x.y",
  ]);
});

test("a server that breaks is not quoted", async () => {
  answer = () => new Response("<html>", { status: 502 });
  await expect(call("GET /api/config")).rejects.toMatchObject({ kind: "broken", message: "broken" });
});

test("no answer is told as such, until one comes", async () => {
  answer = () => Promise.reject(new TypeError("Failed to fetch"));
  await expect(call("GET /api/config")).rejects.toMatchObject({ kind: "offline" });
  expect(isReachable()).toBe(false);
  answer = () => json({});
  await call("GET /api/config");
  expect(isReachable()).toBe(true);
});

test("a token that is about to end is renewed once for all who wait", async () => {
  takeTokens(tokens("old", 30), false);
  answer = ({ address }) => json(isToken(address) ? tokens("new") : {});
  await Promise.all([call("GET /api/accounts/profile"), call("GET /api/sync"), call("GET /api/devices")]);
  expect(asked.filter(({ address }) => isToken(address))).toHaveLength(1);
  expect(bearers().slice(1)).toEqual(["Bearer new", "Bearer new", "Bearer new"]);
});

test("a token that the server no longer takes is renewed, and the call made once more", async () => {
  takeTokens(tokens("old"), false);
  answer = ({ address, init }) => {
    if (isToken(address)) return json(tokens("new"));
    return (init.headers as Record<string, string>).Authorization === "Bearer new"
      ? json({ name: "Ada" })
      : json({}, 401);
  };
  expect(await call("GET /api/accounts/profile")).toEqual({ name: "Ada" });
});

test("only a refused renewal ends the session", async () => {
  const over = vi.fn();
  onSessionOver(over);
  takeTokens(tokens("old", 30), true);
  answer = () => json({}, 503);
  await expect(call("GET /api/accounts/profile")).rejects.toMatchObject({ kind: "broken" });
  expect(over).not.toHaveBeenCalled();
  expect(resume()).toBe(true);
  answer = () => json({ error: "invalid_grant" }, 400);
  await expect(call("GET /api/accounts/profile")).rejects.toMatchObject({ kind: "signedOut" });
  expect(over).toHaveBeenCalledOnce();
  expect(resume()).toBe(false);
});

test("only a session that is to be kept is stored, as its refresh token alone", () => {
  takeTokens(tokens("mine"), false);
  expect(JSON.stringify(localStorage)).not.toContain("mine");
  takeTokens(tokens("mine"), true);
  expect(Object.values({ ...localStorage })).toEqual(["mine-refresh"]);
});
