package checkout_test

import (
	"strings"
	"testing"

	"coffre/internal/dbtest"
	"coffre/internal/org"
	"coffre/internal/plan"
)

func TestPreviewsSayWhatAnInvoiceWillAskFor(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	teams := w.buy(t, org.Purchase{PlanType: plan.TeamsAnnually, AdditionalSeats: 10})
	free := w.buy(t, org.Purchase{})
	w.Time = noon.AddDate(0, 0, 73) // a fifth of the year is over
	const base = "/api/billing/preview-invoice/"
	for _, test := range []struct {
		o            org.Organization
		target, body string
		want         string
	}{
		{
			teams, "POST " + base + "organizations/subscriptions/purchase",
			`{"purchase":{"tier":"families","cadence":"annually","passwordManager":{"seats":1,"additionalStorage":2,"sponsored":false}},"billingAddress":{"country":"US"}}`,
			`{"tax":0,"total":48}`,
		},
		{
			teams, "POST " + base + "organizations/subscriptions/purchase",
			`{"purchase":{"tier":"Families","cadence":"Annually","passwordManager":{"seats":1,"additionalStorage":0,"sponsored":true}}}`, `{"tax":0,"total":0}`,
		},
		{
			teams, "POST " + base + "organizations/subscriptions/purchase",
			`{"purchase":{"tier":"enterprise","cadence":"monthly","passwordManager":{"seats":4,"additionalStorage":0}}}`, `{"tax":0,"total":28}`,
		},
		{
			teams, "POST " + base + "organizations/OID/subscription/plan-change", `{"plan":{"tier":"enterprise","cadence":"annually"},"billingAddress":null}`,
			`{"tax":0,"total":192}`, // ten seats, 24 dollars more each, for four fifths of the year
		},
		{free, "POST " + base + "organizations/OID/subscription/plan-change", `{"plan":{"tier":"teams","cadence":"monthly"}}`, `{"tax":0,"total":10}`},
		{teams, "PUT " + base + "organizations/OID/subscription/update", `{"update":{"passwordManager":{"seats":15}}}`, `{"tax":0,"total":192}`},
		{teams, "PUT " + base + "organizations/OID/subscription/update", `{"update":{"passwordManager":{"seats":5}}}`, `{"tax":0,"total":0}`},
		{teams, "PUT " + base + "organizations/OID/subscription/update", `{"update":{"passwordManager":{"additionalStorage":5}}}`, `{"tax":0,"total":16}`},
		{teams, "POST " + base + "premium/subscriptions/purchase", `{"additionalStorage":1,"billingAddress":{"country":"FR"}}`, `{"tax":0,"total":14}`},
	} {
		rec := w.call(test.o, test.target, test.body)
		if got := strings.TrimSpace(rec.Body.String()); rec.Code != 200 || got != test.want {
			t.Errorf("%s %s: got %d %s, want %s", test.target, test.body, rec.Code, got, test.want)
		}
	}
	if books, err := w.money.Books(t.Context()); err != nil || books.Invoices != 1 {
		t.Errorf("a preview has changed the books: %+v, %v", books, err)
	}
}

func TestPreviewsNameWhatTheyCannotPrice(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, enterprise)
	const base = "/api/billing/preview-invoice/"
	for _, test := range []struct{ target, body, field string }{
		{"POST " + base + "organizations/subscriptions/purchase", `{"purchase":{"cadence":"annually"}}`, "purchase.tier"},
		{"POST " + base + "organizations/subscriptions/purchase", `{"purchase":{"tier":"teams"}}`, "purchase.cadence"},
		{"POST " + base + "organizations/subscriptions/purchase", `{"purchase":{"tier":"teams","cadence":"weekly"}}`, "purchase.cadence"},
		{"POST " + base + "organizations/subscriptions/purchase", `{"purchase":{"tier":"families","cadence":"monthly"}}`, "purchase.tier"},
		{"POST " + base + "organizations/subscriptions/purchase", `{"purchase":{"tier":"teams","cadence":"monthly","secretsManager":{"seats":1}}}`, "purchase.secretsManager"},
		{"POST " + base + "organizations/OID/subscription/plan-change", `{"plan":{"tier":"pro","cadence":"monthly"}}`, "plan.tier"},
		{"PUT " + base + "organizations/OID/subscription/update", `{"update":{"secretsManager":{"seats":1}}}`, "update.secretsManager"},
		{"POST " + base + "premium/subscriptions/purchase", `{"additionalStorage":100}`, "additionalStorageGb"},
	} {
		if rec := w.call(o, test.target, test.body); rec.Code != 400 || !strings.Contains(rec.Body.String(), `"`+test.field+`":[`) {
			t.Errorf("%s %s: got %d %s, want it to name %s", test.target, test.body, rec.Code, rec.Body, test.field)
		}
	}
	stranger := w.Person(t, "eve@example.org")
	w.alice = stranger
	if rec := w.call(o, "POST "+base+"organizations/OID/subscription/plan-change", `{"plan":{"tier":"teams","cadence":"monthly"}}`); rec.Code != 404 {
		t.Errorf("a stranger: got %d", rec.Code)
	}
}
