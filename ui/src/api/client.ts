import { reached } from "./connection.ts";
import { Failure, failureOf } from "./failure.ts";
import type { Operations } from "./schema.d.ts";
import { accessToken, ownHeaders, renew } from "./tokens.ts";

export { Failure } from "./failure.ts";
export type * from "./schema.d.ts";

/** An operation of the server, such as "GET /api/organizations/{id}". */
export type Operation = keyof Operations;

type Names<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type PathOf<K extends Operation> = [Names<K>] extends [never] ? { path?: never } : { path: Record<Names<K>, string> };
type BodyOf<K extends Operation> = Operations[K]["in"] extends undefined
  ? { body?: never }
  : { body: Operations[K]["in"] };

/**
 * What an operation needs besides its name. Anonymous is asked without saying who asks, and with a bearer by
 * somebody else than the person who is signed in.
 */
export type Input<K extends Operation> = PathOf<K> &
  BodyOf<K> & { query?: Record<string, string>; signal?: AbortSignal; anonymous?: true; bearer?: string };

export type Arguments<K extends Operation> =
  Record<never, never> extends Input<K> ? [input?: Input<K>] : [input: Input<K>];

/**
 * Calls the server, as the person who is signed in where there is one, and returns
 * its answer. Every way in which that can fail is a Failure.
 */
export async function call<K extends Operation>(operation: K, ...[input]: Arguments<K>): Promise<Operations[K]["out"]> {
  const request = requestOf(operation, input ?? {});
  const token = input?.anonymous ? undefined : (input?.bearer ?? (await accessToken()));
  let response = await send(request, token);
  if (response.status === 401 && token && !input?.bearer) {
    await renew();
    response = await send(request, await accessToken());
  }
  if (!response.ok) throw await failureOf(response);
  return read(response) as Promise<Operations[K]["out"]>;
}

interface Request {
  address: string;
  init: RequestInit;
}

function requestOf(
  operation: string,
  input: { path?: unknown; body?: unknown; query?: unknown; signal?: AbortSignal },
): Request {
  const [method = "", pattern = ""] = operation.split(" ");
  const values = (input.path ?? {}) as Record<string, string>;
  const path = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
  const query = input.query ? `?${new URLSearchParams(input.query as Record<string, string>)}` : "";
  const headers: Record<string, string> = { Accept: "application/json", ...ownHeaders() };
  const init: RequestInit = { method, headers, cache: "no-store", credentials: "omit", signal: input.signal ?? null };
  if (input.body instanceof FormData || input.body instanceof URLSearchParams) {
    init.body = input.body;
  } else if (input.body !== undefined) {
    headers["Content-Type"] = "application/json; charset=utf-8";
    init.body = JSON.stringify(input.body);
  }
  return { address: path + query, init };
}

async function send({ address, init }: Request, token: string | undefined): Promise<Response> {
  const authorization: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  try {
    const response = await fetch(address, { ...init, headers: { ...init.headers, ...authorization } });
    reached(true);
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    reached(false);
    throw new Failure("offline");
  }
}

async function read(response: Response): Promise<unknown> {
  if (response.status === 204 || response.headers.get("Content-Length") === "0") return undefined;
  if (response.headers.get("Content-Type")?.includes("json")) return response.json();
  const body = await response.blob();
  return body.size > 0 ? body : undefined;
}
