/** Why a call did not do what it should. */
export type Kind =
  | "offline" // no answer came
  | "refused" // the server says no, and why
  | "signedOut" // the session is over
  | "broken"; // the server's own fault, or none that we know

/** What a call that failed is told by. The message of one that was refused is for the person, in their language. */
export class Failure extends Error {
  readonly kind: Kind;
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(kind: Kind, status = 0, body: Record<string, unknown> = {}) {
    super(messageOf(body) ?? kind);
    this.name = "Failure";
    this.kind = kind;
    this.status = status;
    this.body = body;
  }

  /** The code that Coffre gives to a fault that a program may want to know. */
  get code(): string | undefined {
    return typeof this.body.code === "string" ? this.body.code : undefined;
  }

  /** The member of the request that cannot be used. */
  get field(): string | undefined {
    const errors = this.body.validationErrors;
    return errors && typeof errors === "object" ? Object.keys(errors)[0] || undefined : undefined;
  }
}

/** Reads an answer that is not a success. */
export async function failureOf(response: Response): Promise<Failure> {
  const body = await response.json().catch(() => ({}));
  const kind = response.status >= 500 ? "broken" : response.status === 401 ? "signedOut" : "refused";
  return new Failure(kind, response.status, body && typeof body === "object" ? body : {});
}

function messageOf(body: Record<string, unknown>): string | undefined {
  const errors = body.validationErrors as Record<string, string[]> | null | undefined;
  const first = errors ? Object.values(errors)[0]?.[0] : undefined;
  const model = (body.ErrorModel ?? body.errorModel) as { Message?: string; message?: string } | undefined;
  return first ?? model?.Message ?? model?.message ?? (typeof body.message === "string" ? body.message : undefined);
}
