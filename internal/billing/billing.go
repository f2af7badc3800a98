// Package billing is the ledger of a cloud: what organizations subscribe to, up to
// when it is paid, and the invoices for it.
//
// Amounts are whole cents and are never rounded up. Money moves elsewhere: the
// ledger says what is owed.
package billing

import (
	"time"

	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// Status is where a subscription stands, in the words that clients know.
type Status string

// The statuses.
const (
	Trialing Status = "trialing"
	Active   Status = "active"
	Canceled Status = "canceled"
)

// PaymentTerm is how long an invoice may wait for its payment.
const PaymentTerm = 30 * 24 * time.Hour

// Subscription is what an organization pays for. A period is a month or a year,
// as the plan says; a trial is a period of its own.
type Subscription struct {
	OrganizationID id.ID
	PlanType       plan.Type
	Seats          int // beyond those that the plan includes
	ExtraStorageGB int
	Status         Status
	Sponsored      bool // the base price is nothing
	TrialStart     time.Time
	TrialEnd       time.Time
	PeriodStart    time.Time
	PeriodEnd      time.Time
	CanceledAt     time.Time
	CreditCents    int64 // taken off the next invoices
	Address        org.Address
	CreatedAt      time.Time
	RevisedAt      time.Time
}

// Item is one thing that a subscription consists of, at its price for a period.
type Item struct {
	Name      string
	UnitCents int64
	Quantity  int
	AddOn     bool // not the plan itself: storage
	Sponsored bool
}

// Cents returns the price of all of the item.
func (i Item) Cents() int64 { return i.UnitCents * int64(i.Quantity) }

// Items returns what s consists of. A sponsorship takes the place of the plan's
// base price and of nothing else: storage stays to be paid.
func (s Subscription) Items() []Item {
	p, _ := plan.Of(s.PlanType)
	items := []Item{}
	switch {
	case s.Sponsored:
		items = append(items, Item{Name: p.Name + ", sponsored", Quantity: 1, Sponsored: true})
	case p.BasePrice > 0:
		items = append(items, Item{Name: p.Name, UnitCents: int64(p.BasePrice), Quantity: 1})
	}
	if s.Seats > 0 {
		items = append(items, Item{Name: p.Name + ", seats", UnitCents: int64(p.SeatPrice), Quantity: s.Seats})
	}
	if s.ExtraStorageGB > 0 {
		items = append(items, Item{Name: p.Name + ", storage in GB", UnitCents: int64(p.StoragePrice), Quantity: s.ExtraStorageGB, AddOn: true})
	}
	return items
}

// Cents returns the price of a period.
func (s Subscription) Cents() int64 {
	var total int64
	for _, item := range s.Items() {
		total += item.Cents()
	}
	return total
}

// Due returns what the next invoice will ask for, and zero once s is canceled.
func (s Subscription) Due() int64 {
	if s.Status == Canceled {
		return 0
	}
	return max(0, s.Cents()-s.CreditCents)
}

// Annual reports whether a period is a year.
func (s Subscription) Annual() bool {
	p, _ := plan.Of(s.PlanType)
	return p.Annual
}

// UnusedCents returns the part of the base price that was charged for what is left
// of the period: in proportion to whole seconds, rounded down, whether the invoice
// is paid yet or not, for it stays due. A trial, a sponsorship, and a period that
// is over have none.
func (s Subscription) UnusedCents(now time.Time) int64 {
	p, _ := plan.Of(s.PlanType)
	whole, left := seconds(s.PeriodEnd.Sub(s.PeriodStart)), seconds(s.PeriodEnd.Sub(now))
	if s.Status == Trialing || s.Sponsored || whole <= 0 || left <= 0 {
		return 0
	}
	return int64(p.BasePrice) * min(left, whole) / whole
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// begin starts a period of s at from. A trial that is under way ends.
func (s *Subscription) begin(from time.Time) {
	if s.Status == Trialing {
		s.TrialEnd = from
	}
	months := 1
	if s.Annual() {
		months = 12
	}
	s.Status, s.PeriodStart, s.PeriodEnd = Active, from, addMonths(from, months)
}

// try starts the trial of s at from.
func (s *Subscription) try(from time.Time, days int) {
	end := from.AddDate(0, 0, days)
	s.Status, s.TrialStart, s.TrialEnd, s.PeriodStart, s.PeriodEnd = Trialing, from, end, from, end
}

// addMonths stays in the month it reaches: a day that this month does not have
// becomes its last.
func addMonths(t time.Time, months int) time.Time {
	moved := t.AddDate(0, months, 0)
	if moved.Day() != t.Day() {
		moved = moved.AddDate(0, 0, -moved.Day())
	}
	return moved
}
