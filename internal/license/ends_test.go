package license_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/seal"
	"coffre/internal/web"
)

const (
	wrapped   = "4.AAAA"
	encrypted = "2.AAAA|AAAA|AAAA"
)

// server is what both ends stand on: organizations on a database, and people.
type server struct {
	orgs   *org.Service
	db     *db.DB
	keys   *seal.Keys
	now    time.Time
	events []event.Event
}

func newServer(t *testing.T, d *db.DB) *server {
	t.Helper()
	s := &server{db: d, now: noon}
	clock := func() time.Time { return s.now }
	keys, err := seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), clock)
	if err != nil {
		t.Fatal(err)
	}
	s.keys = keys
	s.orgs = &org.Service{
		Record: func(_ context.Context, events ...event.Event) error {
			s.events = append(s.events, events...)
			return nil
		},
		VaultURL:         "https://vault.example.org",
		CreateCollection: (&collection.Service{Store: collection.NewStore(d)}).CreateDefault,
		Store:            org.NewStore(d), Keys: keys, Now: clock,
		Touch:          func(context.Context, ...id.ID) error { return nil },
		Announce:       func(context.Context, notice.Notice) {},
		Sponsorships:   func(context.Context, id.ID) (map[id.ID]org.FamilySponsorship, error) { return nil, nil },
		SeatsSponsored: func(context.Context, id.ID) (int, error) { return 0, nil },
		MayCreate:      func(context.Context, id.ID) error { return nil },
	}
	return s
}

func (s *server) person(t *testing.T, email string) id.ID {
	t.Helper()
	a := account.Account{
		ID: id.New(), Email: email, Culture: "en-US", Salt: email, Key: encrypted, SecurityStamp: "stamp",
		CreatedAt: noon, RevisedAt: noon, VaultRevisedAt: noon,
	}
	if err := account.NewStore(s.db).Insert(t.Context(), a, "sealed"); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// organization makes one on a plan, with 25 seats.
func (s *server) organization(t *testing.T, owner id.ID, planType plan.Type) org.Organization {
	t.Helper()
	p, _ := plan.Of(planType)
	o, err := s.orgs.Create(t.Context(), owner, org.New{
		Name: "Acme", BillingEmail: "bills@example.org", Key: wrapped, CollectionName: encrypted,
		Terms: org.Terms{Plan: p.Name, PlanType: p.Type, Seats: new(25), Features: p.Features, Enabled: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// members adds accepted members until there are n.
func (s *server) members(t *testing.T, organizationID id.ID, n int) {
	t.Helper()
	for range n - 1 {
		s.join(t, organizationID, s.person(t, id.New().String()+"@example.org"), org.User, org.Accepted)
	}
}

// join adds a person to an organization.
func (s *server) join(t *testing.T, organizationID, who id.ID, as org.Type, status org.Status) {
	t.Helper()
	m := org.Member{
		ID: id.New(), OrganizationID: organizationID, AccountID: who, Status: status, Type: as, CreatedAt: noon, RevisedAt: noon,
	}
	if status == org.Confirmed {
		m.Key = wrapped
	}
	if err := org.NewStore(s.db).InsertMember(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

// home is a self-hosted server with one person.
type home struct {
	*license.SelfHostedEnd
	*server
	owner id.ID
	log   *bytes.Buffer
	mails []mail.Message
}

func newHome(t *testing.T, d *db.DB) *home {
	t.Helper()
	h := &home{server: newServer(t, d), log: &bytes.Buffer{}}
	h.owner = h.person(t, "owner@example.org")
	h.SelfHostedEnd = &license.SelfHostedEnd{
		Store: license.NewStore(d), Organizations: h.orgs, InstallationID: facts().InstallationID,
		Trust:     func() (license.Trust, error) { return signer().Trust(), nil },
		Directory: t.TempDir(), Log: slog.New(slog.NewTextHandler(h.log, nil)), Now: func() time.Time { return h.now },
		Mail: func(_ context.Context, list ...mail.Message) error {
			h.mails = append(h.mails, list...)
			return nil
		},
	}
	return h
}

// create makes the organization of a license as issue makes it.
func (h *home) create(t *testing.T, edits ...func(*license.Facts)) org.Organization {
	t.Helper()
	o, err := h.Create(t.Context(), h.owner, file(t, edits...), org.New{Key: wrapped})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// createOn makes the organization of a license whose dates follow from term.
func (h *home) createOn(t *testing.T, term license.Term) org.Organization {
	t.Helper()
	l, err := license.NewOrganization(signer(), facts(), term, license.Version)
	if err != nil {
		t.Fatal(err)
	}
	o, err := h.Create(t.Context(), h.owner, []byte(asJSON(t, l)), org.New{Key: wrapped})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// renew uploads a license whose dates follow from term.
func (h *home) renew(t *testing.T, organizationID id.ID, term license.Term) {
	t.Helper()
	l, err := license.NewOrganization(signer(), facts(), term, license.Version)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Upload(t.Context(), h.owner, organizationID, []byte(asJSON(t, l))); err != nil {
		t.Fatal(err)
	}
}

// named is a license for an organization of another name.
func named(t *testing.T, name string) []byte {
	t.Helper()
	return file(t, func(f *license.Facts) { f.Name = name })
}

// readFile returns what a file holds.
func readFile(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// file is a license as it is downloaded.
func file(t *testing.T, edits ...func(*license.Facts)) []byte {
	t.Helper()
	return []byte(asJSON(t, issue(t, license.Version, edits...)))
}

// call sends one request, with the token of a caller that serve knows, and
// returns the status and the answer.
func call(t *testing.T, r *web.Router, method, path, token string, body io.Reader, kind string) (int, string) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, path, body)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", kind)
	res := httptest.NewRecorder()
	r.ServeHTTP(res, req)
	return res.Code, res.Body.String()
}

// router takes the text form of a caller's id as token; "machine" is the
// installation of the facts.
func router() *web.Router {
	return web.NewRouter(slog.New(slog.DiscardHandler), func(_ context.Context, token string) (web.Caller, error) {
		if token == "machine" {
			return web.Caller{InstallationID: facts().InstallationID, Scope: "api.licensing"}, nil
		}
		caller, err := id.Parse(token)
		if err != nil {
			return web.Caller{}, fault.SignIn
		}
		return web.Caller{AccountID: caller, Scope: web.ScopePerson}, nil
	}, nil)
}
