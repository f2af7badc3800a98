import { Building2, ListChecks, Mails, RefreshCw, Server, SlidersHorizontal, Stethoscope, Users } from "lucide-react";
import { desk, type Route, screen } from "./route.ts";

/** The screens of the operator page, which nobody reaches but by a link. */
export const operatorRoutes: Route[] = [
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
