import { useState } from "react";
import type { CheckoutSubscriptionView, CheckoutTermView } from "../../api/client.ts";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { useDate } from "../../kit/moment.tsx";
import { useMoney } from "../../kit/money.ts";
import { Notice, type Tone } from "../../kit/notice.tsx";
import { Facts, State } from "../../kit/state.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { type Key, useText } from "../../text/t.ts";
import type { Membership } from "../../vault/profile.ts";
import { ChangePlan } from "../billing/change-plan.tsx";
import { ChangeSeats } from "../billing/change-seats.tsx";
import { CancelSubscription, Reinstate, Restart } from "../billing/ending.tsx";
import { usePlanName } from "../billing/plan-words.tsx";
import { isSponsored } from "../billing/price.ts";
import { useSubscription } from "../billing/subscription.ts";
import { Problem } from "../parts/problem.tsx";
import { Benefit } from "./benefit.tsx";
import { SelfHosting } from "./hosting.tsx";
import { useSeatsUsed } from "./queries.ts";
import styles from "./subscription.module.css";

const families = 1;

/** What an organization of a cloud has, what it costs, and what a server of its own needs. */
export function CloudSubscription({ organization }: { organization: Membership }) {
  const t = useText();
  const { data, error } = useSubscription(organization.id);
  return (
    <Page title={t("subscription.title")} lead={organization.name}>
      {error && <Problem of={error} />}
      {!data && !error && <Skeleton lines={5} />}
      {data && (
        <>
          <Plan of={data} organization={organization} />
          {data.plan.productTier === families && <Benefit organization={organization} />}
          {data.selfHost && <SelfHosting of={data} organization={organization} />}
        </>
      )}
    </Page>
  );
}

type Dialog = "seats" | "plan" | "cancel" | "reinstate" | "restart";

interface Part {
  of: CheckoutSubscriptionView;
  organization: Membership;
}

function Plan({ of, organization }: Part) {
  const t = useText();
  const [open, setOpen] = useState<Dialog>();
  const term = of.subscription;
  const isOver = term?.status === "canceled";
  const dialog = (which: Dialog) => ({
    open: open === which,
    onClose: () => setOpen(undefined),
    organizationId: organization.id,
  });
  return (
    <Section title={t("subscription.plan")}>
      {term && <Standing of={of} term={term} organizationId={organization.id} />}
      <PlanFacts of={of} organization={organization} />
      {term && term.items.length > 0 && !isOver ? <Items of={term} /> : !term && <p>{t("subscription.free")}</p>}
      <div className={styles.actions}>
        {isOver && (
          <Button tone="primary" onClick={() => setOpen("restart")}>
            {t("billing.restart")}
          </Button>
        )}
        {term?.cancelAtEndDate && !isOver && (
          <Button tone="primary" onClick={() => setOpen("reinstate")}>
            {t("billing.reinstate")}
          </Button>
        )}
        {!isOver && <Button onClick={() => setOpen("plan")}>{t("billing.changePlan")}</Button>}
        {term && !isOver && <Button onClick={() => setOpen("seats")}>{t("billing.changeSeats")}</Button>}
        {term && !isOver && !term.cancelAtEndDate && (
          <Button tone="quiet" onClick={() => setOpen("cancel")}>
            {t("billing.cancel")}
          </Button>
        )}
      </div>
      <ChangePlan {...dialog("plan")} />
      <ChangeSeats {...dialog("seats")} />
      <CancelSubscription {...dialog("cancel")} />
      <Reinstate {...dialog("reinstate")} />
      <Restart {...dialog("restart")} />
    </Section>
  );
}

/** What the person should know of how it is paid: a trial, an invoice that is late, an end. */
function Standing({
  of,
  term,
  organizationId,
}: {
  of: CheckoutSubscriptionView;
  term: CheckoutTermView;
  organizationId: string;
}) {
  const t = useText();
  const money = useMoney();
  const dateOf = useDate();
  const date = (at: string | null) => (at ? dateOf(at) : "");
  const toInvoices = (
    <ButtonLink tone="quiet" href={`#/organizations/${organizationId}/billing/history`}>
      {t("subscription.toInvoices")}
    </ButtonLink>
  );
  if (term.status === "canceled") return <Notice tone="loss">{t("subscription.over")}</Notice>;
  if (term.status === "unpaid") {
    return (
      <Notice tone="loss">
        <p>{t("subscription.unpaid")}</p>
        {toInvoices}
      </Notice>
    );
  }
  return (
    <>
      {term.status === "past_due" && (
        <Notice tone="wait">
          <p>{t("subscription.pastDue", { date: date(term.suspensionDate) })}</p>
          {toInvoices}
        </Notice>
      )}
      {term.cancelAtEndDate && (
        <Notice tone="wait">{t("subscription.endsOn", { date: date(term.periodEndDate) })}</Notice>
      )}
      {term.status === "trialing" && !term.cancelAtEndDate && (
        <Notice tone="info">
          {t("subscription.trial", {
            date: date(term.trialEndDate),
            amount: money(of.upcomingInvoice?.amount ?? 0),
          })}
        </Notice>
      )}
    </>
  );
}

const tones: Record<string, Tone> = {
  active: "good",
  trialing: "info",
  past_due: "wait",
  unpaid: "loss",
  canceled: "loss",
};

function PlanFacts({ of, organization }: Part) {
  const t = useText();
  const money = useMoney();
  const dateOf = useDate();
  const nameOf = usePlanName();
  const used = useSeatsUsed(organization.id);
  const { subscription: term, upcomingInvoice: next } = of;
  const status = term?.cancelAtEndDate && term.status !== "canceled" ? "ending" : (term?.status ?? "active");
  const state =
    status === "ending" ? (
      <State tone="wait">{t("subscription.ending")}</State>
    ) : isSponsored(of) && status === "active" ? (
      <State tone="good">{t("subscription.sponsored")}</State>
    ) : (
      <State tone={tones[status] ?? "info"}>{t(`subscription.status.${status}` as Key)}</State>
    );
  const facts = [
    { name: t("subscription.plan"), value: nameOf(of.plan) },
    { name: t("subscription.state"), value: state },
    { name: t("subscription.seats"), value: <Seats used={used} seats={of.seats} /> },
  ];
  if (next) {
    const value = t("subscription.renewalFor", { date: dateOf(next.date), amount: money(next.amount) });
    facts.push({ name: t("subscription.renewal"), value });
  } else if (term?.periodEndDate && term.status !== "canceled") {
    facts.push({ name: t("subscription.ends"), value: dateOf(term.periodEndDate) });
  }
  return <Facts of={facts} />;
}

/** How many seats are taken, of how many. */
export function Seats({ used, seats }: { used: number | undefined; seats: number | null }) {
  const t = useText();
  if (used === undefined) return "…";
  return seats === null
    ? t("subscription.seatsFree", { used })
    : t("subscription.seatsUsed", { used, seats: String(seats) });
}

type Item = CheckoutTermView["items"][number];

function Items({ of }: { of: CheckoutTermView }) {
  const t = useText();
  const money = useMoney();
  const isAnnual = of.items[0]?.interval === "year";
  const columns: [Column<Item>, ...Column<Item>[]] = [
    { id: "name", heading: t("subscription.item"), cell: ({ name }) => name },
    { id: "quantity", heading: t("subscription.quantity"), number: true, cell: ({ quantity }) => quantity },
    { id: "unit", heading: t("subscription.unit"), number: true, cell: ({ amount }) => money(amount) },
    {
      id: "total",
      heading: t(isAnnual ? "subscription.year" : "subscription.month"),
      number: true,
      cell: ({ amount, quantity }) => money(amount * quantity),
    },
  ];
  return <Table label={t("subscription.items")} columns={columns} rows={of.items} keyOf={({ name }) => name} />;
}
