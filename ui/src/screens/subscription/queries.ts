import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import {
  type BillingsyncRunView,
  call,
  type LicenseSubscriptionView,
  type OrgInformationView,
  type SponsorshipChangeView,
} from "../../api/client.ts";

// What the screens of subscriptions know of an organization.

/** How many seats members and sponsorships take. */
export const useSeatsUsed = (id: string): number | undefined =>
  useQuery({
    queryKey: ["organization", id, "seats"],
    queryFn: () => call("GET /api/organizations/{id}/billing/metadata", { path: { id } }),
  }).data?.organizationOccupiedSeats;

const syncKey = 1;

/** The billing sync token of an organization of a cloud, without its secret; null when there is none. */
export const useTokenInformation = (id: string) =>
  useQuery({
    queryKey: ["organization", id, "token"],
    queryFn: async (): Promise<OrgInformationView | null> => {
      const path = { id, type: String(syncKey) };
      return (await call("GET /api/organizations/{id}/api-key-information/{type}", { path })).data[0] ?? null;
    },
  });

/** The servers that a person knows, in a cloud. */
export const useInstallations = (enabled = true) =>
  useQuery({
    queryKey: ["installations"],
    queryFn: async () => (await call("GET /api/installations")).data,
    enabled,
  });

/** The log of what became of sponsorships, the latest first. */
export const useChanges = (id: string, enabled = true) =>
  useQuery({
    queryKey: ["organization", id, "changes"],
    queryFn: async (): Promise<SponsorshipChangeView[]> =>
      (await call("GET /api/organizations/{id}/sponsorships/changes", { path: { id } })).data,
    enabled,
  });

/** When sponsorships last went over, in a cloud. */
export const useSyncStatus = (orgId: string) =>
  useQuery({
    queryKey: ["organization", orgId, "synced"],
    queryFn: () => call("GET /api/organization/sponsorship/{orgId}/sync-status", { path: { orgId } }),
  });

/** The license of an organization, on a self-hosted server. */
export const useLicense = (id: string, enabled = true) =>
  useQuery({
    queryKey: ["organization", id, "subscription", "license"],
    queryFn: () =>
      call("GET /api/organizations/{id}/subscription", { path: { id } }) as Promise<LicenseSubscriptionView>,
    enabled,
  });

/** How often a sync that is under way is looked at. */
const glance = 1_000;

/** How an organization is connected, on a self-hosted server. */
export const useSyncState = (id: string, enabled = true) =>
  useQuery({
    queryKey: ["organization", id, "sync"],
    queryFn: () => call("GET /api/organizations/{id}/billing-sync", { path: { id } }),
    refetchInterval: ({ state }) => (state.data?.running ? glance : false),
    enabled,
  });

/** The history of syncs, page by page. */
export const useRuns = (id: string) =>
  useInfiniteQuery({
    queryKey: ["organization", id, "runs"],
    queryFn: ({ pageParam }): Promise<{ data: BillingsyncRunView[]; continuationToken: string | null }> =>
      call("GET /api/organizations/{id}/billing-sync/runs", {
        path: { id },
        query: pageParam ? { continuationToken: pageParam } : {},
      }),
    initialPageParam: "",
    getNextPageParam: ({ continuationToken }) => continuationToken,
    refetchInterval: ({ state }) => (state.data?.pages[0]?.data[0]?.endDate === null ? glance : false),
  });
