import { useSyncExternalStore } from "react";
import { ask, isReachable, onReachable } from "../../api/connection.ts";
import { Button } from "../../kit/button.tsx";
import { Banner } from "../../kit/notice.tsx";
import { useLanguage, useText } from "../../text/t.ts";
import { useServer } from "./use-server.ts";

/** The lines that matter to everyone, on every page. */
export function Banners() {
  const t = useText();
  const language = useLanguage();
  const reachable = useSyncExternalStore(onReachable, isReachable);
  const ahead = useServer()?.testClock;
  const format = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
  const now = typeof ahead === "number" && format.format(Date.now() + ahead * 1000);
  return (
    <div>
      {!reachable && (
        <Banner tone="loss">
          {t("banner.offline")}
          <Button tone="quiet" onClick={ask}>
            {t("banner.retry")}
          </Button>
        </Banner>
      )}
      {now && <Banner tone="wait">{t("banner.clock", { now })}</Banner>}
    </div>
  );
}
