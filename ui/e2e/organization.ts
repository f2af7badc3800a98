import type { Account } from "./account.ts";

// What the walks need of an organization, as its owner would do it in another browser.

/** Invites an address as a member. */
export const invite = (owner: Account, organization: string, email: string): Promise<unknown> =>
  owner.send("POST", `/api/organizations/${organization}/users/invite`, { emails: [email], type: 2, collections: [] });

/** Switches a policy on. */
export const setPolicy = (owner: Account, organization: string, type: number, data: unknown = null): Promise<unknown> =>
  owner.send("PUT", `/api/organizations/${organization}/policies/${type}`, { enabled: true, data });

interface Member {
  id: string;
  email: string;
  userId: string;
  status: number;
  resetPasswordEnrolled: boolean;
}

/** The member with an address. */
export async function memberOf(owner: Account, organization: string, email: string): Promise<Member> {
  const { data } = (await owner.send("GET", `/api/organizations/${organization}/users`)) as { data: Member[] };
  const found = data.find((member) => member.email === email);
  if (!found) throw new Error(`${email} is no member`);
  return found;
}

/** Confirms a member. What the key opens does not matter to these walks, as long as it is one. */
export async function confirm(owner: Account, organization: string, member: Account): Promise<string> {
  const { id, userId } = await memberOf(owner, organization, member.email);
  const { publicKey } = (await owner.send("GET", `/api/users/${userId}/public-key`)) as { publicKey: string };
  const key = await (await owner.open()).shareUser(publicKey);
  await owner.send("POST", `/api/organizations/${organization}/users/${id}/confirm`, { key });
  return id;
}
