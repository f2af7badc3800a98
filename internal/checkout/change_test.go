package checkout_test

import (
	"strings"
	"testing"
	"time"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/org"
	"coffre/internal/plan"
)

func TestOwnerChangesWhatIsBought(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, enterprise)
		w.Time = noon.AddDate(0, 0, 73) // a fifth of the year is over
		var payment struct {
			Object  string
			Success bool
		}
		w.must(t, o, "POST /api/organizations/OID/seat", `{"seatAdjustment":5}`, &payment)
		if payment.Object != "payment" || !payment.Success {
			t.Errorf("seats: got %+v", payment)
		}
		w.must(t, o, "POST /api/organizations/OID/storage", `{"storageGbAdjustment":10}`, nil)
		var profile struct {
			Object string
			Seats  int
		}
		w.must(t, o, "POST /api/organizations/OID/subscription", `{"seatAdjustment":-3,"maxAutoscaleSeats":20}`, &profile)
		if profile.Object != "profileOrganization" || profile.Seats != 12 {
			t.Errorf("subscription: got %+v", profile)
		}
		o, err := w.Orgs.Get(t.Context(), o.ID)
		if err != nil || *o.Seats != 12 || *o.MaxAutoscaleSeats != 20 || *o.MaxStorageGB != 11 {
			t.Errorf("got %+v, %v", o, err)
		}
		if sub := w.find(t, o); sub.CreditCents != 3*7200*4/5 {
			t.Errorf("credit: got %d", sub.CreditCents)
		}
		books, err := w.money.Books(t.Context())
		if err != nil || len(books.Faults) > 0 || books.Invoices != 3 {
			t.Errorf("books: %+v, %v", books, err)
		}
	})
}

func TestUpgradeTakesOverKeysAndTheNameOfTheBusiness(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, org.Purchase{})
	w.must(t, o, "POST /api/organizations/OID/upgrade", `{"planType":17,"additionalSeats":3,"businessName":"Acme GmbH","billingAddressCountry":"de",
		"billingAddressPostalCode":"10115","keys":{"publicKey":"AAAA","encryptedPrivateKey":"2.AAAA|AAAA|AAAA"}}`, nil)
	o, err := w.Orgs.Get(t.Context(), o.ID)
	if err != nil || o.PlanType != plan.TeamsMonthly || *o.Seats != 3 || o.BusinessName != "Acme GmbH" || o.PublicKey != "AAAA" {
		t.Errorf("got %+v, %v", o, err)
	}
	list, err := w.money.Invoices(t.Context(), w.alice, o.ID)
	if err != nil || len(list) != 1 || list[0].TotalCents != 1500 || !strings.Contains(list[0].Recipient, "Acme GmbH\n10115\nDE") {
		t.Errorf("got %+v, %v", list, err)
	}
}

func TestSubscriptionIsCanceledReinstatedAndRestarted(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, familiesTrial)
	w.must(t, o, "POST /api/organizations/OID/cancel", `{"reason":"unused","feedback":"not for me"}`, nil)
	var page term
	w.must(t, o, "GET /api/organizations/OID/subscription", "", &page)
	if !page.Subscription.CancelAtEndDate || page.Subscription.Cancelled || page.UpcomingInvoice != nil {
		t.Errorf("canceled: got %+v", page.Subscription)
	}
	w.must(t, o, "POST /api/organizations/OID/reinstate", "", nil)
	w.must(t, o, "GET /api/organizations/OID/subscription", "", &page)
	if page.Subscription.CancelAtEndDate || page.UpcomingInvoice == nil {
		t.Errorf("reinstated: got %+v", page.Subscription)
	}
	w.must(t, o, "POST /api/organizations/OID/cancel", "", nil)
	w.later(t, noon.AddDate(0, 0, 8))
	w.must(t, o, "GET /api/organizations/OID/subscription", "", &page)
	if page.Subscription.Status != string(billing.Canceled) || !page.Subscription.Cancelled {
		t.Errorf("over: got %+v", page.Subscription)
	}
	w.must(t, o, "POST /api/organizations/OID/billing/vnext/subscription/restart",
		`{"paymentMethod":null,"billingAddress":{"country":"be","postalCode":"1000","taxId":{"code":"eu_vat","value":"BE0"}}}`, nil)
	w.must(t, o, "GET /api/organizations/OID/subscription", "", &page)
	list, err := w.money.Invoices(t.Context(), w.alice, o.ID)
	if page.Subscription.Status != "active" || err != nil || len(list) != 1 || !strings.Contains(list[0].Recipient, "1000\nBE\nBE0") {
		t.Errorf("restarted: got %+v, %+v, %v", page.Subscription, list, err)
	}
}

func TestFrequencyIsChangedAndNothingElse(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, enterprise)
	w.Time = noon.AddDate(0, 6, 0)
	w.must(t, o, "POST /api/organizations/OID/billing/change-frequency", `{"newPlanType":19}`, nil)
	if sub := w.find(t, o); sub.PlanType != plan.EnterpriseMonthly || sub.Seats != 10 || !sub.PeriodEnd.Equal(noon.AddDate(0, 7, 0)) || sub.CreditCents == 0 {
		t.Errorf("got %+v", sub)
	}
	for body, want := range map[string]string{`{"newPlanType":17}`: "other interval", `{"newPlanType":19}`: "other interval", `{}`: "newPlanType"} {
		if rec := w.call(o, "POST /api/organizations/OID/billing/change-frequency", body); rec.Code != 400 || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%s: got %d %s", body, rec.Code, rec.Body)
		}
	}
}

func TestBadChangesNameTheirMember(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, enterprise)
	for _, test := range []struct{ target, body, field string }{
		{"POST /api/organizations/OID/seat", `{}`, "seatAdjustment"},
		{"POST /api/organizations/OID/seat", `{"seatAdjustment":-10}`, "seatAdjustment"},
		{"POST /api/organizations/OID/seat", `{"seatAdjustment":"many"}`, "seatAdjustment"},
		{"POST /api/organizations/OID/storage", `{"storageGbAdjustment":0}`, "storageGbAdjustment"},
		{"POST /api/organizations/OID/storage", `{"storageGbAdjustment":100}`, "storageGbAdjustment"},
		{"POST /api/organizations/OID/storage", `{"storageGbAdjustment":-1}`, "storageGbAdjustment"},
		{"POST /api/organizations/OID/subscription", `{"seatAdjustment":1,"maxAutoscaleSeats":5}`, "maxAutoscaleSeats"},
		{"POST /api/organizations/OID/upgrade", `{"additionalSeats":3}`, "planType"},
		{"POST /api/organizations/OID/upgrade", `{"planType":17,"additionalSeats":3}`, "planType"},
		{"POST /api/organizations/OID/upgrade", `{"planType":20,"useSecretsManager":true}`, "useSecretsManager"},
		{"POST /api/organizations/OID/upgrade", `{"planType":20,"billingAddressCountry":"FRA"}`, "billingAddressCountry"},
		{"POST /api/organizations/OID/upgrade", `{"planType":20,"keys":{"publicKey":"?"}}`, "keys.publicKey"},
		{"POST /api/organizations/OID/billing/vnext/subscription/restart", `{"paymentMethod":{"type":"card","token":"tok"}}`, "paymentMethod"},
		{"PUT /api/organizations/OID/billing/vnext/address", `{"country":"FR"}`, "postalCode"},
		{"PUT /api/organizations/OID/billing/vnext/address", `{"country":"France","postalCode":"75001"}`, "country"},
		{"GET /api/organizations/OID/billing/transactions?startAfter=yesterday", ``, "startAfter"},
	} {
		if rec := w.call(o, test.target, test.body); rec.Code != 400 || !strings.Contains(rec.Body.String(), `"`+test.field+`":[`) {
			t.Errorf("%s %s: got %d %s, want it to name %s", test.target, test.body, rec.Code, rec.Body, test.field)
		}
	}
	if sub := w.find(t, o); sub.Seats != 10 || sub.ExtraStorageGB != 0 {
		t.Errorf("something has changed: %+v", sub)
	}
}

func TestWhatIsNotSoldIsRefusedInWords(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, enterprise)
	for target, code := range map[string]string{
		"POST /api/organizations/OID/sm-subscription":                                  "not-sold",
		"POST /api/organizations/OID/subscribe-secrets-manager":                        "not-sold",
		"POST /api/organizations/OID/billing/setup-business-unit":                      "not-sold",
		"POST /api/organizations/OID/billing/vnext/churn-mitigation-offer/redeem":      "no-offer",
		"PUT /api/organizations/OID/billing/vnext/payment-method":                      "payment-by-invoice",
		"POST /api/organizations/OID/billing/vnext/credit/bitpay":                      "payment-by-invoice",
		"POST /api/organizations/OID/billing/vnext/payment-method/verify-bank-account": "payment-by-invoice",
		"POST /api/setup-intent/card":                                                  "payment-by-invoice",
		"POST /api/account/billing/vnext/upgrade":                                      "premium-not-upgradable",
		"POST /api/account/billing/vnext/premium/checkout":                             "payment-by-invoice",
	} {
		if rec := w.call(o, target, `{"useSecretsManager":true}`); rec.Code != 400 || !strings.Contains(rec.Body.String(), `"code":"`+code+`"`) {
			t.Errorf("%s: got %d %s", target, rec.Code, rec.Body)
		}
	}
	for _, target := range []string{
		"GET /api/organizations/OID/billing/vnext/churn-mitigation-offer", "GET /api/organizations/OID/billing/vnext/annual-upgrade-offer",
		"GET /api/organizations/OID/billing/vnext/payment-method", "GET /api/account/billing/vnext/payment-method",
	} {
		if rec := w.call(o, target, ""); rec.Code != 200 || strings.TrimSpace(rec.Body.String()) != "null" {
			t.Errorf("%s: got %d %s", target, rec.Code, rec.Body)
		}
	}
}

func TestAddressIsOnTheNextInvoice(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, familiesTrial)
	if got := strings.TrimSpace(w.call(o, "GET /api/organizations/OID/billing/vnext/address", "").Body.String()); got != "null" {
		t.Errorf("before: got %s", got)
	}
	const address = `{"country":"fr","postalCode":"75001","line1":"1 rue Haute","line2":null,"city":"Paris","state":null,"taxId":{"code":"eu_vat","value":"FR00"}}`
	w.must(t, o, "PUT /api/organizations/OID/billing/vnext/address", address, nil)
	const want = `{"country":"FR","postalCode":"75001","line1":"1 rue Haute","line2":null,"city":"Paris","state":null,"taxId":{"code":"eu_vat","value":"FR00"}}`
	if got := strings.TrimSpace(w.call(o, "GET /api/organizations/OID/billing/vnext/address", "").Body.String()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	w.later(t, noon.AddDate(0, 0, 7).Add(time.Minute))
	list, err := w.money.Invoices(t.Context(), w.alice, o.ID)
	if err != nil || len(list) != 1 || !strings.Contains(list[0].Recipient, "1 rue Haute\n75001 Paris\nFR\nFR00") {
		t.Errorf("got %+v, %v", list, err)
	}
	for query, want := range map[string]string{"?country=FR": "true", "?country=France": "false"} {
		if got := strings.TrimSpace(w.call(o, "GET /api/tax/is-country-supported"+query, "").Body.String()); got != want {
			t.Errorf("%s: got %s", query, got)
		}
	}
}
