import { call, type PolicyView } from "../api/client.ts";
import type { PasswordPolicy } from "./demands.ts";
import { keyring } from "./session.ts";

/** What the link of a mailed invitation says. */
export interface Invitation {
  organizationId: string;
  memberId: string;
  organization: string;
  email: string;
  token: string;
  /** The person had an account when the mail was written. */
  hasAccount: boolean;
}

/** Reads the link of an invitation; undefined when it is not whole. */
export function invitationOf(query: URLSearchParams): Invitation | undefined {
  const of = (name: string) => query.get(name) ?? "";
  const found = {
    organizationId: of("organizationId"),
    memberId: of("organizationUserId"),
    organization: of("organizationName"),
    email: of("email"),
    token: of("token"),
    hasAccount: of("orgUserHasExistingUser").toLowerCase() === "true",
  };
  return found.organizationId && found.memberId && found.email && found.token ? found : undefined;
}

/** What an organization asks of those who join it. */
export interface Terms {
  password: PasswordPolicy | undefined;
  /** Administrators may give the person a new master password. */
  recovery: boolean;
}

const passwordPolicy = 1;
const recoveryPolicy = 8;

/** What the organization of an invitation asks. Whoever holds the link may know. */
export async function termsOf({ organizationId: id, memberId, email, token }: Invitation): Promise<Terms> {
  const query = { token, email, organizationUserId: memberId };
  const { data } = await call("GET /api/organizations/{id}/policies/token", { path: { id }, query, anonymous: true });
  const policies = data as PolicyView[];
  const dataOf = (type: number) => policies.find((policy) => policy.type === type && policy.enabled)?.data;
  const recovery = dataOf(recoveryPolicy) as { autoEnrollEnabled?: boolean } | null | undefined;
  return {
    password: (dataOf(passwordPolicy) as PasswordPolicy | null | undefined) ?? undefined,
    recovery: recovery?.autoEnrollEnabled === true,
  };
}

/** Accepts an invitation. Where members take part in account recovery, the user key is shared with the organization. */
export async function accept({ organizationId: id, memberId, token }: Invitation, terms: Terms): Promise<void> {
  let resetPasswordKey = "";
  if (terms.recovery) {
    const { publicKey } = await call("GET /api/organizations/{id}/public-key", { path: { id } });
    resetPasswordKey = await keyring().shareUser(publicKey ?? "");
  }
  const body = resetPasswordKey ? { token, resetPasswordKey } : { token };
  await call("POST /api/organizations/{id}/users/{memberId}/accept", { path: { id, memberId }, body });
}
