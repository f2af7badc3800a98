package checkout_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
)

func TestPagesOfTheOwner(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	bought := w.buy(t, org.Purchase{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 5, AdditionalStorageGB: 1})
	sponsored, trial, free := w.buy(t, families), w.buy(t, familiesTrial), w.buy(t, org.Purchase{})
	if _, err := w.money.Sponsor(t.Context(), sponsored.ID); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		o    org.Organization
		page string
	}{
		"bought":       {bought, "subscription"},
		"sponsored":    {sponsored, "subscription"},
		"trial":        {trial, "subscription"},
		"free":         {free, "subscription"},
		"history":      {bought, "billing/history"},
		"invoices":     {bought, "billing/invoices"},
		"transactions": {bought, "billing/transactions"},
		"credited":     {sponsored, "billing/transactions"},
		"warnings":     {bought, "billing/vnext/warnings"},
		"trial-ends":   {trial, "billing/vnext/warnings"},
		"source":       {sponsored, "billing"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			rec := w.call(test.o, "GET /api/organizations/OID/"+test.page, "")
			if rec.Code != 200 {
				t.Fatalf("got %d %s", rec.Code, rec.Body)
			}
			golden(t, name, rec.Body.Bytes())
		})
	}
}

func TestWhatIsPaidIsForTheOwnerAlone(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, enterprise)
	admin, stranger := w.Person(t, "bob@example.org"), w.Person(t, "eve@example.org")
	w.Join(t, org.Member{OrganizationID: o.ID, AccountID: admin, Status: org.Confirmed, Type: org.Admin})
	before := w.find(t, o)
	const address = `{"country":"FR","postalCode":"75001"}`
	for target, body := range map[string]string{
		"GET subscription": "", "GET billing/history": "", "GET billing/invoices": "", "GET billing/transactions": "", "GET billing": "",
		"GET billing/vnext/address": "", "PUT billing/vnext/address": address, "GET billing/vnext/payment-method": "",
		"PUT billing/vnext/payment-method": `{}`, "GET billing/vnext/credit": "", "POST billing/vnext/credit/bitpay": `{}`,
		"POST upgrade": `{"planType":20}`, "POST seat": `{"seatAdjustment":1}`, "POST storage": `{"storageGbAdjustment":1}`,
		"POST subscription": `{"seatAdjustment":1}`, "POST cancel": `{}`, "POST reinstate": "", "POST billing/vnext/subscription/restart": "{}",
		"POST billing/change-frequency": `{"newPlanType":19}`, "POST sm-subscription": `{}`, "GET billing/vnext/churn-mitigation-offer": "",
	} {
		method, page, _ := strings.Cut(target, " ")
		for who, caller := range map[string]id.ID{"a stranger": stranger, "an admin": admin} {
			if got := orgtest.Call(w.router, caller, method+" /api/organizations/"+o.ID.String()+"/"+page, body).Code; got != 404 {
				t.Errorf("%s for %s: got %d", target, who, got)
			}
		}
		if got := orgtest.Call(w.router, id.ID{}, method+" /api/organizations/"+o.ID.String()+"/"+page, body).Code; got != 401 {
			t.Errorf("%s without a token: got %d", target, got)
		}
	}
	if after := w.find(t, o); after != before {
		t.Errorf("the subscription has changed: %+v", after)
	}
	if got := orgtest.Call(w.router, admin, "GET /api/organizations/"+o.ID.String()+"/billing/vnext/warnings", "").Code; got != 200 {
		t.Errorf("warnings for an admin: got %d", got)
	}
}

func TestInvoicesAreListedInParts(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, families)
	if _, err := w.money.RecordPayment(t.Context(), "2026-00001", 4000, "NTRF-1", noon); err != nil {
		t.Fatal(err)
	}
	w.later(t, noon.AddDate(1, 0, 0))
	var all []struct{ ID id.ID }
	w.must(t, o, "GET /api/organizations/OID/billing/invoices", "", &all)
	for query, want := range map[string]string{
		"":                                  "2027-00001 2026-00001",
		"?status=paid":                      "2026-00001",
		"?status=open":                      "2027-00001",
		"?startAfter=" + all[0].ID.String(): "2026-00001",
		"?status=open&startAfter=" + all[0].ID.String(): "",
		"?startAfter=" + id.New().String():              "",
	} {
		var list []struct{ Number string }
		w.must(t, o, "GET /api/organizations/OID/billing/invoices"+query, "", &list)
		numbers := []string{}
		for _, v := range list {
			numbers = append(numbers, v.Number)
		}
		if got := strings.Join(numbers, " "); got != want {
			t.Errorf("%q: got %q, want %q", query, got, want)
		}
	}
}

// term is what a page shows of a subscription.
type term struct {
	Subscription *struct {
		Status                              string
		Cancelled, CancelAtEndDate          bool
		SuspensionDate, UnpaidPeriodEndDate *time.Time
		GracePeriod                         *int
	}
	UpcomingInvoice *struct {
		Date   time.Time
		Amount float64
	}
}

func TestPageTellsWhenAnOverdueInvoiceHasConsequences(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, families)
		w.later(t, noon.Add(billing.PaymentTerm+time.Hour))
		var page term
		w.must(t, o, "GET /api/organizations/OID/subscription", "", &page)
		s := page.Subscription
		if s == nil || s.Status != "past_due" || s.SuspensionDate == nil || !s.SuspensionDate.Equal(noon.Add(billing.PaymentTerm+billing.Grace)) ||
			*s.GracePeriod != 30 || !s.UnpaidPeriodEndDate.Equal(noon.AddDate(1, 0, 0)) {
			t.Errorf("overdue: got %+v", s)
		}
		for day := range 40 {
			w.later(t, noon.Add(billing.PaymentTerm+time.Duration(day)*24*time.Hour))
		}
		w.must(t, o, "GET /api/organizations/OID/subscription", "", &page)
		if page.Subscription.Status != "unpaid" || page.UpcomingInvoice != nil {
			t.Errorf("after the grace: got %+v, %+v", page.Subscription, page.UpcomingInvoice)
		}
		if _, err := w.money.RecordPayment(t.Context(), "2026-00001", 4000, "NTRF-1", w.Now()); err != nil {
			t.Fatal(err)
		}
		w.must(t, o, "GET /api/organizations/OID/subscription", "", &page)
		if page.Subscription.Status != "active" || page.UpcomingInvoice == nil {
			t.Errorf("paid: got %+v", page.Subscription)
		}
	})
}

func TestWarningsSayWhoIsToDoWhat(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	unpaid, canceled := w.buy(t, families), w.buy(t, familiesTrial)
	bob := w.Person(t, "bob@example.org")
	for _, o := range []org.Organization{unpaid, canceled} {
		w.Join(t, org.Member{OrganizationID: o.ID, AccountID: bob, Status: org.Confirmed, Type: org.User})
	}
	w.must(t, canceled, "POST /api/organizations/OID/cancel", `{"reason":"too_expensive","feedback":"x"}`, nil)
	for day := range 70 {
		w.later(t, noon.Add(time.Duration(day)*24*time.Hour))
	}
	for _, test := range []struct {
		o      org.Organization
		caller id.ID
		want   string
	}{
		{unpaid, w.alice, "add_payment_method"}, {canceled, w.alice, "resubscribe"}, {unpaid, bob, "contact_owner"}, {canceled, bob, "contact_owner"},
	} {
		rec := orgtest.Call(w.router, test.caller, "GET /api/organizations/"+test.o.ID.String()+"/billing/vnext/warnings", "")
		var got struct{ InactiveSubscription struct{ Resolution string } }
		if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil || got.InactiveSubscription.Resolution != test.want {
			t.Errorf("got %s, want %s", rec.Body, test.want)
		}
	}
}

func TestNamesOfItemsAreInTheLanguageOfTheReader(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, org.Purchase{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 5, AdditionalStorageGB: 1})
	body := w.call(o, "GET /api/organizations/OID/subscription", "", "Accept-Language", "fr").Body.String()
	for _, want := range []string{"Entreprise (annuel), licences", "Entreprise (annuel), stockage en Go"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in %s", want, body)
		}
	}
}
