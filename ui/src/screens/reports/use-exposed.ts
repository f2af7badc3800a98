import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { loadExposed } from "../../vault/exposed.ts";

interface Step {
  kind: "opening" | "asking";
  done: number;
  of: number;
}

/**
 * What a service of breached passwords said last. It is asked when the person says so, and only then; whoever leaves
 * the report, or locks the vault, takes the question back.
 */
export function useExposed(service: string) {
  const [step, setStep] = useState<Step>();
  const query = useQuery({
    queryKey: ["report", "exposed", service],
    queryFn: ({ signal }) =>
      loadExposed(
        service,
        signal,
        (done, of) => setStep({ kind: "opening", done, of }),
        (done, of) => setStep({ kind: "asking", done, of }),
      ).finally(() => setStep(undefined)),
    enabled: false,
    retry: false,
    networkMode: "always", // It is another server than ours that may be away.
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { ...query, step };
}
