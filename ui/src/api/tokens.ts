import { reached } from "./connection.ts";
import { Failure, failureOf } from "./failure.ts";
import type { IdentityTokenView } from "./schema.d.ts";

/** What a session is held with. The refresh token is stored only where the person asked for it. */
interface Tokens {
  access: string;
  refresh: string | undefined;
  until: number; // milliseconds
}

const storage = "coffre.session";

/** A token that ends sooner than this is renewed before it is used. */
const margin = 60_000;

let tokens: Tokens | undefined;
let renewing: Promise<void> | undefined;
let over: () => void = () => {};

/** Tells what to do when the server no longer knows the session. */
export function onSessionOver(tell: () => void): void {
  over = tell;
}

/** Takes the tokens of a sign-in; keep lets the session outlive the page. */
export function takeTokens(view: IdentityTokenView, keep: boolean): void {
  take(view);
  if (keep && tokens?.refresh) localStorage.setItem(storage, tokens.refresh);
  else localStorage.removeItem(storage);
}

/** Takes up the session that was kept. Returns false where there is none. */
export function resume(): boolean {
  const refresh = localStorage.getItem(storage);
  if (refresh) tokens = { access: "", refresh, until: 0 };
  return refresh !== null;
}

export function dropTokens(): void {
  tokens = undefined;
  localStorage.removeItem(storage);
}

/** Returns a token that is good for a while, or undefined for nobody. */
export async function accessToken(): Promise<string | undefined> {
  if (tokens && tokens.until < Date.now() + margin) await renew();
  return tokens?.access;
}

/** Renews the token at once. Calls that come while it is renewed wait for the same answer. */
export function renew(): Promise<void> {
  renewing ??= exchange().finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function exchange(): Promise<void> {
  const refresh = tokens?.refresh;
  try {
    if (!refresh) throw new Failure("signedOut");
    const form = new URLSearchParams({ grant_type: "refresh_token", client_id: "web", refresh_token: refresh });
    take((await post(form)) as IdentityTokenView);
  } catch (error) {
    // Only this answer ends a session; whatever else went wrong may pass.
    const isOver = error instanceof Failure && (error.kind === "signedOut" || error.body.error === "invalid_grant");
    if (!isOver) throw error;
    dropTokens();
    over();
    throw new Failure("signedOut");
  }
  if (localStorage.getItem(storage) && tokens?.refresh) localStorage.setItem(storage, tokens.refresh);
}

function take(view: IdentityTokenView) {
  const refresh = view.refresh_token ?? tokens?.refresh;
  tokens = { access: view.access_token, refresh, until: Date.now() + view.expires_in * 1000 };
}

/** Asks the token endpoint. */
export async function post(form: URLSearchParams): Promise<unknown> {
  let response: Response;
  try {
    const init = { method: "POST", body: form, headers: ownHeaders(), cache: "no-store", credentials: "omit" } as const;
    response = await fetch("/identity/connect/token", init);
  } catch {
    reached(false);
    throw new Failure("offline");
  }
  reached(true);
  if (!response.ok) throw await failureOf(response);
  return response.json();
}

/** The kinds of browsers, as clients number them. */
const kinds: [RegExp, string][] = [
  [/Edg\//, "12"],
  [/OPR\//, "11"],
  [/Vivaldi/, "18"],
  [/Firefox\//, "10"],
  [/Chrome\//, "9"],
  [/Safari\//, "17"],
];

export const deviceType = kinds.find(([pattern]) => pattern.test(navigator.userAgent))?.[1] ?? "14";

/** The official client whose forms this one speaks: without one the server leaves SSH keys out. */
const speaks = "2026.9.0";

/** What every call says of this client, and the language in which its person reads. */
export const ownHeaders = (): Record<string, string> => ({
  "Device-Type": deviceType,
  "Bitwarden-Client-Name": "web",
  "Bitwarden-Client-Version": speaks,
  "Coffre-Language": document.documentElement.lang,
});
