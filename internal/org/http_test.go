package org_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coffre/internal/collection"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/member"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/policy"
	"coffre/internal/web"
)

// server answers requests whose token is the id of the caller's account.
func server(w *world, mount func(*web.Router, *org.Service)) *web.Router {
	r := web.NewRouter(slog.New(slog.DiscardHandler), func(_ context.Context, token string) (web.Caller, error) {
		caller, err := id.Parse(token)
		if err != nil {
			return web.Caller{}, fault.SignIn
		}
		return web.Caller{AccountID: caller, Scope: web.ScopePerson}, nil
	}, nil)
	mount(r, w.Service)
	policy.Mount(r, w.Policies)
	collection.Mount(r, w.Collections)
	member.Mount(r, w.World.Members)
	return r
}

func call(r http.Handler, caller id.ID, target, body string, headers ...string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(target, " ")
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if !caller.IsZero() {
		req.Header.Set("Authorization", "Bearer "+caller.String())
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, req)
	return rec
}

// golden compares an answer with the file of that name, member by member in their
// order. UPDATE=1 writes the file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, got, "", "  "); err != nil {
		t.Fatalf("%s: %v", got, err)
	}
	path := filepath.Join("testdata", name+".json")
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(path, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(pretty.Bytes(), want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, pretty.Bytes(), want)
	}
}

// order is the body of a purchase that nothing is wrong with.
func order(change map[string]any) string {
	body := map[string]any{
		"name": "Acme & Söhne", "businessName": "Acme SA", "billingEmail": "Bills@example.org", "planType": 20,
		"additionalSeats": 5, "additionalStorageGb": 1, "key": wrapped, "collectionName": encrypted,
		"keys":              map[string]any{"publicKey": publicKey, "encryptedPrivateKey": encrypted},
		"paymentMethodType": 8, "paymentToken": "check", "billingAddressCountry": "fr", "skipTrial": true,
	}
	for name, value := range change {
		if value == nil {
			delete(body, name)
		} else {
			body[name] = value
		}
	}
	raw, _ := json.Marshal(body)
	return string(raw)
}

func TestPurchases(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	alice := w.person(t, "alice@example.org")
	r := server(w, org.MountCloud)
	families := map[string]any{"planType": 22, "additionalSeats": 0}
	tests := map[string]struct {
		change   map[string]any
		status   int
		contains string
	}{
		"bought":               {nil, 200, `"name":"Acme & Söhne","businessName":"Acme SA"`},
		"families":             {families, 200, `"seats":6`},
		"free needs no money":  {map[string]any{"planType": 0, "additionalSeats": 0, "additionalStorageGb": 0, "paymentToken": nil, "paymentMethodType": nil, "billingAddressCountry": nil}, 200, `"planType":0`},
		"no name":              {map[string]any{"name": nil}, 400, `"name":["`},
		"name of 51":           {map[string]any{"name": strings.Repeat("ö", 51)}, 400, `"name":["`},
		"name of 50":           {map[string]any{"name": strings.Repeat("ö", 50)}, 200, `"organization"`},
		"line break in a name": {map[string]any{"name": "a\nb"}, 400, `"name":["`},
		"business name of 51":  {map[string]any{"businessName": strings.Repeat("b", 51)}, 400, `"businessName":["`},
		"no address":           {map[string]any{"billingEmail": nil}, 400, `"billingEmail":["`},
		"no such address":      {map[string]any{"billingEmail": "bills"}, 400, `"billingEmail":["`},
		"address of 257":       {map[string]any{"billingEmail": strings.Repeat("b", 245) + "@example.org"}, 400, `"billingEmail":["`},
		"no key":               {map[string]any{"key": nil}, 400, `"key":["`},
		"key in clear":         {map[string]any{"key": "secret"}, 400, `"key":["`},
		"no key pair":          {map[string]any{"keys": nil}, 400, `"keys.publicKey":["`},
		"collection in clear":  {map[string]any{"collectionName": "Default"}, 400, `"collectionName":["`},
		"no payment":           {map[string]any{"paymentToken": nil}, 400, `"paymentToken":["`},
		"no payment method":    {map[string]any{"paymentMethodType": nil}, 400, `"paymentMethodType":["`},
		"a card":               {map[string]any{"paymentMethodType": 0}, 400, `Payment here is by invoice`},
		"no country":           {map[string]any{"billingAddressCountry": nil}, 400, `"billingAddressCountry":["`},
		"country spelled out":  {map[string]any{"billingAddressCountry": "France"}, 400, `"billingAddressCountry":["`},
		"postal code for CH":   {map[string]any{"billingAddressCountry": "CH"}, 400, `"billingAddressPostalCode":["`},
		"with a postal code":   {map[string]any{"billingAddressCountry": "US", "billingAddressPostalCode": "10001"}, 200, `"organization"`},
		"former plan":          {map[string]any{"planType": 11}, 400, `"planType":["`},
		"secrets manager":      {map[string]any{"useSecretsManager": true}, 400, `"useSecretsManager":["`},
		"premium apart":        {map[string]any{"premiumAccessAddon": true}, 400, `"premiumAccessAddon":["`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			rec := call(r, alice, "POST /api/organizations", order(test.change))
			if rec.Code != test.status || !strings.Contains(rec.Body.String(), test.contains) {
				t.Errorf("got %d %s, want %d with %q", rec.Code, rec.Body, test.status, test.contains)
			}
		})
	}
}

func TestTrialNeedsNoPayment(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	r := server(w, org.MountCloud)
	body := order(map[string]any{"paymentToken": nil, "paymentMethodType": nil, "billingAddressCountry": nil, "skipTrial": nil})
	rec := call(r, w.person(t, "alice@example.org"), "POST /api/organizations/create-without-payment", body)
	if rec.Code != 200 || len(w.Bought) != 1 || !w.Bought[0].Trial {
		t.Errorf("got %d %s, subscriptions %+v", rec.Code, rec.Body, w.Bought)
	}
	rec = call(r, w.person(t, "bob@example.org"), "POST /api/organizations", order(nil))
	if rec.Code != 200 || len(w.Bought) != 2 || w.Bought[1].Trial || w.Bought[1].Address.Country != "FR" {
		t.Errorf("bought: got %d, subscriptions %+v", rec.Code, w.Bought)
	}
}

// Clients of 2022 know the current Families plan as 7.
func TestOldClientsOrderAndReadByTheirNumbers(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	r := server(w, org.MountCloud)
	alice := w.person(t, "alice@example.org")
	old := []string{"Bitwarden-Client-Version", "2022.5.2"}
	rec := call(r, alice, "POST /api/organizations", order(map[string]any{"planType": 7, "additionalSeats": 0}), old...)
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), `"planType":7,`) {
		t.Errorf("old: got %d %s", rec.Code, rec.Body)
	}
	var made struct{ ID id.ID }
	if err := json.Unmarshal(rec.Body.Bytes(), &made); err != nil {
		t.Fatal(err)
	}
	for version, want := range map[string]string{"2026.9.0": `"planType":22,`, "1.15.0": `"planType":22,`, "": `"planType":22,`, "2022.12.0": `"planType":7,`} {
		rec := call(r, alice, "GET /api/organizations/"+made.ID.String(), "", "Bitwarden-Client-Version", version)
		if !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%q: got %s, want %s", version, rec.Body, want)
		}
	}
}

func TestPlansAreSoldInTheCloudAlone(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	types := func(r http.Handler, headers ...string) string {
		var list struct{ Data []struct{ Type int } }
		rec := call(r, id.ID{}, "GET /api/plans", "", headers...)
		if err := json.Unmarshal(rec.Body.Bytes(), &list); err != nil {
			t.Fatalf("%s: %v", rec.Body, err)
		}
		var out []string
		for _, p := range list.Data {
			out = append(out, plan.Type(p.Type).String())
		}
		return strings.Join(out, " ")
	}
	if got := types(server(w, org.MountCloud)); strings.Contains(got, "Custom") || !strings.HasSuffix(got, "TeamsStarter FamiliesAnnually") {
		t.Errorf("cloud: got %s", got)
	}
	const want = "Free FamiliesAnnually2019 TeamsMonthly2019 TeamsAnnually2019 EnterpriseMonthly2019 EnterpriseAnnually2019 " +
		"TeamsMonthly2020 TeamsAnnually2020 EnterpriseMonthly2020 EnterpriseAnnually2020 FamiliesAnnually2025"
	if got := types(server(w, org.MountCloud), "Bitwarden-Client-Version", "2022.5.2"); got != want {
		t.Errorf("old client: got %s, want %s", got, want)
	}
	if got := types(server(w, org.MountSelfHosted)); got != "" {
		t.Errorf("self-hosted: got %s", got)
	}
}

func TestSelfHostedServerSellsNothing(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.Unfounded = fault.New(fault.Invalid, "org.onlyInCloud")
	alice := w.person(t, "alice@example.org")
	r := server(w, org.MountSelfHosted)
	for _, path := range []string{"/api/organizations", "/api/organizations/create-without-payment"} {
		rec := call(r, alice, "POST "+path, order(nil))
		if rec.Code != 400 || !strings.Contains(rec.Body.String(), "upload it here") {
			t.Errorf("%s: got %d %s", path, rec.Code, rec.Body)
		}
	}
}
