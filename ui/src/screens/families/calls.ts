import { useQuery } from "@tanstack/react-query";
import { call, type SponsorshipOfferRequest } from "../../api/client.ts";

// The two roles have the same operations under two addresses.

const type = 0;

/** Offers a Families organization; once more to the same address is another mail. */
export async function offer(
  isSelfHosted: boolean,
  orgId: string,
  email: string,
  more: SponsorshipOfferRequest = {},
): Promise<void> {
  const body = { planSponsorshipType: type, sponsoredEmail: email, friendlyName: email, ...more };
  const input = { path: { orgId }, body };
  await (isSelfHosted
    ? call("POST /api/organization/sponsorship/self-hosted/{orgId}/families-for-enterprise", input)
    : call("POST /api/organization/sponsorship/{orgId}/families-for-enterprise", input));
}

/** Has the offer mailed again. A self-hosted server does so by offering once more. */
export async function resend(
  isSelfHosted: boolean,
  orgId: string,
  friendlyName: string,
  again: { email: string; more?: SponsorshipOfferRequest },
): Promise<void> {
  if (isSelfHosted) return offer(true, orgId, again.email, again.more);
  await call("POST /api/organization/sponsorship/{orgId}/families-for-enterprise/resend", {
    path: { orgId },
    query: { sponsoredFriendlyName: friendlyName },
  });
}

/** Takes back what a member gives. */
export async function remove(isSelfHosted: boolean, orgId: string): Promise<void> {
  const input = { path: { orgId } };
  await (isSelfHosted
    ? call("DELETE /api/organization/sponsorship/self-hosted/{orgId}", input)
    : call("DELETE /api/organization/sponsorship/{orgId}", input));
}

/** Takes back what administrators give, by its identifier. */
export async function revoke(isSelfHosted: boolean, orgId: string, id: string): Promise<void> {
  const input = { path: { orgId, friendlyName: id } };
  await (isSelfHosted
    ? call("DELETE /api/organization/sponsorship/self-hosted/{orgId}/{friendlyName}/revoke", input)
    : call("DELETE /api/organization/sponsorship/{orgId}/{friendlyName}/revoke", input));
}

/** How often a person who waits for the cloud is shown whether it has answered. */
const glance = 4_000;

/** What a person gives away. */
export const useSponsorships = () =>
  useQuery({
    queryKey: ["sponsorships"],
    queryFn: async () => (await call("GET /api/sponsorships")).data,
    // Others change it: the recipient, the cloud, an owner who has it synced.
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.some(({ awaitingSync }) => awaitingSync) ? glance : false),
  });
