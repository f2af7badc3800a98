package billing_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/license"
	"coffre/internal/notice"
	"coffre/internal/org"
)

func (w *world) hasPremium(t testing.TB) bool {
	t.Helper()
	has, err := w.HasPremium(t.Context(), w.alice)
	must(t, err)
	return has
}

func TestPremiumOfAPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if w.hasPremium(t) {
			t.Error("before it is bought")
		}
		must(t, w.BuyPremium(t.Context(), w.alice, 2, org.Address{Country: "FR"}))
		if err := w.BuyPremium(t.Context(), w.alice, 0, org.Address{}); keyOf(err) != "billing.premiumOwned" {
			t.Errorf("twice: %v", err)
		}
		list, err := w.PremiumInvoices(t.Context(), w.alice)
		if err != nil || len(list) != 1 || list[0].TotalCents != 1800 || list[0].Recipient != "FR\nalice@example.org" || !w.hasPremium(t) {
			t.Errorf("got %+v, %v", list, err)
		}
		w.now = noon.AddDate(0, 0, 73)
		must(t, w.ChangePremiumStorage(t.Context(), w.alice, -1))
		must(t, w.CancelPremium(t.Context(), w.alice))
		must(t, w.ReinstatePremium(t.Context(), w.alice))
		must(t, w.CancelPremium(t.Context(), w.alice))
		if sub, _, err := w.Premium(t.Context(), w.alice); err != nil || sub.CreditCents != 320 || !sub.CancelAtEnd {
			t.Errorf("got %+v, %v", sub, err)
		}
		_, err = w.RecordPayment(t.Context(), list[0].Number, 1800, "transfer", w.now)
		must(t, err)
		w.now = noon.AddDate(1, 0, 0)
		w.run(t)
		if w.hasPremium(t) {
			t.Error("after its end")
		}
		must(t, w.BuyPremium(t.Context(), w.alice, 0, org.Address{}))
		if list, _ := w.PremiumInvoices(t.Context(), w.alice); len(list) != 2 || list[0].TotalCents != 680 || !w.hasPremium(t) {
			t.Errorf("anew, with the credit: got %+v", list)
		}
		want := []notice.Notice{notice.Premium(w.alice, true), notice.Premium(w.alice, false), notice.Premium(w.alice, true)}
		if diff := cmp.Diff(want, w.said); diff != "" {
			t.Errorf("announced: %s", diff)
		}
		w.balanced(t)
	})
}

func TestPremiumThatNobodyPaysEnds(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	must(t, w.BuyPremium(t.Context(), w.alice, 0, org.Address{}))
	w.pass(t, noon.AddDate(0, 0, 61))
	if w.hasPremium(t) {
		t.Error("still there after the grace")
	}
	if last := w.mails[len(w.mails)-1]; last.Template != "subscription-disabled" || last.Data["Organization"] != "" || last.To != "alice@example.org" {
		t.Errorf("got %+v", last)
	}
	_, err := w.RecordPayment(t.Context(), "2026-00001", 1000, "transfer", w.now)
	must(t, err)
	if !w.hasPremium(t) {
		t.Error("not there after the payment")
	}
	w.balanced(t)
}

func TestPremiumThatIsNotThere(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for name, err := range map[string]error{
		"storage": w.ChangePremiumStorage(t.Context(), w.alice, 1), "cancel": w.CancelPremium(t.Context(), w.alice),
		"reinstate": w.ReinstatePremium(t.Context(), w.alice), "address": w.SetPremiumAddress(t.Context(), w.alice, org.Address{}),
	} {
		if keyOf(err) != "billing.noPremium" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := w.BuyPremium(t.Context(), w.alice, 100, org.Address{}); keyOf(err) != "billing.storageRange" {
		t.Errorf("got %v", err)
	}
}

func TestLicenseOfAPersonFollowsFromTheSubscription(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	term := func() license.UserTerm {
		term, err := w.PremiumTerm(t.Context(), w.alice)
		must(t, err)
		return term
	}
	if got := term(); got != (license.UserTerm{}) {
		t.Errorf("without: got %+v", got)
	}
	must(t, w.BuyPremium(t.Context(), w.alice, 0, org.Address{}))
	end := noon.AddDate(1, 0, 0)
	if got := term(); got != (license.UserTerm{PremiumExpires: end, NextInvoice: end}) {
		t.Errorf("running: got %+v", got)
	}
	must(t, w.CancelPremium(t.Context(), w.alice))
	if got := term(); got != (license.UserTerm{PremiumExpires: end}) {
		t.Errorf("canceled: got %+v", got)
	}
}

func TestOwnerOfNothingHasNoSubscription(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	if err := w.GrantCredit(t.Context(), billing.Owner{AccountID: w.alice}, 100, "goodwill"); keyOf(err) != "billing.noPremium" {
		t.Errorf("got %v", err)
	}
}
