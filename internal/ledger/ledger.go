// Package ledger is a billing.Provider that keeps the books in this database: every
// change of an account is a transaction whose entries add up to nothing, and is never
// changed or removed.
//
// Revenue is booked when it is invoiced; the lines of an invoice say for which time it
// is, for whoever spreads it. What a customer has paid too much, what is left of time
// that was charged, and what was given are one credit, which the next invoices use.
package ledger

import (
	"fmt"
	"strings"
	"time"

	"coffre/internal/billing"
	"coffre/internal/id"
)

// The accounts.
const (
	receivable = "receivable" // what is invoiced and open
	revenue    = "revenue"    // what was charged
	credit     = "credit"     // what customers have to their credit
	cash       = "cash"       // what was received
	writeoff   = "writeoff"   // what will never be received
	goodwill   = "goodwill"   // what was given
)

// The kinds of transactions that are no billing.Means.
const (
	charged  = "invoice"
	credited = "credited" // unused time
	granted  = "grant"
)

// transaction is one change of the accounts.
type transaction struct {
	id             id.ID
	subscriptionID id.ID
	invoiceID      id.ID // zero when it concerns none
	kind           string
	text           string
	reference      string
	at             time.Time
	entries        []entry
}

type entry struct {
	account string
	cents   int64 // debit positive, credit negative
}

// post adds entries, without those that are nothing.
func (t *transaction) post(entries ...entry) {
	for _, e := range entries {
		if e.cents != 0 {
			t.entries = append(t.entries, e)
		}
	}
}

// full returns the lines of a whole period of items.
func full(s billing.Subscription) []billing.Line {
	lines := []billing.Line{}
	for _, item := range s.Items() {
		if item.Cents() > 0 {
			lines = append(lines, billing.Line{
				Name: item.Name, Quantity: item.Quantity, UnitCents: item.UnitCents, AmountCents: item.Cents(),
				From: s.PeriodStart, Until: s.PeriodEnd,
			})
		}
	}
	return lines
}

// difference returns the lines of a change at an instant, and the subscription after
// it, in a period of its own when the interval is another one.
func difference(was, is billing.Subscription, now time.Time) ([]billing.Line, billing.Subscription) {
	left, whole := was.Left(now)
	if was.Status != billing.Active || is.Status != billing.Active {
		return nil, is
	}
	rest := func(item billing.Item, quantity int, unit int64) billing.Line {
		return billing.Line{
			Name: item.Name, Quantity: quantity, UnitCents: unit, From: was.PeriodEnd.Add(-time.Duration(left) * time.Second), Until: was.PeriodEnd,
			Part: left, Whole: whole, AmountCents: billing.Part(unit*int64(quantity), left, whole),
		}
	}
	before, after := was.Charged(), is.Charged()
	if was.Annual() != is.Annual() {
		after = nil
	}
	lines := []billing.Line{}
	for _, item := range before {
		if gone := item.Quantity - quantityOf(after, item); gone > 0 && item.UnitCents > 0 {
			line := rest(item, gone, -item.UnitCents)
			line.Name += ", unused"
			lines = append(lines, line)
		}
	}
	for _, item := range after {
		if more := item.Quantity - quantityOf(before, item); more > 0 && item.UnitCents > 0 {
			lines = append(lines, rest(item, more, item.UnitCents))
		}
	}
	if was.Annual() != is.Annual() {
		is.Begin(now)
		lines = append(lines, full(is)...)
	}
	return lines, is
}

// quantityOf returns how often a list has an item at the same price.
func quantityOf(items []billing.Item, wanted billing.Item) int {
	for _, item := range items {
		if item.Name == wanted.Name && item.UnitCents == wanted.UnitCents {
			return item.Quantity
		}
	}
	return 0
}

func sum(lines []billing.Line) (total int64) {
	for _, l := range lines {
		total += l.AmountCents
	}
	return total
}

// describe says in a line of text what a credit is for.
func describe(lines []billing.Line) string {
	parts := make([]string, len(lines))
	for i, l := range lines {
		parts[i] = fmt.Sprintf("%s: %d × %s from %s to %s: %s", l.Name, l.Quantity, billing.Amount(l.UnitCents, "en"),
			l.From.Format(time.DateOnly), l.Until.Format(time.DateOnly), billing.Amount(l.AmountCents, "en"))
	}
	return strings.Join(parts, "; ")
}

// numbered returns how the n-th invoice of a year is called.
func numbered(year int, n int64) string { return fmt.Sprintf("%d-%05d", year, n) }

// sheet is what is to be written together.
type sheet struct {
	now          time.Time
	invoices     []*billing.Invoice
	transactions []transaction
}

// charge puts the lines for a contract on the sheet: as an invoice when they come to
// something, after the credit, and else as a credit.
func (h *sheet) charge(c billing.Contract, lines []billing.Line) billing.Outcome {
	out := billing.Outcome{Subscription: c.Subscription}
	net := sum(lines)
	t := transaction{id: id.NewOrdered(), subscriptionID: c.ID, at: h.now}
	switch {
	case net == 0:
		return out
	case net < 0:
		t.kind, t.text = credited, describe(lines)
		t.post(entry{revenue, -net}, entry{credit, net})
		out.Subscription.CreditCents -= net
	default:
		v := h.invoice(c, lines)
		used := net - v.TotalCents
		t.kind, t.text, t.invoiceID = charged, "Invoice", v.ID
		t.post(entry{receivable, v.TotalCents}, entry{credit, used}, entry{revenue, -net})
		out.Subscription.CreditCents -= used
		out.Invoice = v
		h.invoices = append(h.invoices, v)
	}
	h.transactions = append(h.transactions, t)
	return out
}

// invoice asks a customer for lines, less the credit. What that covers is paid.
func (h *sheet) invoice(c billing.Contract, lines []billing.Line) *billing.Invoice {
	if used := min(c.CreditCents, sum(lines)); used > 0 {
		lines = append(lines, billing.Line{Name: "Credit", Quantity: 1, UnitCents: -used, AmountCents: -used})
	}
	v := &billing.Invoice{
		ID: id.NewOrdered(), SubscriptionID: c.ID, OrganizationID: c.OrganizationID, AccountID: c.AccountID, Recipient: c.Recipient(),
		IssuedAt: h.now, DueAt: h.now.Add(billing.PaymentTerm), Lines: lines, TotalCents: sum(lines), OpenCents: sum(lines),
	}
	if !v.Open() {
		v.PaidAt = h.now
	}
	return v
}
