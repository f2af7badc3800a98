import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  type CheckoutHistoryView,
  type CheckoutInvoiceView,
  type CheckoutTransactionView,
  call,
} from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { useMoney } from "../../kit/money.ts";
import type { Tone } from "../../kit/notice.tsx";
import { Facts, State } from "../../kit/state.tsx";
import { Empty, Skeleton } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { type Key, type Translate, useText } from "../../text/t.ts";
import { isOwner, type Membership } from "../../vault/profile.ts";
import { OfOrganization } from "../parts/organization.tsx";
import { Problem } from "../parts/problem.tsx";
import { Invoice } from "./invoice.tsx";

/** What an organization was asked to pay, and what it paid. */
export function Screen() {
  const t = useText();
  return (
    <OfOrganization title={t("billing.history")} for={isOwner}>
      {(organization) => (
        <Page title={t("billing.history")} lead={t("billing.historyLead")}>
          <Payments organization={organization} key={organization.id} />
        </Page>
      )}
    </OfOrganization>
  );
}

function Payments({ organization: { id } }: { organization: Membership }) {
  const t = useText();
  const { data, error } = useQuery({
    queryKey: ["organization", id, "history"],
    queryFn: () => call("GET /api/organizations/{id}/billing/history", { path: { id } }),
  });
  if (error) return <Problem of={error} />;
  if (!data) return <Skeleton lines={6} />;
  return (
    <>
      <Section title={t("billing.invoices")} lead={t("billing.invoicesLead")}>
        <Invoices of={data} organizationId={id} />
      </Section>
      <Section title={t("billing.transactions")} lead={t("billing.transactionsLead")}>
        <Transactions of={data.transactions} />
      </Section>
    </>
  );
}

const tones: Record<string, Tone> = { open: "wait", overdue: "loss", paid: "good", closed: "info" };

/** Where an invoice stands, in a word. */
const InvoiceState = ({ of, t }: { of: CheckoutInvoiceView; t: Translate }) => (
  <State tone={tones[of.state] ?? "info"}>{t(`billing.state.${of.state}` as Key)}</State>
);

function Invoices({ of: { invoices }, organizationId }: { of: CheckoutHistoryView; organizationId: string }) {
  const t = useText();
  const money = useMoney();
  const [shown, setShown] = useState<CheckoutInvoiceView>();
  const [open, setOpen] = useState(false);
  const credit = useQuery({
    queryKey: ["organization", organizationId, "credit"],
    queryFn: () => call("GET /api/organizations/{id}/billing/vnext/credit", { path: { id: organizationId } }),
  });
  const show = (one: CheckoutInvoiceView) => {
    setShown(one);
    setOpen(true);
  };
  const due = invoices.reduce((sum, one) => sum + (one.state === "closed" ? 0 : one.open), 0);
  const columns: [Column<CheckoutInvoiceView>, ...Column<CheckoutInvoiceView>[]] = [
    { id: "number", heading: t("billing.number"), cell: ({ number }) => number },
    { id: "date", heading: t("billing.date"), cell: ({ date }) => <Moment at={date} /> },
    { id: "due", heading: t("billing.due"), cell: ({ dueDate }) => <Moment at={dueDate} /> },
    { id: "amount", heading: t("billing.amount"), number: true, cell: ({ amount }) => money(amount) },
    { id: "state", heading: t("billing.stateHeading"), cell: (one) => <InvoiceState of={one} t={t} /> },
    {
      id: "show",
      heading: t("billing.details"),
      cell: (one) => (
        <Button tone="quiet" onClick={() => show(one)} aria-label={t("billing.showInvoice", { number: one.number })}>
          {t("billing.show")}
        </Button>
      ),
    },
  ];
  return (
    <>
      <Facts
        of={[
          { name: t("billing.toPay"), value: money(due) },
          { name: t("billing.credit"), value: credit.data === undefined ? "…" : money(credit.data) },
        ]}
      />
      {invoices.length === 0 ? (
        <Empty title={t("billing.noInvoices")}>{t("billing.noInvoicesLead")}</Empty>
      ) : (
        <Table label={t("billing.invoices")} columns={columns} rows={invoices} keyOf={({ number }) => number} />
      )}
      {shown && <Invoice of={shown} open={open} onClose={() => setOpen(false)} />}
    </>
  );
}

const kinds: Record<number, Key> = { 0: "billing.kind.charge", 1: "billing.kind.credit", 2: "billing.kind.gift" };

function Transactions({ of }: { of: CheckoutTransactionView[] }) {
  const t = useText();
  const money = useMoney();
  if (of.length === 0) return <Empty title={t("billing.noTransactions")}>{t("billing.noTransactionsLead")}</Empty>;
  return (
    <Table
      label={t("billing.transactions")}
      columns={[
        { id: "kind", heading: t("billing.kindHeading"), cell: ({ type }) => t(kinds[type] ?? "billing.kind.charge") },
        { id: "date", heading: t("billing.date"), cell: ({ createdDate }) => <Moment at={createdDate} /> },
        { id: "details", heading: t("billing.reference"), cell: ({ details }) => details },
        { id: "amount", heading: t("billing.amount"), number: true, cell: ({ amount }) => money(amount) },
      ]}
      rows={of}
      keyOf={({ id }) => id ?? ""}
    />
  );
}
