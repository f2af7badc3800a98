import { createHmac } from "node:crypto";
import type { Operations } from "../src/api/schema.d.ts";
import { defaultKdf, type Kdf, saltOf, wireOf } from "../src/crypto/kdf.ts";
import { Keyring, type NewAccount } from "../src/crypto/keyring.ts";
import type { Server } from "./server.ts";

/** A person without a browser: what a walk needs to be there already is made here. */
export class Account {
  readonly #server: Server;
  readonly email: string;
  readonly password: string;
  #made: NewAccount & { salt: string } = undefined as never;
  #hash = "";
  #token = "";

  private constructor(server: Server, email: string, password: string) {
    this.#server = server;
    this.email = email;
    this.password = password;
  }

  /** Registers somebody through the link of the mail. */
  static async register(
    server: Server,
    name: string,
    email: string,
    password: string,
    wished: Kdf = defaultKdf,
  ): Promise<Account> {
    const account = new Account(server, email, password);
    await account.call("POST /identity/accounts/register/send-verification-email", { email, name });
    const emailVerificationToken = decodeURIComponent(await server.mail(email, /token=([^\s&]+)/));
    const salt = saltOf(email);
    const made = await new Keyring().makeAccount(password, salt, wished);
    const kdf = wireOf(wished);
    await account.call("POST /identity/accounts/register/finish", {
      email,
      emailVerificationToken,
      userAsymmetricKeys: { publicKey: made.publicKey, encryptedPrivateKey: made.wrappedPrivateKey },
      masterPasswordAuthentication: { kdf, masterPasswordAuthenticationHash: made.hash, salt },
      masterPasswordUnlock: { kdf, masterKeyWrappedUserKey: made.wrappedUserKey, salt },
    });
    account.#hash = made.hash;
    account.#made = { ...made, salt };
    await account.#logIn();
    return account;
  }

  async #logIn() {
    const form = new URLSearchParams({
      grant_type: "password",
      client_id: "web",
      scope: "api offline_access",
      username: this.email,
      password: this.#hash,
      deviceType: "9",
      deviceIdentifier: crypto.randomUUID(),
      deviceName: "chrome",
    });
    this.#token = (await this.call("POST /identity/connect/token", form)).access_token;
  }

  /** Has the person log in with an authenticator too, and returns what shows its codes. */
  async setAuthenticator(): Promise<() => Promise<string>> {
    const shown = await this.call("POST /api/two-factor/get-authenticator", this.proof);
    const { userVerificationToken = "" } = shown;
    const key = shown.authenticator?.key ?? shown.key;
    const code = async () => authenticatorCode(key, await this.#server.now());
    await this.call("PUT /api/two-factor/authenticator", { key, token: await code(), userVerificationToken });
    return code;
  }

  /** Has the person log in with mailed codes too. */
  async setMailedCodes(): Promise<void> {
    const { userVerificationToken = "" } = await this.call("POST /api/two-factor/get-email", this.proof);
    const more = { email: this.email, userVerificationToken };
    await this.call("POST /api/two-factor/send-email", more);
    const token = await this.#server.mail(this.email, /^(\d{6})\r?$/m);
    await this.call("PUT /api/two-factor/email", { ...more, token });
  }

  recoveryCode = async (): Promise<string> =>
    (await this.call("POST /api/two-factor/get-recover", this.proof)).code ?? "";

  /** Makes an organization: Families unless another plan is asked for. Returns its identifier. */
  async makeOrganization(name: string, planType = 22, seats = 0, { isTrial = false } = {}): Promise<string> {
    const made = await (await this.open()).makeOrganization("Everyone");
    const { id } = await this.call("POST /api/organizations", {
      name,
      billingEmail: this.email,
      planType,
      additionalSeats: seats,
      paymentMethodType: 8,
      paymentToken: "invoice",
      skipTrial: !isTrial,
      key: made.wrappedKey,
      keys: { publicKey: made.publicKey, encryptedPrivateKey: made.wrappedPrivateKey },
      collectionName: made.collectionName,
      billingAddressCountry: "FR",
      billingAddressPostalCode: "75001",
    });
    return id ?? "";
  }

  /** The license of an organization of the cloud, for an installation. */
  async license(organizationId: string, installationId: string): Promise<string> {
    const address = `${this.#server.url}/api/organizations/${organizationId}/license?installationId=${installationId}`;
    const answer = await fetch(address, { headers: { Authorization: `Bearer ${this.#token}` } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text;
  }

  /** Uploads a license to this self-hosted server, and returns the identifier of the organization that it made. */
  async makeOrganizationFromLicense(license: string): Promise<string> {
    const made = await (await this.open()).makeOrganization("Everyone");
    const body = new FormData();
    body.set("license", new Blob([license]), "license.json");
    body.set("key", made.wrappedKey);
    body.set("collectionName", made.collectionName);
    body.set("keys.publicKey", made.publicKey);
    body.set("keys.encryptedPrivateKey", made.wrappedPrivateKey);
    const { id } = await this.call("POST /api/organizations/licenses/self-hosted", body);
    return id ?? "";
  }

  /** Signs the person out everywhere. */
  endSessions = (): Promise<unknown> => this.call("POST /api/accounts/security-stamp", this.proof);

  /** Opens the vault without a browser. */
  async open(): Promise<Keyring> {
    const keys = new Keyring();
    await keys.prove(this.password, this.#made.salt, this.#made.kdf);
    await keys.unlock(this.#made);
    return keys;
  }

  get proof() {
    return { masterPasswordHash: this.#hash };
  }

  async call<K extends keyof Operations>(operation: K, body: Operations[K]["in"]): Promise<Operations[K]["out"]> {
    const [method = "", path = ""] = operation.split(" ");
    return (await this.send(method, path, body)) as Operations[K]["out"];
  }

  /** Calls the server at an address with values in it. */
  async send(method: string, path: string, body?: unknown): Promise<unknown> {
    const isForm = body instanceof URLSearchParams || body instanceof FormData;
    const headers: Record<string, string> = isForm ? {} : { "Content-Type": "application/json" };
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    const answer = await fetch(this.#server.url + path, {
      method,
      headers,
      body: isForm ? body : (JSON.stringify(body) ?? null),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
}

/** What an authenticator shows at an instant for a secret in Base32. */
export function authenticatorCode(secret: string, now: Date): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now.getTime() / 30_000)));
  const sum = createHmac("sha1", key).update(step).digest();
  const number = sum.readUInt32BE((sum.at(-1) ?? 0) & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}
