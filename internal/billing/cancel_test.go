package billing_test

import (
	"slices"
	"testing"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/org"
	"coffre/internal/plan"
)

func TestCanceledSubscriptionEndsWithItsPeriod(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, enterprise)
		w.payAll(t, o)
		w.sent()
		w.now = noon.AddDate(0, 3, 0)
		for range 2 { // again changes nothing
			must(t, w.Cancel(t.Context(), w.alice, o.ID))
		}
		if sub := w.find(t, o); sub.Status != billing.Active || !sub.CancelAtEnd || !sub.CanceledAt.Equal(w.now) || sub.Due() != 0 || !w.get(t, o).Enabled {
			t.Errorf("canceled: got %+v", sub)
		}
		if m := w.mails[0]; m.Data["Ends"] != "2027-11-23T12:00:00Z" || len(w.mails) != 1 {
			t.Errorf("mails: got %+v", w.mails)
		}
		w.now = noon.AddDate(1, 0, 0)
		w.run(t)
		w.run(t)
		if got := w.sent(); !slices.Equal(got, []string{"subscription-canceled", "subscription-disabled"}) {
			t.Errorf("mails: got %v", got)
		}
		if sub := w.find(t, o); sub.Status != billing.Canceled || w.get(t, o).Enabled || len(w.invoices(t, o)) != 1 {
			t.Errorf("over: got %+v", sub)
		}
		if err := w.Reinstate(t.Context(), w.alice, o.ID); keyOf(err) != "billing.canceled" {
			t.Errorf("reinstated too late: %v", err)
		}
		w.now = noon.AddDate(1, 2, 0)
		must(t, w.Restart(t.Context(), w.alice, o.ID))
		if sub := w.find(t, o); sub.Status != billing.Active || !sub.PeriodStart.Equal(w.now) || !sub.CanceledAt.IsZero() || !w.get(t, o).Enabled {
			t.Errorf("anew: got %+v", sub)
		}
		if err := w.Restart(t.Context(), w.alice, o.ID); keyOf(err) != "billing.stillRunning" {
			t.Errorf("twice: %v", err)
		}
		w.balanced(t)
	})
}

func TestCancellationIsTakenBack(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, monthly)
	if err := w.Reinstate(t.Context(), w.alice, o.ID); keyOf(err) != "billing.notCanceled" {
		t.Errorf("nothing to take back: %v", err)
	}
	must(t, w.Cancel(t.Context(), w.alice, o.ID))
	must(t, w.Reinstate(t.Context(), w.alice, o.ID))
	w.now = noon.AddDate(0, 1, 0)
	w.run(t)
	if sub := w.find(t, o); sub.Status != billing.Active || !sub.CanceledAt.IsZero() || len(w.invoices(t, o)) != 2 {
		t.Errorf("got %+v", sub)
	}
	if got := w.sent(); !slices.Contains(got, "subscription-reinstated") {
		t.Errorf("mails: got %v", got)
	}
}

func TestNobodyBeginsAnewBesideWhatIsOverdue(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, families)
	w.pass(t, noon.AddDate(0, 0, 61))
	if err := w.Restart(t.Context(), w.alice, o.ID); keyOf(err) != "billing.unpaid" {
		t.Errorf("unpaid: %v", err)
	}
	if err := w.ChangePlan(t.Context(), w.alice, o.ID, org.Purchase{PlanType: plan.TeamsAnnually, AdditionalSeats: 3}); keyOf(err) != "billing.unpaid" {
		t.Errorf("another plan: %v", err)
	}
	must(t, w.Cancel(t.Context(), w.alice, o.ID))
	if sub := w.find(t, o); sub.Status != billing.Canceled {
		t.Errorf("what nobody pays ends at once: got %+v", sub)
	}
	if err := w.Restart(t.Context(), w.alice, o.ID); keyOf(err) != "billing.openInvoice" {
		t.Errorf("canceled: %v", err)
	}
	w.payAll(t, o)
	if w.get(t, o).Enabled {
		t.Error("a payment begins what was canceled")
	}
	must(t, w.Restart(t.Context(), w.alice, o.ID))
	if !w.get(t, o).Enabled || len(w.invoices(t, o)) != 2 {
		t.Error("paid, and still not begun")
	}
	w.balanced(t)
}

func TestSponsorshipThatEndsDoesNotUndoACancellation(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, families)
	_, err := w.Sponsor(t.Context(), o.ID)
	must(t, err)
	must(t, w.Cancel(t.Context(), w.alice, o.ID))
	w.now = noon.AddDate(1, 0, 0)
	must(t, w.EndSponsorship(t.Context(), o.ID))
	w.run(t)
	if sub := w.find(t, o); sub.Status != billing.Canceled || len(w.invoices(t, o)) != 1 {
		t.Errorf("got %+v", sub)
	}
}

// Who has said that it ends, and pays late what was owed, does not begin anew.
func TestLatePaymentDoesNotUndoACancellation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		within, after := w.buy(t, families), w.buy(t, families)
		for _, o := range []org.Organization{within, after} {
			must(t, w.Cancel(t.Context(), w.alice, o.ID))
		}
		w.pass(t, noon.AddDate(0, 0, 61))
		w.payAll(t, within)
		if sub := w.find(t, within); sub.Status != billing.Active || !sub.CancelAtEnd || !w.get(t, within).Enabled {
			t.Errorf("paid within its year: got %+v", sub)
		}
		w.pass(t, noon.AddDate(1, 1, 0))
		w.payAll(t, after)
		for _, o := range []org.Organization{within, after} {
			sub := w.find(t, o)
			if sub.Status != billing.Canceled || !sub.CanceledAt.Equal(noon) || w.get(t, o).Enabled || len(w.invoices(t, o)) != 1 {
				t.Errorf("after its year: got %+v, %d invoices", sub, len(w.invoices(t, o)))
			}
		}
		w.balanced(t)
	})
}

func TestWhatIsUnpaidEndsAtOnceAlsoWhenItWasToEndLater(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, families)
	must(t, w.Cancel(t.Context(), w.alice, o.ID))
	w.pass(t, noon.AddDate(0, 0, 61))
	w.sent()
	must(t, w.Cancel(t.Context(), w.alice, o.ID))
	if sub := w.find(t, o); sub.Status != billing.Canceled || !sub.CanceledAt.Equal(noon) {
		t.Errorf("got %+v", sub)
	}
	if len(w.mails) != 1 || w.mails[0].Data["Ends"] != "2027-01-23T12:00:00Z" {
		t.Errorf("mails: got %+v", w.mails)
	}
}
