package billing_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/org"
)

// grant gives an organization a credit.
func (w *world) grant(t testing.TB, o org.Organization, cents int64) {
	t.Helper()
	must(t, w.GrantCredit(t.Context(), billing.Owner{OrganizationID: o.ID}, cents, "sorry"))
}

func TestNobodyIsSuspendedWhileCreditCoversWhatIsOpen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, families)
		w.grant(t, o, 4500)
		if v := w.invoices(t, o)[0]; v.OpenCents != 4000 {
			t.Errorf("before it is due: open are %d", v.OpenCents)
		}
		w.sent()
		w.pass(t, noon.AddDate(0, 0, 80))
		if got := w.sent(); !slices.Equal(got, []string{"payment-reminder"}) {
			t.Errorf("mails %v, want the one before the due day", got)
		}
		v, sub := w.invoices(t, o)[0], w.find(t, o)
		if v.Open() || !v.PaidAt.Equal(v.DueAt) || sub.CreditCents != 500 || sub.Status != billing.Active || !w.get(t, o).Enabled {
			t.Errorf("invoice %+v, subscription %+v", v, sub)
		}
		w.balanced(t)
	})
}

func TestRemindersAskForWhatCreditDoesNotCover(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o, other := w.buy(t, families), w.buy(t, families)
		w.grant(t, o, 1000)
		w.sent()
		w.pass(t, noon.AddDate(0, 0, 30))
		var amounts []string
		for _, m := range w.mails {
			amounts = append(amounts, m.Data["Amount"])
		}
		slices.Sort(amounts)
		if want := []string{"$30.00", "$40.00", "$40.00", "$40.00"}; !slices.Equal(amounts, want) {
			t.Errorf("asked for %v, want %v", amounts, want)
		}
		w.pass(t, noon.AddDate(0, 0, 61))
		for _, one := range []org.Organization{o, other} {
			if sub := w.find(t, one); sub.Status != billing.Unpaid || sub.CreditCents != 0 {
				t.Errorf("got %+v", sub)
			}
		}
		w.balanced(t)
	})
}

func TestCreditGivesBackWhatAnInvoiceHasTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, families)
		w.pass(t, noon.AddDate(0, 0, 61))
		w.grant(t, o, 3999)
		if sub := w.find(t, o); sub.Status != billing.Unpaid || w.invoices(t, o)[0].OpenCents != 1 {
			t.Errorf("a cent is missing: got %+v", sub)
		}
		w.grant(t, o, 11)
		if sub := w.find(t, o); sub.Status != billing.Active || sub.CreditCents != 10 || !w.get(t, o).Enabled {
			t.Errorf("got %+v", sub)
		}
		w.balanced(t)
	})
}

// One that fails keeps nobody else of its page from being renewed, and is renewed once
// it can be.
func TestOneSubscriptionThatFailsHoldsUpNoOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var orgs []org.Organization
		for range 4 {
			orgs = append(orgs, w.buy(t, monthly))
		}
		faulty := w.find(t, orgs[1])
		w.now = noon.AddDate(0, 1, 0)
		broken, send := errors.New("broken"), w.Mail
		link := w.InvoiceLink
		w.Mail = func(ctx ctx, list ...message) error {
			for _, m := range list {
				if strings.Contains(m.Data["Link"], "of-the-faulty") {
					return broken
				}
			}
			return send(ctx, list...)
		}
		w.InvoiceLink = func(v billing.Invoice) string {
			if v.SubscriptionID == faulty.ID {
				return "of-the-faulty"
			}
			return link(v)
		}
		err := w.Renew(t.Context())
		if !errors.Is(err, broken) || !strings.Contains(err.Error(), faulty.ID.String()) {
			t.Errorf("got %v, want which failed", err)
		}
		for i, o := range orgs {
			want := noon.AddDate(0, 2, 0)
			if i == 1 {
				want = w.now
			}
			if got := w.find(t, o).PeriodEnd; !got.Equal(want) {
				t.Errorf("%d is renewed until %v, want %v", i, got, want)
			}
		}
		w.Mail = send
		must(t, w.Renew(t.Context()))
		if got := w.find(t, orgs[1]).PeriodEnd; !got.Equal(noon.AddDate(0, 2, 0)) {
			t.Errorf("afterwards it is renewed until %v", got)
		}
		w.balanced(t)
	})
}
