package checkout_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coffre/internal/billing"
	"coffre/internal/checkout"
	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/ledger"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/web"
)

var noon = orgtest.Noon

// Orders that people place.
var (
	families      = org.Purchase{PlanType: plan.FamiliesAnnually}
	familiesTrial = org.Purchase{PlanType: plan.FamiliesAnnually, Trial: true}
	enterprise    = org.Purchase{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 10}
)

// world is a cloud that sells, and Alice, who buys.
type world struct {
	*orgtest.World
	money  *billing.Service
	router *web.Router
	alice  id.ID
	mails  []mail.Message
	said   []notice.Notice
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: orgtest.New(t, d)}
	books := ledger.NewBook(d, w.Now)
	w.money = &billing.Service{
		Store: billing.NewStore(d), Provider: books, Organizations: w.Orgs, Accounts: w.Accounts, Now: w.Now,
		Mail: func(_ context.Context, list ...mail.Message) error {
			w.mails = append(w.mails, list...)
			return nil
		},
		Announce:         func(_ context.Context, n notice.Notice) { w.said = append(w.said, n) },
		InvoiceLink:      func(v billing.Invoice) string { return "https://vault.example/invoice?token=" + v.Number },
		RenewSponsorship: func(context.Context, id.ID, time.Time) (bool, error) { return false, nil },
		Outgrown:         func(context.Context, id.ID) error { return nil },
	}
	w.Orgs.Subscribe, w.Orgs.Paid = w.money.Start, w.money.Paid
	w.Members.AddSeats = w.money.AddSeats
	w.router = w.Router(func(r *web.Router) {
		org.MountCloud(r, w.Orgs)
		checkout.Mount(r, w.money)
	})
	w.alice = w.Person(t, "alice@example.org")
	return w
}

// buy has Alice order an organization.
func (w *world) buy(t *testing.T, p org.Purchase) org.Organization {
	t.Helper()
	o, err := w.Orgs.Buy(t.Context(), w.alice, org.New{Name: "Acme", BusinessName: "Acme SA", BillingEmail: "bills@example.org", Key: orgtest.Wrapped}, p)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// call sends a request as Alice. OID in the target stands for the organization.
func (w *world) call(o org.Organization, target, body string, headers ...string) *httptest.ResponseRecorder {
	return orgtest.Call(w.router, w.alice, strings.ReplaceAll(target, "OID", o.ID.String()), body, headers...)
}

// must calls and reads the answer, which must be a good one.
func (w *world) must(t *testing.T, o org.Organization, target, body string, out any) {
	t.Helper()
	rec := w.call(o, target, body)
	if rec.Code != 200 {
		t.Fatalf("%s: got %d %s", target, rec.Code, rec.Body)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(rec.Body.Bytes(), out); err != nil {
		t.Fatalf("%s: %v in %s", target, err, rec.Body)
	}
}

// later lets time pass and does what is due.
func (w *world) later(t *testing.T, to time.Time) {
	t.Helper()
	w.Time = to
	if err := errors.Join(w.money.Renew(t.Context()), w.money.Remind(t.Context())); err != nil {
		t.Fatal(err)
	}
}

func (w *world) find(t *testing.T, o org.Organization) billing.Subscription {
	t.Helper()
	sub, found, err := w.money.Find(t.Context(), o.ID)
	if err != nil || !found {
		t.Fatalf("found %v, %v", found, err)
	}
	return sub
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
		for _, member := range []string{`"id": "`, `"organizationUserId": "`, `"userId": "`} {
			if before, _, found := strings.Cut(line, member); found {
				lines[i] = before + member + `id",`
			}
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
