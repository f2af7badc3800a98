import type { WebauthnCreationOptions, WebauthnDescriptor, WebauthnRequestOptions } from "../api/client.ts";

// Passkeys and security keys: the browser speaks in bytes, the protocol in base64url.

/** No authenticator answered: the person gave up, or took too long. */
export class NoAnswer extends Error {}

/** The authenticator holds a key of this account already. */
export class AlreadyKnown extends Error {}

/** Bytes that WebCrypto takes. */
type Bytes = Uint8Array<ArrayBuffer>;

/** What an authenticator answered, in the words of the protocol, and the secret that it computed. */
export interface Answer {
  deviceResponse: Record<string, unknown>;
  secret: Bytes | undefined;
}

/** Reports whether this browser knows passkeys at all. */
export const knowsPasskeys = (): boolean => "PublicKeyCredential" in globalThis;

/** Has an authenticator make a key. */
export async function createKey(
  options: WebauthnCreationOptions,
  wantsSecret: boolean,
): Promise<Answer & { id: Bytes; computes: boolean }> {
  const { rp, pubKeyCredParams, timeout, attestation, authenticatorSelection } = options;
  const publicKey = {
    rp,
    pubKeyCredParams,
    timeout,
    attestation,
    authenticatorSelection,
    user: { ...options.user, id: bytesOf(options.user.id) },
    challenge: bytesOf(options.challenge),
    excludeCredentials: options.excludeCredentials.map(descriptor),
    ...(wantsSecret && { extensions: { prf: { eval: { first: await salt() } } } }),
  } as PublicKeyCredentialCreationOptions;
  const made = await asked(() => navigator.credentials.create({ publicKey }));
  const { attestationObject, clientDataJSON, getTransports } = made.response as AuthenticatorAttestationResponse;
  const transports = getTransports?.call(made.response) ?? [];
  const { prf } = made.getClientExtensionResults();
  const response = { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON), transports };
  return {
    deviceResponse: answer(made, response),
    id: new Uint8Array(made.rawId),
    computes: prf?.enabled === true,
    secret: secretOf(prf),
  };
}

/** Has an authenticator prove that it holds a key. */
export async function proveKey(options: WebauthnRequestOptions, wantsSecret: boolean): Promise<Answer> {
  const { rpId, timeout, userVerification } = options;
  const publicKey = {
    rpId,
    timeout,
    userVerification,
    challenge: bytesOf(options.challenge),
    allowCredentials: options.allowCredentials.map(descriptor),
    ...(wantsSecret && { extensions: { prf: { eval: { first: await salt() } } } }),
  } as PublicKeyCredentialRequestOptions;
  const used = await asked(() => navigator.credentials.get({ publicKey }));
  const { authenticatorData, clientDataJSON, signature, userHandle } = used.response as AuthenticatorAssertionResponse;
  return {
    deviceResponse: answer(used, {
      authenticatorData: text(authenticatorData),
      clientDataJSON: text(clientDataJSON),
      signature: text(signature),
      ...(userHandle && { userHandle: text(userHandle) }),
    }),
    secret: secretOf(used.getClientExtensionResults().prf),
  };
}

/** Asks a key that was just made for its secret; the server has no part in it. */
export async function secretOfKey(id: Bytes, { rp, timeout }: WebauthnCreationOptions): Promise<Bytes | undefined> {
  const challenge = text(crypto.getRandomValues(new Uint8Array(32)).buffer);
  const allowCredentials = [{ type: "public-key", id: text(id.buffer) }];
  const more = { extensions: {}, status: "ok", errorMessage: "" };
  const options = { rpId: rp.id, timeout, challenge, allowCredentials, userVerification: "required", ...more };
  return (await proveKey(options, true)).secret;
}

/** What the secrets of all clients are computed from. */
const salt = async (): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode("passwordless-login")));

function answer(credential: PublicKeyCredential, response: Record<string, unknown>): Record<string, unknown> {
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, extensions: {}, response };
}

interface Prf {
  results?: { first?: BufferSource } | undefined;
}

function secretOf(prf: Prf | undefined): Bytes | undefined {
  const first = prf?.results?.first;
  if (!first) return undefined;
  return ArrayBuffer.isView(first)
    ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength).slice()
    : new Uint8Array(first);
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  let found: Credential | null;
  try {
    found = await ask();
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    if (name === "InvalidStateError") throw new AlreadyKnown();
    if (name === "NotAllowedError" || name === "AbortError") throw new NoAnswer();
    throw error;
  }
  if (!found) throw new NoAnswer();
  return found as PublicKeyCredential;
}

const descriptor = ({ type, id, transports }: WebauthnDescriptor) => ({
  type,
  id: bytesOf(id),
  ...(transports && { transports }),
});

function text(buffer: ArrayBuffer): string {
  let binary = "";
  for (const byte of new Uint8Array(buffer)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function bytesOf(encoded: unknown): Bytes {
  const binary = atob(String(encoded).replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}
