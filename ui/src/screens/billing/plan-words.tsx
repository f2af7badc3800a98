import type { PlanView } from "../../api/client.ts";
import { useMoney } from "../../kit/money.ts";
import { type Key, useText } from "../../text/t.ts";
import { type Tier, tierOf } from "./price.ts";

/** What writes the price of a plan as a card shows it. */
export function usePlanPrice(): (plan: PlanView) => string {
  const t = useText();
  const money = useMoney();
  return (plan) => {
    const { basePrice, seatPrice } = plan.passwordManager;
    if (basePrice === 0 && seatPrice === 0) return t("plan.nothing");
    const price = { amount: money(seatPrice || basePrice) };
    if (seatPrice > 0) return t(plan.isAnnual ? "plan.seatYear" : "plan.seatMonth", price);
    return t(plan.isAnnual ? "plan.year" : "plan.month", price);
  };
}

/** What a plan is called in the reader's language. */
export function usePlanName(): (plan: PlanView) => string {
  const t = useText();
  return (plan) => {
    const tier = tierOf(plan);
    return tier ? t(`plan.name.${tier}` as Key) : plan.name;
  };
}

/** What is in a plan, in a sentence. */
export function usePlanText(): (tier: Tier) => string {
  const t = useText();
  return (tier) => t(`plan.text.${tier}` as Key);
}
