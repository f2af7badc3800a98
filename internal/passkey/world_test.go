package passkey_test

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
	"coffre/internal/client"
	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/passkey"
	"coffre/internal/seal"
	"coffre/internal/throttle"
	"coffre/internal/web"
	"coffre/internal/webauthn"
	"coffre/internal/webauthn/softkey"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const (
	zoe    = "zoe@example.com"
	bob    = "bob@example.com"
	hash   = "wmyadRMyBZOH7P/a/ucTCbSghKgdzDpPqUnu/DAVtSw="
	origin = "https://vault.example"
)

// stored is the password of everybody.
var stored = sync.OnceValues(func() (string, error) { return account.NewPasswordsOf(1_000).Hash(context.Background(), hash) })

// wrapped is a user key for the public key of a passkey, and text ciphertext of a
// user key: the server cannot tell one from another.
var (
	wrapped = sync.OnceValues(func() (string, error) {
		pair, err := client.NewKeyPair()
		if err != nil {
			return "", err
		}
		return pair.Wrap(client.NewKey())
	})
	text = client.NewKey().Encrypt([]byte("secret"))
)

// world is the room behind a router, with two people. The bearer "zoe" is Zoé.
type world struct {
	*passkey.Service
	t      *testing.T
	router *web.Router
	now    time.Time
	slept  time.Duration
	people map[string]id.ID
	stamp  string // under which everybody is signed in
	hears  sync.Mutex
	heard  []notice.Notice
	mails  []mail.Message
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, now: noon, people: map[string]id.ID{}, stamp: "stamp"}
	now := func() time.Time { return w.now }
	keys, err := seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), now)
	if err != nil {
		t.Fatal(err)
	}
	limits := &throttle.Limits{DB: d, Now: now, Factor: 1000}
	accounts := &account.Service{
		Store: account.NewStore(d), Keys: keys, Passwords: account.NewPasswordsOf(1_000), Limits: limits, Now: now,
		Sleep: func(_ context.Context, d time.Duration) { w.slept += d },
	}
	w.Service = &passkey.Service{
		Store: passkey.NewStore(d), Accounts: accounts, Keys: keys, Site: webauthn.SiteOf(origin), Now: now,
		Log: slog.New(slog.DiscardHandler),
		Announce: func(_ context.Context, n notice.Notice) {
			w.hears.Lock()
			defer w.hears.Unlock()
			w.heard = append(w.heard, n)
		},
		Mail: func(_ context.Context, m mail.Message) error {
			w.hears.Lock()
			defer w.hears.Unlock()
			w.mails = append(w.mails, m)
			return nil
		},
	}
	w.router = web.NewRouter(slog.New(slog.DiscardHandler), w.authenticate, nil)
	w.router.Limits = limits
	passkey.Mount(w.router, w.Service)
	password, err := stored()
	if err != nil {
		t.Fatal(err)
	}
	for i, email := range []string{zoe, bob} {
		a := account.Account{
			ID: id.ID{byte(i + 1)}, Email: email, Culture: "fr-FR", PasswordHash: password, KDF: account.DefaultKDF(), Salt: email, Key: text,
			SecurityStamp: "stamp", CreatedAt: noon, RevisedAt: noon, VaultRevisedAt: noon,
		}
		if err := accounts.Store.Insert(t.Context(), a, "sealed"); err != nil {
			t.Fatal(err)
		}
		w.people[email] = a.ID
	}
	return w
}

func (w *world) authenticate(_ context.Context, token string) (web.Caller, error) {
	accountID, known := w.people[token+"@example.com"]
	if !known {
		return web.Caller{}, fault.SignIn
	}
	return web.Caller{AccountID: accountID, Scope: web.ScopePerson, Stamp: w.stamp}, nil
}

// object is a JSON object.
type object = map[string]any

// secret proves who a person is.
var secret = object{"masterPasswordHash": hash}

// answer is what a client reads.
type answer struct {
	status int
	body   string
}

// do makes a call of whom the token names; of nobody when it is empty.
func (w *world) do(token, method, path string, in any) answer {
	w.t.Helper()
	body := ""
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			w.t.Fatal(err)
		}
		body = string(raw)
	}
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	rec := httptest.NewRecorder()
	w.router.ServeHTTP(rec, req)
	return answer{rec.Code, rec.Body.String()}
}

// want fails the test unless a call is answered with a status and a text.
func (w *world) want(status int, contains string, got answer) {
	w.t.Helper()
	if got.status != status || !strings.Contains(got.body, contains) {
		w.t.Errorf("got %d %s, want %d with %q", got.status, got.body, status, contains)
	}
}

// started is a challenge with its token.
type started struct {
	Options json.RawMessage `json:"options"`
	Token   string          `json:"token"`
	Object  string          `json:"object"`
}

func (w *world) start(token, method, path string, in any) started {
	w.t.Helper()
	got := w.do(token, method, path, in)
	var s started
	if err := json.Unmarshal([]byte(got.body), &s); err != nil || got.status != http.StatusOK {
		w.t.Fatalf("got %d %s", got.status, got.body)
	}
	return s
}

// creation returns what a client sends to add a passkey; nothing is stored yet.
func (w *world) creation(token string, key *softkey.Key) object {
	w.t.Helper()
	s := w.start(token, "POST", "/api/webauthn/attestation-options", secret)
	made, err := key.Create([]byte(s.Options))
	if err != nil {
		w.t.Fatal(err)
	}
	return object{"deviceResponse": made, "name": "Phone", "token": s.Token, "supportsPrf": false}
}

// unlocking returns the members with which a passkey opens the vault.
func (w *world) unlocking() object {
	w.t.Helper()
	key, err := wrapped()
	if err != nil {
		w.t.Fatal(err)
	}
	return object{"encryptedUserKey": key, "encryptedPublicKey": text, "encryptedPrivateKey": text}
}

// add gives a person a passkey in a new authenticator.
func (w *world) add(token string, more object) *softkey.Key {
	w.t.Helper()
	key := softkey.New(origin)
	w.want(http.StatusOK, "", w.do(token, "POST", "/api/webauthn", merged(w.creation(token, key), more)))
	return key
}

// signIn answers a new challenge with a key.
func (w *world) signIn(key *softkey.Key) (account.Account, *passkey.Unlock, bool) {
	w.t.Helper()
	token, text := w.signInAnswer(key)
	return w.redeem(token, text)
}

// signInAnswer returns the token of a new challenge and an answer to it.
func (w *world) signInAnswer(key *softkey.Key) (token, text string) {
	w.t.Helper()
	s := w.start("", "GET", "/identity/accounts/webauthn/assertion-options", nil)
	answer, err := key.Get([]byte(s.Options))
	if err != nil {
		w.t.Fatal(err)
	}
	return s.Token, answer.Text()
}

func (w *world) redeem(token, text string) (account.Account, *passkey.Unlock, bool) {
	w.t.Helper()
	a, unlock, good, err := w.SignIn(w.t.Context(), token, text)
	if err != nil {
		w.t.Fatal(err)
	}
	return a, unlock, good
}

// listed is a passkey as clients read it.
type listed struct {
	ID                 id.ID
	Name               string
	PRFStatus          int
	EncryptedUserKey   *string
	EncryptedPublicKey *string
	Object             string
}

func (w *world) listed(token string) []listed {
	w.t.Helper()
	got := w.do(token, "GET", "/api/webauthn", nil)
	var out struct {
		Object string
		Data   []listed
	}
	if err := json.Unmarshal([]byte(got.body), &out); err != nil || got.status != http.StatusOK || out.Object != "list" || out.Data == nil {
		w.t.Fatalf("got %d %s", got.status, got.body)
	}
	return out.Data
}

func (w *world) account(email string) account.Account {
	w.t.Helper()
	a, err := w.Accounts.Get(w.t.Context(), w.people[email])
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// merged returns an object with the members of others, of which nil ones are left
// out.
func merged(objects ...object) object {
	out := object{}
	for _, o := range objects {
		for name, member := range o {
			out[name] = member
			if member == nil {
				delete(out, name)
			}
		}
	}
	return out
}
