package billing_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/license"
	"coffre/internal/org"
	"coffre/internal/plan"
)

func TestTrialCostsNothingAndEndsAfterAWeek(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, familiesTrial)
	sub, end := w.find(t, o), noon.AddDate(0, 0, 7)
	if sub.Status != billing.Trialing || !sub.TrialStart.Equal(noon) || !sub.TrialEnd.Equal(end) || !sub.PeriodEnd.Equal(end) || !o.ExpiresAt.Equal(end) {
		t.Errorf("got %+v, organization ends %v", sub, o.ExpiresAt)
	}
	if list := w.invoices(t, o); len(list) != 0 {
		t.Errorf("invoices: got %+v", list)
	}
}

func TestPurchaseIsInvoicedAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := org.Purchase{
			PlanType: plan.EnterpriseAnnually, AdditionalSeats: 5, AdditionalStorageGB: 2,
			Address: org.Address{Line1: "1 rue Haute", PostalCode: "75001", City: "Paris", Country: "FR", TaxID: "FR00"},
		}
		o := w.buy(t, p)
		sub, end := w.find(t, o), noon.AddDate(1, 0, 0)
		if sub.Status != billing.Active || !sub.PeriodEnd.Equal(end) || !sub.TrialEnd.IsZero() || !o.ExpiresAt.Equal(end) || sub.Address != p.Address {
			t.Errorf("got %+v, organization ends %v", sub, o.ExpiresAt)
		}
		list := w.invoices(t, o)
		if len(list) != 1 || list[0].TotalCents != 5*7200+2*400 || list[0].Number != "2026-00001" {
			t.Fatalf("invoices: got %+v", list)
		}
		v := list[0]
		const recipient = "Acme SA\n1 rue Haute\n75001 Paris\nFR\nFR00\nbills@example.org"
		if v.Recipient != recipient || !v.DueAt.Equal(noon.AddDate(0, 0, 30)) || !v.PaidAt.IsZero() || len(v.Lines) != 2 {
			t.Errorf("invoice: got %+v", v)
		}
	})
}

func TestPeriodsStayInTheMonthTheyReach(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for from, want := range map[string]string{"2027-01-31": "2027-02-28", "2028-01-31": "2028-02-29", "2027-03-31": "2027-04-30", "2027-12-31": "2028-01-31"} {
		w.now, _ = time.Parse(time.DateOnly, from)
		o := w.buy(t, org.Purchase{PlanType: plan.EnterpriseMonthly, AdditionalSeats: 1})
		if got := w.find(t, o).PeriodEnd.Format(time.DateOnly); got != want {
			t.Errorf("a month from %s: got %s, want %s", from, got, want)
		}
	}
	w.now, _ = time.Parse(time.DateOnly, "2028-02-29")
	if got := w.find(t, w.buy(t, families)).PeriodEnd.Format(time.DateOnly); got != "2029-02-28" {
		t.Errorf("a year from a leap day: got %s", got)
	}
}

func TestInvoiceNumbersHaveNoGaps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		broken := errors.New("broken")
		var orgs [12]org.Organization
		var wg sync.WaitGroup
		for i := range orgs {
			wg.Go(func() {
				err := w.db.Tx(t.Context(), func(ctx context.Context) (err error) {
					orgs[i], err = w.orgs.Buy(ctx, w.alice, org.New{Name: "Acme", Key: wrapped}, families)
					if i%3 == 0 {
						err = errors.Join(err, broken)
					}
					return err
				})
				if err != nil && !errors.Is(err, broken) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var got, want []string
		for i, o := range orgs {
			if i%3 != 0 {
				got = append(got, w.invoices(t, o)[0].Number)
				want = append(want, fmt.Sprintf("2026-%05d", len(want)+1))
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		w.now = noon.AddDate(1, 0, 0)
		if number := w.invoices(t, w.buy(t, families))[0].Number; number != "2027-00001" {
			t.Errorf("next year: got %s", number)
		}
	})
}

// Scenario 27 of the sponsorships: the price is replaced, the period keeps its
// end, and unused time is credited.
func TestSponsorshipOfAPaidYear(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, org.Purchase{PlanType: plan.FamiliesAnnually, AdditionalStorageGB: 1})
		w.now = noon.AddDate(0, 0, 73)
		end := noon.AddDate(1, 0, 0)
		validUntil, err := w.Sponsor(t.Context(), o.ID)
		if err != nil || !validUntil.Equal(end) {
			t.Fatalf("valid until: got %v, %v, want %v", validUntil, err, end)
		}
		sub := w.find(t, o)
		if !sub.Sponsored || sub.CreditCents != 3200 || sub.Cents() != 400 || !sub.PeriodStart.Equal(noon) || sub.PlanType != plan.FamiliesAnnually {
			t.Errorf("got %+v", sub)
		}
		if len(w.invoices(t, o)) != 1 {
			t.Error("a second invoice for the same period")
		}
		if _, err := w.Sponsor(t.Context(), o.ID); keyOf(err) != "billing.alreadySponsored" {
			t.Errorf("again: got %v", err)
		}
	})
}

func TestSponsorshipEndsATrialAndBeginsAYear(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, org.Purchase{PlanType: plan.FamiliesAnnually, AdditionalStorageGB: 2, Trial: true})
	w.now = noon.AddDate(0, 0, 3)
	validUntil, err := w.Sponsor(t.Context(), o.ID)
	if want := w.now.AddDate(1, 0, 0); err != nil || !validUntil.Equal(want) {
		t.Fatalf("valid until: got %v, %v, want %v", validUntil, err, want)
	}
	sub := w.find(t, o)
	if sub.Status != billing.Active || !sub.TrialEnd.Equal(w.now) || sub.CreditCents != 0 || !sub.PeriodStart.Equal(w.now) {
		t.Errorf("got %+v", sub)
	}
	if after, err := w.orgs.Get(t.Context(), o.ID); err != nil || !after.ExpiresAt.Equal(validUntil) {
		t.Errorf("organization ends %v, %v", after.ExpiresAt, err)
	}
	if list := w.invoices(t, o); len(list) != 1 || list[0].TotalCents != 800 {
		t.Errorf("storage is invoiced: got %+v", list)
	}
}

func TestSponsorshipOfWhatCannotBeSponsored(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	free := w.buy(t, org.Purchase{})
	enterprise := w.buy(t, org.Purchase{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 1})
	gone := w.buy(t, families)
	sub := w.find(t, gone)
	sub.Status, sub.CanceledAt = billing.Canceled, noon
	if err := w.Store.Update(t.Context(), sub); err != nil {
		t.Fatal(err)
	}
	for key, o := range map[string]org.Organization{"billing.noSubscription": free, "billing.notFamilies": enterprise, "billing.canceled": gone} {
		if _, err := w.Sponsor(t.Context(), o.ID); keyOf(err) != key {
			t.Errorf("got %v, want %s", err, key)
		}
	}
}

func TestFailureAroundASponsorshipUndoesIt(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, families)
	broken := errors.New("broken")
	err := w.db.Tx(t.Context(), func(ctx context.Context) error {
		_, err := w.Sponsor(ctx, o.ID)
		return errors.Join(err, broken)
	})
	if sub := w.find(t, o); !errors.Is(err, broken) || sub.Sponsored || sub.CreditCents != 0 {
		t.Errorf("got %v, %+v", err, sub)
	}
}

func TestEndOfASponsorship(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		early, late := w.buy(t, families), w.buy(t, families)
		w.now = noon.AddDate(0, 0, 73)
		for _, o := range []org.Organization{early, late} {
			if _, err := w.Sponsor(t.Context(), o.ID); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.EndSponsorship(t.Context(), early.ID); err != nil {
			t.Fatal(err)
		}
		if sub := w.find(t, early); sub.Sponsored || !sub.PeriodEnd.Equal(noon.AddDate(1, 0, 0)) || len(w.invoices(t, early)) != 1 {
			t.Errorf("within the period: got %+v", sub)
		}
		w.now = noon.AddDate(1, 0, 1)
		for range 2 { // a second time changes nothing
			if err := w.EndSponsorship(t.Context(), late.ID); err != nil {
				t.Fatal(err)
			}
		}
		sub, list := w.find(t, late), w.invoices(t, late)
		if sub.Sponsored || !sub.PeriodEnd.Equal(w.now.AddDate(1, 0, 0)) || sub.CreditCents != 0 {
			t.Errorf("after the period: got %+v", sub)
		}
		if len(list) != 2 || list[0].TotalCents != 4000-3200 || list[0].Lines[1].AmountCents != -3200 {
			t.Errorf("invoices: got %+v", list)
		}
	})
}

func TestCreditThatCoversAllHasPaid(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, families)
	if _, err := w.Sponsor(t.Context(), o.ID); err != nil {
		t.Fatal(err)
	}
	w.now = noon.AddDate(1, 0, 0)
	if err := w.EndSponsorship(t.Context(), o.ID); err != nil {
		t.Fatal(err)
	}
	if list := w.invoices(t, o); len(list) != 2 || list[0].TotalCents != 0 || !list[0].PaidAt.Equal(w.now) {
		t.Errorf("got %+v", list)
	}
}

// Scenario 114 of the licenses: the dates come from the subscription.
func TestTermOfALicense(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		bought, trial, free := w.buy(t, families), w.buy(t, familiesTrial), w.buy(t, org.Purchase{})
		tests := map[string]struct {
			o    org.Organization
			want license.Term
		}{
			"bought": {bought, license.Term{Subscribed: true, PeriodStart: noon, PeriodEnd: noon.AddDate(1, 0, 0)}},
			"trial":  {trial, license.Term{Subscribed: true, TrialEnd: noon.AddDate(0, 0, 7), PeriodStart: noon, PeriodEnd: noon.AddDate(0, 0, 7)}},
			"free":   {free, license.Term{}},
		}
		for name, test := range tests {
			if got, err := w.Term(t.Context(), test.o.ID); err != nil || got != test.want {
				t.Errorf("%s: got %+v, %v, want %+v", name, got, err, test.want)
			}
		}
		sub := w.find(t, bought)
		sub.Status = billing.Canceled
		if err := w.Store.Update(t.Context(), sub); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Term(t.Context(), bought.ID); !errors.Is(err, license.Unpaid) {
			t.Errorf("canceled: got %v", err)
		}
	})
}

func TestTrialDaysLeftCountTheOneThatHasBegun(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, familiesTrial)
	for passed, want := range map[time.Duration]int{0: 7, time.Second: 7, 24 * time.Hour: 6, 167 * time.Hour: 1, 168 * time.Hour: 0, 1000 * time.Hour: 0} {
		w.now = noon.Add(passed)
		if got, err := w.TrialLeft(t.Context(), w.alice, o.ID); err != nil || got != want {
			t.Errorf("after %v: got %d, %v, want %d", passed, got, err, want)
		}
	}
}
