import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type CheckoutAddressView, call } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Form } from "../../kit/form.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { useMoney } from "../../kit/money.ts";
import { Facts } from "../../kit/state.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { isOwner, type Membership } from "../../vault/profile.ts";
import { OfOrganization } from "../parts/organization.tsx";
import { Problem } from "../parts/problem.tsx";
import { AddressFields, addressOf } from "./address-fields.tsx";
import styles from "./billing.module.css";
import { ChangePlan } from "./change-plan.tsx";
import { useAfterChange, useSubscription } from "./subscription.ts";

/** How an organization pays, and where its invoices go. */
export function Screen() {
  const t = useText();
  return (
    <OfOrganization title={t("billing.payment")} for={isOwner}>
      {(organization) => (
        <Page title={t("billing.payment")} lead={t("billing.paymentLead")}>
          <Payment organization={organization} key={organization.id} />
        </Page>
      )}
    </OfOrganization>
  );
}

function Payment({ organization: { id, name } }: { organization: Membership }) {
  const t = useText();
  const { data, error } = useSubscription(id);
  const [choosing, setChoosing] = useState(false);
  if (error) return <Problem of={error} />;
  if (!data) return <Skeleton lines={6} />;
  if (!data.subscription) {
    return (
      <Section title={t("billing.means")}>
        <Empty
          title={t("billing.noSubscription", { name })}
          action={
            <Button tone="primary" onClick={() => setChoosing(true)}>
              {t("billing.choosePlan")}
            </Button>
          }
        >
          {t("billing.noSubscriptionLead")}
        </Empty>
        <ChangePlan open={choosing} onClose={() => setChoosing(false)} organizationId={id} />
      </Section>
    );
  }
  return (
    <>
      <Means organizationId={id} email={data.billingEmail} />
      <Address organizationId={id} />
    </>
  );
}

function Means({ organizationId: id, email }: { organizationId: string; email: string }) {
  const t = useText();
  const money = useMoney();
  const { data, error } = useQuery({
    queryKey: ["organization", id, "payment"],
    queryFn: () => call("GET /api/organizations/{id}/billing", { path: { id } }),
  });
  return (
    <Section title={t("billing.means")} lead={t("billing.meansLead", { email })}>
      {error && <Problem of={error} />}
      {!data && !error && <Skeleton lines={2} />}
      {data && (
        <Facts
          of={[
            { name: t("billing.method"), value: data.paymentSource.description },
            { name: t("billing.credit"), value: money(0 - data.balance) },
            { name: t("found.billingEmail"), value: email },
          ]}
        />
      )}
      <p>
        <a href={`#/organizations/${id}/settings/account`}>{t("billing.changeEmail")}</a>
      </p>
    </Section>
  );
}

function Address({ organizationId: id }: { organizationId: string }) {
  const t = useText();
  const { data, error } = useQuery({
    queryKey: ["organization", id, "address"],
    queryFn: () => call("GET /api/organizations/{id}/billing/vnext/address", { path: { id } }),
  });
  return (
    <Section title={t("found.address")} lead={t("billing.addressLead")}>
      {error && <Problem of={error} />}
      {data === undefined && !error && <Skeleton lines={6} />}
      {data !== undefined && <AddressForm organizationId={id} address={data} />}
    </Section>
  );
}

function AddressForm({ organizationId: id, address }: { organizationId: string; address: CheckoutAddressView | null }) {
  const t = useText();
  const renew = useAfterChange();
  const { busy, failure, run } = useAction(async (values: FormData) => {
    const body = addressOf(values, address);
    await call("PUT /api/organizations/{id}/billing/vnext/address", { path: { id }, body });
    await renew();
    toast(t("billing.saved"));
  });
  return (
    <div className={styles.wide}>
      <Form onSend={run} label={t("found.address")}>
        <AddressFields address={address} whole />
        <Problem of={failure} />
        <div>
          <Button tone="primary" type="submit" busy={busy}>
            {t("billing.save")}
          </Button>
        </div>
      </Form>
    </div>
  );
}
