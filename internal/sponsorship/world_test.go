package sponsorship_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/billing"
	"coffre/internal/clock"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/exchange"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/ledger"
	"coffre/internal/mail"
	"coffre/internal/member"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/policy"
	"coffre/internal/seal"
	"coffre/internal/sponsorship"
	"coffre/internal/throttle"
)

const vaultURL = "https://vault.example"

// world is the rooms of one server that matter here, on a real database.
type world struct {
	db       *db.DB
	clock    *clock.Clock
	keys     *seal.Keys
	accounts *account.Service
	orgs     *org.Service
	members  *member.Service
	outbox   *mail.Outbox
	service  *sponsorship.Service
	store    sponsorship.Store
}

// unrecorded keeps no events.
func unrecorded(context.Context, ...event.Event) error { return nil }

// quiet tells nobody.
func quiet(context.Context, notice.Notice) {}

func newWorld(t testing.TB, d *db.DB, c *clock.Clock) *world {
	t.Helper()
	keys, err := seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), c.Now)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{db: d, clock: c, keys: keys, store: sponsorship.NewStore(d)}
	w.accounts = &account.Service{
		Store: account.NewStore(d), Keys: keys, Now: c.Now, Passwords: account.NewPasswordsOf(1), Sleep: clock.Sleep, Announce: quiet,
		Limits: &throttle.Limits{DB: d, Now: c.Now},
	}
	w.orgs = &org.Service{
		Store: org.NewStore(d), Keys: keys, Now: c.Now, Touch: w.accounts.Touch, Announce: quiet, Record: unrecorded,
		MayCreate: func(context.Context, id.ID) error { return nil }, Accounts: w.accounts, VaultURL: vaultURL, Sleep: clock.Sleep,
	}
	w.outbox = &mail.Outbox{
		DB: d, Keys: keys, Queue: &jobs.Queue{DB: d, Now: c.Now, Log: slog.New(slog.DiscardHandler)},
		Now: c.Now, From: "no-reply@vault.example", Vault: vaultURL,
	}
	policies := &policy.Service{Store: policy.NewStore(d), Organizations: w.orgs, Now: c.Now, Announce: quiet, Record: unrecorded}
	w.service = &sponsorship.Service{Store: w.store, Organizations: w.orgs, Policies: policies, Accounts: w.accounts, Now: c.Now, Announce: quiet}
	w.orgs.Mail = w.outbox.SendAll
	w.members = &member.Service{
		Store: member.NewStore(d), Accounts: w.accounts, Keys: keys, Organizations: w.orgs, Policies: policies, Now: c.Now, Announce: quiet,
		Collections: &collection.Service{Store: collection.NewStore(d), Organizations: w.orgs, Now: c.Now, Announce: quiet, Record: unrecorded},
		Record:      unrecorded, Mail: w.outbox.SendAll, VaultURL: vaultURL,
	}
	w.accounts.Deleting = func(ctx context.Context, accountID id.ID) error {
		if err := w.orgs.Leaving(ctx, accountID); err != nil {
			return err
		}
		return w.members.Leaving(ctx, accountID)
	}
	w.orgs.Sponsorships, w.orgs.SeatsSponsored = w.service.Families, w.service.Seats
	return w
}

// second returns another database of the same engine.
func second(t testing.TB, d *db.DB) *db.DB {
	t.Helper()
	if d.Engine() == "sqlite" {
		return dbtest.SQLite(t)
	}
	return dbtest.Postgres(t)
}

// person adds somebody who reads English.
func (w *world) person(t testing.TB, email string) id.ID {
	t.Helper()
	return w.speaker(t, email, "en-US")
}

func (w *world) email(t testing.TB, accountID id.ID) string {
	t.Helper()
	a, err := w.accounts.Get(t.Context(), accountID)
	must(t, err)
	return a.Email
}

func (w *world) speaker(t testing.TB, email, culture string) id.ID {
	t.Helper()
	now := w.clock.Now()
	a := account.Account{
		ID: id.New(), Email: email, Name: "Ann", Culture: culture, Salt: email, Key: "2.AAAA|AAAA|AAAA",
		SecurityStamp: "stamp", CreatedAt: now, RevisedAt: now, VaultRevisedAt: now,
	}
	if err := w.accounts.Store.Insert(t.Context(), a, "sealed"); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// organization makes one on a plan, owned by somebody.
func (w *world) organization(t testing.TB, owner id.ID, planType plan.Type) org.Organization {
	t.Helper()
	bought, _ := plan.Of(planType)
	o, err := w.orgs.Create(t.Context(), owner, org.New{
		Name: "Acme", BillingEmail: "bills@acme.example", Key: "4.AAAA",
		Terms: org.Terms{Plan: bought.Name, PlanType: planType, Seats: new(100), Features: bought.Features, Enabled: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// join makes somebody a member of an organization.
func (w *world) join(t testing.TB, o org.Organization, accountID id.ID, status org.Status, role org.Type) org.Member {
	t.Helper()
	m := org.Member{
		ID: id.New(), OrganizationID: o.ID, AccountID: accountID, Status: status, Type: role,
		CreatedAt: w.clock.Now(), RevisedAt: w.clock.Now(),
	}
	if err := w.orgs.Store.InsertMember(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return m
}

func (w *world) setPlan(t testing.TB, orgID id.ID, planType plan.Type, enabled bool, expires time.Time) {
	t.Helper()
	bought, _ := plan.Of(planType)
	terms := org.Terms{Plan: bought.Name, PlanType: planType, Features: bought.Features, Enabled: enabled, ExpiresAt: expires}
	if err := w.orgs.Apply(t.Context(), orgID, terms); err != nil {
		t.Fatal(err)
	}
}

// bar sets the policy that switches sponsorships off.
func (w *world) bar(t testing.TB, orgID id.ID, on bool) {
	t.Helper()
	now := w.clock.Now()
	p := policy.Policy{
		ID: id.New(), OrganizationID: orgID, Type: policy.FreeFamiliesSponsorship, Enabled: on, CreatedAt: now, RevisedAt: now,
	}
	if _, err := w.service.Policies.Store.Put(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

// exec changes what no room lets a test change.
func (w *world) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if n, err := w.db.Exec(t.Context(), query, args...); err != nil || n == 0 {
		t.Fatalf("%s: %d rows, %v", query, n, err)
	}
}

// letter is a mail that waits, opened.
type letter struct {
	ID                     id.ID
	To, Template, Language string
	Sealed                 string
	Data                   map[string]string
}

func (l *letter) Columns() []any {
	return []any{&l.ID, &l.To, &l.Template, &l.Language, &l.Sealed}
}

// letters returns the mails in the order in which they were wanted.
func (w *world) letters(t testing.TB) []letter {
	t.Helper()
	list, err := db.All[letter](t.Context(), w.db, `SELECT id, recipient, template, language, sealed FROM mail ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		content, err := w.keys.Open("mail", "sealed", list[i].ID, list[i].Sealed)
		if err == nil {
			err = json.Unmarshal([]byte(content), &list[i].Data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// token returns what the link of the last mail carries.
func (w *world) token(t testing.TB) string {
	t.Helper()
	list := w.letters(t)
	if len(list) == 0 {
		t.Fatal("there is no mail")
	}
	return tokenIn(t, list[len(list)-1])
}

func tokenIn(t testing.TB, l letter) string {
	t.Helper()
	_, query, ok := strings.Cut(l.Data["Link"], "?")
	values, err := url.ParseQuery(query)
	if !ok || err != nil {
		t.Fatalf("link %q: %v", l.Data["Link"], err)
	}
	return values.Get("token")
}

// cloud is a world that makes outcomes.
type cloud struct {
	*world
	*sponsorship.Cloud
	exchange *exchange.Cloud
	money    *billing.Service
}

func newCloud(t testing.TB, d *db.DB) *cloud {
	t.Helper()
	w := newWorld(t, d, &clock.Clock{})
	w.service.OfferDays = 30
	c := &cloud{world: w, money: &billing.Service{
		Store: billing.NewStore(d), Provider: ledger.NewBook(d, w.clock.Now), Organizations: w.orgs, Now: w.clock.Now,
		Mail:        func(context.Context, ...mail.Message) error { return nil },
		InvoiceLink: func(billing.Invoice) string { return vaultURL },
	}}
	w.orgs.Subscribe = c.money.Start
	c.Cloud = &sponsorship.Cloud{
		Service: *w.service, Keys: w.keys, Billing: c.money, Mail: w.outbox.SendAll, VaultURL: vaultURL, MailsPerHour: 5,
	}
	c.exchange = &exchange.Cloud{Cloud: c.Cloud, CheckKey: func(context.Context, id.ID, id.ID, string) error { return nil }}
	c.AddSeats, c.SelfAllowed = c.money.AddSeats, true
	c.money.RenewSponsorship, c.money.Outgrown = c.Renew, c.Outgrown
	w.orgs.Closing, w.members.Departing = c.Closing, c.MembersLeave
	leaving := w.accounts.Deleting
	w.accounts.Deleting = func(ctx context.Context, accountID id.ID) error {
		return cmp.Or(c.Leaving(ctx, accountID), leaving(ctx, accountID))
	}
	w.service.Policies.Store = c.Watch(w.service.Policies.Store)
	return c
}

// sponsor is an Enterprise organization with one confirmed member.
type sponsor struct {
	org    org.Organization
	owner  id.ID
	member org.Member
	caller id.ID
}

func (w *world) sponsor(t testing.TB) sponsor {
	t.Helper()
	s := sponsor{owner: w.person(t, id.New().String()+"@owner.example"), caller: w.person(t, id.New().String()+"@member.example")}
	s.org = w.organization(t, s.owner, plan.EnterpriseAnnually)
	s.member = w.join(t, s.org, s.caller, org.Confirmed, org.User)
	return s
}

func to(email string) sponsorship.Recipient {
	return sponsorship.Recipient{Email: email, FriendlyName: email, Language: "en"}
}

// own returns what a member gives, and whether there is one.
func (w *world) own(t testing.TB, s sponsor) (sponsorship.Sponsorship, bool) {
	t.Helper()
	v, found, err := w.store.FindOwn(t.Context(), s.org.ID, s.member.ID)
	if err != nil {
		t.Fatal(err)
	}
	return v, found
}

// rows counts all sponsorships, skeletons included.
func (w *world) rows(t testing.TB) int {
	t.Helper()
	n, err := w.count(t, `TRUE`)
	must(t, err)
	return n
}

func (w *world) count(t testing.TB, where string) (int, error) {
	t.Helper()
	return db.Value[int](t.Context(), w.db, `SELECT count(*) FROM sponsorship WHERE `+where)
}

// must fails the test when something went wrong.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused fails the test unless err is a 400 with a code.
func refused(t testing.TB, err error, code string) {
	t.Helper()
	if fault.KindOf(err) != fault.Invalid || fault.CodeOf(err) != code {
		t.Errorf("got %v (code %q), want 400 with %q", err, fault.CodeOf(err), code)
	}
}

func gone(t testing.TB, err error) {
	t.Helper()
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v, want 404", err)
	}
}
