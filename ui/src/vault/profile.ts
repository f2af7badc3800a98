import { type AccountProfile, call } from "../api/client.ts";
import { keyring } from "./session.ts";

/** An organization as its member sees it. */
export interface Membership {
  id: string;
  name: string;
  enabled: boolean;
  /** 0 owner, 1 administrator, 2 member, 4 one with rights of its own. */
  type: number;
  /** The organization's key, shared with this person; null until they are confirmed. */
  key: string | null;
  productTierType: number;
}

/** Reports whether a person runs an organization: the Admin Console is for them. */
export const runs = ({ type, enabled }: Membership): boolean => enabled && (type === 0 || type === 1);

export interface Profile extends Omit<AccountProfile, "organizations"> {
  organizations: Membership[];
}

/** Who is signed in and what they belong to. The keys of the organizations are opened on the way. */
export async function loadProfile(): Promise<Profile> {
  const profile = (await call("GET /api/accounts/profile")) as Profile;
  const shared = profile.organizations.flatMap(({ id, key }) => (key ? [[id, key] as const] : []));
  await keyring().openOrganizations(Object.fromEntries(shared));
  return profile;
}
