import { useEffect, useRef } from "react";
import { duoAnswer } from "../../vault/duo.ts";
import type { Next, SignIn, Step } from "../../vault/sign-in.ts";
import { NoAnswer, proveKey } from "../../vault/webauthn.ts";

// The second steps in which nobody types a code.

/** Returns what asks the security key. What it is asked is good once: for another attempt the server asks anew. */
export function useSecurityKey(signIn: SignIn, next: NonNullable<Next>): () => Promise<string> {
  const question = useRef(next.want === "secondStep" ? next.key : undefined);
  return async () => {
    if (!question.current) {
      const again = await signIn.askAgain();
      question.current = again?.want === "secondStep" ? again.key : undefined;
    }
    const options = question.current;
    question.current = undefined;
    if (!options) throw new NoAnswer();
    return JSON.stringify((await proveKey(options, false)).deviceResponse);
  };
}

/** Returns what lets Duo ask in a window of its own, and waits for what it says. */
export function useDuo(
  next: NonNullable<Next>,
): (step: typeof Step.duo | typeof Step.organizationDuo) => Promise<string> {
  const gone = useRef<AbortController>(undefined);
  useEffect(() => () => gone.current?.abort(), []);
  return async (step) => {
    const address = next.want === "secondStep" ? next.duo[step] : undefined;
    if (!address) throw new NoAnswer();
    gone.current?.abort();
    gone.current = new AbortController();
    open(address, "_blank", "noopener");
    return duoAnswer(gone.current.signal);
  };
}
