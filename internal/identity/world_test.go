package identity_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/device"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/identity"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/passkey"
	"coffre/internal/seal"
	"coffre/internal/throttle"
	"coffre/internal/twostep"
	"coffre/internal/web"
	"coffre/internal/webauthn"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const (
	hash            = "wmyadRMyBZOH7P/a/ucTCbSghKgdzDpPqUnu/DAVtSw="
	apiKey          = "abcdefghijABCDEFGHIJ0123456789"
	installationKey = "installation key"
	organizationKey = "organization key"
	issuer          = "https://vault.example/identity"
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// signingKey is the key that every world signs with, because making one takes long.
var signingKey = sync.OnceValues(func() ([]byte, error) { return x509.MarshalPKCS8PrivateKey(newKey()) })

// stored is the password of everybody.
var stored = sync.OnceValues(func() (string, error) { return account.NewPasswordsOf(1_000).Hash(context.Background(), hash) })

// world is a service behind a router, with two people and an installation.
type world struct {
	*identity.Service
	router       *web.Router
	db           *db.DB
	keys         *seal.Keys
	now          time.Time
	slept        time.Duration
	zoe, bob     account.Account
	installation id.ID
	organization id.ID
	policy       account.PasswordPolicy
	enabled      bool
	keyMade      time.Time // when the installation got its key
	mails        []mail.Message

	recording sync.Mutex // guards slept and mails, while requests run side by side
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{db: d, now: noon, installation: id.ID{9}, organization: id.ID{8}, enabled: true}
	now := func() time.Time { return w.now }
	sleep := func(_ context.Context, d time.Duration) {
		w.recording.Lock()
		defer w.recording.Unlock()
		w.slept += d
	}
	keys, err := seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), now)
	if err != nil {
		t.Fatal(err)
	}
	w.keys = keys
	if _, _, err := keys.Key(t.Context(), "token-signing", signingKey); err != nil {
		t.Fatal(err)
	}
	limits := &throttle.Limits{DB: d, Now: now, Factor: 1000}
	post := func(_ context.Context, m mail.Message) error {
		w.recording.Lock()
		defer w.recording.Unlock()
		w.mails = append(w.mails, m)
		return nil
	}
	events := &event.Log{
		Store: event.NewStore(d), Now: now, Organizations: func(context.Context, id.ID, bool) ([]id.ID, error) { return nil, nil },
	}
	accounts := &account.Service{
		RecordOwn: events.RecordOwn,
		Store:     account.NewStore(d), Keys: keys, Passwords: account.NewPasswordsOf(1_000), Now: now, Sleep: sleep, Mail: post, Limits: limits,
		Premium:                 func(_ context.Context, a account.Account) (bool, error) { return a.ID == w.zoe.ID, nil },
		PremiumFromOrganization: func(context.Context, id.ID) (bool, error) { return false, nil },
		PasswordPolicy:          func(context.Context, id.ID) (account.PasswordPolicy, error) { return w.policy, nil },
		Announce:                func(context.Context, notice.Notice) {},
	}
	w.Service = &identity.Service{
		RecordOwn: events.RecordOwn,
		Accounts:  accounts, Store: identity.NewStore(d), Keys: keys, Limits: limits, Issuer: issuer, Now: now, Sleep: sleep, Mail: post,
		Devices: &device.Service{Store: device.NewStore(d), Accounts: accounts, Limits: limits, Now: now, Announce: accounts.Announce},
		Organization: func(_ context.Context, orgID id.ID, key string) error {
			if orgID != w.organization || key != organizationKey || !w.enabled {
				return fault.Gone
			}
			return nil
		},
		OrganizationOpen: func(_ context.Context, orgID id.ID) (bool, error) { return orgID == w.organization && w.enabled, nil },
		Installation: func(_ context.Context, installationID id.ID, key string) error {
			if installationID != w.installation || key != installationKey || !w.enabled {
				return fault.Gone
			}
			return nil
		},
		InstallationHonors: func(_ context.Context, installationID id.ID, issued time.Time) (bool, error) {
			return installationID == w.installation && w.enabled && !issued.Before(w.keyMade), nil
		},
	}
	w.TwoStep = &twostep.Service{
		RecordOwn: events.RecordOwn,
		Store:     twostep.NewStore(d), Accounts: accounts, Devices: w.Devices, Keys: keys, Limits: limits, Now: now, Sleep: sleep, Mail: post,
		VaultURL: "https://vault.example", Announce: accounts.Announce, LastRemoved: func(context.Context, id.ID) error { return nil },
		AuthRequest: w.Devices.CheckAuthRequest,
	}
	w.Passkeys = &passkey.Service{
		Store: passkey.NewStore(d), Accounts: accounts, Keys: keys, Log: slog.New(slog.DiscardHandler), Now: now, Mail: post, Announce: accounts.Announce,
		Site: &webauthn.Site{ID: "vault.example", Name: "Coffre", Origins: []string{"https://vault.example"}},
	}
	w.router = web.NewRouter(slog.New(slog.DiscardHandler), w.Authenticate, nil)
	accounts.EndSessions = w.EndSessions
	accounts.Organizations = func(context.Context, id.ID) (any, any, error) { return []string{}, []string{}, nil }
	w.router.Limits = limits
	account.Mount(w.router, accounts)
	device.Mount(w.router, w.Devices)
	identity.Mount(w.router, w.Service)
	web.Handle(w.router, "GET /api/me", func(c *web.Call, _ struct{}) (web.Caller, error) { return c.Caller, nil })
	for path, scope := range map[string]string{"machine": "api.licensing", "company": "api.organization"} {
		web.Handle(w.router, "GET /api/"+path, func(c *web.Call, _ struct{}) (web.Caller, error) { return c.Caller, nil }, web.Machine(scope))
	}
	w.zoe, w.bob = w.add(t, 1, "zoe@example.com", "Zoé"), w.add(t, 2, "bob@example.com", "")
	return w
}

func (w *world) add(t *testing.T, n byte, email, name string) account.Account {
	t.Helper()
	password, err := stored()
	if err != nil {
		t.Fatal(err)
	}
	a := account.Account{
		ID: id.ID{n}, Email: email, EmailVerified: n == 1, Name: name, Culture: "fr-FR", PasswordHash: password, KDF: account.DefaultKDF(), Salt: email,
		Key: "2.a|b|c", PublicKey: "MIIB", PrivateKey: "2.d|e|f", SecurityStamp: "stamp-" + email, VerifyDevices: true,
		CreatedAt: noon, RevisedAt: noon, VaultRevisedAt: noon,
	}
	if n == 2 {
		a.PublicKey, a.PrivateKey = "", ""
		a.KDF = account.KDF{Type: account.Argon2id, Iterations: 3, Memory: new(64), Parallelism: new(4)}
	}
	if err := w.Accounts.Store.Insert(t.Context(), a, w.keys.Seal("account", "sealed_api_key", a.ID, apiKey)); err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *world) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := w.db.Exec(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// passwordForm is what the command line client sends.
func passwordForm(username, password string) url.Values {
	return url.Values{
		"grant_type": {"password"}, "username": {username}, "password": {password}, "scope": {"api offline_access"}, "client_id": {"cli"},
		"deviceType": {"25"}, "deviceIdentifier": {"5f6fb9b4-5b1a-4e3b-9a0f-3c9c6c1c2f10"}, "deviceName": {"linux"},
	}
}

// with returns a form with some members changed; "-" removes one.
func with(form url.Values, pairs ...string) url.Values {
	changed := url.Values{}
	maps.Copy(changed, form)
	for i := 0; i < len(pairs); i += 2 {
		changed.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "-" {
			changed.Del(pairs[i])
		}
	}
	return changed
}

// answer is what clients read of the token endpoint.
type answer struct {
	status       int
	body         string
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	ExpiresIn    int    `json:"expires_in"`
	Scope        string `json:"scope"`
	Error        string `json:"error"`
	Description  string `json:"error_description"`
	ErrorModel   struct{ Message string }

	TwoFactorToken string
}

func (w *world) ask(t *testing.T, form url.Values) answer {
	t.Helper()
	return w.askFrom(t, "192.0.2.1", form)
}

// askFrom asks from a network address.
func (w *world) askFrom(t *testing.T, address string, form url.Values) answer {
	t.Helper()
	req := httptest.NewRequest("POST", "/identity/connect/token", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	req.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(address), 1234).String()
	return w.serve(t, req)
}

func (w *world) serve(t *testing.T, req *http.Request) answer {
	t.Helper()
	rec := httptest.NewRecorder()
	w.router.ServeHTTP(rec, req)
	a := answer{status: rec.Code, body: rec.Body.String()}
	if err := json.Unmarshal(rec.Body.Bytes(), &a); err != nil {
		t.Fatalf("%v in %s", err, rec.Body)
	}
	return a
}

// get calls a route with a token and returns the status and the body.
func (w *world) get(path, token string) (int, string) { return w.call("GET", path, token, "") }

// call is get for all methods; without a token it is anonymous.
func (w *world) call(method, path, token, body string) (int, string) {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	rec := httptest.NewRecorder()
	w.router.ServeHTTP(rec, req)
	return rec.Code, rec.Body.String()
}

func (w *world) signIn(t *testing.T, pairs ...string) answer {
	t.Helper()
	a := w.ask(t, with(passwordForm("zoe@example.com", hash), pairs...))
	if a.status != http.StatusOK {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	return a
}

// claims returns what a token says, as clients read it: without verifying.
func claims(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("the token has %d parts", len(parts))
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]any{}
	if err := json.Unmarshal(raw, &said); err != nil {
		t.Fatal(err)
	}
	return said
}
