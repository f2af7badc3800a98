import { type Arguments, call, Failure, type Operation, type Operations } from "../api/client.ts";

// Whoever runs the server is no account and has no vault. A link opens their page, and what it buys is held here, in
// the memory of the page, and nowhere else.

/** Who is on the operator page, and of which server. */
export interface Operator {
  email: string | null;
  role: "cloud" | "selfHosted";
  version: string;
}

export type Desk = { phase: "out"; isOver: boolean } | { phase: "in"; operator: Operator };

let token: string | undefined;
let desk: Desk = { phase: "out", isOver: false };
let entering: { link: string; done: Promise<void> } | undefined;
const listeners = new Set<() => void>();

export const currentDesk = (): Desk => desk;

export function onDesk(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

function set(next: Desk) {
  desk = next;
  for (const tell of listeners) tell();
}

function end(isOver: boolean) {
  token = undefined;
  set({ phase: "out", isOver });
}

/** Opens the page with what stands in a link. A link works once, so it is taken once however often this is called. */
export function enter(link: string): Promise<void> {
  if (entering?.link !== link) entering = { link, done: take(link) };
  return entering.done;
}

async function take(link: string): Promise<void> {
  const view = await call("POST /admin/api/session", { body: { token: link }, anonymous: true });
  token = view.token ?? undefined;
  const role = view.role === "cloud" ? "cloud" : "selfHosted";
  set({ phase: "in", operator: { email: view.email, role, version: view.version } });
}

/** Ends the session, here in any case. */
export async function leave(): Promise<void> {
  const last = token;
  end(false);
  if (last) await call("DELETE /admin/api/session", { bearer: last }).catch(() => undefined);
}

/** Calls the server as the operator. A session that is over ends here too. */
export async function ask<K extends Operation>(operation: K, ...[input]: Arguments<K>): Promise<Operations[K]["out"]> {
  const used = token;
  if (!used) throw new Failure("signedOut");
  try {
    return await call(operation, ...([{ ...input, bearer: used }] as unknown as Arguments<K>));
  } catch (error) {
    if (error instanceof Failure && error.kind === "signedOut" && token === used) end(true);
    throw error;
  }
}
