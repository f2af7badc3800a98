import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { CheckoutSubscriptionView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Cards } from "../../kit/cards.tsx";
import { Field } from "../../kit/field.tsx";
import { Form, textOf } from "../../kit/form.tsx";
import { useDate } from "../../kit/moment.tsx";
import { useMoney } from "../../kit/money.ts";
import { Notice } from "../../kit/notice.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { found } from "../../vault/organization.ts";
import type { Membership, Profile } from "../../vault/profile.ts";
import { AddressFields, addressOf } from "../billing/address-fields.tsx";
import { isSponsored, orderOf, priceOf } from "../billing/price.ts";
import { askSubscription, usePlans } from "../billing/subscription.ts";
import { Problem } from "../parts/problem.tsx";
import type { Taken } from "./accepted.tsx";
import { redeem } from "./take.ts";

interface AcceptProps {
  sponsor: string;
  token: string;
  profile: Profile;
  /** The Families organizations that the person owns. */
  owned: Membership[];
  onTaken: (taken: Taken) => void;
}

const fresh = "new";
const families = 1;
const familiesAnnually = 22;

/** Chooses the organization that is to be free, says what changes, and accepts. */
export function Accept({ sponsor, token, profile, owned, onTaken }: AcceptProps) {
  const t = useText();
  const [chosen, setChosen] = useState<string>();
  const options = useOptions(owned);
  const id = chosen ?? options.find(({ disabled }) => !disabled)?.value ?? fresh;
  const { busy, failure, run } = useAction(async (values: FormData) => {
    if (id !== fresh) {
      await redeem(token, id);
      onTaken({ id, name: owned.find((one) => one.id === id)?.name ?? "" });
      return;
    }
    const name = textOf(values, "name").trim();
    const { country = "", postalCode = "" } = addressOf(values);
    const order = {
      name,
      billingEmail: profile.email,
      planType: familiesAnnually,
      billingAddressCountry: country,
      billingAddressPostalCode: postalCode,
    };
    const made = (await found(order, t("found.collection"))).id ?? "";
    // From here on the organization exists: whatever fails is told together with it.
    const failed = await redeem(token, made).catch((error: unknown) => error);
    onTaken({ id: made, name, ...(failed !== undefined && { failure: failed }) });
  });
  return (
    <Form onSend={run} label={t("redeem.title")}>
      {options.length > 1 && (
        <Cards label={t("redeem.which")} name="organization" value={id} onChange={setChosen} options={options} />
      )}
      {id === fresh && (
        <>
          <Field
            label={t("redeem.name")}
            name="name"
            hint={t("redeem.nameHint")}
            maxLength={50}
            autoComplete="off"
            required
          />
          <AddressFields />
        </>
      )}
      <Change sponsor={sponsor} id={id} />
      <Problem of={failure} />
      <div>
        <Button tone="primary" type="submit" busy={busy}>
          {t(busy ? "redeem.busy" : "redeem.accept")}
        </Button>
      </div>
    </Form>
  );
}

const queryOf = (id: string) => ({
  queryKey: ["organization", id, "subscription", "cloud"],
  queryFn: () => askSubscription(id),
});

/** What an organization costs without a sponsor, in a year. */
const priceWithout = (of: CheckoutSubscriptionView) => priceOf(of.plan, { ...orderOf(of), storage: 0 });

function useOptions(owned: Membership[]) {
  const t = useText();
  const money = useMoney();
  const dateOf = useDate();
  const price = useFamiliesPrice();
  const asked = useQueries({ queries: owned.map(({ id }) => queryOf(id)) });
  const existing = owned.map(({ id, name }, number) => {
    const of = asked[number]?.data;
    const next = of?.upcomingInvoice;
    const disabled = of !== undefined && isSponsored(of);
    const text = next
      ? t("redeem.existing", { amount: money(next.amount), date: dateOf(next.date) })
      : t("redeem.existingPlain");
    return { value: id, title: name, text: disabled ? t("redeem.already") : text, disabled };
  });
  const text = price === undefined ? undefined : t("redeem.newText", { amount: money(price) });
  return [...existing, { value: fresh, title: t("redeem.new"), text, disabled: false }];
}

/** What a new Families organization costs without a sponsor. */
const useFamiliesPrice = (): number | undefined =>
  usePlans().data?.find(({ productTier }) => productTier === families)?.passwordManager.basePrice;

function Change({ sponsor, id }: { sponsor: string; id: string }) {
  const t = useText();
  const money = useMoney();
  const dateOf = useDate();
  const price = useFamiliesPrice();
  const { data } = useQuery({ ...queryOf(id), enabled: id !== fresh });
  if (id === fresh) {
    return (
      <Notice tone="info" title={t("redeem.change")}>
        {t("redeem.changeNew", { name: sponsor, amount: price === undefined ? "…" : money(price) })}
      </Notice>
    );
  }
  if (!data) return null;
  const isPaid = data.subscription?.status === "active" && data.subscription.periodEndDate;
  return (
    <Notice tone="info" title={t("redeem.change")}>
      {isPaid
        ? t("redeem.changeExisting", {
            name: sponsor,
            amount: money(priceWithout(data)),
            date: dateOf(isPaid),
          })
        : t("redeem.changeNew", { name: sponsor, amount: money(priceWithout(data)) })}
    </Notice>
  );
}
