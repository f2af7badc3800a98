import { type ReactNode, Suspense, useEffect } from "react";
import { Redirect, Route, Router, Switch } from "wouter";
import { go, takeWanted, useHashPath, useHashQuery, want } from "./address.ts";
import { Toasts } from "./kit/toast.tsx";
import { desk, home, type Route as RouteOf } from "./route.ts";
import { routes } from "./routes.tsx";
import { Desk, Inside, Lock } from "./screens/inside.tsx";
import { Boundary } from "./screens/parts/boundary.tsx";
import { Insecure, NotFound } from "./screens/parts/dead-end.tsx";
import { useSession } from "./screens/parts/use-session.ts";
import { useText } from "./text/t.ts";

/** Where an address without a place leads. The operator page is the same application at an address of its own. */
const start = location.pathname === desk ? desk : home;

export function App() {
  if (!window.isSecureContext) return <Insecure />;
  return (
    <Router hook={useHashPath} searchHook={useHashQuery} hrefs={(path) => `#${path}`}>
      <Boundary>
        <Suspense fallback={null}>
          <Switch>
            {/* The key keeps the frame as it is while the person goes from one screen to another. */}
            {routes.map((route) => (
              <Route key={route.access} path={route.path}>
                <Access route={route} />
              </Route>
            ))}
            <Route path="/">
              <Redirect to={start} replace />
            </Route>
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Suspense>
      </Boundary>
      <Toasts />
    </Router>
  );
}

/** Shows a screen to whom it is for, and leads everybody else to the one that is. */
function Access({ route }: { route: RouteOf }): ReactNode {
  const t = useText();
  const { phase } = useSession();
  useEffect(() => {
    const isLocked = phase === "locked" && route.access !== "operator" && route.access !== "visitor";
    document.title = `${t(isLocked ? "lock.title" : route.title)} – ${t("app.name")}`;
  }, [t, phase, route]);
  const Screen = route.screen;
  if (route.access === "operator") {
    return (
      <Desk>
        <Screen />
      </Desk>
    );
  }
  if (route.access === "visitor") return <Screen />;
  if (phase === "locked") return <Lock />;
  if (route.access === "anyone") return <Screen />;
  if (route.access === "person") {
    if (phase === "signedOut") return <ToLogIn />;
    return (
      <Inside>
        <Screen />
      </Inside>
    );
  }
  return phase === "open" ? <Onward /> : <Screen />;
}

function ToLogIn() {
  const [path] = useHashPath();
  const query = useHashQuery();
  const session = useSession();
  // Who ended all sessions themselves begins anew afterwards.
  const isBack = session.phase === "signedOut" && (!session.because || session.because === "over");
  useEffect(() => {
    if (isBack) want(query ? `${path}?${query}` : path);
    const email = isBack && new URLSearchParams(query).get("email");
    go(email ? `/login?${new URLSearchParams({ email })}` : "/login", { replace: true });
  }, [path, query, isBack]);
  return null;
}

function Onward() {
  useEffect(() => {
    go(takeWanted() ?? home, { replace: true });
  }, []);
  return null;
}
