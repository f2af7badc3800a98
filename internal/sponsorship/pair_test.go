package sponsorship_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/clock"
	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/exchange"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/installation"
	"coffre/internal/sponsorship"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

const syncPath = "/api/organization/sponsorship/sync"

// pair is a cloud and a self-hosted server with databases of their own, and the
// wire between them.
type pair struct {
	cloud *cloud
	home  *home
	abroad,
	local sponsor // the sponsoring organization there and here
	session billingsync.Session

	installation id.ID
	calls        int // of the sync, that reached the cloud or got lost on the way
	// lose drops the answer to a call, cut the call itself.
	lose, cut func(call int) bool
	// meanwhile happens on the way back.
	meanwhile func()
}

// home is a self-hosted world.
type home struct {
	*world
	*sponsorship.SelfHosted
	exchange *exchange.SelfHosted
	changed  int
}

func newHome(t testing.TB, d *db.DB, c *clock.Clock) *home {
	t.Helper()
	h := &home{world: newWorld(t, d, c)}
	h.SelfHosted = &sponsorship.SelfHosted{Service: *h.service, Changed: func(context.Context, id.ID) error {
		h.changed++
		return nil
	}}
	h.exchange = &exchange.SelfHosted{Service: &h.SelfHosted.Service}
	h.orgs.Closing, h.members.Departing = h.SelfHosted.Closing, h.MembersLeave
	return h
}

// apart runs fn on a pair that is connected, on each engine.
func apart(t *testing.T, fn func(t *testing.T, p *pair)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newPair(t, d)) })
}

func newPair(t testing.TB, d *db.DB) *pair {
	t.Helper()
	p := &pair{cloud: newCloud(t, d), home: newHome(t, second(t, d), &clock.Clock{}), installation: id.New()}
	never := func(int) bool { return false }
	p.lose, p.cut, p.meanwhile = never, never, func() {}
	p.abroad, p.local = p.cloud.sponsor(t), p.home.sponsor(t)
	p.connect(t, p.abroad.owner)
	return p
}

// connect gives the cloud a billing sync key and the self-hosted server the way.
func (p *pair) connect(t testing.TB, owner id.ID) {
	t.Helper()
	ends := &billingsync.CloudEnd{
		Store: billingsync.NewCloudStore(p.cloud.db), Keys: p.cloud.keys, Organizations: p.cloud.orgs,
		Limits: &throttle.Limits{DB: p.cloud.db, Now: p.cloud.clock.Now}, Mail: p.cloud.Mail,
		Now: p.cloud.clock.Now, Sleep: func(context.Context, time.Duration) {},
	}
	const key = "billing-sync-key"
	orgID, now := p.abroad.org.ID, p.cloud.clock.Now()
	must(t, installation.NewStore(p.cloud.db).Insert(t.Context(), installation.Installation{ID: p.installation, Email: "op@acme.example", Enabled: true, CreatedAt: now, KeyMadeAt: now}))
	must(t, ends.Store.SaveKey(t.Context(), billingsync.Key{
		OrganizationID: orgID, AccountID: owner, InstallationID: p.installation,
		Sealed: p.cloud.keys.Seal("billing_sync_key", "sealed", orgID, key), CreatedAt: now, RevisedAt: now,
	}))
	p.cloud.exchange.CheckKey = ends.CheckKey
	server := httptest.NewServer(p.wire(cloudRouter(p.cloud, p.installation)))
	t.Cleanup(server.Close)
	client, err := billingsync.NewCloud(config.Cloud{
		Communication: true, URL: config.Address(server.URL), InstallationID: p.installation, InstallationKey: "k",
	}, p.home.clock.Now)
	must(t, err)
	p.session = billingsync.Session{Cloud: client, OrganizationID: p.local.org.ID, CloudOrganizationID: orgID, Key: key}
}

// cloudRouter serves the cloud's routes. A person's token is the account's id; the
// installation has one token for the sync and one for licenses.
func cloudRouter(c *cloud, installation id.ID) *web.Router {
	r := web.NewRouter(slog.New(slog.DiscardHandler), func(_ context.Context, token string) (web.Caller, error) {
		if scope, ok := strings.CutPrefix(token, "machine:"); ok {
			return web.Caller{InstallationID: installation, Scope: scope}, nil
		}
		return person(token)
	}, nil)
	web.Handle(r, "POST /identity/connect/token", func(_ *web.Call, in web.Form) (any, error) {
		return map[string]any{"access_token": "machine:" + in.Get("scope"), "expires_in": 3600, "token_type": "Bearer"}, nil
	}, web.Anonymous)
	sponsorship.MountCloud(r, c.Cloud)
	exchange.MountCloud(r, c.exchange)
	return r
}

func homeRouter(h *home) *web.Router {
	r := web.NewRouter(slog.New(slog.DiscardHandler), func(_ context.Context, token string) (web.Caller, error) {
		return person(token)
	}, nil)
	sponsorship.MountSelfHosted(r, h.SelfHosted)
	return r
}

func person(token string) (web.Caller, error) {
	accountID, err := id.Parse(token)
	if err != nil {
		return web.Caller{}, fault.SignIn
	}
	return web.Caller{AccountID: accountID, Scope: web.ScopePerson}, nil
}

// wire is the network: it cuts calls and loses answers as it is told.
func (p *pair) wire(cloud http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path != syncPath {
			cloud.ServeHTTP(w, req)
			return
		}
		p.calls++
		call := p.calls
		if p.cut(call) {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		answer := httptest.NewRecorder()
		cloud.ServeHTTP(answer, req)
		p.meanwhile()
		if p.lose(call) {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.WriteHeader(answer.Code)
		w.Write(answer.Body.Bytes())
	})
}

// sync runs once, which must succeed.
func (p *pair) sync(t testing.TB) billingsync.Counts {
	t.Helper()
	counts, err := p.home.exchange.SyncV1(t.Context(), p.session)
	must(t, err)
	return counts
}

// there returns the cloud's living rows of the self-hosted member.
func (p *pair) there(t testing.TB) []sponsorship.Sponsorship {
	t.Helper()
	list, err := p.cloud.store.ListByMembers(t.Context(), p.abroad.org.ID, "v1:"+p.installation.String(), []id.ID{p.local.member.ID})
	must(t, err)
	return list
}

// here returns the state that the member is shown, and whether it waits.
func (p *pair) here(t testing.TB) (state sponsorship.State, waiting bool) {
	t.Helper()
	v, found := p.home.own(t, p.local)
	if !found {
		return "", false
	}
	state, _ = v.Shown(p.home.clock.Now(), 0)
	return state, v.Waiting()
}

// offer wishes for a sponsorship on the self-hosted side.
func (p *pair) offer(t testing.TB, email string) {
	t.Helper()
	must(t, p.home.Offer(t.Context(), p.local.caller, p.local.org.ID, to(email)))
}

func (p *pair) revoke(t testing.TB) {
	t.Helper()
	must(t, p.home.Revoke(t.Context(), p.local.caller, p.local.org.ID))
}

// expect compares what the member sees and what the cloud has.
func (p *pair) expect(t testing.TB, state sponsorship.State, waiting bool, rows, mails int) {
	t.Helper()
	gotState, gotWaiting := p.here(t)
	gotRows, gotMails := len(p.there(t)), len(p.cloud.letters(t))
	if gotState != state || gotWaiting != waiting || gotRows != rows || gotMails != mails {
		t.Errorf("state %q (waiting %v), %d rows and %d mails in the cloud; want %q (%v), %d, %d",
			gotState, gotWaiting, gotRows, gotMails, state, waiting, rows, mails)
	}
}
