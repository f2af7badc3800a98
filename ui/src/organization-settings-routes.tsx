import { Settings } from "lucide-react";
import { type Route, screen } from "./route.ts";
import { importsInto, seesExport, seesPolicies, seesTwoStep } from "./vault/console.ts";
import { isOwner } from "./vault/profile.ts";

/** The screens of the settings of an organization. */
export const organizationSettings: Route[] = [
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
    path: "/organizations/:organizationId/settings/tools/import",
    title: "import.title",
    access: "person",
    place: { product: "console", label: "import.title", icon: Settings, under: "place.settings", shown: importsInto },
    screen: screen(() => import("./screens/tools/organization-import.tsx")),
  },
  {
    path: "/organizations/:organizationId/settings/tools/export",
    title: "export.title",
    access: "person",
    place: { product: "console", label: "export.title", icon: Settings, under: "place.settings", shown: seesExport },
    screen: screen(() => import("./screens/tools/organization-export.tsx")),
  },
];
