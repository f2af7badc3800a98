package twostep_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/client"
	"coffre/internal/db"
	"coffre/internal/device"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/seal"
	"coffre/internal/throttle"
	"coffre/internal/twostep"
	"coffre/internal/web"
	"coffre/internal/webauthn"
	"coffre/internal/webauthn/softkey"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const (
	vault = "https://vault.example"
	hash  = "wmyadRMyBZOH7P/a/ucTCbSghKgdzDpPqUnu/DAVtSw="
	proof = `"masterPasswordHash":"` + hash + `"`
	home  = "5f6fb9b4-5b1a-4e3b-9a0f-3c9c6c1c2f10" // the device that Zoé has used before
)

// stored is the password of everybody.
var stored = sync.OnceValues(func() (string, error) { return account.NewPasswordsOf(1_000).Hash(context.Background(), hash) })

// world is a service behind a router, with two people of whom Zoé has premium.
type world struct {
	*twostep.Service
	router   *web.Router
	db       *db.DB
	keys     *seal.Keys
	now      time.Time
	mu       sync.Mutex // guards what is noted: slept, mails, notices
	slept    time.Duration
	zoe, bob account.Account
	mails    []mail.Message
	notices  []notice.Notice
	recorded []own   // in the event log
	lastGone []id.ID // who was left without a second step
	stamp    string  // under which everybody is signed in
	access   string  // the access code of Zoé's approved log-in with a device
	version  string  // of the client that calls; the newest when empty
	premium  bool    // whether Zoé has premium
	key      *softkey.Key
}

// own is what somebody did with their account.
type own struct {
	who  id.ID
	what event.Type
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{db: d, now: noon, premium: true, key: softkey.New(vault)}
	now := func() time.Time { return w.now }
	sleep := func(_ context.Context, d time.Duration) { w.note(func() { w.slept += d }) }
	post := func(_ context.Context, m mail.Message) error {
		w.note(func() { w.mails = append(w.mails, m) })
		return nil
	}
	announce := func(_ context.Context, n notice.Notice) { w.note(func() { w.notices = append(w.notices, n) }) }
	var err error
	if w.keys, err = seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), now); err != nil {
		t.Fatal(err)
	}
	limits := &throttle.Limits{DB: d, Now: now}
	accounts := &account.Service{
		Store: account.NewStore(d), Keys: w.keys, Passwords: account.NewPasswordsOf(1_000), Now: now, Sleep: sleep, Mail: post, Limits: limits, Announce: announce,
		Premium:                 func(_ context.Context, a account.Account) (bool, error) { return a.ID == w.zoe.ID && w.premium, nil },
		PremiumFromOrganization: func(context.Context, id.ID) (bool, error) { return false, nil },
	}
	w.Service = &twostep.Service{
		Store: twostep.NewStore(d), Accounts: accounts, Keys: w.keys, Limits: limits, Now: now, Sleep: sleep, Mail: post, VaultURL: vault, Announce: announce,
		Devices: &device.Service{Store: device.NewStore(d), Accounts: accounts, Limits: limits, Now: now, Announce: announce},
		Site:    &webauthn.Site{ID: "vault.example", Name: "Coffre", Origins: []string{vault}},
		RecordOwn: func(_ context.Context, accountID id.ID, what event.Type) error {
			w.note(func() { w.recorded = append(w.recorded, own{accountID, what}) })
			return nil
		},
		LastRemoved: func(_ context.Context, accountID id.ID) error { w.lastGone = append(w.lastGone, accountID); return nil },
		AuthRequest: func(_ context.Context, accountID id.ID, requestID, code string) (bool, error) {
			return accountID == w.zoe.ID && requestID == "request" && w.access != "" && code == w.access, nil
		},
	}
	w.router = web.NewRouter(slog.New(slog.DiscardHandler), w.caller, nil)
	twostep.Mount(w.router, w.Service)
	w.zoe, w.bob = w.add(t, 1, "zoe.o@example.com"), w.add(t, 2, "bob@example.com")
	if _, _, err := w.Devices.Save(t.Context(), w.zoe.ID, device.Device{Type: 9, Identifier: home, Name: "chrome"}); err != nil {
		t.Fatal(err)
	}
	return w
}

// note records what the service does, also when it does several things at once.
func (w *world) note(fn func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	fn()
}

// caller takes the person's identifier for their token.
func (w *world) caller(_ context.Context, token string) (web.Caller, error) {
	accountID, err := id.Parse(token)
	if err != nil {
		return web.Caller{}, fault.SignIn
	}
	return web.Caller{AccountID: accountID, Scope: web.ScopePerson, Stamp: w.stamp}, nil
}

func (w *world) add(t *testing.T, n byte, email string) account.Account {
	t.Helper()
	password, err := stored()
	if err != nil {
		t.Fatal(err)
	}
	a := account.Account{
		ID: id.ID{n}, Email: email, Name: "Zoé", Culture: "en-US", PasswordHash: password, KDF: account.DefaultKDF(), Salt: email,
		Key: "2.a|b|c", SecurityStamp: "stamp-" + email, CreatedAt: noon, RevisedAt: noon, VaultRevisedAt: noon,
	}
	if err := w.Accounts.Store.Insert(t.Context(), a, "sealed"); err != nil {
		t.Fatal(err)
	}
	return a
}

// call makes a request of a person; nobody is anonymous.
func (w *world) call(who id.ID, method, path, body string) (int, string) {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	if !who.IsZero() {
		req.Header.Set("Authorization", "Bearer "+who.String())
	}
	if w.version != "" {
		req.Header.Set("Bitwarden-Client-Version", w.version)
	}
	rec := httptest.NewRecorder()
	w.router.ServeHTTP(rec, req)
	return rec.Code, strings.TrimSpace(rec.Body.String())
}

// good makes a request of Zoé's that must succeed, and reads the answer.
func (w *world) good(t *testing.T, method, path, body string, out any) {
	t.Helper()
	status, answer := w.call(w.zoe.ID, method, path, body)
	if status/100 != 2 {
		t.Fatalf("%s %s: got %d %s", method, path, status, answer)
	}
	if out != nil {
		if err := json.Unmarshal([]byte(answer), out); err != nil {
			t.Fatalf("%v in %s", err, answer)
		}
	}
}

// wants fails the test unless a request of Zoé's is answered so.
func (w *world) wants(t *testing.T, method, path, body string, status int, contains string) {
	t.Helper()
	got, answer := w.call(w.zoe.ID, method, path, body)
	if got != status || !strings.Contains(answer, contains) {
		t.Errorf("%s %s %s: got %d %s, want %d with %s", method, path, body, got, answer, status, contains)
	}
}

// code returns what an authenticator shows so much later.
func (w *world) code(t *testing.T, key string, later time.Duration) string {
	t.Helper()
	code, err := client.AuthenticatorCode(key, w.now.Add(later))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// withAuthenticator sets one up for Zoé. Its code of that time is used up, and two
// minutes pass.
func (w *world) withAuthenticator(t *testing.T) (key string) {
	t.Helper()
	key, _, err := w.AuthenticatorKey(t.Context(), w.zoe.ID)
	if err == nil {
		err = w.SetAuthenticator(t.Context(), w.zoe.ID, key, w.code(t, key, 0))
	}
	if err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(2 * time.Minute)
	w.mails, w.notices, w.slept = nil, nil, 0
	return key
}

// withEmail has Zoé's codes mailed to her.
func (w *world) withEmail(t *testing.T) {
	t.Helper()
	err := w.ProveEmail(t.Context(), w.zoe.ID, w.zoe.Email)
	if err == nil {
		err = w.SetEmail(t.Context(), w.zoe.ID, w.zoe.Email, w.mailed(t))
	}
	if err != nil {
		t.Fatal(err)
	}
	w.mails, w.notices = nil, nil
}

// mailed returns the code in the latest mail.
func (w *world) mailed(t *testing.T) string {
	t.Helper()
	if len(w.mails) == 0 || w.mails[len(w.mails)-1].Template != "two-step-code" {
		t.Fatalf("no code was mailed: %v", w.templates())
	}
	return w.mails[len(w.mails)-1].Data["Code"]
}

func (w *world) templates() []string {
	list := make([]string, len(w.mails))
	for i, m := range w.mails {
		list[i] = m.Template
	}
	return list
}

// try answers a challenge of Zoé's on the device that she has used before.
func (w *world) try(t *testing.T, provider int, token string) twostep.Outcome {
	t.Helper()
	outcome, err := w.Check(t.Context(), w.zoe, twostep.Attempt{Provider: provider, Token: token, Device: home})
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

// numbers returns what Zoé set up.
func (w *world) numbers(t *testing.T) []int {
	t.Helper()
	list, err := w.Providers(t.Context(), w.zoe.ID)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// golden compares an answer with testdata/<name>.json.
func golden(t *testing.T, name, got string) {
	t.Helper()
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(got), "", "  "); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	indented.WriteByte('\n')
	path := "testdata/" + name + ".json"
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(path, indented.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != indented.String() {
		t.Errorf("%s (%v): got %s, want %s", path, err, &indented, want)
	}
}
