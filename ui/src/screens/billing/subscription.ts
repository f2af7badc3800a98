import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type CheckoutQuoteView, type CheckoutSubscriptionView, call, type PlanView } from "../../api/client.ts";
import { isAcceptable, type Order } from "./price.ts";

export interface ChangeProps {
  open: boolean;
  onClose: () => void;
  organizationId: string;
  /** After it is done; what the page shows of the organization is asked for anew by then. */
  after?: () => void;
}

/** An organization and how it is paid; of a cloud only. */
export const askSubscription = (organizationId: string): Promise<CheckoutSubscriptionView> =>
  call("GET /api/organizations/{id}/subscription", {
    path: { id: organizationId },
  }) as Promise<CheckoutSubscriptionView>;

export const useSubscription = (organizationId: string, enabled = true) =>
  useQuery({
    queryKey: ["organization", organizationId, "subscription", "cloud"],
    queryFn: () => askSubscription(organizationId),
    enabled,
  });

/** The plans that a cloud sells, in the order of what they offer. */
export const usePlans = (enabled = true) =>
  useQuery({
    queryKey: ["plans"],
    queryFn: async (): Promise<PlanView[]> =>
      (await call("GET /api/plans")).data
        .filter(({ disabled }) => !disabled)
        .sort((a, b) => a.displaySortOrder - b.displaySortOrder),
    staleTime: Number.POSITIVE_INFINITY,
    enabled,
  });

/** What has all that is shown of organizations asked for anew, the person's profile first. */
export function useAfterChange(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries();
}

/** What something costs now; what is ordered is its key. Nothing is asked for an order that cannot be. */
export const usePreview = (kind: string, order: Order | undefined, ask: () => Promise<CheckoutQuoteView>) =>
  useQuery({
    queryKey: ["preview", kind, order],
    queryFn: ask,
    enabled: order !== undefined && isAcceptable(order),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });

const pause = 250;

/** A value once it has not changed for a moment: a person who types is not asked about for every digit. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
