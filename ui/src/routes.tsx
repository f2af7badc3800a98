import {
  Boxes,
  Building2,
  CreditCard,
  FolderTree,
  Gift,
  House,
  ListChecks,
  type LucideIcon,
  Mails,
  RefreshCw,
  ScrollText,
  Server,
  Settings,
  SlidersHorizontal,
  Stethoscope,
  Users,
  Vault,
} from "lucide-react";
import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import type { AppConfigView } from "./api/client.ts";
import type { Key } from "./text/t.ts";
import { seesCollections, seesEvents, seesGroups, seesMembers, seesPolicies, seesTwoStep } from "./vault/console.ts";
import { isOwner, type Membership, may } from "./vault/profile.ts";

/** Where a person is led after they logged in. */
export const home = "/vault";

/** Where whoever runs the server is led. */
export const desk = "/admin";

/** The products between which a person switches; one without a place is not shown. */
export const products = {
  vault: { name: "product.vault", icon: Vault },
  console: { name: "product.console", icon: Building2 },
} satisfies Record<string, { name: Key; icon: LucideIcon }>;

/** A place in the sidebar. */
export interface Place {
  /** Of the operator page, which nobody switches to, "operator". */
  product: keyof typeof products | "operator";
  label: Key;
  icon: LucideIcon;
  /** The heading that it stands under, which leads to the first of its places. */
  under?: Key;
  /** Who finds it: undefined is everyone; of a place without an organization, who has any for which it is true. */
  shown?: (organization: Membership, server: AppConfigView) => boolean;
  /** The only role that has it, on the operator page. */
  role?: "cloud" | "selfHosted";
}

/** A screen and its address: a hash route, with the official path where there is one. */
export interface Route {
  /** A segment that begins with a colon stands for a value, such as :organizationId. */
  path: string;
  title: Key;
  /**
   * guest: nobody is logged in. person: the vault is open, and the screen is inside the frame. anyone: either, and
   * the screen stands alone. operator: somebody came with a link to the operator page, whoever is logged in.
   */
  access: "guest" | "person" | "anyone" | "operator";
  place?: Place;
  /** The path of the screen whose place in the sidebar this one belongs to. */
  of?: string;
  /** The product whose sidebar stands beside a screen without a place. */
  within?: keyof typeof products;
  screen: LazyExoticComponent<ComponentType>;
}

const screen = (load: () => Promise<{ Screen: ComponentType }>) =>
  lazy(async () => ({ default: (await load()).Screen }));

const security = "/settings/security/password";

/** The tier of plans that sponsor Families organizations. */
const enterprise = 3;

/** Every screen that there is. The order of places is theirs in the sidebar. */
export const routes: Route[] = [
  {
    path: "/login",
    title: "signIn.title",
    access: "guest",
    screen: screen(() => import("./screens/sign-in/log-in.tsx")),
  },
  {
    path: "/signup",
    title: "signUp.title",
    access: "guest",
    screen: screen(() => import("./screens/sign-in/sign-up.tsx")),
  },
  {
    path: "/finish-signup",
    title: "finish.title",
    access: "guest",
    screen: screen(() => import("./screens/sign-in/finish.tsx")),
  },
  {
    path: "/create-organization",
    title: "found.title",
    access: "person",
    screen: screen(() => import("./screens/found/create-organization.tsx")),
  },
  {
    path: "/verify-recover-delete-org",
    title: "orgDelete.byLink",
    access: "anyone",
    screen: screen(() => import("./screens/organization-settings/delete-by-link.tsx")),
  },
  {
    path: "/hint",
    title: "hint.title",
    access: "guest",
    screen: screen(() => import("./screens/sign-in/hint.tsx")),
  },
  {
    path: "/recover-2fa",
    title: "recoverTwoStep.title",
    access: "guest",
    screen: screen(() => import("./screens/sign-in/recover-two-step.tsx")),
  },
  {
    path: "/duo-done",
    title: "duoDone.title",
    access: "anyone",
    screen: screen(() => import("./screens/sign-in/duo-done.tsx")),
  },
  {
    path: "/accept-organization",
    title: "accept.title",
    access: "anyone",
    screen: screen(() => import("./screens/sign-in/accept-organization.tsx")),
  },
  {
    path: "/verify-email",
    title: "verifyEmail.title",
    access: "anyone",
    screen: screen(() => import("./screens/sign-in/verify-email.tsx")),
  },
  {
    path: "/recover-delete",
    title: "recoverDelete.title",
    access: "anyone",
    screen: screen(() => import("./screens/sign-in/recover-delete.tsx")),
  },
  {
    path: "/verify-recover-delete",
    title: "recoverDelete.confirmTitle",
    access: "anyone",
    screen: screen(() => import("./screens/sign-in/verify-recover-delete.tsx")),
  },
  {
    path: home,
    title: "place.start",
    access: "person",
    place: { product: "vault", label: "place.start", icon: House },
    screen: screen(() => import("./screens/start/start.tsx")),
  },
  {
    path: "/organizations/:organizationId/members",
    title: "members.title",
    access: "person",
    place: { product: "console", label: "place.members", icon: Users, shown: seesMembers },
    screen: screen(() => import("./screens/console/members.tsx")),
  },
  {
    path: "/organizations/:organizationId/groups",
    title: "groups.title",
    access: "person",
    place: { product: "console", label: "place.groups", icon: Boxes, shown: seesGroups },
    screen: screen(() => import("./screens/console/groups.tsx")),
  },
  {
    path: "/organizations/:organizationId/vault",
    title: "collections.title",
    access: "person",
    place: { product: "console", label: "place.collections", icon: FolderTree, shown: seesCollections },
    screen: screen(() => import("./screens/console/collections.tsx")),
  },
  {
    path: "/organizations/:organizationId/reporting/events",
    title: "events.title",
    access: "person",
    place: { product: "console", label: "place.events", icon: ScrollText, under: "place.reporting", shown: seesEvents },
    screen: screen(() => import("./screens/console/events.tsx")),
  },
  {
    path: "/organizations/:organizationId/settings/policies",
    title: "policies.title",
    access: "person",
    place: {
      product: "console",
      label: "place.policies",
      icon: Settings,
      under: "place.settings",
      shown: seesPolicies,
    },
    screen: screen(() => import("./screens/console/policies.tsx")),
  },
  {
    path: "/organizations/:organizationId/settings/two-factor",
    title: "twoStep.title",
    access: "person",
    place: { product: "console", label: "place.twoStep", icon: Settings, under: "place.settings", shown: seesTwoStep },
    screen: screen(() => import("./screens/console/two-step.tsx")),
  },
  {
    path: "/settings/account",
    title: "me.title",
    access: "person",
    place: { product: "vault", label: "me.title", icon: Settings, under: "place.settings" },
    screen: screen(() => import("./screens/settings/account.tsx")),
  },
  {
    path: security,
    title: "security.password",
    access: "person",
    place: { product: "vault", label: "security.title", icon: Settings, under: "place.settings" },
    screen: screen(() => import("./screens/settings/password.tsx")),
  },
  {
    path: "/settings/security/two-factor",
    title: "security.twoStep",
    access: "person",
    of: security,
    screen: screen(() => import("./screens/settings/two-factor.tsx")),
  },
  {
    path: "/settings/security/passkeys",
    title: "security.passkeys",
    access: "person",
    of: security,
    screen: screen(() => import("./screens/settings/passkeys.tsx")),
  },
  {
    path: "/settings/security/device-management",
    title: "security.devices",
    access: "person",
    of: security,
    screen: screen(() => import("./screens/settings/devices.tsx")),
  },
  {
    path: "/settings/security/security-keys",
    title: "security.keys",
    access: "person",
    of: security,
    screen: screen(() => import("./screens/settings/api-key.tsx")),
  },
  {
    path: "/settings/preferences",
    title: "preferences.title",
    access: "person",
    place: { product: "vault", label: "place.preferences", icon: Settings, under: "place.settings" },
    screen: screen(() => import("./screens/settings/preferences.tsx")),
  },
  {
    path: "/settings/sponsored-families",
    title: "families.title",
    access: "person",
    place: {
      product: "vault",
      label: "place.families",
      icon: Settings,
      under: "place.settings",
      shown: (one) => one.familySponsorshipAvailable || one.familySponsorshipFriendlyName !== null,
    },
    screen: screen(() => import("./screens/families/member.tsx")),
  },
  {
    path: "/accept-families-for-enterprise",
    title: "redeem.linkTitle",
    access: "anyone",
    screen: screen(() => import("./screens/families/link.tsx")),
  },
  {
    path: "/setup/families-for-enterprise",
    title: "redeem.title",
    access: "person",
    within: "vault",
    screen: screen(() => import("./screens/families/redeem.tsx")),
  },
  {
    path: "/organizations/:organizationId/billing/subscription",
    title: "subscription.title",
    access: "person",
    place: {
      product: "console",
      label: "place.subscription",
      icon: CreditCard,
      under: "billing.title",
      shown: isOwner,
    },
    screen: screen(() => import("./screens/subscription/subscription.tsx")),
  },
  {
    path: "/organizations/:organizationId/billing/payment-details",
    title: "billing.payment",
    access: "person",
    place: {
      product: "console",
      label: "billing.payment",
      icon: CreditCard,
      under: "billing.title",
      shown: (organization, { selfHosted }) => isOwner(organization) && !selfHosted,
    },
    screen: screen(() => import("./screens/billing/payment-details.tsx")),
  },
  {
    path: "/organizations/:organizationId/billing/history",
    title: "billing.history",
    access: "person",
    place: {
      product: "console",
      label: "billing.history",
      icon: CreditCard,
      under: "billing.title",
      shown: (organization, { selfHosted }) => isOwner(organization) && !selfHosted,
    },
    screen: screen(() => import("./screens/billing/history.tsx")),
  },
  {
    path: "/organizations/:organizationId/members/sponsored-families",
    title: "freeFamilies.title",
    access: "person",
    place: {
      product: "console",
      label: "place.freeFamilies",
      icon: Gift,
      shown: (one) => one.useAdminSponsoredFamilies && one.productTierType === enterprise && may(one, "manageUsers"),
    },
    screen: screen(() => import("./screens/families/admin.tsx")),
  },
  {
    path: "/organizations/:organizationId/settings/account",
    title: "orgSettings.title",
    access: "person",
    place: {
      product: "console",
      label: "orgSettings.title",
      icon: Settings,
      under: "place.settings",
      shown: isOwner,
    },
    screen: screen(() => import("./screens/organization-settings/account.tsx")),
  },
  {
    path: desk,
    title: "operator.organizations",
    access: "operator",
    place: { product: "operator", label: "operator.organizations", icon: Building2 },
    screen: screen(() => import("./screens/operator/organizations.tsx")),
  },
  {
    path: "/admin/people",
    title: "operator.people",
    access: "operator",
    place: { product: "operator", label: "operator.people", icon: Users },
    screen: screen(() => import("./screens/operator/people.tsx")),
  },
  {
    path: "/admin/installations",
    title: "operator.installations",
    access: "operator",
    place: { product: "operator", label: "operator.installations", icon: Server, role: "cloud" },
    screen: screen(() => import("./screens/operator/installations.tsx")),
  },
  {
    path: "/admin/mail",
    title: "operator.mails",
    access: "operator",
    place: { product: "operator", label: "operator.mails", icon: Mails },
    screen: screen(() => import("./screens/operator/mails.tsx")),
  },
  {
    path: "/admin/jobs",
    title: "operator.jobs",
    access: "operator",
    place: { product: "operator", label: "operator.jobs", icon: ListChecks },
    screen: screen(() => import("./screens/operator/jobs.tsx")),
  },
  {
    path: "/admin/sync",
    title: "operator.syncs",
    access: "operator",
    place: { product: "operator", label: "operator.syncs", icon: RefreshCw },
    screen: screen(() => import("./screens/operator/syncs.tsx")),
  },
  {
    path: "/admin/settings",
    title: "operator.settings",
    access: "operator",
    place: { product: "operator", label: "operator.settings", icon: SlidersHorizontal },
    screen: screen(() => import("./screens/operator/settings.tsx")),
  },
  {
    path: "/admin/doctor",
    title: "operator.doctor",
    access: "operator",
    place: { product: "operator", label: "operator.doctor", icon: Stethoscope },
    screen: screen(() => import("./screens/operator/doctor.tsx")),
  },
];

/** The address of a path with its values; undefined when one of them is not known. */
export function addressOf(path: string, values: Record<string, string | undefined>): string | undefined {
  let isWhole = true;
  const filled = path.replace(/:(\w+)/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) isWhole = false;
    return encodeURIComponent(value ?? "");
  });
  return isWhole ? filled : undefined;
}
