package billingsync_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/billingsync"
	"coffre/internal/collection"
	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/installation"
	"coffre/internal/jobs"
	"coffre/internal/license"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/seal"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const (
	wrapped   = "4.AAAA"
	encrypted = "2.AAAA|AAAA|AAAA"
	password  = "hash of the master password"
)

// signer is made once, because a key takes a while.
var signer = sync.OnceValue(func() *license.Signer {
	s, err := license.NewSigner("Test cloud", noon)
	if err != nil {
		panic(err)
	}
	return s
})

// hashed is made once too.
var hashed = sync.OnceValue(func() string {
	h, err := account.NewPasswordsOf(1_000).Hash(context.Background(), password)
	if err != nil {
		panic(err)
	}
	return h
})

// server is what both ends stand on.
type server struct {
	db     *db.DB
	keys   *seal.Keys
	orgs   *org.Service
	now    time.Time
	slept  time.Duration
	mails  []mail.Message
	events []event.Event
}

func newServer(t *testing.T, d *db.DB) *server {
	t.Helper()
	s := &server{db: d, now: noon}
	var err error
	if s.keys, err = seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), s.clock); err != nil {
		t.Fatal(err)
	}
	s.orgs = &org.Service{
		Record: func(_ context.Context, events ...event.Event) error {
			s.events = append(s.events, events...)
			return nil
		},
		CreateCollection: (&collection.Service{Store: collection.NewStore(d)}).CreateDefault,
		Store:            org.NewStore(d), Keys: s.keys, Now: s.clock,
		Touch:          func(context.Context, ...id.ID) error { return nil },
		Announce:       func(context.Context, notice.Notice) {},
		Sponsorships:   func(context.Context, id.ID) (map[id.ID]org.FamilySponsorship, error) { return nil, nil },
		SeatsSponsored: func(context.Context, id.ID) (int, error) { return 0, nil },
		MayCreate:      func(context.Context, id.ID) error { return nil },
	}
	return s
}

func (s *server) clock() time.Time { return s.now }

func (s *server) sleep(_ context.Context, d time.Duration) { s.slept += d }

func (s *server) send(_ context.Context, messages ...mail.Message) error {
	s.mails = append(s.mails, messages...)
	return nil
}

func (s *server) person(t *testing.T, email string) id.ID {
	t.Helper()
	a := account.Account{
		ID: id.New(), Email: email, Culture: "fr-FR", Salt: email, Key: encrypted, SecurityStamp: "stamp",
		PasswordHash: hashed(), CreatedAt: noon, RevisedAt: noon, VaultRevisedAt: noon,
	}
	if err := account.NewStore(s.db).Insert(t.Context(), a, "sealed"); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

func (s *server) organization(t *testing.T, owner id.ID, planType plan.Type) org.Organization {
	t.Helper()
	p, _ := plan.Of(planType)
	o, err := s.orgs.Create(t.Context(), owner, org.New{
		Name: "Acme", BillingEmail: "bills@example.org", Key: wrapped,
		Terms: org.Terms{Plan: p.Name, PlanType: p.Type, Seats: new(25), Features: p.Features, Enabled: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// cloud is a provider's server on a real port, with one company on it.
type cloud struct {
	*billingsync.CloudEnd
	*server
	owner   id.ID
	company org.Organization
	web     *httptest.Server
	region  string

	mu       sync.Mutex
	calls    []string // as "METHOD /path"
	official bool     // whether it knows nothing of Coffre's own routes
	broken   int      // the status that it answers to everything; 0 when it works
}

func newCloud(t *testing.T, d *db.DB) *cloud {
	t.Helper()
	c := &cloud{server: newServer(t, d)}
	c.owner = c.person(t, "owner@example.com")
	c.company = c.organization(t, c.owner, plan.EnterpriseAnnually)
	c.CloudEnd = &billingsync.CloudEnd{
		Store: billingsync.NewCloudStore(d), Keys: c.keys, Organizations: c.orgs,
		Accounts: &account.Service{
			Store: account.NewStore(d), Keys: c.keys, Passwords: account.NewPasswordsOf(1_000), Now: c.clock, Sleep: c.sleep,
			Limits: &throttle.Limits{DB: d, Now: c.clock, Factor: 1000},
		},
		Mail: c.send, Limits: &throttle.Limits{DB: d, Now: c.clock}, Now: c.clock, Sleep: c.sleep,
	}
	c.Installations = &installation.Service{
		Store: installation.NewStore(d), Accounts: c.Accounts, Organizations: c.orgs, Mail: c.send, Now: c.clock,
	}
	c.orgs.Accounts, c.orgs.SyncKeys = c.Accounts, c.CloudEnd
	c.web = httptest.NewServer(c.handler())
	t.Cleanup(c.web.Close)
	return c
}

func (c *cloud) handler() http.Handler {
	r := web.NewRouter(slog.New(slog.DiscardHandler), authenticate, nil)
	billingsync.MountCloud(r, c.CloudEnd)
	license.MountCloud(r, &license.CloudEnd{
		Organizations: c.orgs, Signer: signer(), Installation: c.Installations.Enabled, CheckKey: c.CheckKey,
		Downloaded: c.Installations.Downloaded, Now: c.clock, Sleep: c.sleep,
		Term: func(context.Context, id.ID) (license.Term, error) {
			return license.Term{Subscribed: true, PeriodStart: noon, PeriodEnd: noon.AddDate(1, 0, 0)}, nil
		},
	})
	web.Raw(r, "POST /identity/connect/token", c.token, web.Anonymous)
	web.Raw(r, "GET /api/config", func(w http.ResponseWriter, _ *web.Call) error {
		web.WriteJSON(w, 200, map[string]any{"environment": map[string]string{"cloudRegion": c.region}})
		return nil
	}, web.Anonymous)
	web.Handle(r, "POST /api/organization/sponsorship/sync", c.exchange, web.Machine(billingsync.ScopeSync))
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		c.mu.Lock()
		c.calls = append(c.calls, req.Method+" "+req.URL.Path)
		official, broken := c.official, c.broken
		c.mu.Unlock()
		switch {
		case broken != 0:
			w.WriteHeader(broken)
		case official && strings.HasPrefix(req.URL.Path, "/api/billing-sync"):
			web.WriteJSON(w, 404, map[string]any{"object": "error", "message": "Resource not found."})
		default:
			r.ServeHTTP(w, req)
		}
	})
}

// token gives an installation a token that says who it is.
func (c *cloud) token(w http.ResponseWriter, call *web.Call) error {
	text, _ := strings.CutPrefix(call.PostFormValue("client_id"), "installation.")
	installationID, err := id.Parse(text)
	if err == nil {
		err = c.Installations.Admit(call.Context(), installationID, call.PostFormValue("client_secret"))
	}
	if err != nil {
		web.WriteJSON(w, 400, map[string]string{"error": "invalid_client"})
		return nil
	}
	web.WriteJSON(w, 200, map[string]any{
		"access_token": call.PostFormValue("scope") + "|" + text, "expires_in": 86400, "token_type": "Bearer",
	})
	return nil
}

type batch struct {
	BillingSyncKey                string
	SponsoringOrganizationCloudID id.ID
}

// exchange is the sponsorships' route, as far as the key goes; an official cloud
// has no codes.
func (c *cloud) exchange(call *web.Call, in batch) (map[string]any, error) {
	err := c.CheckKey(call.Context(), call.Caller.InstallationID, in.SponsoringOrganizationCloudID, in.BillingSyncKey)
	if err != nil && c.official {
		err = fault.New(fault.Invalid, "billingsync.keyUnknown")
	}
	return map[string]any{"sponsorshipsBatch": []any{}}, err
}

// authenticate reads a token of the cloud, or takes a person's id for one.
func authenticate(_ context.Context, token string) (web.Caller, error) {
	scope, text, machine := strings.Cut(token, "|")
	if !machine {
		text = token
	}
	who, err := id.Parse(text)
	switch {
	case err != nil:
		return web.Caller{}, fault.SignIn
	case machine:
		return web.Caller{InstallationID: who, Scope: scope}, nil
	}
	return web.Caller{AccountID: who, Scope: web.ScopePerson}, nil
}

func (c *cloud) called(what string) (times int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, call := range c.calls {
		if call == what {
			times++
		}
	}
	return times
}

func (c *cloud) set(official bool, broken int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.official, c.broken = official, broken
}

// key returns the company's billing sync key.
func (c *cloud) key(t *testing.T) string {
	t.Helper()
	k, err := c.ViewKey(t.Context(), c.owner, c.company.ID, proof())
	if err != nil {
		t.Fatal(err)
	}
	return k.Key
}

func (c *cloud) rotate(t *testing.T) string {
	t.Helper()
	k, err := c.RotateKey(t.Context(), c.owner, c.company.ID, proof())
	if err != nil {
		t.Fatal(err)
	}
	return k.Key
}

func proof() account.Secret { return account.Secret{MasterPasswordHash: password} }

// home is a self-hosted server whose organization has a license of the cloud.
type home struct {
	*billingsync.SelfHostedEnd
	*server
	cloud *cloud
	owner id.ID
	org   org.Organization
	// exchanges is what the exchange of sponsorships does.
	exchanges func(billingsync.Session) (billingsync.Counts, error)
	log       *bytes.Buffer
	random    float64 // what the pauses after failures are stretched by
}

// newHome makes both servers, each on a database of its own. The cloud's store has
// its own tests on each engine.
func newHome(t *testing.T, d *db.DB) *home {
	t.Helper()
	h := &home{server: newServer(t, d), cloud: newCloud(t, dbtest.SQLite(t)), log: &bytes.Buffer{}, random: 0.5}
	h.owner = h.person(t, "owner@example.org")
	server, key, err := h.cloud.Installations.Register(t.Context(), "admin@example.org", "en")
	if err != nil {
		t.Fatal(err)
	}
	h.exchanges = func(billingsync.Session) (billingsync.Counts, error) { return billingsync.Counts{}, nil }
	licenses := &license.SelfHostedEnd{
		Store: license.NewStore(d), Organizations: h.orgs, InstallationID: server.ID,
		Trust:     func() (license.Trust, error) { return signer().Trust(), nil },
		Directory: t.TempDir(), Log: slog.New(slog.DiscardHandler), Now: h.clock,
	}
	h.SelfHostedEnd = &billingsync.SelfHostedEnd{
		Store: billingsync.NewSelfHostedStore(d), Keys: h.keys, Organizations: h.orgs, Licenses: licenses,
		Cloud: newClient(t, h, config.Cloud{
			Communication: true, URL: config.Address(h.cloud.web.URL),
			InstallationID: server.ID, InstallationKey: config.Secret(key),
		}),
		Sponsorships: func(_ context.Context, s billingsync.Session) (billingsync.Counts, error) { return h.exchanges(s) },
		Queue:        &jobs.Queue{DB: d, Now: h.clock, Log: slog.New(slog.DiscardHandler)},
		OnChange:     true, Mail: h.send, VaultURL: "https://vault.example.org",
		Log: slog.New(slog.NewTextHandler(h.log, nil)), Now: h.clock, Random: func() float64 { return h.random },
	}
	h.Schedule()
	if h.org, err = licenses.Create(t.Context(), h.owner, h.license(t), org.New{Key: wrapped}); err != nil {
		t.Fatal(err)
	}
	return h
}

func newClient(t *testing.T, h *home, settings config.Cloud) *billingsync.Cloud {
	t.Helper()
	c, err := billingsync.NewCloud(settings, h.clock)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// license downloads a fresh license from the cloud.
func (h *home) license(t *testing.T) []byte {
	t.Helper()
	res, err := http.DefaultClient.Do(request(t, h.cloud, "GET", "/api/organizations/"+h.cloud.company.ID.String()+
		"/license?installationId="+h.Cloud.Settings.InstallationID.String()))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var body json.RawMessage
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil || res.StatusCode != 200 {
		t.Fatalf("license: %d %s (%v)", res.StatusCode, body, err)
	}
	return body
}

func request(t *testing.T, c *cloud, method, path string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.web.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.owner.String())
	return req
}

// connect saves the key of the company.
func (h *home) connect(t *testing.T) billingsync.Connection {
	t.Helper()
	c, err := h.Connect(t.Context(), h.owner, h.setup(h.cloud.key(t)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (h *home) setup(key string) billingsync.Setup {
	return billingsync.Setup{OrganizationID: h.org.ID, Enabled: true, Key: key}
}

// stored returns the connection as it is now.
func (h *home) stored(t *testing.T) billingsync.Connection {
	t.Helper()
	c, err := h.Store.ConnectionOf(t.Context(), h.org.ID)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantCode(t *testing.T, err error, want string) {
	t.Helper()
	if got := fault.CodeOf(err); got != want || want == "" && err != nil {
		t.Errorf("got code %q (%v), want %q", got, err, want)
	}
}

func wantGone(t *testing.T, err error) {
	t.Helper()
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v, want NotFound", err)
	}
}
