package billing_test

import (
	"slices"
	"testing"
	"time"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
)

func TestPaymentsInPartsAndTooMuch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, families)
		number := w.invoices(t, o)[0].Number
		w.sent()
		received := noon.Add(36 * time.Hour)
		steps := []struct {
			cents        int64
			reference    string
			open, credit int64
			want         string
		}{
			{1500, "A", 2500, 0, ""},
			{1500, "A", 2500, 0, "billing.paymentRecorded"},
			{3000, "B", 0, 500, ""},
			{200, "C", 0, 700, ""},
			{0, "D", 0, 700, "billing.paymentRange"},
			{-5, "D", 0, 700, "billing.paymentRange"},
			{100, "", 0, 700, "billing.noReference"},
		}
		for _, step := range steps {
			_, err := w.RecordPayment(t.Context(), number, step.cents, step.reference, received)
			v := w.invoices(t, o)[0]
			if keyOf(err) != step.want || v.OpenCents != step.open || w.find(t, o).CreditCents != step.credit {
				t.Errorf("%+v: got %v, open %d, credit %d", step, err, v.OpenCents, w.find(t, o).CreditCents)
			}
		}
		if v := w.invoices(t, o)[0]; !v.PaidAt.Equal(received) || v.TotalCents != 4000 {
			t.Errorf("got %+v", v)
		}
		if got := w.sent(); !slices.Equal(got, []string{"payment-received", "payment-received", "payment-received"}) {
			t.Errorf("mails: got %v", got)
		}
		w.pass(t, noon.AddDate(0, 0, 70))
		if got := w.sent(); len(got) != 0 {
			t.Errorf("reminders of what is paid: %v", got)
		}
		books, err := w.Books(t.Context())
		if err != nil || books.Accounts["cash"] != 4700 || books.Accounts["credit"] != -700 || books.Accounts["receivable"] != 0 {
			t.Errorf("books: %+v, %v", books, err)
		}
		w.balanced(t)
	})
}

func TestInvoiceIsWrittenOff(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, families)
	number := w.invoices(t, o)[0].Number
	_, err := w.RecordPayment(t.Context(), number, 1000, "A", w.now)
	must(t, err)
	w.pass(t, noon.AddDate(0, 0, 61))
	if _, err := w.WriteOff(t.Context(), number, ""); keyOf(err) != "billing.noReference" {
		t.Errorf("without a reason: %v", err)
	}
	v, err := w.WriteOff(t.Context(), number, "bankrupt")
	if err != nil || v.Open() || !v.PaidAt.IsZero() || !v.WrittenOffAt.Equal(w.now) {
		t.Errorf("got %+v, %v", v, err)
	}
	if _, err := w.WriteOff(t.Context(), number, "bankrupt"); keyOf(err) != "billing.invoiceClosed" {
		t.Errorf("twice: %v", err)
	}
	if sub := w.find(t, o); sub.Status != billing.Active || !w.get(t, o).Enabled {
		t.Errorf("got %+v", sub)
	}
	books, err := w.Books(t.Context())
	if err != nil || books.Accounts["writeoff"] != 3000 {
		t.Errorf("books: %+v, %v", books, err)
	}
	w.balanced(t)
}

// Nobody is asked for another year because the last one was given up.
func TestWriteOffBeginsNothing(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, families)
	w.pass(t, noon.AddDate(1, 1, 0))
	_, err := w.WriteOff(t.Context(), w.invoices(t, o)[0].Number, "bankrupt")
	must(t, err)
	if sub := w.find(t, o); sub.Status != billing.Canceled || w.get(t, o).Enabled || len(w.invoices(t, o)) != 1 {
		t.Errorf("got %+v", sub)
	}
	w.balanced(t)
}

func TestPaymentOfNothing(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	if _, err := w.RecordPayment(t.Context(), "2026-00001", 100, "A", noon); fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v", err)
	}
}

func TestCreditIsUsedByTheNextInvoice(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, monthly)
	w.payAll(t, o)
	owner := w.find(t, o).Owner()
	if err := w.GrantCredit(t.Context(), owner, 100, ""); keyOf(err) != "billing.noReference" {
		t.Errorf("without a reason: %v", err)
	}
	must(t, w.GrantCredit(t.Context(), owner, 10000, "an outage"))
	for month, want := range []int64{0, 4000, 7000} {
		w.now = noon.AddDate(0, month+1, 0)
		w.run(t)
		if v := w.invoices(t, o)[0]; v.TotalCents != want || v.Open() != (want > 0) {
			t.Errorf("month %d: got %+v, want %d", month, v, want)
		}
	}
	list, err := w.Movements(t.Context(), w.alice, o.ID)
	if err != nil || len(list) != 6 || list[3].Text != "an outage" && list[4].Text != "an outage" {
		t.Errorf("movements: got %+v, %v", list, err)
	}
	w.balanced(t)
}
