import { Unreadable } from "./encstring.ts";
import type { Keyring } from "./keyring.ts";
import type { Visitor } from "./visitor.ts";
import address from "./worker.ts?worker&url";

/** What a worker can be asked. */
interface Rooms {
  keyring: Keyring;
  visitor: Visitor;
}

export interface Question {
  id: number;
  room: keyof Rooms;
  method: string;
  args: unknown[];
}

export type Answer = { id: number; value: unknown } | { id: number; failure: string };

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (reason: Error) => void;
}

/** Something in a worker. After end it is of no use, and its keys are gone from memory. */
type Remote<Room> = Pick<Room, keyof Room> & { end(): void };

export type RemoteKeyring = Remote<Keyring>;
export type RemoteVisitor = Remote<Visitor>;

/** Starts a worker with an empty Keyring. */
export const startKeyring = (): RemoteKeyring => start("keyring");

/** Starts a worker for somebody who holds the link of a Send. */
export const startVisitor = (): RemoteVisitor => start("visitor");

function start<K extends keyof Rooms>(room: K): Remote<Rooms[K]> {
  const worker = new Worker(trusted(address) as string, { type: "module", name: "keys" });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let ended = false;
  const fail = (reason: Error) => {
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  };
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ("failure" in data) asked?.reject(data.failure === "Unreadable" ? new Unreadable() : new Error(data.failure));
    else asked?.resolve(data.value);
  };
  worker.onerror = () => fail(new Error("The worker could not be started."));
  const ask = (method: string, args: unknown[]) =>
    new Promise((resolve, reject) => {
      if (ended) throw new Unreadable();
      const id = ++last;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, room, method, args } satisfies Question);
    });
  const end = () => {
    ended = true;
    worker.terminate();
    fail(new Unreadable());
  };
  return new Proxy({ end } as Remote<Rooms[K]>, {
    get(own, name) {
      if (name === "end") return own.end;
      if (name === "then") return undefined; // What is awaited is asked whether it is a promise.
      return (...args: unknown[]) => ask(String(name), args);
    },
  });
}

interface Policy {
  createScriptURL(url: string): unknown;
}

interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

const { trustedTypes } = globalThis as { trustedTypes?: Factory };

/** The only address that this page ever loads a script from by itself. */
const policy = trustedTypes?.createPolicy("coffre", {
  createScriptURL(url) {
    if (url !== address) throw new TypeError("This page starts no other script.");
    return url;
  },
});

const trusted = (url: string): unknown => policy?.createScriptURL(url) ?? url;
