package billing

import (
	"fmt"
	"strings"
	"time"

	"coffre/internal/id"
	"coffre/internal/org"
)

// Invoice asks for the price of a period. It outlives its organization.
type Invoice struct {
	ID             id.ID
	OrganizationID id.ID
	Number         string
	Recipient      string // name and address, a line each
	IssuedAt       time.Time
	DueAt          time.Time
	TotalCents     int64 // the sum of the lines
	PaidAt         time.Time
	Lines          []Line
}

// Line is one line of an invoice. What lowers it has a negative amount.
type Line struct {
	Name        string
	Quantity    int
	UnitCents   int64
	AmountCents int64
}

// bill returns the invoice for the period of s that begins, without a number, and
// what is left of the credit of s. A credit that covers all has paid it.
func (s Subscription) bill(o org.Organization, now time.Time) (v Invoice, credit int64) {
	v = Invoice{
		ID: id.New(), OrganizationID: s.OrganizationID, Recipient: recipient(o, s.Address),
		IssuedAt: now, DueAt: now.Add(PaymentTerm), Lines: []Line{},
	}
	for _, item := range s.Items() {
		if item.Cents() > 0 {
			v.add(Line{Name: item.Name, Quantity: item.Quantity, UnitCents: item.UnitCents, AmountCents: item.Cents()})
		}
	}
	used := min(s.CreditCents, v.TotalCents)
	if used > 0 {
		v.add(Line{Name: "Credit", Quantity: 1, UnitCents: -used, AmountCents: -used})
	}
	if v.TotalCents == 0 {
		v.PaidAt = now
	}
	return v, s.CreditCents - used
}

func (v *Invoice) add(l Line) {
	v.Lines = append(v.Lines, l)
	v.TotalCents += l.AmountCents
}

// numbered returns how the n-th invoice of a year is called.
func numbered(year int, n int64) string { return fmt.Sprintf("%d-%05d", year, n) }

func recipient(o org.Organization, a org.Address) string {
	name := o.BusinessName
	if name == "" {
		name = o.Name
	}
	lines := []string{}
	for _, line := range []string{
		name, a.Line1, a.Line2, strings.TrimSpace(a.PostalCode + " " + a.City), a.State, a.Country, a.TaxID, o.BillingEmail,
	} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
