package billing_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/org"
)

func TestCalendarOfAnInvoiceThatNobodyPays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, families)
		due := w.invoices(t, o)[0].DueAt
		var told []string
		for day := range 80 {
			w.now = noon.AddDate(0, 0, day)
			w.run(t)
			w.run(t) // whatever was done is not done again
			for _, m := range w.mails {
				told = append(told, fmt.Sprintf("%d %s", int(w.now.Sub(due)/(24*time.Hour)), m.Template))
			}
			w.mails = nil
			if want := day < 60; w.get(t, o).Enabled != want {
				t.Fatalf("day %d: enabled is %v", day, !want)
			}
		}
		want := []string{
			"-30 invoice", "-7 payment-reminder", "0 payment-reminder", "7 payment-overdue", "14 payment-overdue", "30 subscription-disabled",
		}
		if !slices.Equal(told, want) {
			t.Errorf("got %v, want %v", told, want)
		}
		if sub := w.find(t, o); sub.Status != billing.Unpaid {
			t.Errorf("got %+v", sub)
		}
		w.balanced(t)
	})
}

func TestMailsSayWhatIsAskedForAndUntilWhen(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.buy(t, families)
	w.pass(t, noon.AddDate(0, 0, 37))
	want := map[string]string{
		"Organization": "Acme", "Number": "2026-00001", "Amount": "$40.00", "Due": "2026-12-23T12:00:00Z", "Ends": "2027-01-22T12:00:00Z",
		"Link": "https://vault.example/invoice?2026-00001",
	}
	last := w.mails[len(w.mails)-1]
	for name, value := range want {
		if last.Data[name] != value {
			t.Errorf("%s: got %q, want %q", name, last.Data[name], value)
		}
	}
	if last.To != "bills@example.org" || last.Template != "payment-overdue" || last.Language != "en-US" {
		t.Errorf("got %+v", last)
	}
}

func TestPaymentGivesBackWhatWasTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		early, late := w.buy(t, families), w.buy(t, monthly)
		w.pass(t, noon.AddDate(0, 0, 65))
		for _, o := range []org.Organization{early, late} {
			if w.get(t, o).Enabled {
				t.Fatal("still enabled")
			}
		}
		invoices := len(w.invoices(t, late))
		w.now = noon.AddDate(0, 5, 0)
		w.run(t)
		if got := len(w.invoices(t, late)); got != invoices {
			t.Errorf("what is unpaid renews: %d invoices, then %d", invoices, got)
		}
		w.sent()
		w.payAll(t, early)
		if sub := w.find(t, early); sub.Status != billing.Active || !sub.PeriodEnd.Equal(noon.AddDate(1, 0, 0)) || !w.get(t, early).Enabled {
			t.Errorf("within its year: got %+v", sub)
		}
		if got := w.sent(); !slices.Equal(got, []string{"payment-received"}) {
			t.Errorf("mails: got %v", got)
		}
		w.payAll(t, late)
		if sub := w.find(t, late); sub.Status != billing.Active || !sub.PeriodStart.Equal(w.now) || !w.get(t, late).Enabled {
			t.Errorf("after its month: got %+v", sub)
		}
		w.balanced(t)
	})
}

// Another invoice is late too, but its owner was not told: the server was down.
func TestPaymentGivesBackWhatOnlyItsInvoiceHasTaken(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, monthly)
	w.pass(t, noon.AddDate(0, 0, 65))
	list := w.invoices(t, o)
	if sub := w.find(t, o); sub.Status != billing.Unpaid || len(list) != 2 {
		t.Fatalf("got %+v, %d invoices", sub, len(list))
	}
	w.now = noon.AddDate(0, 0, 95)
	w.run(t)
	first := list[len(list)-1]
	_, err := w.RecordPayment(t.Context(), first.Number, first.OpenCents, "transfer", w.now)
	must(t, err)
	if sub := w.find(t, o); sub.Status != billing.Active || !w.get(t, o).Enabled {
		t.Errorf("got %+v", sub)
	}
	w.pass(t, noon.AddDate(0, 0, 103))
	if sub := w.find(t, o); sub.Status != billing.Unpaid || w.get(t, o).Enabled {
		t.Errorf("a week later: got %+v", sub)
	}
	w.balanced(t)
}

func TestDisableOfTheOperatorStays(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, families)
	w.pass(t, noon.AddDate(0, 0, 61))
	suspended := w.get(t, o)
	suspended.Suspended = true
	must(t, w.orgs.Store.Update(t.Context(), suspended))
	w.payAll(t, o)
	if got := w.get(t, o); got.Enabled || !got.Granted {
		t.Errorf("enabled %v, granted %v", got.Enabled, got.Granted)
	}
}

func TestCreditIsUsedBeforeAnythingIsTaken(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	enough, little := w.buy(t, families), w.buy(t, families)
	must(t, w.GrantCredit(t.Context(), w.find(t, enough).Owner(), 5000, "goodwill"))
	must(t, w.GrantCredit(t.Context(), w.find(t, little).Owner(), 1000, "goodwill"))
	w.pass(t, noon.AddDate(0, 0, 61))
	if v := w.invoices(t, enough)[0]; v.Open() || !w.get(t, enough).Enabled || w.find(t, enough).CreditCents != 1000 {
		t.Errorf("enough: got %+v", v)
	}
	if v := w.invoices(t, little)[0]; v.OpenCents != 3000 || w.get(t, little).Enabled || w.find(t, little).CreditCents != 0 {
		t.Errorf("too little: got %+v", v)
	}
	w.balanced(t)
}

func TestInvoiceOutlivesItsOwner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, families)
		number := w.invoices(t, o)[0].Number
		must(t, w.orgs.Store.Delete(t.Context(), o.ID))
		w.sent()
		w.pass(t, noon.AddDate(0, 0, 70))
		if got := w.sent(); len(got) != 0 {
			t.Errorf("mails to nobody: %v", got)
		}
		v, err := w.FindInvoice(t.Context(), number)
		if err != nil || !v.OrganizationID.IsZero() || !strings.HasPrefix(v.Recipient, "Acme SA\n") || !v.Open() {
			t.Errorf("got %+v, %v", v, err)
		}
		v, err = w.RecordPayment(t.Context(), number, 5000, "transfer", w.now)
		if err != nil || v.Open() {
			t.Errorf("paid: got %+v, %v", v, err)
		}
		w.balanced(t)
	})
}

func TestAmountsAreWrittenForTheirReaders(t *testing.T) {
	for cents, want := range map[int64][2]string{
		0: {"$0.00", "0,00\u00a0$"}, 5: {"$0.05", "0,05\u00a0$"}, 123456: {"$1,234.56", "1\u202f234,56\u00a0$"},
		-100000099: {"-$1,000,000.99", "-1\u202f000\u202f000,99\u00a0$"},
	} {
		if en, fr := billing.Amount(cents, "en-US"), billing.Amount(cents, "fr-FR"); en != want[0] || fr != want[1] {
			t.Errorf("%d: got %q and %q, want %q", cents, en, fr, want)
		}
	}
}

// A year of one organization that pays late each time, day by day: nobody is asked
// for the same step twice.
func TestNoMailIsSentTwice(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	seen := map[string]bool{}
	w.Mail = func(_ context.Context, list ...message) error {
		for _, m := range list {
			if seen[m.Once] {
				t.Errorf("twice: %s", m.Once)
			}
			seen[m.Once] = true
		}
		return nil
	}
	o := w.buy(t, monthly)
	for range 365 {
		w.now = w.now.AddDate(0, 0, 1)
		w.run(t)
		for _, v := range w.invoices(t, o) {
			if v.Open() && w.now.After(v.DueAt.AddDate(0, 0, 10)) {
				_, err := w.RecordPayment(t.Context(), v.Number, v.OpenCents, "transfer", w.now)
				must(t, err)
			}
		}
	}
	if len(seen) < 12*4 {
		t.Errorf("only %d mails", len(seen))
	}
	w.balanced(t)
}
