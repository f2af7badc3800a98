import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { House, Settings, Users } from "lucide-react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import type { AppConfigView } from "../api/client.ts";
import { Frame } from "../kit/frame.tsx";
import type { Place, Route } from "../route.ts";
import { routes } from "../routes.tsx";
import { startText } from "../text/t.ts";
import type { Membership } from "../vault/profile.ts";

beforeAll(startText);

// The worker cannot be started here, and nothing here needs a key.
vi.mock(import("../crypto/remote.ts"), () => ({ startKeyring: vi.fn() }));
const { placesOf, sidebar } = await import("./frame.tsx");

afterEach(cleanup);

const nobody = { organization: undefined, organizations: [], server: undefined };

const route = (path: string, under?: "place.settings"): Route => {
  const place = { product: "vault", label: "place.organizations", icon: House } as const;
  const screen = routes[0]?.screen as Route["screen"];
  return { path, title: "place.organizations", access: "person", place: under ? { ...place, under } : place, screen };
};

test("places with one heading stand under it, and the heading leads to the first", () => {
  const table = [
    route("/vault"),
    route("/settings/account", "place.settings"),
    route("/settings/preferences", "place.settings"),
  ];
  const places = sidebar((key) => key, placesOf("vault", nobody, table), table[2]);
  expect(places.map(({ href, current }) => [href, current])).toEqual([
    ["#/vault", false],
    ["#/settings/account", true],
  ]);
  expect(places[1]?.within?.map(({ href, current }) => [href, current])).toEqual([
    ["#/settings/account", false],
    ["#/settings/preferences", true],
  ]);
});

test("a part of a place is where the place is", () => {
  const part: Route = { ...route("/settings/security/devices"), of: "/settings/security" };
  const { place: _, ...placeless } = part;
  const table = [
    route("/settings/account", "place.settings"),
    route("/settings/security", "place.settings"),
    placeless,
  ];
  const [settings] = sidebar((key) => key, placesOf("vault", nobody, table), placeless);
  expect(settings?.current).toBe(true);
  expect(settings?.within?.map(({ current }) => current)).toEqual([false, true]);
});

test("a place of an organization leads to the one that is known, and is not shown without one", () => {
  const table = [route("/vault"), route("/organizations/:organizationId/members")];
  const whose = { ...nobody, organization: { id: "7/8" } as Membership };
  expect(placesOf("vault", whose, table).map(({ address }) => address)).toEqual([
    "/vault",
    "/organizations/7%2F8/members",
  ]);
  expect(placesOf("vault", nobody, table).map(({ address }) => address)).toEqual(["/vault"]);
  expect(placesOf("console", whose, table)).toEqual([]);
});

test("a place is shown to whom it is for: the organization of the address, or any of the person's", () => {
  const owner = { id: "1", type: 0 } as Membership;
  const member = { id: "2", type: 2 } as Membership;
  const server = {} as AppConfigView;
  const only = (path: string) => {
    const one = route(path);
    return [{ ...one, place: { ...(one.place as Place), shown: ({ type }: Membership) => type === 0 } }];
  };
  const isShown = (path: string, organization: Membership, organizations: Membership[]) =>
    placesOf("vault", { organization, organizations, server }, only(path)).length > 0;
  expect(isShown("/organizations/:organizationId/billing", owner, [owner, member])).toBe(true);
  expect(isShown("/organizations/:organizationId/billing", member, [owner, member])).toBe(false);
  expect(isShown("/settings/families", member, [owner, member])).toBe(true);
  expect(isShown("/settings/families", member, [member])).toBe(false);
});

test("every place of the table has a screen inside the frame", () => {
  for (const { path, place, access } of routes)
    if (place) expect(access, path).toBe(place.product === "operator" ? "operator" : "person");
  expect(new Set(routes.map(({ path }) => path)).size).toBe(routes.length);
});

const products = [
  { name: "Password Manager", href: "#/vault", icon: House, current: true },
  { name: "Admin Console", href: "#/organizations", icon: Users, current: false },
];

const places = [
  { href: "#/vault", label: "Start", icon: House, current: false },
  {
    href: "#/settings/preferences",
    label: "Settings",
    icon: Settings,
    current: true,
    within: [{ href: "#/settings/preferences", label: "Preferences", current: true }],
  },
];

test("a person with one product has nothing to switch", () => {
  render(
    <Frame name="Coffre" products={products.slice(0, 1)} places={places} account={null}>
      What is there
    </Frame>,
  );
  expect(screen.queryByRole("button", { name: "Password Manager" })).toBeNull();
  const nav = within(screen.getByRole("navigation"));
  expect(nav.getAllByRole("link").map((link) => link.textContent)).toEqual(["Start", "Settings", "Preferences"]);
  expect(nav.getByRole("link", { current: "page" }).textContent).toBe("Preferences");
});

test("a person with two products switches between them", async () => {
  render(
    <Frame name="Coffre" products={products} places={places} account={null}>
      What is there
    </Frame>,
  );
  fireEvent.click(screen.getByRole("button", { name: "Password Manager" }));
  const link = await screen.findByRole("menuitem", { name: "Admin Console" });
  expect(link.getAttribute("href")).toBe("#/organizations");
});
