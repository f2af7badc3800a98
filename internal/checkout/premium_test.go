package checkout_test

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"coffre/internal/checkout"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/web"
)

const buyPremium = `{"tokenizedPaymentMethod":null,"billingAddress":{"country":"FR","postalCode":"75001"},"additionalStorageGb":2}`

func TestPremiumIsBoughtChangedCanceledAndReinstated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		none := org.Organization{}
		if got := w.call(none, "GET /api/account/billing/vnext/subscription", "").Code; got != 404 {
			t.Errorf("before: got %d", got)
		}
		w.must(t, none, "POST /api/account/billing/vnext/subscription", buyPremium, nil)
		if has, err := w.money.HasPremium(t.Context(), w.alice); err != nil || !has {
			t.Errorf("has premium: %v, %v", has, err)
		}
		w.must(t, none, "PUT /api/account/billing/vnext/subscription/storage", `{"additionalStorageGb":5}`, nil)
		w.must(t, none, "POST /api/accounts/storage", `{"storageGbAdjustment":-1}`, nil)
		w.must(t, none, "POST /api/accounts/cancel", `{"reason":"other","feedback":""}`, nil)
		golden(t, "premium-canceled", w.call(none, "GET /api/accounts/subscription", "").Body.Bytes())
		w.must(t, none, "POST /api/account/billing/vnext/subscription/reinstate", "", nil)
		golden(t, "premium", w.call(none, "GET /api/accounts/subscription", "").Body.Bytes())
		golden(t, "premium-cart", w.call(none, "GET /api/account/billing/vnext/subscription", "").Body.Bytes())
		golden(t, "premium-history", w.call(none, "GET /api/accounts/billing/history", "").Body.Bytes())
		for target, want := range map[string]string{
			"GET /api/account/billing/vnext/credit":    "4",
			"GET /api/account/billing/vnext/discounts": "[]",
			"GET /api/account/billing/vnext/address":   `{"country":"FR","postalCode":"75001","line1":null,"line2":null,"city":null,"state":null,"taxId":null}`,
		} {
			if got := strings.TrimSpace(w.call(none, target, "").Body.String()); got != want {
				t.Errorf("%s: got %s, want %s", target, got, want)
			}
		}
	})
}

func TestPremiumThatIsOverIsShownAsOver(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	none := org.Organization{}
	w.must(t, none, "POST /api/account/billing/vnext/subscription", buyPremium, nil)
	w.must(t, none, "POST /api/accounts/cancel-premium", "", nil)
	var list []struct{ Number string }
	w.must(t, none, "GET /api/accounts/billing/invoices?status=open", "", &list)
	if len(list) != 1 {
		t.Fatalf("invoices: got %+v", list)
	}
	if _, err := w.money.RecordPayment(t.Context(), list[0].Number, 1800, "NTRF", noon); err != nil {
		t.Fatal(err)
	}
	w.later(t, noon.AddDate(1, 0, 0).Add(time.Minute))
	var cart struct {
		Status               string
		Canceled, NextCharge *time.Time
	}
	w.must(t, none, "GET /api/account/billing/vnext/subscription", "", &cart)
	if cart.Status != "canceled" || cart.Canceled == nil || cart.NextCharge != nil {
		t.Errorf("got %+v", cart)
	}
	var moved []struct {
		Type              int
		PaymentMethodType int
		Amount            float64
	}
	w.must(t, none, "GET /api/accounts/billing/transactions", "", &moved)
	if len(moved) != 1 || moved[0].Type != 0 || moved[0].PaymentMethodType != 5 || moved[0].Amount != 18 {
		t.Errorf("transactions: got %+v", moved)
	}
}

// form sends what web vaults before 2026 send.
func form(w *world, values map[string]string) *httptest.ResponseRecorder {
	var body bytes.Buffer
	f := multipart.NewWriter(&body)
	for name, value := range values {
		f.WriteField(name, value)
	}
	f.Close()
	return orgtest.Call(w.router, w.alice, "POST /api/accounts/premium", body.String(), "Content-Type", f.FormDataContentType())
}

func TestPremiumIsBoughtWithTheFormOfOlderClients(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for field, values := range map[string]map[string]string{
		"country":             {"additionalStorageGb": "1"},
		"additionalStorageGb": {"country": "FR", "additionalStorageGb": "one"},
		"paymentMethodType":   {"country": "FR", "paymentMethodType": "0", "paymentToken": "tok"},
		"postalCode":          {"country": "FR", "postalCode": strings.Repeat("7", 101)},
	} {
		if rec := form(w, values); rec.Code != 400 || !strings.Contains(rec.Body.String(), `"`+field+`":[`) {
			t.Errorf("%v: got %d %s", values, rec.Code, rec.Body)
		}
	}
	rec := form(w, map[string]string{"paymentMethodType": "8", "additionalStorageGb": "1", "country": "fr", "postalCode": "75001"})
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), `"success":true`) {
		t.Fatalf("got %d %s", rec.Code, rec.Body)
	}
	if sub, _, err := w.money.Premium(t.Context(), w.alice); err != nil || sub.ExtraStorageGB != 1 || sub.Address.Country != "FR" {
		t.Errorf("got %+v, %v", sub, err)
	}
	if rec := form(w, map[string]string{"country": "FR"}); rec.Code != 400 {
		t.Errorf("twice: got %d %s", rec.Code, rec.Body)
	}
}

func TestBadPurchasesOfPremiumNameTheirMember(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, test := range []struct{ target, body, field string }{
		{"POST /api/account/billing/vnext/subscription", `{}`, "billingAddress.country"},
		{"POST /api/account/billing/vnext/subscription", `{"tokenizedPaymentMethod":{"type":"card","token":"tok"},"billingAddress":{"country":"FR"}}`, "tokenizedPaymentMethod"},
		{"POST /api/account/billing/vnext/subscription", `{"billingAddress":{"country":"FR"},"additionalStorageGb":100}`, "additionalStorageGb"},
		{"PUT /api/account/billing/vnext/subscription/storage", `{}`, "additionalStorageGb"},
		{"PUT /api/account/billing/vnext/subscription/storage", `{"additionalStorageGb":100}`, "additionalStorageGb"},
		{"PUT /api/account/billing/vnext/address", `{"postalCode":"1"}`, "country"},
	} {
		rec := orgtest.Call(w.router, w.alice, test.target, test.body)
		if rec.Code != 400 || !strings.Contains(rec.Body.String(), `"`+test.field+`":[`) {
			t.Errorf("%s %s: got %d %s, want it to name %s", test.target, test.body, rec.Code, rec.Body, test.field)
		}
	}
	for _, target := range []string{"POST /api/accounts/cancel", "POST /api/accounts/reinstate-premium"} {
		if rec := orgtest.Call(w.router, w.alice, target, ""); rec.Code != 400 {
			t.Errorf("%s without premium: got %d %s", target, rec.Code, rec.Body)
		}
	}
}

func TestPriceOfPremiumIsKnownToAnyone(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	golden(t, "premium-plan", orgtest.Call(w.router, id.ID{}, "GET /api/plans/premium", "").Body.Bytes())
}

func TestSelfHostedServerSellsNothing(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, enterprise)
	w.router = w.Router(func(r *web.Router) { checkout.MountSelfHosted(r, w.Orgs) })
	for _, target := range []string{
		"POST /api/organizations/OID/seat", "POST /api/organizations/OID/upgrade", "GET /api/organizations/OID/billing",
		"GET /api/organizations/OID/billing/vnext/address", "POST /api/accounts/premium", "POST /api/accounts/storage",
		"GET /api/account/billing/vnext/subscription", "PUT /api/billing/preview-invoice/organizations/OID/subscription/update",
	} {
		if rec := w.call(o, target, `{}`); rec.Code != 400 || !strings.Contains(rec.Body.String(), `"code":"only-in-cloud"`) {
			t.Errorf("%s: got %d %s", target, rec.Code, rec.Body)
		}
	}
	const history = `{"object":"billingHistory","invoices":[],"transactions":[]}`
	for target, want := range map[string]string{
		"GET /api/accounts/billing/history": history, "GET /api/organizations/OID/billing/history": history,
		"GET /api/accounts/billing/invoices": "[]", "GET /api/organizations/OID/billing/transactions": "[]",
	} {
		if rec := w.call(o, target, ""); rec.Code != 200 || strings.TrimSpace(rec.Body.String()) != want {
			t.Errorf("%s: got %d %s", target, rec.Code, rec.Body)
		}
	}
	w.alice = w.Person(t, "eve@example.org")
	if got := w.call(o, "GET /api/organizations/OID/billing/history", "").Code; got != 404 {
		t.Errorf("a stranger: got %d", got)
	}
}
