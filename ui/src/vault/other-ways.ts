import { call, type DeviceRequestView, Failure } from "../api/client.ts";
import { saltOf } from "../crypto/kdf.ts";
import { type RemoteKeyring, startKeyring } from "../crypto/remote.ts";
import { deviceIdentifier } from "./browser.ts";
import { beginLocked, beginSession } from "./session.ts";
import { askForTokens, type Next, SignIn, WrongProof } from "./sign-in.ts";
import { proveKey } from "./webauthn.ts";
import { phraseOf } from "./words.ts";

// Ways to log in without the master password.

/** Logs in with a passkey. Where it does not open the vault, the vault is locked afterwards. */
export async function logInWithPasskey(): Promise<void> {
  const { options, token } = await call("GET /identity/accounts/webauthn/assertion-options", { anonymous: true });
  const { deviceResponse, secret } = await proveKey(options, true);
  const form = { token, deviceResponse: JSON.stringify(deviceResponse) };
  const view = await askForTokens("webauthn", form).catch((error) => {
    const isWrong = error instanceof Failure && error.body.error_description === "invalid_username_or_password";
    throw isWrong ? new WrongProof() : error;
  });
  const option = view.UserDecryptionOptions.WebAuthnPrfOption;
  if (!option || !secret) {
    await beginLocked(view, false);
    return;
  }
  const own = startKeyring();
  const kept = { encryptedPrivateKey: option.EncryptedPrivateKey, encryptedUserKey: option.EncryptedUserKey };
  const email = view.UserDecryptionOptions.MasterPasswordUnlock.Salt;
  await beginSession(email, view, own, false, (chest) =>
    own.unlockWithPasskey(secret, kept, chest.wrappedPrivateKey),
  ).catch((error) => {
    own.end();
    throw error;
  });
}

/** What became of a question to the other devices. */
export type Answered = "waiting" | "denied" | "over" | { next: Next; signIn: SignIn };

/** A question to the person's other devices whether this browser may come in. */
export class DeviceQuestion {
  readonly #email: string;
  readonly #keep: boolean;
  readonly #code = codeOf(crypto.getRandomValues(new Uint8Array(18)));
  #keys: RemoteKeyring | undefined;
  #request: DeviceRequestView | undefined;

  constructor(email: string, keep: boolean) {
    this.#email = saltOf(email);
    this.#keep = keep;
  }

  /**
   * Asks. The server knows the browser from an earlier log-in, or refuses. Returns the fingerprint phrase that the
   * other devices show too, when nobody is in between.
   */
  async ask(): Promise<string> {
    this.cancel();
    const keys = startKeyring();
    this.#keys = keys;
    const publicKey = await keys.askDevice();
    const phrase = await phraseOf(await keys.fingerprint(this.#email, publicKey));
    const body = {
      email: this.#email,
      publicKey,
      deviceIdentifier: deviceIdentifier(),
      accessCode: this.#code,
      type: 0,
    };
    this.#request = await call("POST /api/auth-requests", { body, anonymous: true });
    return phrase;
  }

  /** Looks whether there is an answer, and logs in with it when it is yes. */
  async look(): Promise<Answered> {
    const [keys, request] = [this.#keys, this.#request];
    if (!keys || !request?.id) return "over";
    const found = await this.#poll(request.id);
    if (!found) return "over";
    if (!found.responseDate) return "waiting";
    if (!found.requestApproved || !found.key) return "denied";
    this.#keys = undefined; // They are the attempt's from here on.
    const signIn = new SignIn(this.#email, this.#keep);
    return { next: await signIn.approved(keys, request.id, this.#code, found.key), signIn };
  }

  cancel(): void {
    this.#keys?.end();
    this.#keys = undefined;
    this.#request = undefined;
  }

  async #poll(id: string): Promise<DeviceRequestView | undefined> {
    try {
      const query = { code: this.#code };
      return await call("GET /api/auth-requests/{id}/response", { path: { id }, query, anonymous: true });
    } catch (error) {
      if (error instanceof Failure && error.status === 404) return undefined;
      throw error;
    }
  }
}

const codeOf = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
