import { useState } from "react";
import { type CheckoutSubscriptionView, call, type PlanView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Cards } from "../../kit/cards.tsx";
import { Choice } from "../../kit/choice.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { Problem } from "../parts/problem.tsx";
import { AddressFields, addressOf } from "./address-fields.tsx";
import { Cost } from "./cost.tsx";
import { usePlanName, usePlanPrice, usePlanText } from "./plan-words.tsx";
import { cadenceOf, type Order, orderOf, priceOf, type Tier, tierOf } from "./price.ts";
import { type ChangeProps, useAfterChange, usePlans, usePreview, useSubscription } from "./subscription.ts";

/** Puts an organization on a higher plan, or on the same one with the other interval. */
export function ChangePlan(props: ChangeProps) {
  const t = useText();
  const { open, onClose, organizationId } = props;
  const subscription = useSubscription(organizationId, open);
  const plans = usePlans(open);
  if (subscription.data && plans.data) {
    const offered = offeredTo(subscription.data, plans.data);
    if (offered.length > 0) return <Plans {...props} subscription={subscription.data} offered={offered} />;
  }
  const error = subscription.error ?? plans.error;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("billing.changePlan")}
      actions={<Button onClick={onClose}>{t("kit.close")}</Button>}
    >
      {error ? <Problem of={error} /> : subscription.data ? <p>{t("billing.highest")}</p> : <Skeleton />}
    </Dialog>
  );
}

/** What an organization can change to: what offers more, and its own plan with the other interval. */
function offeredTo({ plan }: CheckoutSubscriptionView, plans: PlanView[]): PlanView[] {
  const isOther = (one: PlanView) =>
    one.productTier === plan.productTier
      ? one.isAnnual !== plan.isAnnual
      : one.upgradeSortOrder > plan.upgradeSortOrder;
  return plans.filter((one) => one.productTier > 0 && isOther(one));
}

/** What stays of seats and storage on another plan, as the server reckons it. */
function kept(subscription: CheckoutSubscriptionView, { passwordManager: next }: PlanView): Order {
  const { seats, storage } = orderOf(subscription);
  const more = next.hasAdditionalSeatsOption ? Math.max(1, seats - next.baseSeats) : 0;
  return { seats: next.baseSeats + more, storage: next.hasAdditionalStorageOption ? storage : 0 };
}

type Cadence = "annually" | "monthly";

function Plans({
  open,
  onClose,
  organizationId,
  after,
  subscription,
  offered,
}: ChangeProps & { subscription: CheckoutSubscriptionView; offered: PlanView[] }) {
  const t = useText();
  const renew = useAfterChange();
  const [nameOf, priceText, textOf] = [usePlanName(), usePlanPrice(), usePlanText()];
  const cadences = (["annually", "monthly"] as const).filter((one) => offered.some((plan) => cadenceOf(plan) === one));
  const [wished, setCadence] = useState<Cadence>();
  const cadence = wished ?? cadences[0] ?? "annually";
  const shown = offered.filter((plan) => cadenceOf(plan) === cadence);
  const [tier, setTier] = useState<Tier>();
  const plan = shown.find((one) => tierOf(one) === tier) ?? shown[0];
  const order = plan && kept(subscription, plan);
  const isFirst = !subscription.subscription;
  const preview = usePreview(`plan ${organizationId} ${plan?.type}`, order, () =>
    call("POST /api/billing/preview-invoice/organizations/{id}/subscription/plan-change", {
      path: { id: organizationId },
      body: { plan: { tier: (plan && tierOf(plan)) ?? "", cadence } },
    }),
  );
  const { busy, failure, run } = useAction(async (values: FormData) => {
    if (!plan || !order) return;
    await change(organizationId, subscription, plan, order, isFirst ? values : undefined);
    await renew();
    toast(t("billing.planChanged", { plan: nameOf(plan) }));
    onClose();
    after?.();
  });
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={t("billing.changePlan")}
      action={t("billing.change")}
      busy={busy}
      onSend={run}
    >
      {cadences.length > 1 && (
        <Choice<Cadence>
          label={t("billing.interval")}
          value={cadence}
          onChange={setCadence}
          options={cadences.map((value) => ({ value, label: t(`billing.${value}`) }))}
        />
      )}
      <Cards<Tier>
        label={t("billing.plan")}
        name="plan"
        value={plan && tierOf(plan)}
        onChange={setTier}
        options={shown.flatMap((one) => {
          const value = tierOf(one);
          return value ? [{ value, title: `${nameOf(one)} · ${priceText(one)}`, text: textOf(value) }] : [];
        })}
      />
      {isFirst && <AddressFields />}
      {plan && order && (
        <>
          <Cost
            now={preview.data?.total}
            then={priceOf(plan, order)}
            isAnnual={plan.isAnnual}
            failure={preview.error}
          />
          <p>{t("billing.planHint", { count: order.seats })}</p>
        </>
      )}
      <Problem of={failure} />
    </FormDialog>
  );
}

async function change(
  organizationId: string,
  { plan: was }: CheckoutSubscriptionView,
  plan: PlanView,
  { seats, storage }: Order,
  address: FormData | undefined,
): Promise<void> {
  const path = { id: organizationId };
  if (was.productTier === plan.productTier) {
    await call("POST /api/organizations/{id}/billing/change-frequency", { path, body: { newPlanType: plan.type } });
    return;
  }
  const { country = "", postalCode = "" } = address ? addressOf(address) : {};
  const body = {
    planType: plan.type,
    additionalSeats: seats - plan.passwordManager.baseSeats,
    additionalStorageGb: storage,
    ...(address && { billingAddressCountry: country, billingAddressPostalCode: postalCode }),
  };
  await call("POST /api/organizations/{id}/upgrade", { path, body });
}
