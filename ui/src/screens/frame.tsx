import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { Building2, CircleUser, Lock as LockIcon, LogOut } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useRef } from "react";
import { matchRoute, useRouter } from "wouter";
import { go, useHashPath } from "../address.ts";
import { type AppConfigView, Failure } from "../api/client.ts";
import { Frame, type Place } from "../kit/frame.tsx";
import { Menu, MenuChoice, MenuGroup, MenuItem, MenuLink } from "../kit/menu.tsx";
import { Skeleton } from "../kit/states.tsx";
import { setTheme, type Theme, themes, useTheme } from "../kit/theme.ts";
import { addressOf, home, products, type Route } from "../route.ts";
import { routes } from "../routes.tsx";
import { type Language, type Translate, useLanguage, useText } from "../text/t.ts";
import { isOwner, loadProfile, type Membership, runs } from "../vault/profile.ts";
import { lock, logOut, onEnd } from "../vault/session.ts";
import { Warning } from "./billing/warning.tsx";
import styles from "./frame.module.css";
import { Avatar } from "./parts/avatar.tsx";
import { Banners } from "./parts/banners.tsx";
import { languageOptions } from "./parts/gate-footer.tsx";
import { chooseLanguage } from "./parts/language.ts";
import { LicenseBanners } from "./parts/license-banners.tsx";
import { useServer } from "./parts/use-server.ts";
import { useSession } from "./parts/use-session.ts";

// Hardly anybody ever sees it.
const TemporaryPassword = lazy(() => import("./sign-in/temporary-password.tsx"));

/** What the server said. It is forgotten when the vault locks. */
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (count, error) => count < 2 && !(error instanceof Failure && error.kind === "refused"),
    },
  },
});
onEnd(() => queries.clear());

/** Who is signed in, for every screen inside. */
export const useProfile = () => useQuery({ queryKey: ["profile"], queryFn: loadProfile });

/** The frame around every screen of a person whose vault is open. */
export default function Inside({ children }: { children: ReactNode }) {
  return (
    <QueryClientProvider client={queries}>
      <AppFrame>{children}</AppFrame>
    </QueryClientProvider>
  );
}

function AppFrame({ children }: { children: ReactNode }) {
  const t = useText();
  const [path] = useHashPath();
  const { route, organization, organizations } = useHere(path);
  const server = useServer();
  const { data: profile } = useProfile();
  useFocusOnArrival(path);
  const here = route?.place?.product ?? "vault";
  const found = (product: string) => placesOf(product, { organization, organizations, server });
  const placesIn = (one: Membership) => placesOf("console", { organization: one, organizations, server });
  const offered = Object.entries(products).flatMap(([id, { name, icon }]) => {
    const [first] = found(id);
    return first ? [{ name: t(name), icon, href: `#${first.address}`, current: id === here }] : [];
  });
  if (profile?.forcePasswordReset) return <TemporaryPassword profile={profile} />;
  return (
    <Frame
      name={t("app.name")}
      products={offered}
      places={sidebar(t, found(here), route)}
      choice={here === "console" && <Organizations here={organization} all={organizations} placesIn={placesIn} />}
      account={<Account />}
      banners={
        <div>
          <Banners />
          {server?.selfHosted && <LicenseBanners organizations={organizations} />}
          {here === "console" && organization && <Warning key={organization.id} organization={organization} />}
        </div>
      }
    >
      <Suspense fallback={<Skeleton />}>{children}</Suspense>
    </Frame>
  );
}

/** Whom places are filled in for, and who decides whether they are shown. */
interface Whose {
  organization: Membership | undefined;
  organizations: Membership[];
  server: AppConfigView | undefined;
}

/** Who finds an organization in the console: an owner also while it is switched off, to mend that. */
const mends = (membership: Membership): boolean => runs(membership) || isOwner(membership);

/** The route of an address and the organization of the console: that of the address, else the person's first. */
function useHere(path: string): {
  route: Route | undefined;
  organization: Membership | undefined;
  organizations: Membership[];
} {
  const { parser } = useRouter();
  const { data } = useProfile();
  const organizations = data?.organizations ?? [];
  const first = organizations.find(runs) ?? organizations.find(mends);
  for (const route of routes) {
    const [matches, params] = matchRoute(parser, route.path, path);
    if (!matches) continue;
    const wanted = (params as Record<string, string | undefined>).organizationId;
    return { route, organization: wanted ? organizations.find(({ id }) => id === wanted) : first, organizations };
  }
  return { route: undefined, organization: first, organizations };
}

/** A route that has a place, and the address to which the place leads. */
export interface Placed {
  route: Route;
  place: NonNullable<Route["place"]>;
  address: string;
}

/** The places of a product that are for somebody. One for which a value is not known is left out. */
export function placesOf(product: string, { organization, organizations, server }: Whose, among = routes): Placed[] {
  return among.flatMap((route) => {
    const address = addressOf(route.path, { organizationId: organization?.id });
    if (route.place?.product !== product || !address) return [];
    const { shown } = route.place;
    const asked = route.path.includes(":organizationId") && organization ? [organization] : organizations;
    if (shown && !(server && asked.some((one) => shown(one, server)))) return [];
    return [{ route, place: route.place, address }];
  });
}

/** Puts places with the same heading under it, in the order of the table. */
export function sidebar(t: Translate, placed: Placed[], here: Route | undefined): Place[] {
  const places: Place[] = [];
  for (const { route, place, address } of placed) {
    const entry = { href: `#${address}`, label: t(place.label), current: route === here || here?.of === route.path };
    if (!place.under) {
      places.push({ ...entry, icon: place.icon });
      continue;
    }
    const label = t(place.under);
    const group = places.find((one) => one.within && one.label === label);
    if (group) {
      group.within?.push(entry);
      group.current ||= entry.current;
    } else {
      places.push({ href: entry.href, label, icon: place.icon, current: entry.current, within: [entry] });
    }
  }
  return places;
}

/** Which organization the console shows; a person who runs several chooses, and stays at the same place where they can. */
function Organizations({
  here,
  all,
  placesIn,
}: {
  here: Membership | undefined;
  all: Membership[];
  placesIn: (organization: Membership) => Placed[];
}) {
  const t = useText();
  const { parser } = useRouter();
  const [path] = useHashPath();
  const run = all.filter((one) => mends(one) || one.id === here?.id);
  if (!here) return null;
  if (run.length < 2) return <p className={styles.organization}>{here.name}</p>;
  const choose = (id: string) => {
    const chosen = run.find((one) => one.id === id);
    const places = chosen ? placesIn(chosen) : [];
    const same = places.find(({ route }) => matchRoute(parser, route.path, path)[0]);
    go((same ?? places[0])?.address ?? home);
  };
  return (
    <Menu
      trigger={<span className={styles.organization}>{here.name}</span>}
      align="start"
      label={t("console.organization", { name: here.name })}
    >
      <MenuChoice<string>
        heading={t("console.organizations")}
        value={here.id}
        onChange={choose}
        options={run.map(({ id, name }) => ({ value: id, label: name }))}
      />
    </Menu>
  );
}

/** Moves the focus to the screen when the person has gone to another one. */
export function useFocusOnArrival(path: string) {
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    document.getElementById("main")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [path]);
}

function Account() {
  const t = useText();
  const language = useLanguage();
  const theme = useTheme();
  const session = useSession();
  const { data } = useProfile();
  const email = session.phase === "signedOut" ? "" : session.email;
  const name = data?.name || email;
  const trigger = (
    <>
      {data ? <Avatar color={data.avatarColor} size={26} /> : <CircleUser size={26} aria-hidden="true" />}
      <span className={styles.name}>{name}</span>
    </>
  );
  return (
    <Menu trigger={trigger} label={t("account.menu", { name })}>
      <MenuGroup heading={<span className={styles.email}>{email}</span>}>
        <MenuLink icon={<Building2 size={18} aria-hidden="true" />} href="#/create-organization">
          {t("found.new")}
        </MenuLink>
        <MenuItem icon={<LockIcon size={18} aria-hidden="true" />} onSelect={() => lock()}>
          {t("account.lock")}
        </MenuItem>
        <MenuItem icon={<LogOut size={18} aria-hidden="true" />} onSelect={() => logOut()}>
          {t("account.logOut")}
        </MenuItem>
      </MenuGroup>
      <MenuChoice<Language>
        heading={t("language.label")}
        value={language}
        onChange={chooseLanguage}
        options={languageOptions}
      />
      <MenuChoice<Theme>
        heading={t("theme.label")}
        value={theme}
        onChange={setTheme}
        options={themes.map((value) => ({ value, label: t(`theme.${value}`) }))}
      />
    </Menu>
  );
}
