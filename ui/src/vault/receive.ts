import { call, Failure, type SendAccessView } from "../api/client.ts";
import type { IdentityTokenView } from "../api/schema.d.ts";
import { post } from "../api/tokens.ts";
import { fetchFile, type Passed } from "../api/transfer.ts";
import { Unreadable } from "../crypto/encstring.ts";
import { type RemoteVisitor, startVisitor } from "../crypto/remote.ts";

// Somebody reads a Send by its link. Who is signed in on this page has nothing to do with it:
// the visit has a token and keys of its own.

/** What a Send asks of whoever wants to read it. */
export type Ask = "password" | "email" | "code";

/** A Send asks for something, or for something else than it was shown. */
export class Asked extends Error {
  readonly what: Ask;
  readonly isWrong: boolean;

  constructor(what: Ask, isWrong: boolean) {
    super(`The Send asks for ${what}.`);
    this.what = what;
    this.isWrong = isWrong;
  }
}

/** There is nothing to read: it never was, is over, or is switched off. Which of these is not told. */
export class NothingHere extends Error {}

/** The end of the link is not the key of this Send. */
export class BrokenLink extends Error {}

/** What a visitor shows. */
export interface Proof {
  password?: string;
  email?: string;
  code?: string;
}

/** A Send as its reader sees it. */
export interface Received {
  name: string;
  creator: string | null;
  expiresAt: string | null;
  text?: { text: string; hidden: boolean };
  file?: { id: string; name: string; size: number };
}

/** Reads one Send. */
export class Visit {
  readonly #accessId: string;
  readonly #link: string;
  #keys: RemoteVisitor | undefined;
  #shown: Record<string, string> = {};
  #token = "";

  constructor(accessId: string, link: string) {
    this.#accessId = accessId;
    this.#link = link;
  }

  /** Opens the Send. Throws Asked for one that asks for more, NothingHere and BrokenLink. */
  async open(proof: Proof = {}): Promise<Received> {
    try {
      return await this.#open(proof);
    } catch (error) {
      throw error instanceof Unreadable ? new BrokenLink() : error;
    }
  }

  async #open(proof: Proof): Promise<Received> {
    const keys = await this.#opened();
    const { password, email, code } = proof;
    this.#shown = {
      ...(password && { password_hash_b64: await keys.hash(password) }),
      ...(email && { email }),
      ...(code && { otp: code.replace(/\s/g, "") }),
    };
    await this.#admit();
    try {
      return await this.#read(await call("POST /api/sends/access", { bearer: this.#token }));
    } catch (error) {
      throw isGone(error) ? new NothingHere() : error;
    }
  }

  async #read(view: SendAccessView): Promise<Received> {
    const keys = await this.#opened();
    const content = view.text?.text ?? view.file?.fileName ?? "";
    const [name = "", plain = ""] = await keys.read([view.name, content]);
    const received: Received = { name, creator: view.creatorIdentifier, expiresAt: view.expirationDate };
    if (view.text) received.text = { text: plain, hidden: view.text.hidden };
    if (view.file) received.file = { id: view.file.id, name: plain, size: Number(view.file.size) };
    return received;
  }

  /** Fetches and opens the file. */
  async bring(fileId: string, on: Passed): Promise<Blob> {
    const keys = await this.#opened();
    try {
      const file = await fetchFile((await this.#place(fileId)).url, on);
      return await keys.readFile(file);
    } catch (error) {
      throw isGone(error) ? new NothingHere() : error;
    }
  }

  /** Asks where the file is. The token lives for minutes, and a reader may have taken longer. */
  async #place(fileId: string) {
    const ask = () => call("POST /api/sends/access/file/{fileId}", { path: { fileId }, bearer: this.#token });
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== "signedOut") throw error;
      await this.#admit();
      return ask();
    }
  }

  async #opened(): Promise<RemoteVisitor> {
    this.#keys ??= startVisitor();
    await this.#keys.take(this.#link);
    return this.#keys;
  }

  async #admit() {
    const form = new URLSearchParams({
      grant_type: "send_access",
      client_id: "send",
      scope: "api.send.access",
      send_id: this.#accessId,
      ...this.#shown,
    });
    try {
      this.#token = ((await post(form)) as IdentityTokenView).access_token;
    } catch (error) {
      throw refusalOf(error, this.#shown);
    }
  }

  /** Forgets the key. */
  end(): void {
    this.#keys?.end();
    this.#keys = undefined;
  }
}

const isGone = (error: unknown) => error instanceof Failure && error.status === 404;

function refusalOf(error: unknown, shown: Record<string, string>): unknown {
  switch (error instanceof Failure && error.body.send_access_error_type) {
    case "password_hash_b64_required":
      return new Asked("password", false);
    case "password_hash_b64_invalid":
      return new Asked("password", true);
    case "email_required":
      return new Asked("email", false);
    case "email_and_otp_required":
      return new Asked("code", "otp" in shown);
    case "send_id_required":
    case "send_id_invalid":
      return new NothingHere();
    default:
      return error;
  }
}
