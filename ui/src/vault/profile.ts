import { type AccountProfile, call, type OrgProfileView } from "../api/client.ts";
import { keyring } from "./session.ts";

/** An organization as its member sees it. */
export interface Membership extends OrgProfileView {
  id: string;
  /** 0 owner, 1 administrator, 2 member, 4 one with rights of its own. */
  type: number;
  /** The organization's key, shared with this person; null until they are confirmed. */
  key: string | null;
}

/** What a person with rights of their own may be given. */
export type Right = keyof Membership["permissions"];

/** Reports whether a person runs an organization: the Admin Console is for them. */
export const runs = (membership: Membership): boolean =>
  membership.enabled && (isAdministrator(membership) || Object.values(membership.permissions).some(Boolean));

/** Owners and administrators. */
export const isAdministrator = ({ type }: Membership): boolean => type === 0 || type === 1;

export const isOwner = ({ type }: Membership): boolean => type === 0;

/** Reports whether a person may do what owners and administrators may, and others who were given the right. */
export const may = (membership: Membership, right: Right): boolean =>
  isAdministrator(membership) || membership.permissions[right] === true;

/** The status of somebody who has accepted an invitation, and is not confirmed. */
const accepted = 1;

/** Reports whether a member may give a Families organization away, or does. */
export const gives = (membership: Membership): boolean =>
  membership.familySponsorshipAvailable || membership.familySponsorshipFriendlyName !== null;

/** The tier of plans that sponsor Families organizations. */
const enterprise = 3;

/** Reports whether a person may give Families organizations in the name of an organization, to whomever. */
export const givesToStrangers = (membership: Membership): boolean =>
  membership.useAdminSponsoredFamilies && membership.productTierType === enterprise && may(membership, "manageUsers");

export interface Profile extends Omit<AccountProfile, "organizations"> {
  organizations: Membership[];
  /** Organizations that have yet to confirm the person. */
  waiting: Membership[];
}

/** Who is signed in and what they belong to. The keys of the organizations are opened on the way. */
export async function loadProfile(): Promise<Profile> {
  const answer = (await call("GET /api/accounts/profile")) as Profile & { organizationsNew: Membership[] };
  const profile = { ...answer, waiting: answer.organizationsNew.filter(({ status }) => status === accepted) };
  await openKeys(profile.organizations);
  return profile;
}

/** Opens the keys of the organizations that have shared theirs. */
export async function openKeys(organizations: Membership[]): Promise<void> {
  const shared = organizations.flatMap(({ id, key }) => (key ? [[id, key] as const] : []));
  await keyring().openOrganizations(Object.fromEntries(shared));
}
