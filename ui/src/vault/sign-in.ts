import { call, Failure, type IdentityTokenView } from "../api/client.ts";
import { deviceType, post } from "../api/tokens.ts";
import { saltOf } from "../crypto/kdf.ts";
import { type RemoteKeyring, startKeyring } from "../crypto/remote.ts";
import { deviceIdentifier, deviceName, rememberEmail, secondStepToken, setSecondStepToken } from "./browser.ts";
import { beginSession, kdfOf } from "./session.ts";

/** The second steps that this page can take, as the protocol numbers them. */
export const Step = { authenticator: "0", email: "1", yubikey: "3", remembered: "5", recovery: "8" } as const;
export type Step = (typeof Step)[keyof typeof Step];

/** What the server wants next; undefined is nothing more: the vault is open. */
export type Next = undefined | { want: "deviceCode" } | { want: "secondStep"; steps: Step[]; maskedEmail: string };

/** What a person is told about a proof that is not the right one. */
export class WrongProof extends Error {}

/** One attempt of a person to sign in, from the password to the open vault. */
export class SignIn {
  readonly #email: string;
  readonly #keep: boolean;
  #keys: RemoteKeyring | undefined;
  #hash = "";
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
    this.#hash = await this.#keys.prove(password, salt ?? saltOf(this.#email), kdfOf(kdfSettings));
    const token = secondStepToken(saltOf(this.#email));
    return this.#ask(
      token ? { twoFactorProvider: Step.remembered, twoFactorToken: token, twoFactorRemember: "0" } : {},
    );
  }

  /** Takes the second step. Throws WrongProof when the code is not the right one. */
  secondStep(step: Step, code: string, remember: boolean): Promise<Next> {
    const twoFactorRemember = remember && step !== Step.recovery ? "1" : "0";
    return this.#ask({ twoFactorProvider: step, twoFactorToken: code.replace(/\s/g, ""), twoFactorRemember });
  }

  /** Answers with the code that was mailed because this browser is new. */
  deviceCode(code: string): Promise<Next> {
    return this.#ask({ newDeviceOtp: code.replace(/\s/g, "") });
  }

  /** Has the code of a second step mailed. */
  async mailCode(): Promise<void> {
    await call("POST /api/two-factor/send-email-login", {
      body: { email: this.#email, masterPasswordHash: this.#hash, ssoEmail2FaSessionToken: this.#emailToken },
    });
  }

  /** Has the code for a new browser mailed once more. */
  async mailDeviceCode(): Promise<void> {
    await call("POST /api/accounts/resend-new-device-otp", {
      body: { email: this.#email, masterPasswordHash: this.#hash },
    });
  }

  /** Forgets what was derived. */
  cancel(): void {
    this.#keys?.end();
    this.#keys = undefined;
    this.#hash = "";
  }

  async #ask(more: Record<string, string>): Promise<Next> {
    const keys = this.#keys;
    if (!keys) throw new Failure("signedOut");
    let view: IdentityTokenView;
    try {
      view = (await post(this.#form(more))) as IdentityTokenView;
    } catch (error) {
      const next = this.#understand(error, more);
      if (next?.want === "secondStep" && next.steps[0] === Step.email) await this.mailCode();
      return next;
    }
    if (this.#keep) rememberEmail(this.#email);
    if (view.TwoFactorToken) setSecondStepToken(saltOf(this.#email), view.TwoFactorToken);
    // From here on the keys are the session's: whoever gives this attempt up leaves them alone.
    this.#keys = undefined;
    this.#hash = "";
    await beginSession(saltOf(this.#email), view, keys, this.#keep).catch((error) => {
      keys.end();
      throw error;
    });
    return undefined;
  }

  #form(more: Record<string, string>): URLSearchParams {
    return new URLSearchParams({
      grant_type: "password",
      client_id: "web",
      scope: "api offline_access",
      username: this.#email,
      password: this.#hash,
      deviceType,
      deviceIdentifier: deviceIdentifier(),
      deviceName: deviceName(),
      ...more,
    });
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

function challenge(providers: Record<string, unknown>): Next {
  const offered = [Step.authenticator, Step.email, Step.yubikey].filter((step) => step in providers);
  const mail = providers[Step.email] as { Email?: string } | null | undefined;
  return { want: "secondStep", steps: [...offered, Step.recovery], maskedEmail: mail?.Email ?? "" };
}
