import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { LogOut, UserCog } from "lucide-react";
import { type ReactNode, Suspense, useEffect } from "react";
import { matchRoute, useRouter } from "wouter";
import { go, useHashPath } from "../../address.ts";
import { Failure } from "../../api/client.ts";
import { Frame } from "../../kit/frame.tsx";
import { Menu, MenuChoice, MenuGroup, MenuItem } from "../../kit/menu.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { setTheme, type Theme, themes, useTheme } from "../../kit/theme.ts";
import { dismissToast } from "../../kit/toast.tsx";
import { desk } from "../../route.ts";
import { routes } from "../../routes.tsx";
import { type Language, setLanguage, useLanguage, useText } from "../../text/t.ts";
import { leave, type Operator } from "../../vault/operator.ts";
import { placesOf, sidebar, useFocusOnArrival } from "../frame.tsx";
import { Banners } from "../parts/banners.tsx";
import { languageOptions } from "../parts/gate-footer.tsx";
import styles from "./frame.module.css";
import { OperatorGate } from "./gate.tsx";
import { useDesk } from "./use-desk.ts";

/** What the server said to the operator. It is forgotten when they leave. */
const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 5_000, retry: (count, error) => count < 2 && !(error instanceof Failure && error.status) },
  },
});

/** The frame around every screen of the operator page, or its door. */
export default function Desk({ children }: { children: ReactNode }) {
  const now = useDesk();
  const isIn = now.phase === "in";
  useEffect(() => {
    if (isIn) return;
    queries.clear();
    dismissToast();
  }, [isIn]);
  if (now.phase === "out") return <OperatorGate isOver={now.isOver} />;
  return (
    <QueryClientProvider client={queries}>
      <DeskFrame operator={now.operator}>{children}</DeskFrame>
    </QueryClientProvider>
  );
}

function DeskFrame({ operator, children }: { operator: Operator; children: ReactNode }) {
  const t = useText();
  const { parser } = useRouter();
  const [path] = useHashPath();
  useFocusOnArrival(path);
  const here = routes.find((route) => matchRoute(parser, route.path, path)[0]);
  const places = placesOf("operator", { organization: undefined, organizations: [], server: undefined });
  const offered = places.filter(({ place }) => !place.role || place.role === operator.role);
  return (
    <Frame
      name={t("app.name")}
      products={[]}
      places={sidebar(t, offered, here)}
      choice={<p className={styles.choice}>{t("operator.title")}</p>}
      account={<Account operator={operator} />}
      banners={<Banners />}
    >
      <Suspense fallback={<Skeleton />}>{children}</Suspense>
    </Frame>
  );
}

function Account({ operator }: { operator: Operator }) {
  const t = useText();
  const language = useLanguage();
  const theme = useTheme();
  const name = operator.email ?? t("operator.printed");
  const away = () => {
    void leave();
    go(desk, { replace: true });
  };
  const trigger = (
    <>
      <UserCog size={22} aria-hidden="true" />
      <span className={styles.name}>{name}</span>
    </>
  );
  return (
    <Menu trigger={trigger} label={operator.email ? t("operator.account", { name }) : name}>
      <MenuGroup heading={<span className={styles.version}>{`Coffre ${operator.version}`}</span>}>
        <MenuItem icon={<LogOut size={18} aria-hidden="true" />} onSelect={away}>
          {t("operator.leave")}
        </MenuItem>
      </MenuGroup>
      <MenuChoice<Language>
        heading={t("language.label")}
        value={language}
        onChange={setLanguage}
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
