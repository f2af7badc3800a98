import { useState } from "react";
import { useSearch } from "wouter";
import { call, type PlanView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Cards } from "../../kit/cards.tsx";
import { Choice } from "../../kit/choice.tsx";
import { Field } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { Section } from "../../kit/frame.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { type Order as Founding, found } from "../../vault/organization.ts";
import { AddressFields, addressOf } from "../billing/address-fields.tsx";
import { usePlanName, usePlanPrice, usePlanText } from "../billing/plan-words.tsx";
import { cadenceOf, priceOf, type Tier, tierOf, tiers } from "../billing/price.ts";
import { usePlans, usePreview, useSettled } from "../billing/subscription.ts";
import { Problem } from "../parts/problem.tsx";
import { useAfterFounding } from "./after.ts";
import styles from "./found.module.css";
import { Names } from "./names.tsx";
import { Total } from "./total.tsx";

/** Orders an organization in a cloud. */
export function Buy() {
  const { data: plans, error } = usePlans();
  if (error) return <Problem of={error} />;
  return plans ? <Order plans={plans} /> : <Skeleton lines={6} />;
}

type Cadence = "annually" | "monthly";

/** How many seats are asked for as long as the person has not said. */
const fewest = 5;

function Order({ plans }: { plans: PlanView[] }) {
  const t = useText();
  const after = useAfterFounding();
  const wished = new URLSearchParams(useSearch()).get("plan");
  const [tier, setTier] = useState<Tier>(tiers.find((one) => one === wished) ?? "enterprise");
  const [cadence, setCadence] = useState<Cadence>("annually");
  const [seats, setSeats] = useState(fewest);
  const plan = planOf(plans, tier, cadence);
  const hasSeats = plan?.passwordManager.hasAdditionalSeatsOption ?? false;
  const order = { seats: useSettled(seats), storage: 0 };
  const isFree = tier === "free";
  const preview = usePreview(`purchase ${plan?.type}`, isFree ? undefined : order, () =>
    call("POST /api/billing/preview-invoice/organizations/subscriptions/purchase", {
      body: { purchase: { tier, cadence: plan ? cadenceOf(plan) : cadence, passwordManager: { seats: order.seats } } },
    }),
  );
  const { busy, failure, run } = useAction(async (values: FormData) => {
    if (plan) await after(await found(orderOf(values, plan, hasSeats ? seats : 0), t("found.collection")));
  });
  return (
    <Form onSend={run} label={t("found.title")}>
      <div className={styles.parts}>
        <Choose plans={plans} tier={tier} cadence={cadence} onTier={setTier} onCadence={setCadence} />
        <Section title={t("found.who")}>
          <div className={styles.fields}>
            <Names emailLabel={t("found.billingEmail")} emailHint={t("found.billingEmailHint")} />
            {hasSeats && (
              <div className={styles.seats}>
                <Field
                  type="number"
                  label={t("found.seats")}
                  required
                  min={1}
                  step={1}
                  inputMode="numeric"
                  defaultValue={seats}
                  onChange={({ target }) => setSeats(target.valueAsNumber)}
                />
              </div>
            )}
          </div>
        </Section>
        {!isFree && (
          <Section title={t("found.address")} lead={t("found.addressLead")}>
            <div className={styles.fields}>
              <AddressFields tax={plan?.canBeUsedByBusiness} />
            </div>
          </Section>
        )}
        {plan && !isFree && (
          <Total plan={plan} price={preview.data?.total ?? priceOf(plan, order)} failure={preview.error} />
        )}
        <Problem of={failure} />
        <div>
          <Button tone="primary" type="submit" busy={busy}>
            {t(plan?.trialPeriodDays ? "found.submitTrial" : "found.submit")}
          </Button>
        </div>
      </div>
    </Form>
  );
}

/** The plan of a tier that is sold, with the interval where there is a choice. */
const planOf = (plans: PlanView[], tier: Tier, cadence: Cadence): PlanView | undefined => {
  const some = plans.filter((plan) => tierOf(plan) === tier);
  return some.find((plan) => cadenceOf(plan) === cadence) ?? some[0];
};

interface ChooseProps {
  plans: PlanView[];
  tier: Tier;
  cadence: Cadence;
  onTier: (tier: Tier) => void;
  onCadence: (cadence: Cadence) => void;
}

function Choose({ plans, tier, cadence, onTier, onCadence }: ChooseProps) {
  const t = useText();
  const [nameOf, priceText, wordsOf] = [usePlanName(), usePlanPrice(), usePlanText()];
  return (
    <div className={styles.plans}>
      <Choice<Cadence>
        label={t("billing.interval")}
        value={cadence}
        onChange={onCadence}
        options={[
          { value: "annually", label: t("billing.annually") },
          { value: "monthly", label: t("billing.monthly") },
        ]}
      />
      <Cards<Tier>
        label={t("billing.plan")}
        name="plan"
        value={tier}
        onChange={onTier}
        options={tiers.flatMap((value) => {
          const plan = planOf(plans, value, cadence);
          return plan ? [{ value, title: `${nameOf(plan)} · ${priceText(plan)}`, text: wordsOf(value) }] : [];
        })}
      />
    </div>
  );
}

function orderOf(values: FormData, plan: PlanView, additionalSeats: number): Founding {
  const order = {
    name: textOf(values, "name"),
    billingEmail: textOf(values, "billingEmail"),
    planType: plan.type,
    additionalSeats,
  };
  if (tierOf(plan) === "free") return order;
  const { country = "", postalCode = "", taxId } = addressOf(values);
  return {
    ...order,
    billingAddressCountry: country,
    billingAddressPostalCode: postalCode,
    taxIdNumber: taxId?.value ?? "",
  };
}
