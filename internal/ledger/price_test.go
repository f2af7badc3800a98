package ledger_test

import (
	"testing"
	"time"

	"coffre/internal/billing"
	"coffre/internal/id"
	"coffre/internal/ledger"
	"coffre/internal/plan"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// year is a subscription in the middle of nothing: a whole year from noon.
func year(planType plan.Type, seats, storage int) billing.Subscription {
	return billing.Subscription{
		ID: id.New(), OrganizationID: id.New(), PlanType: planType, Seats: seats, ExtraStorageGB: storage, Status: billing.Active,
		PeriodStart: noon, PeriodEnd: noon.AddDate(1, 0, 0), AnchorDay: noon.Day(),
	}
}

// quote is what a change comes to at an instant.
func quote(t *testing.T, now time.Time, was, is billing.Subscription) billing.Quote {
	t.Helper()
	book := &ledger.Book{Now: func() time.Time { return now }}
	q, err := book.Preview(t.Context(), was, is)
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	for _, l := range q.Lines {
		if sum += l.AmountCents; !l.Explained() {
			t.Errorf("line is not explained: %+v", l)
		}
	}
	if sum != q.TotalCents-q.CreditCents {
		t.Errorf("lines come to %d, total %d, credit %d", sum, q.TotalCents, q.CreditCents)
	}
	return q
}

func TestUnusedPartIsProportionalAndRoundedDown(t *testing.T) {
	whole := year(plan.FamiliesAnnually, 0, 0)
	trial, given := whole, whole
	trial.Status, given.Given = billing.Trialing, true
	tests := map[string]struct {
		was  billing.Subscription
		now  time.Time
		want int64
	}{
		"at the start":         {whole, noon, 4000},
		"before it":            {whole, noon.Add(-time.Hour), 4000},
		"after 73 days":        {whole, noon.AddDate(0, 0, 73), 3200},
		"a second later":       {whole, noon.AddDate(0, 0, 73).Add(time.Second), 3199},
		"a day remains":        {whole, noon.AddDate(1, 0, -1), 10},
		"at the end":           {whole, noon.AddDate(1, 0, 0), 0},
		"after the end":        {whole, noon.AddDate(2, 0, 0), 0},
		"in a trial":           {trial, noon, 0},
		"in a year of a gift":  {given, noon, 0},
		"when it is sponsored": {billing.Subscription{PlanType: plan.FamiliesAnnually, Status: billing.Active, Sponsored: true}, noon, 0},
	}
	for name, test := range tests {
		is := test.was
		is.Sponsored = true
		if q := quote(t, test.now, test.was, is); q.CreditCents != test.want || q.TotalCents != 0 {
			t.Errorf("%s: got %+v, want a credit of %d", name, q, test.want)
		}
	}
}

func TestChangesAreChargedForTheSecondsThatAreLeft(t *testing.T) {
	half := noon.AddDate(0, 0, 73) // four fifths are left
	ten := year(plan.EnterpriseAnnually, 10, 2)
	credit := ten
	credit.CreditCents = 5000
	change := func(s billing.Subscription, seats, storage int) billing.Subscription {
		s.Seats, s.ExtraStorageGB = seats, storage
		return s
	}
	tests := map[string]struct {
		was, is       billing.Subscription
		total, credit int64
		lines         int
	}{
		"two seats more":                {ten, change(ten, 12, 2), 2 * 5760, 0, 1},
		"two seats fewer":               {ten, change(ten, 8, 2), 0, 2 * 5760, 1},
		"more seats and less storage":   {ten, change(ten, 11, 0), 5760 - 640, 0, 2},
		"fewer seats and more storage":  {ten, change(ten, 9, 3), 0, 5760 - 320, 2},
		"nothing":                       {ten, ten, 0, 0, 0},
		"more seats with a credit":      {credit, change(credit, 12, 2), 2*5760 - 5000, 0, 2},
		"one GB that the credit covers": {credit, change(credit, 10, 3), 0, 0, 2},
	}
	for name, test := range tests {
		q := quote(t, half, test.was, test.is)
		if q.TotalCents != test.total || q.CreditCents != test.credit || len(q.Lines) != test.lines {
			t.Errorf("%s: got %+v, want total %d, credit %d, %d lines", name, q, test.total, test.credit, test.lines)
		}
	}
}

func TestAnotherIntervalBeginsAPeriod(t *testing.T) {
	now := noon.AddDate(0, 0, 73)
	was := year(plan.TeamsAnnually, 5, 0)
	is := was
	is.PlanType, is.Seats = plan.EnterpriseMonthly, 100
	q := quote(t, now, was, is)
	if q.TotalCents != 100*700-5*3840 || len(q.Lines) != 2 || !q.Lines[1].Until.Equal(now.AddDate(0, 1, 0)) || q.Lines[1].Whole != 0 {
		t.Errorf("got %+v", q)
	}
	is.PlanType = plan.EnterpriseAnnually
	if q := quote(t, now, was, is); q.TotalCents != 100*5760-5*3840 || !q.Lines[1].Until.Equal(was.PeriodEnd) {
		t.Errorf("the same interval keeps the period: got %+v", q)
	}
}

func TestPurchaseIsQuotedWhole(t *testing.T) {
	is := billing.Subscription{PlanType: plan.FamiliesAnnually, ExtraStorageGB: 1}
	if q := quote(t, noon, billing.Subscription{}, is); q.TotalCents != 4400 || len(q.Lines) != 2 {
		t.Errorf("families: got %+v", q)
	}
	is.Sponsored = true
	if q := quote(t, noon, billing.Subscription{}, is); q.TotalCents != 400 {
		t.Errorf("sponsored: got %+v", q)
	}
	if q := quote(t, noon, billing.Subscription{}, billing.Subscription{AccountID: id.New(), ExtraStorageGB: 2}); q.TotalCents != 1800 {
		t.Errorf("premium: got %+v", q)
	}
}
