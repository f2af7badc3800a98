package billing_test

import (
	"context"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

func TestMoreSeatsAreInvoicedAtOnceAndFewerAreCredited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, enterprise)
		w.now = noon.AddDate(0, 0, 73) // four fifths of the year are left
		must(t, w.ChangeSeats(t.Context(), w.alice, o.ID, 5))
		if v := w.invoices(t, o)[0]; v.TotalCents != 5*5760 || v.Lines[0].Quantity != 5 || *w.get(t, o).Seats != 15 {
			t.Errorf("more: got %+v, seats %d", v, *w.get(t, o).Seats)
		}
		must(t, w.ChangeSeats(t.Context(), w.alice, o.ID, -8))
		if sub := w.find(t, o); sub.CreditCents != 8*5760 || len(w.invoices(t, o)) != 2 || *w.get(t, o).Seats != 7 {
			t.Errorf("fewer: got %+v", sub)
		}
		must(t, w.ChangeStorage(t.Context(), w.alice, o.ID, 3))
		if v := w.invoices(t, o)[0]; v.TotalCents != 0 || v.PaidAt.IsZero() || v.Lines[1].AmountCents != -960 || *w.get(t, o).MaxStorageGB != 4 {
			t.Errorf("the credit pays: got %+v", v)
		}
		if got, err := w.Credit(t.Context(), w.alice, o.ID); err != nil || got != 8*5760-960 {
			t.Errorf("credit: got %d, %v", got, err)
		}
		w.payAll(t, o)
		w.now = noon.AddDate(1, 0, 0)
		w.run(t)
		if v := w.invoices(t, o)[0]; v.TotalCents != 7*7200+3*400-(8*5760-960) {
			t.Errorf("renewal: got %+v", v)
		}
		w.balanced(t)
	})
}

func TestNothingIsChargedInATrial(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	p := enterprise
	p.Trial = true
	o := w.buy(t, p)
	must(t, w.ChangeSeats(t.Context(), w.alice, o.ID, 5))
	must(t, w.ChangeSeats(t.Context(), w.alice, o.ID, -3))
	if sub := w.find(t, o); sub.CreditCents != 0 || len(w.invoices(t, o)) != 0 || *w.get(t, o).Seats != 12 {
		t.Errorf("got %+v", sub)
	}
}

func TestSeatsThatCannotBeChanged(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o, family, free := w.buy(t, org.Purchase{PlanType: plan.TeamsAnnually, AdditionalSeats: 3}), w.buy(t, families), w.buy(t, org.Purchase{})
	w.join(t, o, 2, org.User)
	stranger := w.person(t, "eve@example.org")
	tests := map[string]struct {
		err  error
		want string
	}{
		"occupied":       {w.ChangeSeats(t.Context(), w.alice, o.ID, -1), "billing.seatsOccupied"},
		"none at all":    {w.ChangeSeats(t.Context(), w.alice, o.ID, -3), "billing.seatsRange"},
		"fixed":          {w.ChangeSeats(t.Context(), w.alice, family.ID, 1), "billing.seatsFixed"},
		"free":           {w.ChangeSeats(t.Context(), w.alice, free.ID, 1), "billing.noSubscription"},
		"storage":        {w.ChangeStorage(t.Context(), w.alice, o.ID, -1), "billing.storageRange"},
		"a stranger":     {w.ChangeSeats(t.Context(), stranger, o.ID, 1), "notFound"},
		"limit":          {w.ChangeSubscription(t.Context(), w.alice, o.ID, 2, new(4)), "billing.autoscaleTooLow"},
		"no limit there": {w.ChangeSubscription(t.Context(), w.alice, family.ID, 0, new(9)), "billing.seatsFixed"},
	}
	for name, test := range tests {
		if keyOf(test.err) != test.want {
			t.Errorf("%s: got %v, want %s", name, test.err, test.want)
		}
	}
	err := w.ChangeSeats(t.Context(), w.alice, o.ID, -1)
	if got := fault.Text(err, "en"); got != "3 seats are occupied, and 2 would be left. Remove or revoke members first." {
		t.Errorf("got %q", got)
	}
}

// join adds confirmed members.
func (w *world) join(t testing.TB, o org.Organization, n int, role org.Type) {
	t.Helper()
	for range n {
		must(t, w.orgs.Store.InsertMember(t.Context(), org.Member{
			ID: id.New(), OrganizationID: o.ID, AccountID: w.person(t, id.New().String()+"@example.org"), Status: org.Confirmed,
			Type: role, Key: wrapped, CreatedAt: w.now, RevisedAt: w.now,
		}))
	}
}

func TestInvitationsBuySeatsUpToALimit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, free := w.buy(t, monthly), w.buy(t, org.Purchase{})
		must(t, w.ChangeSubscription(t.Context(), w.alice, o.ID, 1, new(13)))
		must(t, w.AddSeats(t.Context(), o.ID, 2))
		if got := w.get(t, o); *got.Seats != 13 || *got.MaxAutoscaleSeats != 13 || w.invoices(t, o)[0].TotalCents != 1400 {
			t.Errorf("got %d of %d seats, %+v", *got.Seats, *got.MaxAutoscaleSeats, w.invoices(t, o)[0])
		}
		if err := w.AddSeats(t.Context(), o.ID, 1); keyOf(err) != "billing.autoscaleOver" {
			t.Errorf("over the limit: got %v", err)
		}
		if err := w.AddSeats(t.Context(), free.ID, 1); keyOf(err) != "billing.seatsFixed" {
			t.Errorf("free: got %v", err)
		}
		err := w.db.Tx(t.Context(), func(ctx context.Context) error {
			must(t, w.ChangeSubscription(ctx, w.alice, o.ID, 0, nil))
			must(t, w.AddSeats(ctx, o.ID, 100))
			return fault.Gone // the invitation fails
		})
		if err == nil || *w.get(t, o).Seats != 13 || w.find(t, o).Seats != 13 || *w.get(t, o).MaxAutoscaleSeats != 13 {
			t.Errorf("a failure around it: %v, %d seats", err, *w.get(t, o).Seats)
		}
		w.balanced(t)
	})
}

func TestPreviewIsWhatThenIsCharged(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, enterprise)
	w.now = noon.AddDate(0, 5, 3)
	q, err := w.PreviewChange(t.Context(), w.alice, o.ID, 3, 2)
	must(t, err)
	if len(w.invoices(t, o)) != 1 {
		t.Fatal("a preview charges")
	}
	must(t, w.ChangeSeats(t.Context(), w.alice, o.ID, 3))
	must(t, w.ChangeStorage(t.Context(), w.alice, o.ID, 2))
	list := w.invoices(t, o)
	if got := list[0].TotalCents + list[1].TotalCents; got != q.TotalCents || got == 0 {
		t.Errorf("charged %d, previewed %d", got, q.TotalCents)
	}
}

func TestAddressStandsOnTheNextInvoice(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, enterprise)
	a := org.Address{Line1: "2 rue Basse", City: "Lyon", PostalCode: "69001", Country: "FR"}
	must(t, w.SetAddress(t.Context(), w.alice, o.ID, a))
	if got, err := w.Address(t.Context(), w.alice, o.ID); err != nil || got != a {
		t.Errorf("got %+v, %v", got, err)
	}
	must(t, w.ChangeSeats(t.Context(), w.alice, o.ID, 1))
	list := w.invoices(t, o)
	if list[0].Recipient != "Acme SA\n2 rue Basse\n69001 Lyon\nFR\nbills@example.org" || list[1].Recipient != "Acme SA\nbills@example.org" {
		t.Errorf("got %q, before %q", list[0].Recipient, list[1].Recipient)
	}
}

func TestInvoicesAreForTheirOwners(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, families)
	stranger := w.person(t, "eve@example.org")
	must(t, w.BuyPremium(t.Context(), stranger, 0, org.Address{}))
	own, err := w.PremiumInvoices(t.Context(), stranger)
	must(t, err)
	number := w.invoices(t, o)[0].Number
	if _, err := w.Invoice(t.Context(), w.alice, number); err != nil {
		t.Errorf("an owner: %v", err)
	}
	if _, err := w.Invoice(t.Context(), stranger, own[0].Number); err != nil {
		t.Errorf("a person: %v", err)
	}
	for caller, number := range map[id.ID]string{stranger: number, w.alice: own[0].Number} {
		if v, err := w.Invoice(t.Context(), caller, number); fault.KindOf(err) != fault.NotFound || v.Number != "" {
			t.Errorf("somebody else's: got %+v, %v", v, err)
		}
	}
	if list, err := w.Movements(t.Context(), w.alice, o.ID); err != nil || len(list) != 1 || list[0].Cents != 4000 || list[0].Number != number {
		t.Errorf("movements: got %+v, %v", list, err)
	}
	if list, err := w.PremiumMovements(t.Context(), stranger); err != nil || len(list) != 1 || list[0].Cents != 1000 {
		t.Errorf("movements of a person: got %+v, %v", list, err)
	}
}
