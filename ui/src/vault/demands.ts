import type { AccountPolicyView } from "../api/client.ts";
import { strengthJudge } from "./strength.ts";

/** What an organization may demand of the master passwords of its members. */
export type Demand =
  | { what: "length"; least: number }
  | { what: "strength"; least: number }
  | { what: "lower" }
  | { what: "upper" }
  | { what: "number" }
  | { what: "special" };

export type PasswordPolicy = Omit<AccountPolicyView, "object">;

/** The demands of a policy, in the order in which people read them. */
export function demandsOf(policy: PasswordPolicy): Demand[] {
  const { minLength, minComplexity, requireLower, requireUpper, requireNumbers, requireSpecial } = policy;
  const all: (Demand | false)[] = [
    !!minLength && { what: "length", least: minLength },
    !!minComplexity && { what: "strength", least: minComplexity },
    !!requireLower && { what: "lower" },
    !!requireUpper && { what: "upper" },
    !!requireNumbers && { what: "number" },
    !!requireSpecial && { what: "special" },
  ];
  return all.filter((demand) => demand !== false);
}

/** A new password that breaks the policy of an organization. */
export class TooWeak extends Error {
  readonly demands: Demand[];

  constructor(demands: Demand[]) {
    super("The password is too weak.");
    this.demands = demands;
  }
}

/** Throws TooWeak for a password that breaks a policy. */
export async function checkDemands(policy: PasswordPolicy, password: string): Promise<void> {
  const demands = await broken(policy, password);
  if (demands.length > 0) throw new TooWeak(demands);
}

/** The demands that a password does not meet. */
export async function broken(policy: PasswordPolicy, password: string): Promise<Demand[]> {
  const demands = demandsOf(policy);
  const strength = demands.some(({ what }) => what === "strength") ? (await strengthJudge("en"))(password, []) : 4;
  const meets = {
    lower: /\p{Ll}/u.test(password),
    upper: /\p{Lu}/u.test(password),
    number: /\d/.test(password),
    special: /[^\p{L}\p{N}\s]/u.test(password),
  };
  return demands.filter((demand) => {
    if (demand.what === "length") return password.length < demand.least;
    if (demand.what === "strength") return strength < demand.least;
    return !meets[demand.what];
  });
}
