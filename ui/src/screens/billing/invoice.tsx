import { ExternalLink } from "lucide-react";
import type { CheckoutInvoiceView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { useMoney } from "../../kit/money.ts";
import { Facts } from "../../kit/state.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { useLanguage, useText } from "../../text/t.ts";

type Line = CheckoutInvoiceView["lines"][number];

export interface InvoiceProps {
  of: CheckoutInvoiceView;
  open: boolean;
  onClose: () => void;
}

/** What an invoice is for. Its own page is the one to print. */
export function Invoice({ of, open, onClose }: InvoiceProps) {
  const t = useText();
  const money = useMoney();
  const language = useLanguage();
  const format = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const period = ({ from, until }: Line) => (from && until ? format.formatRange(new Date(from), new Date(until)) : "");
  const columns: [Column<Line>, ...Column<Line>[]] = [
    {
      id: "name",
      heading: t("billing.line"),
      cell: ({ name, quantity }) => (quantity > 1 ? `${quantity} × ${name}` : name),
    },
    { id: "period", heading: t("billing.period"), cell: period },
    { id: "amount", heading: t("billing.amount"), number: true, cell: ({ amount }) => money(amount) },
  ];
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("billing.invoice", { number: of.number })}
      actions={<Button onClick={onClose}>{t("kit.close")}</Button>}
    >
      <Table
        label={t("billing.invoice", { number: of.number })}
        columns={columns}
        rows={of.lines}
        keyOf={(line) => `${line.name} ${line.from} ${line.amount}`}
      />
      <Facts
        of={[
          { name: t("billing.total"), value: money(of.amount) },
          { name: t("billing.toPay"), value: money(of.state === "closed" ? 0 : of.open) },
        ]}
      />
      <p>
        <a href={of.url} target="_blank" rel="noopener">
          {t("billing.openInvoice")} <ExternalLink size={16} aria-hidden="true" />
        </a>
      </p>
      <p>{t("billing.howToPay")}</p>
    </Dialog>
  );
}
