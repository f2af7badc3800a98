import { call, Failure, type IdentityTokenView, type WebauthnRequestOptions } from "../api/client.ts";
import { deviceType, post } from "../api/tokens.ts";
import { saltOf } from "../crypto/kdf.ts";
import { type RemoteKeyring, startKeyring } from "../crypto/remote.ts";
import { deviceIdentifier, deviceName, rememberEmail, secondStepToken, setSecondStepToken } from "./browser.ts";
import { beginSession, type Chest, kdfOf } from "./session.ts";

/** The second steps that this page can take, as the protocol numbers them. */
export const Step = {
  authenticator: "0",
  email: "1",
  duo: "2",
  yubikey: "3",
  remembered: "5",
  organizationDuo: "6",
  key: "7",
  recovery: "8",
} as const;
export type Step = (typeof Step)[keyof typeof Step];

/** What there is to choose from, the best first. */
const order = [Step.key, Step.authenticator, Step.duo, Step.organizationDuo, Step.email, Step.yubikey];

/** What the server says of the second steps that it wants. */
export interface SecondStep {
  want: "secondStep";
  steps: Step[];
  maskedEmail: string;
  /** What the security key is asked. */
  key: WebauthnRequestOptions | undefined;
  /** Where Duo asks, for either of its steps. */
  duo: Partial<Record<Step, string>>;
}

/** What the server wants next; undefined is nothing more: the vault is open. */
export type Next = undefined | { want: "deviceCode" } | SecondStep;

/** What a person is told about a proof that is not the right one. */
export class WrongProof extends Error {}

/** What stands for a person at the token endpoint, and what else it is sent with. */
interface Proof {
  password: string;
  more: Record<string, string>;
  open: ((chest: Chest) => Promise<unknown>) | undefined;
}

/** One attempt of a person to sign in, from the password to the open vault. */
export class SignIn {
  readonly #email: string;
  readonly #keep: boolean;
  #keys: RemoteKeyring | undefined;
  #proof: Proof | undefined;
  #emailToken = "";

  constructor(email: string, keep: boolean) {
    this.#email = email.trim();
    this.#keep = keep;
  }

  /** Proves the password. Throws WrongProof when it is another one. */
  async password(password: string): Promise<Next> {
    const { kdfSettings, salt } = await call("POST /identity/accounts/prelogin/password", {
      body: { email: saltOf(this.#email) },
    });
    this.cancel();
    this.#keys = startKeyring();
    const hash = await this.#keys.prove(password, salt ?? saltOf(this.#email), kdfOf(kdfSettings));
    this.#proof = { password: hash, more: {}, open: undefined };
    return this.#begin();
  }

  /** Proves who it is by the answer of another device, whose question own holds. */
  approved(own: RemoteKeyring, request: string, code: string, key: string): Promise<Next> {
    this.cancel();
    this.#keys = own;
    const open = (chest: Chest) => own.unlockWithAnswer(key, chest.wrappedPrivateKey);
    this.#proof = { password: code, more: { authRequest: request }, open };
    return this.#begin();
  }

  /** Takes the second step. Throws WrongProof when the code is not the right one. */
  secondStep(step: Step, code: string, remember: boolean): Promise<Next> {
    const twoFactorRemember = remember && step !== Step.recovery ? "1" : "0";
    return this.#ask({ twoFactorProvider: step, twoFactorToken: code, twoFactorRemember });
  }

  /** Has the server ask for the second step once more: a question to a security key is good once. */
  askAgain(): Promise<Next> {
    return this.#ask({});
  }

  /** Answers with the code that was mailed because this browser is new. */
  deviceCode(code: string): Promise<Next> {
    return this.#ask({ newDeviceOtp: code });
  }

  /** Has the code of a second step mailed. */
  async mailCode(): Promise<void> {
    const { password = "", more } = this.#proof ?? {};
    const proof = more?.authRequest
      ? { authRequestId: more.authRequest, authRequestAccessCode: password }
      : { masterPasswordHash: password, ssoEmail2FaSessionToken: this.#emailToken };
    await call("POST /api/two-factor/send-email-login", { body: { email: this.#email, ...proof } });
  }

  /** Has the code for a new browser mailed once more. */
  async mailDeviceCode(): Promise<void> {
    await call("POST /api/accounts/resend-new-device-otp", {
      body: { email: this.#email, masterPasswordHash: this.#proof?.password ?? "" },
    });
  }

  /** Forgets what was derived. */
  cancel(): void {
    this.#keys?.end();
    this.#keys = undefined;
    this.#proof = undefined;
  }

  #begin(): Promise<Next> {
    const token = secondStepToken(saltOf(this.#email));
    return this.#ask(
      token ? { twoFactorProvider: Step.remembered, twoFactorToken: token, twoFactorRemember: "0" } : {},
    );
  }

  async #ask(more: Record<string, string>): Promise<Next> {
    const [keys, proof] = [this.#keys, this.#proof];
    if (!keys || !proof) throw new Failure("signedOut");
    let view: IdentityTokenView;
    try {
      const form = { username: this.#email, password: proof.password, ...proof.more, ...more };
      view = await askForTokens("password", form);
    } catch (error) {
      const next = this.#understand(error, more);
      if (next?.want === "secondStep" && next.steps[0] === Step.email) await this.mailCode();
      return next;
    }
    if (this.#keep) rememberEmail(this.#email);
    if (view.TwoFactorToken) setSecondStepToken(saltOf(this.#email), view.TwoFactorToken);
    // From here on the keys are the session's: whoever gives this attempt up leaves them alone.
    this.#keys = undefined;
    this.#proof = undefined;
    await beginSession(saltOf(this.#email), view, keys, this.#keep, proof.open).catch((error) => {
      keys.end();
      throw error;
    });
    return undefined;
  }

  /** Turns a refusal into what is wanted next, or throws what the person is told. */
  #understand(error: unknown, sent: Record<string, string>): Next {
    if (!(error instanceof Failure)) throw error;
    const { body } = error;
    const providers = body.TwoFactorProviders2;
    if (providers && typeof providers === "object") {
      if (sent.twoFactorProvider === Step.remembered) setSecondStepToken(saltOf(this.#email), undefined);
      this.#emailToken = typeof body.SsoEmail2faSessionToken === "string" ? body.SsoEmail2faSessionToken : "";
      return challenge(providers as Record<string, unknown>);
    }
    if (error.message === "new device verification required") return { want: "deviceCode" };
    const isWrong =
      body.error_description === "invalid_username_or_password" || error.message === "invalid new device otp";
    throw isWrong ? new WrongProof() : error;
  }
}

/** Asks the token endpoint, as this browser, by a grant and what it takes. */
export async function askForTokens(grant: string, form: Record<string, string>): Promise<IdentityTokenView> {
  const own = { deviceType, deviceIdentifier: deviceIdentifier(), deviceName: deviceName() };
  const whole = { grant_type: grant, client_id: "web", scope: "api offline_access", ...own, ...form };
  return (await post(new URLSearchParams(whole))) as IdentityTokenView;
}

function challenge(providers: Record<string, unknown>): Next {
  const said = <T>(step: Step) => providers[step] as Partial<T> | null | undefined;
  const offered = order.filter(
    (step) => step in providers && (step !== Step.key || "PublicKeyCredential" in globalThis),
  );
  const duo: Partial<Record<Step, string>> = {};
  for (const step of [Step.duo, Step.organizationDuo]) {
    const address = said<{ AuthUrl: string }>(step)?.AuthUrl;
    if (address) duo[step] = address;
  }
  return {
    want: "secondStep",
    steps: [...offered, Step.recovery],
    maskedEmail: said<{ Email: string }>(Step.email)?.Email ?? "",
    key: (said<WebauthnRequestOptions>(Step.key) as WebauthnRequestOptions | null) ?? undefined,
    duo,
  };
}
