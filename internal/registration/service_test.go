package registration_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/registration"
	"coffre/internal/seal"
	"coffre/internal/web"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 123456000, time.UTC)

// world is a service and its routes, with what it asked of others.
type world struct {
	*registration.Service
	router *web.Router
	now    time.Time
	slept  time.Duration

	mu         sync.Mutex
	mails      []mail.Message
	registered []string // addresses, and whether they were invited
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{now: noon}
	now := func() time.Time { return w.now }
	keys, err := seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), now)
	if err != nil {
		t.Fatal(err)
	}
	w.Service = &registration.Service{
		Accounts: &account.Service{Store: account.NewStore(d), Keys: keys, Passwords: account.NewPasswords(), Now: now},
		Keys:     keys, Now: now,
		Sleep: func(_ context.Context, d time.Duration) { w.slept += d },
		Mail: func(_ context.Context, m mail.Message) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.mails = append(w.mails, m)
			return nil
		},
		VaultURL: "https://vault.example", Open: true, Verification: true,
		Offered: func(_ context.Context, token, email string) error {
			if token != "offer for "+email {
				return fault.Gone
			}
			return nil
		},
		Invited: func(_ context.Context, memberID id.ID, email, token string) error {
			if token != "invitation of "+memberID.String()+" at "+email {
				return fault.Gone
			}
			return nil
		},
		Awaited: func(_ context.Context, email string) (bool, error) { return strings.HasPrefix(email, "awaited"), nil },
		Registered: func(_ context.Context, a account.Account, memberID id.ID) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.registered = append(w.registered, fmt.Sprint(a.Email, ", invited: ", !memberID.IsZero()))
			return nil
		},
	}
	w.router = web.NewRouter(slog.New(slog.DiscardHandler), func(context.Context, string) (web.Caller, error) {
		return web.Caller{}, fault.SignIn
	}, nil)
	registration.Mount(w.router, w.Service)
	return w
}

type object = map[string]any

// post sends a body, and returns the status and the answer.
func (w *world) post(t *testing.T, path string, body object) (status int, answer string) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest("POST", path, bytes.NewReader(raw))
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	w.router.ServeHTTP(rec, req)
	return rec.Code, rec.Body.String()
}

// publicKey is the public half of a key pair that nobody uses.
var publicKey = sync.OnceValue(func() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(der)
})

const (
	wrapped = "2.aXY=|Y3Q=|bWFj"
	hash    = "wmyadRMyBZOH7P/a/ucTCbSghKgdzDpPqUnu/DAVtSw="
)

func newcomer(email, token string) registration.Newcomer {
	password := account.FirstPassword{
		Credentials: account.Credentials{Hash: hash, Key: wrapped, KDF: new(account.DefaultKDF()), KDFField: "kdf"},
		PublicKey:   publicKey(), PrivateKey: wrapped,
	}
	return registration.Newcomer{Email: email, Password: password, VerificationToken: token, Language: "fr"}
}

// token starts a registration and returns the token of the mail.
func (w *world) token(t *testing.T, email, name string) string {
	t.Helper()
	if token, err := w.Start(t.Context(), email, name, "fr"); err != nil || token != "" {
		t.Fatalf("start: %q, %v", token, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, token, found := strings.Cut(w.mails[len(w.mails)-1].Data["Link"], "&token=")
	if !found {
		t.Fatal("no token was mailed")
	}
	return token
}

func (w *world) register(t *testing.T, email string) account.Account {
	t.Helper()
	if err := w.Register(t.Context(), newcomer(email, w.token(t, email, "Zoé"))); err != nil {
		t.Fatal(err)
	}
	a, _, err := w.Accounts.FindByEmail(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func refused(t *testing.T, err error, key string) {
	t.Helper()
	if !errors.Is(err, fault.New(fault.Invalid, key)) || fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v, want the fault %s", err, key)
	}
}

func TestRegistrationMakesAnAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		token := w.token(t, " Zoe@Example.com ", "Zoé\x00")
		link := w.mails[0]
		if link.Template != "finish-signup" || link.To != "zoe@example.com" || link.Language != "fr" ||
			!strings.HasPrefix(link.Data["Link"], "https://vault.example/#/finish-signup?email=zoe%40example.com&token=BwRegistrationEmailVerificationToken_") {
			t.Errorf("mailed %+v", link)
		}
		if err := w.CheckToken(t.Context(), "ZOE@example.com", token); err != nil {
			t.Errorf("the link that was just mailed: %v", err)
		}
		if err := w.Register(t.Context(), newcomer("Zoe@example.com", token)); err != nil {
			t.Fatal(err)
		}
		a, known, err := w.Accounts.FindByEmail(t.Context(), "ZOE@EXAMPLE.COM")
		if err != nil || !known {
			t.Fatalf("%v, %v", known, err)
		}
		if a.Email != "zoe@example.com" || a.Salt != a.Email || a.Name != "Zoé" || !a.EmailVerified || a.Culture != "fr-FR" ||
			!a.VerifyDevices || a.SecurityStamp == "" || a.KDF.Memory != nil || a.PasswordHash == hash {
			t.Errorf("got %+v", a)
		}
		if welcome := w.mails[1]; welcome.Template != "welcome" || welcome.To != a.Email || welcome.Language != "fr" {
			t.Errorf("welcomed with %+v", welcome)
		}
		if key, err := w.Accounts.APIKey(t.Context(), a.ID); err != nil || len(key) != 30 {
			t.Errorf("API key %q, %v", key, err)
		}
	})
}

// Scenario 18.
func TestTokenIsGoodOnceForItsAddressAndTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		token := w.token(t, "zoe@example.com", "")
		refused(t, w.Register(t.Context(), newcomer("other@example.com", token)), "registration.badToken")
		refused(t, w.Register(t.Context(), newcomer("zoe@example.com", token+"A")), "registration.badToken")
		refused(t, w.Register(t.Context(), newcomer("zoe@example.com", strings.TrimPrefix(token, "Bw"))), "registration.badToken")
		refused(t, w.Register(t.Context(), newcomer("zoe@example.com", "")), "registration.noToken")
		refused(t, w.CheckToken(t.Context(), "other@example.com", token), "registration.linkExpired")
		w.now = noon.Add(15 * time.Minute)
		refused(t, w.Register(t.Context(), newcomer("zoe@example.com", token)), "registration.badToken")
		refused(t, w.CheckToken(t.Context(), "zoe@example.com", token), "registration.linkExpired")
		w.now = noon.Add(15*time.Minute - time.Microsecond)
		if err := w.Register(t.Context(), newcomer("zoe@example.com", token)); err != nil {
			t.Errorf("in the last moment: %v", err)
		}
		refused(t, w.Register(t.Context(), newcomer("zoe@example.com", token)), "account.taken")
		refused(t, w.CheckToken(t.Context(), "zoe@example.com", token), "registration.linkExpired")
	})
}

// Scenarios 22 and 23.
func TestOneOfManyGetsTheAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		token := w.token(t, "zoe@example.com", "")
		const many = 4
		results := make([]error, many)
		var wg sync.WaitGroup
		for i := range many {
			wg.Go(func() {
				email := map[bool]string{true: "zoe@example.com", false: "ZOE@Example.com"}[i%2 == 0]
				results[i] = w.Register(context.WithoutCancel(t.Context()), newcomer(email, token))
			})
		}
		wg.Wait()
		made := 0
		for _, err := range results {
			if err == nil {
				made++
			} else {
				refused(t, err, "account.taken")
			}
		}
		if made != 1 {
			t.Errorf("made %d accounts", made)
		}
	})
}

// Scenario 15.
func TestStartOfARegistrationDoesNotTellWhoHasAnAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.register(t, "zoe@example.com")
		sent := len(w.mails)
		w.slept = 0
		token, err := w.Start(t.Context(), "Zoe@example.com", "", "en")
		if token != "" || err != nil || len(w.mails) != sent || w.slept == 0 {
			t.Errorf("known: %q, %v, %d mails, slept %s", token, err, len(w.mails)-sent, w.slept)
		}
		token, err = w.Start(t.Context(), "new@example.com", "", "en")
		if token != "" || err != nil || len(w.mails) != sent+1 {
			t.Errorf("new: %q, %v, %d mails", token, err, len(w.mails)-sent)
		}
		again, err := w.Start(t.Context(), "new@example.com", "", "en")
		if again != "" || err != nil || w.mails[sent].Once != w.mails[sent+1].Once {
			t.Errorf("asked twice in a minute, two mails leave: %v", err)
		}
	})
}

// Scenario 15.
func TestAddressThatIsNotVerifiedStaysSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Verification = false
		token, err := w.Start(t.Context(), "zoe@example.com", "Zoé", "en")
		if err != nil || token == "" || len(w.mails) != 0 {
			t.Fatalf("%q, %v, %d mails", token, err, len(w.mails))
		}
		w.Verification = true // the token still says how it was given
		if err := w.Register(t.Context(), newcomer("zoe@example.com", token)); err != nil {
			t.Fatal(err)
		}
		if a, _, err := w.Accounts.FindByEmail(t.Context(), "zoe@example.com"); err != nil || a.EmailVerified {
			t.Errorf("verified %v, %v", a.EmailVerified, err)
		}
		w.Verification = false
		_, err = w.Start(t.Context(), "zoe@example.com", "", "en")
		refused(t, err, "account.taken")
	})
}

func TestOfferProvesTheAddress(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	r := newcomer("Zoe@example.com", "")
	r.OfferToken = "offer for other@example.com"
	refused(t, w.Register(t.Context(), r), "registration.badOffer")
	r.OfferToken = "offer for zoe@example.com"
	outage := errors.New("outage")
	offered := w.Offered
	w.Offered = func(context.Context, string, string) error { return outage }
	if err := w.Register(t.Context(), r); !errors.Is(err, outage) {
		t.Errorf("got %v, want the outage", err)
	}
	if err := w.CheckToken(t.Context(), r.Email, r.OfferToken); !errors.Is(err, outage) {
		t.Errorf("got %v, want the outage", err)
	}
	w.Offered = nil
	refused(t, w.Register(t.Context(), r), "registration.badOffer")
	refused(t, w.CheckToken(t.Context(), r.Email, r.OfferToken), "registration.linkExpired")
	w.Offered = offered
	refused(t, w.CheckToken(t.Context(), r.Email, "offer for other@example.com"), "registration.linkExpired")
	if err := w.CheckToken(t.Context(), r.Email, r.OfferToken); err != nil {
		t.Errorf("a new person: %v", err)
	}
	if err := w.Register(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if a, _, err := w.Accounts.FindByEmail(t.Context(), "zoe@example.com"); err != nil || !a.EmailVerified {
		t.Errorf("verified %v, %v", a.EmailVerified, err)
	}
	refused(t, w.CheckToken(t.Context(), r.Email, r.OfferToken), "registration.hasAccount")
}

// Scenario 21.
func TestClosedRegistrationOpensToNoTokenButAnInvitation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := newcomer("zoe@example.com", w.token(t, "zoe@example.com", ""))
		w.Open = false
		refused(t, w.Register(t.Context(), r), "registration.closed")
		r.VerificationToken, r.OfferToken = "", "offer for zoe@example.com"
		refused(t, w.Register(t.Context(), r), "registration.closed")
		_, err := w.Start(t.Context(), "zoe@example.com", "", "en")
		refused(t, err, "registration.closed")
	})
}
