import { useRef, useState } from "react";

export interface Action<Args extends unknown[]> {
  busy: boolean;
  /** Why the last attempt failed; undefined while none did. */
  failure: unknown;
  run: (...args: Args) => Promise<void>;
  forget: () => void;
}

/** Does one thing at a time, and keeps what went wrong until the next attempt. */
export function useAction<Args extends unknown[]>(act: (...args: Args) => Promise<unknown>): Action<Args> {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const underWay = useRef(false);
  const run = async (...args: Args) => {
    if (underWay.current) return;
    underWay.current = true;
    setBusy(true);
    setFailure(undefined);
    try {
      await act(...args);
    } catch (error) {
      setFailure(error);
    } finally {
      underWay.current = false;
      setBusy(false);
    }
  };
  return { busy, failure, run, forget: () => setFailure(undefined) };
}
