import { call } from "../../api/client.ts";
import { useMoney } from "../../kit/money.ts";
import { toast } from "../../kit/toast.tsx";
import { useLanguage, useText } from "../../text/t.ts";
import { Confirm } from "../parts/confirm.tsx";
import { isSponsored, orderOf, priceOf } from "./price.ts";
import { type ChangeProps, useAfterChange, useSubscription } from "./subscription.ts";

/** Has a subscription end with its period, or at once when nobody pays it. */
export function CancelSubscription({ open, onClose, organizationId, after }: ChangeProps) {
  const t = useText();
  const language = useLanguage();
  const renew = useAfterChange();
  const { data } = useSubscription(organizationId, open);
  const end = data?.subscription?.status === "unpaid" ? undefined : data?.subscription?.periodEndDate;
  const date = end && new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(new Date(end));
  const cancel = async () => {
    await call("POST /api/organizations/{id}/cancel", { path: { id: organizationId } });
    await renew();
    toast(t("billing.canceled"));
    after?.();
  };
  return (
    <Confirm
      open={open}
      onClose={onClose}
      onConfirm={cancel}
      title={t("billing.cancel")}
      action={t("billing.cancel")}
      tone="loss"
    >
      <p>{date ? t("billing.cancelAt", { name: data?.name ?? "", date }) : t("billing.cancelNow")}</p>
      <p>{t("billing.cancelLost")}</p>
    </Confirm>
  );
}

/** Takes a cancellation back before the end of the period. */
export function Reinstate({ open, onClose, organizationId, after }: ChangeProps) {
  const t = useText();
  const renew = useAfterChange();
  const price = usePriceText(organizationId, open);
  const reinstate = async () => {
    await call("POST /api/organizations/{id}/reinstate", { path: { id: organizationId } });
    await renew();
    toast(t("billing.reinstated"));
    after?.();
  };
  return (
    <Confirm
      open={open}
      onClose={onClose}
      onConfirm={reinstate}
      title={t("billing.reinstate")}
      action={t("billing.reinstateAction")}
    >
      <p>{t("billing.reinstateLead")}</p>
      {price && <p>{price}</p>}
    </Confirm>
  );
}

/** Begins a subscription anew that is over. */
export function Restart({ open, onClose, organizationId, after }: ChangeProps) {
  const t = useText();
  const renew = useAfterChange();
  const price = usePriceText(organizationId, open);
  const restart = async () => {
    await call("POST /api/organizations/{id}/billing/vnext/subscription/restart", {
      path: { id: organizationId },
      body: {},
    });
    await renew();
    toast(t("billing.restarted"));
    after?.();
  };
  return (
    <Confirm
      open={open}
      onClose={onClose}
      onConfirm={restart}
      title={t("billing.restart")}
      action={t("billing.restartAction")}
    >
      <p>{t("billing.restartLead")}</p>
      {price && <p>{price}</p>}
    </Confirm>
  );
}

/** What a period costs from now on, as a sentence. */
function usePriceText(organizationId: string, open: boolean): string | undefined {
  const t = useText();
  const money = useMoney();
  const { data } = useSubscription(organizationId, open);
  if (!data) return undefined;
  const isOver = data.subscription?.status === "canceled";
  const amount = money(priceOf(data.plan, orderOf(data), isSponsored(data) && !isOver));
  return t(data.plan.isAnnual ? "billing.priceYear" : "billing.priceMonth", { amount });
}
