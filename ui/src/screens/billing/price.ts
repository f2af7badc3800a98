import type { CheckoutSubscriptionView, PlanView } from "../../api/client.ts";

/** What is ordered besides a plan. */
export interface Order {
  seats: number;
  /** Beyond what the plan includes, in gigabytes. */
  storage: number;
}

/** What clients call the tiers of plans, by the numbers of the server. */
export const tiers = ["free", "families", "teams", "enterprise"] as const;
export type Tier = (typeof tiers)[number];

export const tierOf = (plan: PlanView): Tier | undefined => tiers[plan.productTier];
export const cadenceOf = (plan: PlanView) => (plan.isAnnual ? "annually" : "monthly");

/** Reports whether the numbers are such that the server can be asked about them. */
export const isAcceptable = ({ seats, storage }: Order): boolean =>
  Number.isInteger(seats) && Number.isInteger(storage) && seats >= 0 && storage >= 0;

/** What a period of a plan costs. A sponsorship takes the place of the base price. */
export function priceOf({ passwordManager: price }: PlanView, { seats, storage }: Order, isSponsored = false): number {
  const base = isSponsored ? 0 : price.basePrice;
  const more = price.hasAdditionalSeatsOption ? Math.max(0, seats - price.baseSeats) * price.seatPrice : 0;
  return base + more + storage * price.additionalStoragePricePerGb;
}

/** What an organization has now. */
export function orderOf({ seats, subscription }: CheckoutSubscriptionView): Order {
  const storage = subscription?.items.find(({ addonSubscriptionItem }) => addonSubscriptionItem)?.quantity ?? 0;
  return { seats: seats ?? 0, storage };
}

export const isSponsored = ({ subscription }: CheckoutSubscriptionView): boolean =>
  subscription?.items.some(({ sponsoredSubscriptionItem }) => sponsoredSubscriptionItem) ?? false;
