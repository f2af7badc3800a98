import { Building2, type LucideIcon, Vault } from "lucide-react";
import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import type { AppConfigView } from "./api/client.ts";
import type { Key } from "./text/t.ts";
import type { Membership } from "./vault/profile.ts";

/** Where a person is led after they logged in. */
export const home = "/vault";

/** Where a person sees what they belong to. */
export const memberships = "/organizations";

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
   * the screen stands alone. visitor: whoever holds the link, and the session on this page plays no part, even locked.
   * operator: somebody came with a link to the operator page, whoever is logged in.
   */
  access: "guest" | "person" | "anyone" | "visitor" | "operator";
  place?: Place;
  /** The path of the screen whose place in the sidebar this one belongs to. */
  of?: string;
  screen: LazyExoticComponent<ComponentType>;
}

/** A screen that is loaded when somebody goes there. */
export const screen = (load: () => Promise<{ Screen: ComponentType }>) =>
  lazy(async () => ({ default: (await load()).Screen }));

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
