import { Failure } from "../../api/client.ts";
import { Notice } from "../../kit/notice.tsx";
import { type Translate, useText } from "../../text/t.ts";
import { Unreadable, WeakDerivation } from "../../vault/session.ts";
import { WrongProof } from "../../vault/sign-in.ts";
import { AlreadyKnown, NoAnswer } from "../../vault/webauthn.ts";

const sentences = { offline: "failure.offline", broken: "failure.broken", signedOut: "failure.over" } as const;

/** What a person is told about something that failed: the server's own words when it refused. */
export function problemOf(t: Translate, failure: unknown): string {
  if (failure instanceof WeakDerivation) return t("failure.weak");
  if (failure instanceof NoAnswer) return t("failure.noAnswer");
  if (failure instanceof AlreadyKnown) return t("failure.known");
  if (failure instanceof WrongProof) return t("failure.wrongProof");
  if (failure instanceof Unreadable) return t("failure.unreadable");
  if (!(failure instanceof Failure)) return t("failure.unexpected");
  if (failure.kind === "refused") return failure.message;
  return t(sentences[failure.kind]);
}

/** Says what failed, where it failed. */
export function Problem({ of }: { of: unknown }) {
  const t = useText();
  return of === undefined ? null : <Notice tone="loss">{problemOf(t, of)}</Notice>;
}
