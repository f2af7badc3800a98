// Package orgtest is a world for the tests of rooms that deal with organizations:
// the rooms of one server, as the program joins them, on a real database and under
// a clock that stands still until it is moved.
package orgtest

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/member"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/policy"
	"coffre/internal/seal"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// Noon is when the world begins.
var Noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// What clients encrypt, by its shape alone.
const (
	Wrapped   = "4.AAAA"
	Encrypted = "2.AAAA|AAAA|AAAA"
	PublicKey = "AAAA"
)

// VaultURL is where the world's links lead.
const VaultURL = "https://vault.example.org"

// Password is what everybody's master password hashes to on their client.
const Password = "hash of the master password"

var hashed = sync.OnceValue(func() string {
	stored, err := account.NewPasswordsOf(1_000).Hash(context.Background(), Password)
	if err != nil {
		panic(err)
	}
	return stored
})

// World is the rooms of one server, and what they said.
type World struct {
	DB          *db.DB
	Keys        *seal.Keys
	Accounts    *account.Service
	Events      *event.Log
	Orgs        *org.Service
	Policies    *policy.Service
	Collections *collection.Service
	Members     *member.Service

	Time      time.Time  // what the clock shows
	heard     sync.Mutex // of what services say, also to several callers at once
	Touched   []id.ID
	Said      []notice.Notice
	Mails     []mail.Message
	Bought    []org.Purchase
	Given     map[id.ID]org.FamilySponsorship
	Sponsored int // seats that sponsorships take
	Slept     time.Duration
	Forbidden error          // why nobody may create organizations; nil when they may
	Unfounded error          // why nobody may create them without a license
	TwoStep   map[id.ID]bool // who logs in in two steps
}

// New returns a world on an empty database.
func New(t testing.TB, d *db.DB) *World {
	t.Helper()
	w := &World{DB: d, Time: Noon}
	keys, err := seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), w.Now)
	if err != nil {
		t.Fatal(err)
	}
	w.Keys = keys
	w.Accounts = &account.Service{
		Store: account.NewStore(d), Keys: keys, Passwords: account.NewPasswordsOf(1_000), Now: w.Now, Mail: w.Mail, Announce: w.Say,
		Sleep: w.sleep, Limits: &throttle.Limits{DB: d, Now: w.Now, Factor: 1_000},
	}
	w.Orgs = &org.Service{
		Store: org.NewStore(d), Keys: keys, Now: w.Now, Announce: w.Say, Touch: w.touch,
		Sponsorships:   func(context.Context, id.ID) (map[id.ID]org.FamilySponsorship, error) { return w.Given, nil },
		SeatsSponsored: func(context.Context, id.ID) (int, error) { return w.Sponsored, nil },
		Accounts:       w.Accounts, Sleep: w.sleep, Mail: w.mailAll, VaultURL: VaultURL,
		MayCreate: w.mayCreate,
		MayFound:  func(context.Context, id.ID) error { return w.Unfounded },
		Subscribe: func(_ context.Context, _ org.Organization, p org.Purchase) error {
			w.Bought = append(w.Bought, p)
			return nil
		},
	}
	w.Events = &event.Log{
		Store: event.NewStore(d), Now: w.Now, Kept: w.Orgs.KeepsEvents, Organizations: w.Orgs.KeepingEvents, MayRead: w.Orgs.MayReadEvents,
		Belongs: w.Orgs.Belongs, Member: w.Orgs.AccountOf,
		Items: func(context.Context, id.ID, []id.ID) (map[id.ID]event.Item, error) { return nil, nil },
	}
	w.Accounts.RecordOwn = w.Events.RecordOwn
	w.Orgs.Record = w.Events.Record
	w.Policies = &policy.Service{Store: policy.NewStore(d), Organizations: w.Orgs, Now: w.Now, Announce: w.Say, Record: w.Events.Record, HasTwoStep: w.hasTwoStep}
	w.Collections = &collection.Service{Store: collection.NewStore(d), Organizations: w.Orgs, Now: w.Now, Announce: w.Say, Record: w.Events.Record}
	w.Orgs.CreateCollection = w.Collections.CreateDefault
	w.Members = &member.Service{
		Store: member.NewStore(d), Accounts: w.Accounts, Keys: keys, Organizations: w.Orgs, Collections: w.Collections, Policies: w.Policies,
		Limits: w.Accounts.Limits,
		Now:    w.Now, Announce: w.Say, Record: w.Events.Record, Mail: w.mailAll, VaultURL: VaultURL,
		Verification: true, InviteLife: 120 * time.Hour, HasTwoStep: w.hasTwoStep,
	}
	w.Policies.ShutOut, w.Policies.GiveMyItems, w.Policies.CheckInvitation = w.Members.ShutOut, w.Members.GiveMyItems, w.Members.CheckInvitation
	w.Accounts.PasswordPolicy = w.Policies.Password
	return w
}

// Now is the clock of the world.
func (w *World) Now() time.Time { return w.Time }

func (w *World) sleep(_ context.Context, d time.Duration) {
	w.heard.Lock()
	defer w.heard.Unlock()
	w.Slept += d
}

// Say keeps what devices are told.
func (w *World) Say(_ context.Context, n notice.Notice) {
	w.heard.Lock()
	defer w.heard.Unlock()
	w.Said = append(w.Said, n)
}

// Mail keeps a mail.
func (w *World) Mail(ctx context.Context, m mail.Message) error { return w.mailAll(ctx, m) }

func (w *World) mailAll(_ context.Context, list ...mail.Message) error {
	w.heard.Lock()
	defer w.heard.Unlock()
	w.Mails = append(w.Mails, list...)
	return nil
}

func (w *World) touch(ctx context.Context, ids ...id.ID) error {
	w.heard.Lock()
	w.Touched = append(w.Touched, ids...)
	w.heard.Unlock()
	return w.Accounts.Touch(ctx, ids...)
}

func (w *World) mayCreate(ctx context.Context, accountID id.ID) error {
	if w.Forbidden != nil {
		return w.Forbidden
	}
	return w.Policies.MayCreate(ctx, accountID)
}

func (w *World) hasTwoStep(context.Context, ...id.ID) (map[id.ID]bool, error) { return w.TwoStep, nil }

// Person adds somebody with an account, a key pair, the master password and no
// second step. They read
// English.
func (w *World) Person(t testing.TB, email string) id.ID {
	t.Helper()
	a := account.Account{
		ID: id.New(), Email: email, EmailVerified: true, Name: "Ann", Culture: "en-US", Salt: email, Key: Encrypted,
		PublicKey: PublicKey, PrivateKey: Encrypted, PasswordHash: hashed(), KDF: account.KDF{Iterations: 600_000},
		SecurityStamp: "stamp", CreatedAt: w.Now(), RevisedAt: w.Now(), VaultRevisedAt: w.Now(),
	}
	if err := w.Accounts.Store.Insert(t.Context(), a, "sealed"); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// Organization makes one on a plan, with five seats where seats are sold.
func (w *World) Organization(t testing.TB, owner id.ID, planType plan.Type) org.Organization {
	t.Helper()
	p := org.Purchase{PlanType: planType}
	if bought, _ := plan.Of(planType); bought.SeatPrice > 0 {
		p.AdditionalSeats = 5
	}
	n := org.New{
		Name: "Acme", BillingEmail: "bills@example.org", Key: Wrapped, CollectionName: Encrypted, PublicKey: PublicKey, PrivateKey: Encrypted,
	}
	o, err := w.Orgs.Buy(t.Context(), owner, n, p)
	if err != nil {
		t.Fatal(err)
	}
	w.Touched, w.Said, w.Mails = nil, nil, nil
	return o
}

// Join puts somebody into an organization as m says, whatever the rules are.
func (w *World) Join(t testing.TB, m org.Member) org.Member {
	t.Helper()
	m.ID, m.CreatedAt, m.RevisedAt = id.New(), w.Now(), w.Now()
	if m.Status == org.Confirmed && m.Key == "" {
		m.Key = Wrapped
	}
	if err := w.Orgs.Store.InsertMember(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return m
}

// Router answers requests whose token is the id of the caller's account.
func (w *World) Router(mount ...func(*web.Router)) *web.Router {
	r := web.NewRouter(slog.New(slog.DiscardHandler), func(_ context.Context, token string) (web.Caller, error) {
		caller, err := id.Parse(token)
		if err != nil {
			return web.Caller{}, fault.SignIn
		}
		return web.Caller{AccountID: caller, Scope: web.ScopePerson}, nil
	}, nil)
	for _, m := range mount {
		m(r)
	}
	return r
}

// Call sends a request, "GET /api/organizations", as somebody; zero is nobody.
func Call(r http.Handler, caller id.ID, target, body string, headers ...string) *httptest.ResponseRecorder {
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
