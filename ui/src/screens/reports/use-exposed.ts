import { useQuery } from "@tanstack/react-query";
import { loadExposed } from "../../vault/exposed.ts";
import { useSteps } from "./use-steps.ts";

/**
 * What a service of breached passwords said last. It is asked when the person says so, and only then; whoever leaves
 * the report, or locks the vault, takes the question back.
 */
export function useExposed(service: string) {
  const { step, tell, end } = useSteps();
  const query = useQuery({
    queryKey: ["report", "exposed", service],
    queryFn: ({ signal }) => loadExposed(service, signal, tell("opening"), tell("asking")).finally(end),
    enabled: false,
    retry: false,
    networkMode: "always", // It is another server than ours that may be away.
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { ...query, step };
}
