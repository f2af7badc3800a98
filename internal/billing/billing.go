// Package billing decides what organizations and people of a cloud subscribe to: who
// may change it, what follows from it for them, when a trial ends and a period begins,
// when somebody is reminded of an invoice and when that has consequences.
//
// The money itself is the business of a Provider, which charges, credits and keeps
// account. Amounts are whole cents and are never rounded up. What becomes more within
// a period is charged at once, for the seconds that are left of it; what becomes less
// is credited, and a credit is used up by the next invoices before anything is asked.
package billing

import (
	"time"

	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// Status is where a subscription stands, in the words that clients know.
type Status string

// The statuses. Unpaid is a subscription whose invoice nobody has paid in spite of
// all reminders: it does not renew until that is done.
const (
	Trialing Status = "trialing"
	Active   Status = "active"
	Unpaid   Status = "unpaid"
	Canceled Status = "canceled"
)

// PaymentTerm is how long an invoice may wait for its payment.
const PaymentTerm = 30 * 24 * time.Hour

// Subscription is what an organization or a person pays for. A period is a month or
// a year, as the plan says, and a year for people; a trial is a period of its own.
type Subscription struct {
	ID             id.ID
	OrganizationID id.ID     // zero for a person's
	AccountID      id.ID     // zero for an organization's
	PlanType       plan.Type // of an organization
	Seats          int       // beyond those that the plan includes
	ExtraStorageGB int
	Status         Status
	Sponsored      bool // the base price is nothing
	Given          bool // the base price of this period was a gift, although the sponsorship is over
	TrialStart     time.Time
	TrialEnd       time.Time
	PeriodStart    time.Time
	PeriodEnd      time.Time
	AnchorDay      int  // of the month, on which periods begin where the month has it
	CancelAtEnd    bool // it ends with its period
	CanceledAt     time.Time
	Reminders      int   // of the end of the trial
	CreditCents    int64 // taken off the next invoices
	Address        org.Address
	CreatedAt      time.Time
	RevisedAt      time.Time
}

// Owner returns whose subscription s is.
func (s Subscription) Owner() Owner { return Owner{s.OrganizationID, s.AccountID} }

// Personal reports whether s is the premium of a person.
func (s Subscription) Personal() bool { return !s.AccountID.IsZero() }

// Live reports whether s gives what it is for.
func (s Subscription) Live() bool { return s.Status == Trialing || s.Status == Active }

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

// prices are what a subscription of some sort costs for a period.
type prices struct {
	name                string
	base, seat, storage int
	annual              bool
}

func (s Subscription) prices() prices {
	if s.Personal() {
		return prices{name: "Premium", base: plan.Premium.Price, storage: plan.Premium.StoragePrice, annual: true}
	}
	p, _ := plan.Of(s.PlanType)
	return prices{p.Name, p.BasePrice, p.SeatPrice, p.StoragePrice, p.Annual}
}

// Items returns what s consists of. A sponsorship takes the place of the plan's
// base price and of nothing else: storage stays to be paid.
func (s Subscription) Items() []Item {
	p := s.prices()
	items := []Item{}
	switch {
	case s.Sponsored:
		items = append(items, Item{Name: p.name + ", sponsored", Quantity: 1, Sponsored: true})
	case p.base > 0:
		items = append(items, Item{Name: p.name, UnitCents: int64(p.base), Quantity: 1})
	}
	if s.Seats > 0 {
		items = append(items, Item{Name: p.name + ", seats", UnitCents: int64(p.seat), Quantity: s.Seats})
	}
	if s.ExtraStorageGB > 0 {
		items = append(items, Item{Name: p.name + ", storage in GB", UnitCents: int64(p.storage), Quantity: s.ExtraStorageGB, AddOn: true})
	}
	return items
}

// Charged returns the items whose price was charged for the present period.
func (s Subscription) Charged() []Item {
	s.Sponsored = s.Sponsored || s.Given
	return s.Items()
}

// Cents returns the price of a period.
func (s Subscription) Cents() int64 {
	var total int64
	for _, item := range s.Items() {
		total += item.Cents()
	}
	return total
}

// Due returns what the next invoice will ask for, and zero once s ends.
func (s Subscription) Due() int64 {
	if s.Status == Canceled || s.CancelAtEnd {
		return 0
	}
	return max(0, s.Cents()-s.CreditCents)
}

// Annual reports whether a period is a year.
func (s Subscription) Annual() bool { return s.prices().annual }

// Left returns how many seconds of the period are left, and how many it has. In a
// trial and once it is over none are left.
func (s Subscription) Left(now time.Time) (left, whole int64) {
	whole = seconds(s.PeriodEnd.Sub(s.PeriodStart))
	if s.Status != Active || whole <= 0 {
		return 0, whole
	}
	return min(max(0, seconds(s.PeriodEnd.Sub(now))), whole), whole
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// Try starts the trial of s at from.
func (s *Subscription) Try(from time.Time, days int) {
	end := from.AddDate(0, 0, days)
	s.Status, s.TrialStart, s.TrialEnd, s.PeriodStart, s.PeriodEnd = Trialing, from, end, from, end
	s.AnchorDay, s.Reminders = end.Day(), 0
}

// Begin starts a period of s at from, on which the following ones depend. A trial
// that is under way ends.
func (s *Subscription) Begin(from time.Time) {
	if s.Status == Trialing {
		s.TrialEnd = from
	}
	s.AnchorDay, s.CancelAtEnd, s.CanceledAt = from.Day(), false, time.Time{}
	s.next(from)
}

// Advance starts the period that follows the present one, or a trial.
func (s *Subscription) Advance() { s.next(s.PeriodEnd) }

func (s *Subscription) next(from time.Time) {
	months := 1
	if s.Annual() {
		months = 12
	}
	s.Status, s.Given, s.PeriodStart, s.PeriodEnd = Active, false, from, monthsLater(from, months, s.AnchorDay)
}

// End is the end of s at an instant.
func (s *Subscription) End(at time.Time) {
	if s.CanceledAt.IsZero() {
		s.CanceledAt = at
	}
	s.Status, s.CancelAtEnd = Canceled, false
}

// monthsLater stays in the month it reaches: a day that this month does not have
// becomes its last. So the 31st is followed by the 28th of February, and that by the
// 31st of March.
func monthsLater(t time.Time, months, day int) time.Time {
	first := time.Date(t.Year(), t.Month(), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	last := first.AddDate(0, months+1, -1).Day()
	return first.AddDate(0, months, min(day, last)-1)
}

// When the end of a trial is told of, before it.
var trialReminders = [...]time.Duration{3 * 24 * time.Hour, 24 * time.Hour}

// NextAt returns when something is to be done about s, and zero when nothing is.
func (s Subscription) NextAt() time.Time {
	switch {
	case s.Status == Trialing && !s.CancelAtEnd && s.Reminders < len(trialReminders):
		return s.TrialEnd.Add(-trialReminders[s.Reminders])
	case s.Live():
		return s.PeriodEnd
	}
	return time.Time{}
}
