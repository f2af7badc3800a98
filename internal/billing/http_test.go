package billing_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coffre/internal/billing"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/web"
)

// get answers a request whose token is the id of the caller's account.
func get(w *world, caller id.ID, path string) *httptest.ResponseRecorder {
	r := web.NewRouter(slog.New(slog.DiscardHandler), func(_ context.Context, token string) (web.Caller, error) {
		accountID, err := id.Parse(token)
		if err != nil {
			return web.Caller{}, fault.SignIn
		}
		return web.Caller{AccountID: accountID, Scope: web.ScopePerson}, nil
	}, nil)
	org.MountCloud(r, w.orgs)
	billing.Mount(r, w.Service)
	req := httptest.NewRequest("GET", path, nil)
	if !caller.IsZero() {
		req.Header.Set("Authorization", "Bearer "+caller.String())
	}
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, req)
	return rec
}

// golden compares an answer with the file of that name; ids are random and stand
// there as "id". UPDATE=1 writes the file.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, got, "", "  "); err != nil {
		t.Fatalf("%s: %v", got, err)
	}
	lines := strings.Split(pretty.String(), "\n")
	for i, line := range lines {
		if before, _, found := strings.Cut(line, `"id": "`); found {
			lines[i] = before + `"id": "id",`
		}
	}
	text, path := strings.Join(lines, "\n"), filepath.Join("testdata", name+".json")
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, text, want)
	}
}

func TestPagesOfTheOwner(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	bought := w.buy(t, org.Purchase{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 5, AdditionalStorageGB: 1})
	sponsored, trial, free := w.buy(t, families), w.buy(t, familiesTrial), w.buy(t, org.Purchase{})
	if _, err := w.Sponsor(t.Context(), sponsored.ID); err != nil {
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
		"warnings":     {bought, "billing/vnext/warnings"},
		"trial-ends":   {trial, "billing/vnext/warnings"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			rec := get(w, w.alice, "/api/organizations/"+test.o.ID.String()+"/"+test.page)
			if rec.Code != 200 {
				t.Fatalf("got %d %s", rec.Code, rec.Body)
			}
			golden(t, name, rec.Body.Bytes())
		})
	}
}

func TestPagesAreForTheOwnerAlone(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, families)
	admin, stranger := w.person(t, "bob@example.org"), w.person(t, "eve@example.org")
	err := w.orgs.Store.InsertMember(t.Context(), org.Member{
		ID: id.New(), OrganizationID: o.ID, AccountID: admin, Status: org.Confirmed, Type: org.Admin, CreatedAt: noon, RevisedAt: noon,
	})
	if err != nil {
		t.Fatal(err)
	}
	for page, forMembers := range map[string]bool{
		"subscription": false, "billing/history": false, "billing/invoices": false, "billing/transactions": false, "billing/vnext/warnings": true,
	} {
		path := "/api/organizations/" + o.ID.String() + "/" + page
		if got := get(w, stranger, path).Code; got != 404 {
			t.Errorf("%s for a stranger: got %d", page, got)
		}
		if got, want := get(w, admin, path).Code, map[bool]int{true: 200, false: 404}[forMembers]; got != want {
			t.Errorf("%s for an admin: got %d, want %d", page, got, want)
		}
		if got := get(w, id.ID{}, path).Code; got != 401 {
			t.Errorf("%s without a token: got %d", page, got)
		}
	}
}

func TestInvoicesAreListedInParts(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, families)
	if _, err := w.Sponsor(t.Context(), o.ID); err != nil {
		t.Fatal(err)
	}
	w.now = noon.AddDate(1, 0, 0)
	if err := w.EndSponsorship(t.Context(), o.ID); err != nil {
		t.Fatal(err)
	}
	newest := w.invoices(t, o)[0].ID.String()
	for query, want := range map[string]string{
		"":                                  "2027-00001 2026-00001",
		"?status=paid":                      "2027-00001",
		"?status=open":                      "2026-00001",
		"?startAfter=" + newest:             "2026-00001",
		"?status=paid&startAfter=" + newest: "",
		"?startAfter=" + id.New().String():  "",
	} {
		var list []struct{ Number string }
		rec := get(w, w.alice, "/api/organizations/"+o.ID.String()+"/billing/invoices"+query)
		if err := json.Unmarshal(rec.Body.Bytes(), &list); err != nil {
			t.Fatal(err)
		}
		var numbers []string
		for _, v := range list {
			numbers = append(numbers, v.Number)
		}
		if got := strings.Join(numbers, " "); got != want {
			t.Errorf("%q: got %q, want %q", query, got, want)
		}
	}
}
