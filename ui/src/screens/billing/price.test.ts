import { expect, test } from "vitest";
import type { CheckoutSubscriptionView, PlanView } from "../../api/client.ts";
import { isAcceptable, isSponsored, orderOf, priceOf } from "./price.ts";

const plan = (price: Partial<PlanView["passwordManager"]>) => ({ passwordManager: price }) as PlanView;
const families = plan({ basePrice: 40, baseSeats: 6, seatPrice: 0, additionalStoragePricePerGb: 4 });
const enterprise = plan({
  basePrice: 0,
  baseSeats: 0,
  seatPrice: 72,
  hasAdditionalSeatsOption: true,
  additionalStoragePricePerGb: 4,
});

test("a plan costs its base price, its seats beyond those included, and its storage", () => {
  expect(priceOf(families, { seats: 6, storage: 0 })).toBe(40);
  expect(priceOf(families, { seats: 6, storage: 2 })).toBe(48);
  expect(priceOf(enterprise, { seats: 10, storage: 1 })).toBe(724);
});

test("a sponsorship takes the place of the base price, and of nothing else", () => {
  expect(priceOf(families, { seats: 6, storage: 2 }, true)).toBe(8);
});

test("what an organization has is read from its subscription", () => {
  const item = { addonSubscriptionItem: false, sponsoredSubscriptionItem: false, quantity: 1 };
  const of = (...items: object[]) => ({ seats: 6, subscription: { items } }) as unknown as CheckoutSubscriptionView;
  const storage = { ...item, addonSubscriptionItem: true, quantity: 3 };
  expect(orderOf(of(item, storage))).toEqual({ seats: 6, storage: 3 });
  expect(orderOf(of(item))).toEqual({ seats: 6, storage: 0 });
  expect(isSponsored(of(item))).toBe(false);
  expect(isSponsored(of({ ...item, sponsoredSubscriptionItem: true }, storage))).toBe(true);
});

test("nothing is asked about numbers that are none", () => {
  expect(isAcceptable({ seats: 5, storage: 0 })).toBe(true);
  for (const seats of [Number.NaN, -1, 2.5]) expect(isAcceptable({ seats, storage: 0 })).toBe(false);
});
