import { type AccountKDFView, call, type IdentityTokenView } from "../api/client.ts";
import { Failure } from "../api/failure.ts";
import { accessToken, dropTokens, onSessionOver, resume, takeTokens } from "../api/tokens.ts";
import { Unreadable } from "../crypto/encstring.ts";
import { isAcceptable, type Kdf } from "../crypto/kdf.ts";
import { type RemoteKeyring, startKeyring } from "../crypto/remote.ts";

export { Unreadable } from "../crypto/encstring.ts";

/** Why a session ended: the server no longer knows it, or the person did something that ends every session. */
export type Ending = "over" | "password" | "derivation" | "email" | "everywhere" | "deleted";

/** Who uses this page. Locked is signed in without keys: they are gone from memory. */
export type Session =
  | { phase: "signedOut"; because?: Ending }
  | { phase: "locked"; email: string; because?: "idle" }
  | { phase: "open"; email: string };

/** All that a password opens, and how. None of it is a secret. */
export interface Chest {
  salt: string;
  kdf: Kdf;
  wrappedUserKey: string;
  wrappedPrivateKey: string;
}

/** A password that does not open the vault. */
export class WrongPassword extends Error {}

/** A server that asks for a derivation that is unknown, or so weak that it could guess the password. */
export class WeakDerivation extends Error {}

const listeners = new Set<() => void>();
const endings = new Set<() => void>();
let session: Session = { phase: "signedOut" };
let chest: Chest | undefined;
let keys: RemoteKeyring | undefined;

export const currentSession = (): Session => session;

export function onSession(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** Registers what must be forgotten when the vault locks. */
export function onEnd(forget: () => void): void {
  endings.add(forget);
}

/** The keys of the person whose vault is open. */
export function keyring(): RemoteKeyring {
  if (!keys || session.phase !== "open") throw new Failure("signedOut");
  return keys;
}

/** Takes up a session that the person asked to keep; it is locked, or soon found to be over. */
export function startSession(email: string): void {
  onSessionOver(() => end({ phase: "signedOut", because: "over" }));
  if (!resume()) return;
  change({ phase: "locked", email });
  accessToken().catch(() => undefined); // What else may be wrong shows when the vault is opened.
}

/** Begins a session with what the token endpoint answered; open puts the keys into own. */
export async function beginSession(
  email: string,
  view: IdentityTokenView,
  own: RemoteKeyring,
  keep: boolean,
  open: (chest: Chest) => Promise<unknown> = (locked) => own.unlock(locked),
): Promise<void> {
  const taken = chestOf(view);
  await open(taken);
  takeTokens(view, keep);
  chest = taken;
  keys = own;
  change({ phase: "open", email });
}

/** Begins a session whose vault the master password has yet to open. Returns whose it is. */
export async function beginLocked(view: IdentityTokenView, keep: boolean): Promise<string> {
  chest = chestOf(view);
  takeTokens(view, keep);
  const { email } = await call("GET /api/accounts/profile");
  change({ phase: "locked", email });
  return email;
}

function chestOf(view: IdentityTokenView): Chest {
  const {
    Kdf: kdf,
    Salt: salt,
    MasterKeyEncryptedUserKey: wrappedUserKey,
  } = view.UserDecryptionOptions.MasterPasswordUnlock;
  return {
    salt,
    wrappedUserKey,
    wrappedPrivateKey: view.AccountKeys?.publicKeyEncryptionKeyPair.wrappedPrivateKey ?? "",
    kdf: kdfOf({ kdfType: kdf.KdfType, iterations: kdf.Iterations, memory: kdf.Memory, parallelism: kdf.Parallelism }),
  };
}

/** Opens a locked vault. Throws WrongPassword, or the Failure of asking the server what there is to open. */
export async function unlock(password: string): Promise<void> {
  if (session.phase !== "locked") return;
  const { email } = session;
  const own = startKeyring();
  try {
    chest ??= await fetchChest();
    await own.prove(password, chest.salt, chest.kdf);
    await own.unlock(chest);
  } catch (error) {
    own.end();
    throw error instanceof Unreadable ? new WrongPassword() : error;
  }
  keys = own;
  change({ phase: "open", email });
}

/** Forgets every key and everything that was decrypted; the session stays. */
export function lock(because?: "idle"): void {
  if (session.phase !== "open") return;
  end(because ? { phase: "locked", email: session.email, because } : { phase: "locked", email: session.email });
}

/** Ends the session in this browser. */
export function logOut(because?: Ending): void {
  dropTokens();
  end(because ? { phase: "signedOut", because } : { phase: "signedOut" });
}

/** What the server is told to prove that the person typed the master password again. */
export async function proof(password: string): Promise<string> {
  const { salt, kdf } = derivation();
  return keyring().hash(password, salt, kdf);
}

/** How the master key of the person is derived. */
export function derivation(): { salt: string; kdf: Kdf } {
  if (!chest) throw new Failure("signedOut");
  return chest;
}

/** The derivation that a server asks for. Throws WeakDerivation for one that no client accepts. */
export function kdfOf({ kdfType, iterations = 0, memory, parallelism }: AccountKDFView): Kdf {
  const kdf: Kdf =
    kdfType === 1
      ? { type: "argon2id", iterations, memory: memory ?? 0, parallelism: parallelism ?? 0 }
      : { type: "pbkdf2", iterations };
  if (!isAcceptable(kdf) || (kdfType !== 0 && kdfType !== 1)) throw new WeakDerivation();
  return kdf;
}

async function fetchChest(): Promise<Chest> {
  const { profile, userDecryption } = await call("GET /api/sync", { query: { excludeDomains: "true" } });
  const password = userDecryption.masterPasswordUnlock;
  if (!password) throw new Failure("broken");
  return {
    salt: password.salt,
    kdf: kdfOf(password.kdf),
    wrappedUserKey: password.masterKeyEncryptedUserKey,
    wrappedPrivateKey: profile.accountKeys?.publicKeyEncryptionKeyPair.wrappedPrivateKey ?? "",
  };
}

function end(next: Session) {
  keys?.end();
  keys = undefined;
  if (next.phase === "signedOut") chest = undefined;
  for (const forget of endings) forget();
  change(next);
}

function change(next: Session) {
  session = next;
  for (const tell of listeners) tell();
}
