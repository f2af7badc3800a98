import { cleanup, render } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import { startText } from "../../text/t.ts";
import { type Shown, SponsorshipState } from "./state.tsx";

beforeAll(startText);

afterEach(cleanup);

const date = "2027-03-01T12:00:00Z";
const base: Shown = { state: "offered", date: null, code: null, awaitingSync: false };

// Scenario 141, with what the server says of a sponsorship in place of what old clients compute from.
test.each<[string, Partial<Shown>, string]>([
  ["not yet synced", { state: "requested", awaitingSync: true }, "Awaiting sync"],
  ["not yet synced, and why", { state: "requested", code: "not-in-this-dialect" }, "Awaiting syncSyncs do not take it"],
  ["mailed, as a self-hosted server knows", {}, "Sent"],
  ["mailed, as a cloud knows", { date }, "Sentgood until March 1, 2027"],
  ["redeemed", { state: "active", date }, "Activepaid until March 1, 2027"],
  ["revoked, not yet synced", { state: "ending", date, awaitingSync: true }, "Awaiting syncEnds on March 1, 2027"],
  ["revoked before it was redeemed, not yet synced", { state: "ending", awaitingSync: true }, "Awaiting sync"],
  ["revoked", { state: "ending", date, code: "revoked" }, "Ends on March 1, 2027It was revoked."],
  ["refused", { state: "refused", code: "own-email" }, "Refused: It went to the address of the member"],
  [
    "refused by a newer cloud",
    { state: "refused", code: "new" },
    "Refused: for a reason that only the cloud knows (new)",
  ],
  ["too old", { state: "expired", date }, "Expiredon March 1, 2027"],
  ["over", { state: "expired", date, code: "target-gone" }, "Expiredon March 1, 2027The Families organization was"],
])("141: a sponsorship that is %s", (_, of, words) => {
  const { container } = render(<SponsorshipState of={{ ...base, ...of }} />);
  expect(container.textContent).toContain(words);
});
