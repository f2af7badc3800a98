import { useSyncExternalStore } from "react";
import { ask, isReachable, onReachable } from "../../api/connection.ts";
import { Button } from "../../kit/button.tsx";
import { Banner } from "../../kit/notice.tsx";
import { useLanguage, useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { Warning } from "../billing/warning.tsx";
import { useServer } from "./use-server.ts";

/** The lines that matter to everyone, on every page; in the console also those about its organization. */
export function Banners({ organization }: { organization?: Membership | undefined }) {
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
      {organization && <Warning organization={organization} key={organization.id} />}
      {now && <Banner tone="wait">{t("banner.clock", { now })}</Banner>}
    </div>
  );
}
