import type { PlanView } from "../../api/client.ts";
import { useMoney } from "../../kit/money.ts";
import { Notice } from "../../kit/notice.tsx";
import { useLanguage, useText } from "../../text/t.ts";
import { Problem } from "../parts/problem.tsx";
import { useServer } from "../parts/use-server.ts";

const day = 24 * 60 * 60 * 1000;

/** What an order costs, when its trial ends, and how it is paid. */
export function Total({ plan, price, failure }: { plan: PlanView; price: number; failure: unknown }) {
  const t = useText();
  const money = useMoney();
  const language = useLanguage();
  const ahead = useServer()?.testClock ?? 0;
  if (failure) return <Problem of={failure} />;
  const amount = money(price);
  const days = plan.trialPeriodDays ?? 0;
  const end = new Date(Date.now() + ahead * 1000 + days * day);
  const date = new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(end);
  return (
    <Notice tone="info" title={t(plan.isAnnual ? "billing.priceYear" : "billing.priceMonth", { amount })}>
      <p>{days > 0 ? t("found.trial", { days, date, amount }) : t("found.noTrial")}</p>
    </Notice>
  );
}
