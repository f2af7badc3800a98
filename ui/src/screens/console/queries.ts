import { useQuery, useQueryClient } from "@tanstack/react-query";
import { call, type MemberFellowView } from "../../api/client.ts";
import { loadCollections, loadGroups } from "../../vault/collections.ts";
import { loadMembers } from "../../vault/members.ts";
import { loadPolicies } from "../../vault/policies.ts";

// What the screens of the console ask the server. All begin with the same word, so that a change can forget them.

/** A list may be long, and others change it: it is read anew whenever it is shown, and taken as it comes. */
const longList = { structuralSharing: false, staleTime: 0 } as const;

export const useMembers = (organizationId: string) =>
  useQuery({
    queryKey: ["console", organizationId, "members"],
    queryFn: () => loadMembers(organizationId),
    ...longList,
  });

export const useGroups = (organizationId: string, enabled = true) =>
  useQuery({
    queryKey: ["console", organizationId, "groups"],
    queryFn: () => loadGroups(organizationId),
    enabled,
    ...longList,
  });

export const useCollections = (organizationId: string, enabled = true) =>
  useQuery({
    queryKey: ["console", organizationId, "collections"],
    queryFn: () => loadCollections(organizationId),
    enabled,
    ...longList,
  });

/** Somebody as every member reads them. */
export interface Fellow extends MemberFellowView {
  id: string;
}

/** Everyone of an organization by name, for whoever needs no more than that. */
export const useFellows = (organizationId: string, enabled = true) =>
  useQuery({
    queryKey: ["console", organizationId, "fellows"],
    queryFn: async () =>
      (await call("GET /api/organizations/{id}/users/mini-details", { path: { id: organizationId } })).data as Fellow[],
    enabled,
    ...longList,
  });

/** The rules of an organization by their types. */
export const usePolicies = (organizationId: string, enabled = true) =>
  useQuery({
    queryKey: ["console", organizationId, "policies"],
    queryFn: () => loadPolicies(organizationId),
    enabled,
    ...longList,
  });

/** What forgets all that the console knows of an organization, after something was changed. */
export function useForget(organizationId: string): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ["console", organizationId] });
}
