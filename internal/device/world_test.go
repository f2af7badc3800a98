package device_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/client"
	"coffre/internal/db"
	"coffre/internal/device"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

const (
	zoe  = "zoe@example.com"
	bob  = "bob@example.com"
	hash = "wmyadRMyBZOH7P/a/ucTCbSghKgdzDpPqUnu/DAVtSw="
)

// stored is the password of everybody.
var stored = sync.OnceValues(func() (string, error) { return account.NewPasswordsOf(1_000).Hash(context.Background(), hash) })

// pair and key are everybody's: the server cannot tell.
var (
	pair = sync.OnceValues(client.NewKeyPair)
	key  = client.NewKey()
)

// world is the room behind a router, with two people who have a laptop each. The
// bearer of "zoe:laptop" is Zoé on her laptop.
type world struct {
	*device.Service
	t       *testing.T
	db      *db.DB
	router  *web.Router
	now     time.Time
	slept   time.Duration
	people  map[string]id.ID
	heard   []notice.Notice
	pushed  []string // "+phone" and "-phone" for phones that tell and lose a push token
	keys    client.Keys
	wrapped string // a user key for the public key of keys
	text    string // ciphertext of a user key
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, db: d, now: noon, people: map[string]id.ID{}, text: key.Encrypt([]byte("secret"))}
	now := func() time.Time { return w.now }
	limits := &throttle.Limits{DB: d, Now: now}
	w.Service = &device.Service{
		Store: device.NewStore(d), Limits: limits, Log: slog.New(slog.DiscardHandler), Host: "vault.example", Now: now,
		Accounts: &account.Service{
			Store: account.NewStore(d), Passwords: account.NewPasswordsOf(1_000), Limits: limits, Now: now,
			Sleep: func(_ context.Context, d time.Duration) { w.slept += d },
		},
		Announce:     func(_ context.Context, n notice.Notice) { w.heard = append(w.heard, n) },
		Registered:   w.hear("+"),
		Unregistered: w.hear("-"),
	}
	w.router = web.NewRouter(slog.New(slog.DiscardHandler), w.authenticate, nil)
	device.Mount(w.router, w.Service)
	made, err := pair()
	if err == nil {
		w.keys, err = made.Keys(key)
	}
	if err == nil {
		w.wrapped, err = made.Wrap(key)
	}
	password, hashErr := stored()
	if err != nil || hashErr != nil {
		t.Fatal(err, hashErr)
	}
	for _, email := range []string{zoe, bob} {
		w.people[email] = add(t, d, email)
		w.exec(`UPDATE account SET password_hash = $2 WHERE id = $1`, w.people[email], password)
		w.save(email, "laptop")
	}
	return w
}

func (w *world) hear(sign string) func(context.Context, device.Device) error {
	return func(_ context.Context, d device.Device) error {
		w.pushed = append(w.pushed, sign+d.Identifier+" "+d.PushToken)
		return nil
	}
}

// authenticate knows a person and a device by what the token says.
func (w *world) authenticate(ctx context.Context, token string) (web.Caller, error) {
	name, identifier, _ := strings.Cut(token, ":")
	accountID := w.people[name+"@example.com"]
	d, found, err := w.Find(ctx, accountID, identifier)
	if err == nil && !found {
		err = fault.SignIn
	}
	return web.Caller{AccountID: accountID, DeviceID: d.ID, Device: identifier, Scope: web.ScopePerson}, err
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.db.Exec(w.t.Context(), query, args...); err != nil {
		w.t.Fatal(err)
	}
}

// save signs a person in on a Linux machine.
func (w *world) save(email, identifier string) device.Device {
	w.t.Helper()
	d, ok := device.Of("8", identifier, "linux", "")
	saved, _, err := w.Save(w.t.Context(), w.people[email], d)
	if !ok || err != nil {
		w.t.Fatal(ok, err)
	}
	return saved
}

// object is a JSON object.
type object = map[string]any

// answer is what a client reads.
type answer struct {
	status int
	body   string
}

// read parses the answer, which must be a success.
func (a answer) read(t *testing.T) object {
	t.Helper()
	out := object{}
	if err := json.Unmarshal([]byte(a.body), &out); err != nil || a.status != http.StatusOK {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	return out
}

// do makes a call of whom the token names; of nobody when it is empty.
func (w *world) do(token, method, path string, in any) answer {
	return w.doWith(http.Header{}, token, method, path, in)
}

func (w *world) doWith(header http.Header, token, method, path string, in any) answer {
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
	maps.Copy(req.Header, header)
	req.RemoteAddr = netip.MustParseAddrPort("203.0.113.7:4711").String()
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

// wish is what a client sends that asks to be logged in by another one.
func (w *world) wish(email, identifier string) object {
	return object{"email": email, "publicKey": w.keys.PublicKey, "deviceIdentifier": identifier, "accessCode": "the code", "type": 0}
}

// ask makes a request of a device and returns its identifier.
func (w *world) ask(email, identifier string) string {
	w.t.Helper()
	return w.do("", "POST", "/api/auth-requests", w.wish(email, identifier)).read(w.t)["id"].(string)
}

// reply answers a request as Zoé on her laptop.
func (w *world) reply(requestID string, approved bool) answer {
	w.t.Helper()
	return w.do("zoe:laptop", "PUT", "/api/auth-requests/"+requestID,
		object{"key": w.wrapped, "masterPasswordHash": nil, "deviceIdentifier": "laptop", "requestApproved": approved})
}

// list returns the members of a list.
func (w *world) list(token, path string) []object {
	w.t.Helper()
	got := w.do(token, "GET", path, nil)
	var out struct {
		Object string
		Data   []object
	}
	if err := json.Unmarshal([]byte(got.body), &out); err != nil || got.status != http.StatusOK || out.Object != "list" {
		w.t.Fatalf("got %d %s", got.status, got.body)
	}
	return out.Data
}

func encoded(email string) string { return base64.URLEncoding.EncodeToString([]byte(email)) }
