import { useState } from "react";
import { type CheckoutSubscriptionView, call } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Field } from "../../kit/field.tsx";
import { FormDialog } from "../../kit/form-dialog.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { Problem } from "../parts/problem.tsx";
import { Cost } from "./cost.tsx";
import { isSponsored, type Order, orderOf, priceOf } from "./price.ts";
import {
  askSubscription,
  type ChangeProps,
  useAfterChange,
  usePreview,
  useSettled,
  useSubscription,
} from "./subscription.ts";

/** Buys seats and storage, or gives some back. */
export function ChangeSeats(props: ChangeProps) {
  const t = useText();
  const { open, onClose, organizationId } = props;
  const { data, error } = useSubscription(organizationId, open);
  if (data) return <Seats {...props} subscription={data} key={String(open)} />;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("billing.changeSeats")}
      actions={<Button onClick={onClose}>{t("kit.cancel")}</Button>}
    >
      {error ? <Problem of={error} /> : <Skeleton />}
    </Dialog>
  );
}

interface Wish extends Order {
  /** Up to how many seats invitations may buy by themselves; null is no limit. */
  most: number | null;
}

function Seats({
  open,
  onClose,
  organizationId,
  after,
  subscription,
}: ChangeProps & { subscription: CheckoutSubscriptionView }) {
  const t = useText();
  const renew = useAfterChange();
  const { plan } = subscription;
  const [wish, setWish] = useState<Wish>({ ...orderOf(subscription), most: subscription.maxAutoscaleSeats });
  const { busy, failure, run } = useAction(async () => {
    await buy(organizationId, wish);
    await renew();
    toast(t("billing.changed"));
    onClose();
    after?.();
  });
  const settled = useSettled(wish);
  const order = { seats: settled.seats, storage: settled.storage };
  const preview = usePreview(`update ${organizationId}`, order, () =>
    call("PUT /api/billing/preview-invoice/organizations/{id}/subscription/update", {
      path: { id: organizationId },
      body: { update: { passwordManager: { seats: order.seats, additionalStorage: order.storage } } },
    }),
  );
  const { baseSeats, hasAdditionalSeatsOption, hasAdditionalStorageOption, baseStorageGb } = plan.passwordManager;
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={t("billing.changeSeats")}
      action={t("billing.change")}
      busy={busy}
      onSend={run}
    >
      {hasAdditionalSeatsOption ? (
        <>
          <Field
            type="number"
            label={t("billing.seats")}
            required
            min={Math.max(1, baseSeats)}
            step={1}
            inputMode="numeric"
            defaultValue={wish.seats}
            onChange={({ target }) => setWish({ ...wish, seats: target.valueAsNumber })}
          />
          <Field
            type="number"
            label={t("billing.most")}
            hint={t("billing.mostHint")}
            min={Number.isNaN(wish.seats) ? 1 : wish.seats}
            step={1}
            inputMode="numeric"
            defaultValue={wish.most ?? ""}
            onChange={({ target }) => setWish({ ...wish, most: target.value ? target.valueAsNumber : null })}
          />
        </>
      ) : (
        <p>{t("billing.seatsFixed", { count: baseSeats })}</p>
      )}
      {hasAdditionalStorageOption && (
        <Field
          type="number"
          label={t("billing.storage")}
          hint={t("billing.storageHint", { count: baseStorageGb ?? 0 })}
          required
          min={0}
          max={99}
          step={1}
          inputMode="numeric"
          defaultValue={wish.storage}
          onChange={({ target }) => setWish({ ...wish, storage: target.valueAsNumber })}
        />
      )}
      <Cost
        now={preview.data?.total}
        then={priceOf(plan, order, isSponsored(subscription))}
        isAnnual={plan.isAnnual}
        failure={preview.error}
      />
      <p>{t("billing.changeHint")}</p>
      <Problem of={failure} />
    </FormDialog>
  );
}

/** Asks for what is still missing of a wish: an attempt that broke off half-way is not made twice. */
async function buy(organizationId: string, wish: Wish): Promise<void> {
  const path = { id: organizationId };
  const now = await askSubscription(organizationId);
  const has = orderOf(now);
  if (wish.seats !== has.seats || wish.most !== now.maxAutoscaleSeats)
    await call("POST /api/organizations/{id}/subscription", {
      path,
      body: { seatAdjustment: wish.seats - has.seats, maxAutoscaleSeats: wish.most },
    });
  if (wish.storage !== has.storage)
    await call("POST /api/organizations/{id}/storage", {
      path,
      body: { storageGbAdjustment: wish.storage - has.storage },
    });
}
