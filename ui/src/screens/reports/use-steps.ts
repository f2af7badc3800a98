import { useState } from "react";

type Kind = "opening" | "progress" | "asking";

/** How far the making of a report has come; undefined while none is made. */
export function useSteps() {
  const [step, setStep] = useState<{ kind: Kind; done: number; of: number }>();
  const tell = (kind: Kind) => (done: number, of: number) => setStep({ kind, done, of });
  return { step, tell, end: () => setStep(undefined) };
}
