import { type ReactNode, useRef, useState } from "react";
import { call } from "../../api/client.ts";
import { GivenUp } from "../../kit/given-up.ts";
import { useText } from "../../text/t.ts";
import { Verify } from "../parts/verify.tsx";

/** Does something, after the master password was typed again where an item asks for that. Throws when it was not. */
export type Guard = <T>(isGuarded: boolean, act: () => Promise<T>) => Promise<T>;

/** The person gave up. */
export class NotProven extends GivenUp {}

/** Takes it that the person gave up, and no other failure. */
export function orGivenUp(failure: unknown): void {
  if (!(failure instanceof NotProven)) throw failure;
}

interface Waiting {
  go: () => void;
  stop: () => void;
}

/** Asks for the master password before what an item guards with it. With once, it is asked for only the first time. */
export function useGuard({ once = false } = {}): { guard: Guard; dialog: ReactNode } {
  const t = useText();
  const [isAsking, setIsAsking] = useState(false);
  const waiting = useRef<Waiting>(undefined);
  const isProven = useRef(false);
  const guard: Guard = async (isGuarded, act) => {
    if (isGuarded && !(once && isProven.current)) {
      await new Promise<void>((go, stop) => {
        waiting.current = { go, stop: () => stop(new NotProven()) };
        setIsAsking(true);
      });
      isProven.current = true;
    }
    return act();
  };
  const end = (as: keyof Waiting) => {
    waiting.current?.[as]();
    waiting.current = undefined;
    setIsAsking(false);
  };
  const dialog = (
    <Verify
      open={isAsking}
      title={t("item.proveTitle")}
      action={t("item.prove")}
      onClose={() => end("stop")}
      onVerified={async (masterPasswordHash) => {
        await call("POST /api/accounts/verify-password", { body: { masterPasswordHash } });
        end("go");
      }}
    >
      <p>{t("item.proveLead")}</p>
    </Verify>
  );
  return { guard, dialog };
}
