import { call, type PolicyStatusView } from "../api/client.ts";
import { isAdministrator, type Membership } from "./profile.ts";
import { keyring } from "./session.ts";

/** A rule as the organization has set it. */
export interface Policy {
  type: number;
  enabled: boolean;
  data: Record<string, unknown>;
}

/** Something that a rule says besides that it is on. */
export type Detail =
  | { name: string; kind: "flag" }
  | { name: string; kind: "number"; from: number; to: number }
  | { name: string; kind: "choice"; values: readonly string[]; isNumber?: true }
  | { name: string; kind: "text" };

/** A rule that can be set. */
export interface Rule {
  type: number;
  /** Whether the server sees to it; otherwise it is told to the applications, which obey. */
  enforced: boolean;
  /** Which other rule must be on. */
  needs?: number;
  details: Detail[];
}

export const TwoStep = 0;
export const GeneratorRules = 2;
const NoCopies = 10;
export const SingleOrganization = 3;
const OwnsData = 5;

const flags = (...names: string[]): Detail[] => names.map((name) => ({ name, kind: "flag" }));
const number = (name: string, from: number, to: number): Detail => ({ name, kind: "number", from, to });
const complexity: Detail = { name: "minComplexity", kind: "choice", values: ["0", "1", "2", "3", "4"], isNumber: true };

/** Every rule that means something on this server, in the order in which it is shown. */
export const rules: Rule[] = [
  { type: TwoStep, enforced: true, details: [] },
  {
    type: 1,
    enforced: true,
    details: [
      complexity,
      number("minLength", 12, 128),
      ...flags("requireUpper", "requireLower", "requireNumbers", "requireSpecial", "enforceOnLogin"),
    ],
  },
  { type: SingleOrganization, enforced: true, details: [] },
  { type: 8, enforced: true, details: flags("autoEnrollEnabled") },
  { type: OwnsData, enforced: true, details: [] },
  { type: 13, enforced: true, details: [] },
  {
    type: GeneratorRules,
    enforced: false,
    details: [
      { name: "overridePasswordType", kind: "choice", values: ["", "password", "passphrase"] },
      number("minLength", 5, 128),
      ...flags("useUpper", "useLower", "useNumbers", "useSpecial"),
      number("minNumbers", 0, 9),
      number("minSpecial", 0, 9),
      number("minNumberWords", 3, 20),
      ...flags("capitalize", "includeNumber"),
    ],
  },
  {
    type: 9,
    enforced: false,
    needs: SingleOrganization,
    details: [number("minutes", 1, 525_600), { name: "action", kind: "choice", values: ["", "lock", "logOut"] }],
  },
  { type: 14, enforced: false, details: [] },
  { type: NoCopies, enforced: false, details: [] },
  {
    type: 21,
    enforced: false,
    details: [
      ...flags("disableSend", "disableHideEmail"),
      { name: "whoCanAccess", kind: "choice", values: ["0", "1", "2"], isNumber: true },
      { name: "allowedDomains", kind: "text" },
      number("deletionHours", 0, 744),
    ],
  },
  { type: 15, enforced: false, details: [] },
  {
    type: 16,
    enforced: false,
    needs: SingleOrganization,
    details: [{ name: "uriMatchDetection", kind: "choice", values: ["0", "1", "2", "3", "4", "5"], isNumber: true }],
  },
  { type: 11, enforced: false, details: [] },
];

/** All rules by their types; one that was never set is off. */
export async function loadPolicies(organizationId: string): Promise<Map<number, Policy & { id: string | null }>> {
  const { data } = await call("GET /api/organizations/{id}/policies", { path: { id: organizationId } });
  return new Map(data.map((one) => [one.type, { ...policyOf(one), id: one.id }]));
}

const policyOf = ({ type, enabled, data }: Pick<PolicyStatusView, keyof Policy>): Policy => ({
  type,
  enabled,
  data: data && typeof data === "object" ? (data as Record<string, unknown>) : {},
});

/** What a rule will say, from what the fields of its form held. What this vault does not show stays as it is. */
export function dataOf(rule: Rule, before: Record<string, unknown>, values: FormData): Record<string, unknown> | null {
  const data = { ...before };
  for (const detail of rule.details) {
    const held = String(values.get(detail.name) ?? "");
    if (detail.kind === "flag") data[detail.name] = values.has(detail.name);
    else if (held === "") delete data[detail.name];
    else data[detail.name] = detail.kind === "number" || "isNumber" in detail ? Number(held) : held;
  }
  return Object.keys(data).length > 0 ? data : null;
}

/** Sets a rule. Where the organization comes to own all items, members get a collection of this name for themselves. */
export async function savePolicy(
  organizationId: string,
  { type, enabled }: Pick<Policy, "type" | "enabled">,
  data: Record<string, unknown> | null,
  ownCollection: string,
): Promise<void> {
  const [name = ""] = type === OwnsData && enabled ? await keyring().encrypt([ownCollection], organizationId) : [];
  await call("PUT /api/organizations/{id}/policies/{type}", {
    path: { id: organizationId, type: String(type) },
    body: { policy: { enabled, data }, metadata: { defaultUserCollectionName: name } },
  });
}

/** What the rules of a type say that organizations set for the person who is signed in. */
export async function loadOwnPolicies(type: number): Promise<(Policy & { organizationId: string })[]> {
  const { policies } = await call("GET /api/sync", { query: { excludeDomains: "true" } });
  return policies
    .filter((one) => one.type === type && one.enabled)
    .map((one) => ({ ...policyOf(one), organizationId: one.organizationId ?? "" }));
}

/** The first organization that does not let its members take a copy of their own vaults; owners and administrators may. */
export async function whoForbidsCopies(organizations: Membership[]): Promise<Membership | undefined> {
  if (!organizations.some(({ usePolicies }) => usePolicies)) return undefined;
  const set = await loadOwnPolicies(NoCopies);
  return organizations.find(
    (one) => !isAdministrator(one) && set.some(({ organizationId }) => organizationId === one.id),
  );
}
