import { call } from "../../api/client.ts";

/** Has an organization sponsored. */
export const redeem = (sponsorshipToken: string, sponsoredOrganizationId: string): Promise<undefined> =>
  call("POST /api/organization/sponsorship/redeem", {
    query: { sponsorshipToken },
    body: { sponsoredOrganizationId },
  });
