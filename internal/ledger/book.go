package ledger

import (
	"context"
	"time"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Book keeps the accounts of a cloud.
type Book struct {
	Store Store
	Now   func() time.Time
}

// NewBook returns the books of a database.
func NewBook(d *db.DB, now func() time.Time) *Book { return &Book{NewStore(d), now} }

var _ billing.Provider = (*Book)(nil)

// Subscribe begins a subscription, as billing.Provider says.
func (b *Book) Subscribe(ctx context.Context, c billing.Contract, trialDays int) (billing.Outcome, error) {
	h := &sheet{now: b.Now()}
	if trialDays > 0 {
		c.Try(h.now, trialDays)
		return billing.Outcome{Subscription: c.Subscription}, nil
	}
	c.Begin(h.now)
	out := h.charge(c, full(c.Subscription))
	return out, b.write(ctx, h)
}

// Change charges or credits what a change comes to, as billing.Provider says.
func (b *Book) Change(ctx context.Context, was, is billing.Contract) (billing.Outcome, error) {
	h := &sheet{now: b.Now()}
	lines, s := difference(was.Subscription, is.Subscription, h.now)
	is.Subscription = s
	out := h.charge(is, lines)
	return out, b.write(ctx, h)
}

// Preview returns what a change would come to, as billing.Provider says.
func (b *Book) Preview(_ context.Context, was, is billing.Subscription) (billing.Quote, error) {
	h := &sheet{now: b.Now()}
	var lines []billing.Line
	if was.Status == "" {
		is.Begin(h.now)
		lines = full(is)
	} else {
		lines, is = difference(was, is, h.now)
	}
	out := h.charge(billing.Contract{Subscription: is}, lines)
	q := billing.Quote{Lines: lines, CreditCents: max(0, out.Subscription.CreditCents-is.CreditCents)}
	if out.Invoice != nil {
		q.Lines, q.TotalCents = out.Invoice.Lines, out.Invoice.TotalCents
	}
	return q, nil
}

// Renew takes contracts over the end of their period, as billing.Provider says.
func (b *Book) Renew(ctx context.Context, list []billing.Contract) ([]billing.Outcome, error) {
	h := &sheet{now: b.Now()}
	outcomes := make([]billing.Outcome, len(list))
	for i, c := range list {
		if c.CancelAtEnd {
			c.End(c.PeriodEnd)
			outcomes[i] = billing.Outcome{Subscription: c.Subscription}
			continue
		}
		c.Advance()
		outcomes[i] = h.charge(c, full(c.Subscription))
	}
	return outcomes, b.write(ctx, h)
}

// Grant gives a credit, as billing.Provider says.
func (b *Book) Grant(ctx context.Context, s billing.Subscription, cents int64, reason string) (billing.Subscription, error) {
	t := transaction{id: id.NewOrdered(), subscriptionID: s.ID, kind: granted, text: reason, at: b.Now()}
	t.post(entry{goodwill, cents}, entry{credit, -cents})
	s.CreditCents += cents
	return s, b.write(ctx, &sheet{now: t.at, transactions: []transaction{t}})
}

// Pay closes an invoice or a part of it, as billing.Provider says.
func (b *Book) Pay(ctx context.Context, s *billing.Subscription, number string, p billing.Payment) (billing.Invoice, error) {
	v, err := b.Invoice(ctx, number)
	if err != nil {
		return v, err
	}
	t := transaction{
		id: id.NewOrdered(), subscriptionID: v.SubscriptionID, invoiceID: v.ID, kind: string(p.Means),
		text: "Invoice " + v.Number, reference: p.Reference, at: p.At,
	}
	closed := v.OpenCents
	switch p.Means {
	case billing.Transfer:
		closed = min(closed, p.Cents)
		over := p.Cents - closed
		t.post(entry{cash, p.Cents}, entry{receivable, -closed}, entry{credit, -over})
		if s != nil {
			s.CreditCents += over
		}
	case billing.Credit:
		if s == nil {
			return v, nil
		}
		closed = min(closed, s.CreditCents)
		t.post(entry{credit, closed}, entry{receivable, -closed})
		s.CreditCents -= closed
	case billing.WriteOff:
		t.post(entry{writeoff, closed}, entry{receivable, -closed})
	}
	if len(t.entries) == 0 {
		return v, nil
	}
	if v.OpenCents -= closed; closed > 0 && !v.Open() {
		if v.PaidAt = p.At; p.Means == billing.WriteOff {
			v.PaidAt, v.WrittenOffAt = time.Time{}, p.At
		}
	}
	if err := b.Store.UpdateInvoices(ctx, []billing.Invoice{v}); err != nil {
		return v, err
	}
	return v, b.write(ctx, &sheet{now: b.Now(), transactions: []transaction{t}})
}

// write stores a sheet. Its invoices get their numbers in their order.
func (b *Book) write(ctx context.Context, h *sheet) error {
	return b.Store.Tx(ctx, func(ctx context.Context) error {
		if n := len(h.invoices); n > 0 {
			last, err := b.Store.NextNumber(ctx, h.now.Year(), n)
			if err != nil {
				return err
			}
			for i, v := range h.invoices {
				v.Number = numbered(h.now.Year(), last-int64(n-1-i))
			}
		}
		if err := b.Store.InsertInvoices(ctx, h.invoices); err != nil {
			return err
		}
		return b.Store.InsertTransactions(ctx, h.transactions)
	})
}

// Invoice returns one invoice, as billing.Provider says.
func (b *Book) Invoice(ctx context.Context, number string) (billing.Invoice, error) {
	list, err := b.Store.Invoices(ctx, byNumber, number)
	if err == nil && len(list) == 0 {
		err = fault.Gone
	}
	if err != nil {
		return billing.Invoice{}, err
	}
	return list[0], nil
}

// Invoices returns those of an owner, as billing.Provider says.
func (b *Book) Invoices(ctx context.Context, o billing.Owner) ([]billing.Invoice, error) {
	if o.AccountID.IsZero() {
		return b.Store.Invoices(ctx, byOrganization, o.OrganizationID)
	}
	return b.Store.Invoices(ctx, byAccount, o.AccountID)
}

// List returns every invoice without lines, the newest first, or only those that ask
// for money, the one that is due first before the others.
func (b *Book) List(ctx context.Context, open bool) ([]billing.Invoice, error) {
	return b.Store.ListInvoices(ctx, open)
}

// Movements returns those of an owner, as billing.Provider says.
func (b *Book) Movements(ctx context.Context, o billing.Owner) ([]billing.Movement, error) {
	return b.Store.Movements(ctx, o)
}

// Due returns invoices to remind of, as billing.Provider says.
func (b *Book) Due(ctx context.Context, now time.Time, limit int, ids ...id.ID) ([]billing.Invoice, error) {
	return b.Store.DueInvoices(ctx, now, limit, ids)
}

// Reminded stores that reminders are done, as billing.Provider says.
func (b *Book) Reminded(ctx context.Context, list []billing.Invoice) error {
	return b.Store.UpdateInvoices(ctx, list)
}
