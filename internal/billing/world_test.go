package billing_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/billing"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/ledger"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/seal"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const (
	wrapped   = "4.AAAA"
	encrypted = "2.AAAA|AAAA|AAAA"
)

// world is a cloud that sells, with a clock that tests move and a customer.
type world struct {
	*billing.Service
	orgs      *org.Service
	db        *db.DB
	now       time.Time
	alice     id.ID
	mails     []mail.Message
	said      []notice.Notice
	sponsored bool // whether sponsorships go on
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{db: d, now: noon}
	clock := func() time.Time { return w.now }
	keys, err := seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), clock)
	if err != nil {
		t.Fatal(err)
	}
	w.orgs = &org.Service{
		Record:           func(context.Context, ...event.Event) error { return nil },
		CreateCollection: (&collection.Service{Store: collection.NewStore(d)}).CreateDefault,
		Store:            org.NewStore(d), Keys: keys, Now: clock,
		Touch:          func(context.Context, ...id.ID) error { return nil },
		Announce:       func(context.Context, notice.Notice) {},
		Sponsorships:   func(context.Context, id.ID) (map[id.ID]org.FamilySponsorship, error) { return nil, nil },
		SeatsSponsored: func(context.Context, id.ID) (int, error) { return 0, nil },
		MayCreate:      func(context.Context, id.ID) error { return nil },
	}
	var hears sync.Mutex // for several at once
	w.Service = &billing.Service{
		Store: billing.NewStore(d), Provider: ledger.NewBook(d, clock), Organizations: w.orgs, Now: clock,
		Accounts: &account.Service{Store: account.NewStore(d), Keys: keys, Now: clock},
		Mail: func(_ context.Context, list ...mail.Message) error {
			hears.Lock()
			defer hears.Unlock()
			w.mails = append(w.mails, list...)
			return nil
		},
		Announce: func(_ context.Context, n notice.Notice) {
			hears.Lock()
			defer hears.Unlock()
			w.said = append(w.said, n)
		},
		InvoiceLink:      func(v billing.Invoice) string { return "https://vault.example/invoice?" + v.Number },
		RenewSponsorship: func(context.Context, id.ID, time.Time) (bool, error) { return w.sponsored, nil },
		Outgrown:         func(context.Context, id.ID) error { return nil },
	}
	w.orgs.Subscribe = w.Start
	w.alice = w.person(t, "alice@example.org")
	return w
}

func (w *world) person(t testing.TB, email string) id.ID {
	t.Helper()
	a := account.Account{
		ID: id.New(), Email: email, Culture: "en-US", Salt: email, Key: encrypted,
		SecurityStamp: "stamp", CreatedAt: noon, RevisedAt: noon, VaultRevisedAt: noon,
	}
	if err := account.NewStore(w.db).Insert(t.Context(), a, "sealed"); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

func (w *world) buy(t testing.TB, p org.Purchase) org.Organization {
	t.Helper()
	n := org.New{Name: "Acme", BusinessName: "Acme SA", BillingEmail: "bills@example.org", Key: wrapped}
	o, err := w.orgs.Buy(t.Context(), w.alice, n, p)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (w *world) find(t testing.TB, o org.Organization) billing.Subscription {
	t.Helper()
	sub, found, err := w.Find(t.Context(), o.ID)
	if err != nil || !found {
		t.Fatalf("subscription: found %v, %v", found, err)
	}
	return sub
}

func (w *world) get(t testing.TB, o org.Organization) org.Organization {
	t.Helper()
	o, err := w.orgs.Get(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (w *world) invoices(t testing.TB, o org.Organization) []billing.Invoice {
	t.Helper()
	list, err := w.Invoices(t.Context(), w.alice, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// run does all work that is due, as the queue would.
func (w *world) run(t testing.TB) {
	t.Helper()
	if err := errors.Join(w.Renew(t.Context()), w.Remind(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// balanced fails the test unless the books add up.
func (w *world) balanced(t testing.TB) {
	t.Helper()
	books, err := w.Books(t.Context())
	if err != nil || len(books.Faults) > 0 {
		t.Errorf("books: %+v, %v", books, err)
	}
}

// sent returns the templates of the mails since it was last asked.
func (w *world) sent() []string {
	templates := []string{}
	for _, m := range w.mails {
		templates = append(templates, m.Template)
	}
	w.mails = nil
	return templates
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func keyOf(err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Key
	}
	return ""
}

var (
	families      = org.Purchase{PlanType: plan.FamiliesAnnually}
	familiesTrial = org.Purchase{PlanType: plan.FamiliesAnnually, Trial: true}
	enterprise    = org.Purchase{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 10}
	monthly       = org.Purchase{PlanType: plan.EnterpriseMonthly, AdditionalSeats: 10}
)

type (
	ctx     = context.Context
	message = mail.Message
)
