import { useSyncExternalStore } from "react";

// The part of the address after # is where the person is: "#/finish-signup?email=…".
// Official clients and mails use the same places, and nothing of it reaches a server.

function subscribe(tell: () => void) {
  addEventListener("hashchange", tell);
  return () => removeEventListener("hashchange", tell);
}

const hash = () => location.hash.replace(/^#?\/?/, "/");

function split(address: string): [path: string, query: string] {
  const at = address.indexOf("?");
  const path = at < 0 ? address : address.slice(0, at);
  return [path.replace(/(.)\/+$/, "$1"), at < 0 ? "" : address.slice(at + 1)];
}

/** Goes to a place. */
export function go(to: string, { replace = false }: { replace?: boolean } = {}): void {
  if (replace) location.replace(`#${to}`);
  else location.hash = to;
}

/** Where the person is, in the form that wouter asks for. */
export function useHashPath(): [string, typeof go] {
  return [useSyncExternalStore(subscribe, () => split(hash())[0]), go];
}

/** What a link carries besides its place. */
export const useHashQuery = (): string => useSyncExternalStore(subscribe, () => split(hash())[1]);

let wanted: string | undefined;

/** Remembers where a person wants to be once they are logged in. */
export function want(place: string): void {
  wanted = place;
}

export const wantedPlace = (): string | undefined => wanted;

/** Returns the place that was wanted, once. */
export function takeWanted(): string | undefined {
  const place = wanted;
  wanted = undefined;
  return place;
}
