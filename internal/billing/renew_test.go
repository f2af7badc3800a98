package billing_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// pass lets an instant come, with all work that is due on each day before it.
func (w *world) pass(t testing.TB, until time.Time) {
	t.Helper()
	for w.now.Before(until) {
		w.now = w.now.Add(24 * time.Hour)
		if w.now.After(until) {
			w.now = until
		}
		w.run(t)
	}
}

// payAll records the payment of everything that is open.
func (w *world) payAll(t testing.TB, o org.Organization) {
	t.Helper()
	for _, v := range w.invoices(t, o) {
		if v.Open() {
			_, err := w.RecordPayment(t.Context(), v.Number, v.OpenCents, "transfer", w.now)
			must(t, err)
		}
	}
}

func TestTrialIsFollowedByAPeriodThatIsInvoiced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, familiesTrial)
		end := noon.AddDate(0, 0, 7)
		var told []string
		for w.now.Before(end.Add(time.Hour)) {
			w.now = w.now.Add(12 * time.Hour)
			w.run(t)
			for _, template := range w.sent() {
				told = append(told, w.now.Sub(noon).String()+" "+template)
			}
		}
		want := []string{"96h0m0s trial-ending", "144h0m0s trial-ending", "168h0m0s invoice"}
		if !slices.Equal(told, want) {
			t.Errorf("mails: got %v, want %v", told, want)
		}
		sub, list := w.find(t, o), w.invoices(t, o)
		if sub.Status != billing.Active || !sub.TrialEnd.Equal(end) || !sub.PeriodStart.Equal(end) || !sub.PeriodEnd.Equal(end.AddDate(1, 0, 0)) {
			t.Errorf("got %+v", sub)
		}
		if len(list) != 1 || list[0].TotalCents != 4000 || !list[0].Lines[0].From.Equal(end) || !w.get(t, o).ExpiresAt.Equal(sub.PeriodEnd) {
			t.Errorf("invoices %+v, organization until %v", list, w.get(t, o).ExpiresAt)
		}
		w.balanced(t)
	})
}

func TestTrialThatIsCanceledEndsUnpaid(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, familiesTrial)
	must(t, w.Cancel(t.Context(), w.alice, o.ID))
	w.pass(t, noon.AddDate(0, 0, 8))
	if got := w.sent(); !slices.Equal(got, []string{"subscription-canceled", "subscription-disabled"}) {
		t.Errorf("mails: got %v", got)
	}
	if w.find(t, o).Status != billing.Canceled || w.get(t, o).Enabled || len(w.invoices(t, o)) != 0 {
		t.Errorf("got %+v", w.find(t, o))
	}
}

func TestPeriodsBeginOnTheDayOfTheFirstWhereTheMonthHasIt(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	tests := map[string]struct {
		from     string
		purchase org.Purchase
		want     string
	}{
		"months from the 31st":      {"2028-01-31", monthly, "2028-02-29 2028-03-31 2028-04-30 2028-05-31"},
		"months from the 30th":      {"2027-01-30", monthly, "2027-02-28 2027-03-30 2027-04-30 2027-05-30"},
		"years from the leap day":   {"2028-02-29", families, "2029-02-28 2030-02-28 2031-02-28 2032-02-29"},
		"months through a new year": {"2027-11-15", monthly, "2027-12-15 2028-01-15 2028-02-15 2028-03-15"},
	}
	for name, test := range tests {
		w.now, _ = time.Parse(time.DateOnly, test.from)
		o := w.buy(t, test.purchase)
		var got []string
		for range 4 {
			got = append(got, w.find(t, o).PeriodEnd.Format(time.DateOnly))
			w.payAll(t, o)
			w.now = w.find(t, o).PeriodEnd
			w.run(t)
		}
		if text := strings.Join(got, " "); text != test.want {
			t.Errorf("%s: got %s, want %s", name, text, test.want)
		}
	}
	w.balanced(t)
}

func TestRenewalIsInvoicedOnceByHoweverManyNodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var orgs []org.Organization
		for range 12 {
			orgs = append(orgs, w.buy(t, monthly))
		}
		w.sent()
		var mu sync.Mutex
		send := w.Mail
		w.Mail = func(ctx ctx, list ...message) error {
			mu.Lock()
			defer mu.Unlock()
			return send(ctx, list...)
		}
		w.now = noon.AddDate(0, 1, 0)
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if err := errors.Join(w.Renew(t.Context()), w.Remind(t.Context())); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.run(t)
		for _, o := range orgs {
			if list := w.invoices(t, o); len(list) != 2 || !w.find(t, o).PeriodEnd.Equal(noon.AddDate(0, 2, 0)) {
				t.Errorf("got %d invoices, until %v", len(list), w.find(t, o).PeriodEnd)
			}
		}
		w.balanced(t)
	})
}

func TestWorkThatFailsIsUndoneWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, monthly)
		w.now = noon.AddDate(0, 1, 0)
		broken, send := errors.New("broken"), w.Mail
		w.Mail = func(ctx, ...message) error { return broken }
		if err := w.Renew(t.Context()); !errors.Is(err, broken) {
			t.Fatalf("got %v", err)
		}
		if len(w.invoices(t, o)) != 1 || !w.find(t, o).PeriodEnd.Equal(w.now) || !w.get(t, o).ExpiresAt.Equal(w.now) {
			t.Errorf("half is done: %+v", w.find(t, o))
		}
		w.Mail = send
		w.run(t)
		if list := w.invoices(t, o); len(list) != 2 || list[0].Number != "2026-00002" {
			t.Errorf("then: got %+v", list)
		}
		w.balanced(t)
	})
}

func TestThreeMonthsOfDowntimeAreMadeUpFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		byMonth, trial := w.buy(t, monthly), w.buy(t, familiesTrial)
		w.sent()
		w.now = noon.AddDate(0, 3, 1)
		w.run(t)
		list := w.invoices(t, byMonth)
		if len(list) != 4 || !w.find(t, byMonth).PeriodEnd.Equal(noon.AddDate(0, 4, 0)) {
			t.Errorf("months: got %d invoices, until %v", len(list), w.find(t, byMonth).PeriodEnd)
		}
		if !list[0].DueAt.Equal(w.now.Add(billing.PaymentTerm)) {
			t.Errorf("whoever was not asked is not late: due %v", list[0].DueAt)
		}
		if sub := w.find(t, trial); sub.Status != billing.Active || !sub.PeriodStart.Equal(noon.AddDate(0, 0, 7)) {
			t.Errorf("trial: got %+v", sub)
		}
		if !w.get(t, byMonth).Enabled {
			t.Error("somebody lost what nobody told them they would")
		}
		got := w.sent()
		slices.Sort(got)
		if want := []string{"invoice", "invoice", "invoice", "invoice", "payment-overdue"}; !slices.Equal(got, want) {
			t.Errorf("mails: got %v, want %v", got, want)
		}
		w.balanced(t)
	})
}

func TestSponsoredPeriodsRenewAsLongAsTheSponsorshipGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, org.Purchase{PlanType: plan.FamiliesAnnually, AdditionalStorageGB: 1, Trial: true})
		_, err := w.Sponsor(t.Context(), o.ID)
		must(t, err)
		w.payAll(t, o)
		w.sponsored = true
		w.now = noon.AddDate(1, 0, 0)
		w.run(t)
		if sub := w.find(t, o); !sub.Sponsored || !sub.PeriodEnd.Equal(noon.AddDate(2, 0, 0)) || w.invoices(t, o)[0].TotalCents != 400 {
			t.Errorf("first renewal: got %+v", sub)
		}
		w.payAll(t, o)
		w.sponsored = false
		w.now = noon.AddDate(2, 0, 0)
		w.run(t)
		if sub := w.find(t, o); sub.Sponsored || !sub.PeriodEnd.Equal(noon.AddDate(3, 0, 0)) || w.invoices(t, o)[0].TotalCents != 4400 {
			t.Errorf("second renewal: got %+v", sub)
		}
		w.balanced(t)
	})
}

func TestSponsorshipThatIsTakenBackTwiceIsCreditedOnce(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, families)
	for range 3 {
		_, err := w.Sponsor(t.Context(), o.ID)
		must(t, err)
		must(t, w.EndSponsorship(t.Context(), o.ID))
	}
	if sub := w.find(t, o); sub.CreditCents != 4000 {
		t.Errorf("credit: got %d, want what was charged, 4000", sub.CreditCents)
	}
	w.balanced(t)
}

// PostgreSQL takes a lock for each customer besides; everything else is done for all.
func TestRenewalsTakeAsFewStatementsForMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		statements := func(n int) int64 {
			t.Helper()
			var orgs []org.Organization
			for range n {
				orgs = append(orgs, w.buy(t, monthly))
			}
			w.now = w.now.AddDate(0, 1, 0)
			before := d.Statements()
			must(t, w.Renew(t.Context()))
			took := d.Statements() - before
			for _, o := range orgs {
				must(t, w.orgs.Store.Delete(t.Context(), o.ID))
			}
			return took
		}
		few, many := statements(2), statements(60)
		if d.Engine() == "postgresql" {
			many -= 58
		}
		if many != few {
			t.Errorf("60 renewals take %d statements, two take %d", many, few)
		}
		w.balanced(t)
	})
}
