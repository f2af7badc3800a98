import { isAdministrator, type Membership, may, runs } from "./profile.ts";

// Who finds which place of the Admin Console. The server decides again, by itself.

/** Whoever manages members sees them all; whoever recovers accounts sees those that can be recovered. */
export const seesMembers = (membership: Membership): boolean =>
  runs(membership) && (may(membership, "manageUsers") || may(membership, "manageResetPassword"));

export const seesGroups = (membership: Membership): boolean =>
  runs(membership) && membership.useGroups && may(membership, "manageGroups");

export const seesCollections = (membership: Membership): boolean =>
  runs(membership) &&
  (["createNewCollections", "editAnyCollection", "deleteAnyCollection", "manageUsers", "manageGroups"] as const).some(
    (right) => may(membership, right),
  );

export const seesEvents = (membership: Membership): boolean =>
  runs(membership) && membership.useEvents && may(membership, "accessEventLogs");

export const seesPolicies = (membership: Membership): boolean =>
  runs(membership) && membership.usePolicies && may(membership, "managePolicies");

export const seesTwoStep = (membership: Membership): boolean => runs(membership) && may(membership, "managePolicies");

/** Reports whether a person may import into an organization. */
export const importsInto = (membership: Membership): boolean =>
  membership.enabled &&
  membership.key !== null &&
  (may(membership, "accessImportExport") || may(membership, "editAnyCollection"));

/** Who gets all of it from the server. Whoever manages collections would get those, and is offered none. */
export const seesExport = (membership: Membership): boolean =>
  runs(membership) && membership.key !== null && may(membership, "accessImportExport");

/** Reports whether a person may do anything to somebody of a role, or give that role. */
export function outranks(membership: Membership, role: number): boolean {
  if (membership.type === 0) return true;
  return role !== 0 && (isAdministrator(membership) || role !== 1);
}
