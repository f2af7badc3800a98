package account_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
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
	"coffre/internal/notice"
	"coffre/internal/seal"
	"coffre/internal/throttle"
)

// world is a service with what it asked of others.
type world struct {
	*account.Service
	now   time.Time
	slept time.Duration

	mu      sync.Mutex
	mails   []mail.Message
	notices []notice.Notice
	ended   []id.ID         // whose sessions were removed
	shared  map[id.ID]bool  // for whose key pair others have wrapped keys
	owned   map[id.ID]error // why a person may not go
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{now: noon, shared: map[id.ID]bool{}, owned: map[id.ID]error{}}
	keys, err := seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), func() time.Time { return w.now })
	if err != nil {
		t.Fatal(err)
	}
	w.Service = &account.Service{
		Store: account.NewStore(d), Keys: keys, Passwords: account.NewPasswords(),
		Now:   func() time.Time { return w.now },
		Sleep: func(_ context.Context, d time.Duration) { w.slept += d },
		Mail: func(_ context.Context, m mail.Message) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.mails = append(w.mails, m)
			return nil
		},
		VaultURL: "https://vault.example", RegistrationOpen: true, Verification: true,
		Offered: func(_ context.Context, token, email string) error {
			if token != "offer for "+email {
				return fault.Gone
			}
			return nil
		},
		Organizations:           func(context.Context, id.ID) (any, error) { return []string{}, nil },
		Premium:                 func(context.Context, account.Account) (bool, error) { return false, nil },
		PremiumFromOrganization: func(context.Context, id.ID) (bool, error) { return false, nil },
		Announce:                func(_ context.Context, n notice.Notice) { w.notices = append(w.notices, n) },
		PasswordPolicy: func(context.Context, id.ID) (account.PasswordPolicy, error) {
			return account.PasswordPolicy{MinLength: new(14), RequireUpper: new(true)}, nil
		},
		SharedKeys: func(_ context.Context, accountID id.ID) (bool, error) { return w.shared[accountID], nil },
		Deleting:   func(_ context.Context, accountID id.ID) error { return w.owned[accountID] },
		EndSessions: func(_ context.Context, accountID id.ID) error {
			w.ended = append(w.ended, accountID)
			return nil
		},
	}
	w.Limits = &throttle.Limits{DB: d, Now: w.Now}
	return w
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

func registration(email, token string) account.Registration {
	return account.Registration{
		Email: email, PasswordHash: hash, KDF: account.DefaultKDF(), Key: wrapped, PublicKey: publicKey(), PrivateKey: wrapped,
		VerificationToken: token, Language: "fr",
	}
}

// token starts a registration and returns the token of the mail.
func (w *world) token(t testing.TB, email, name string) string {
	t.Helper()
	if token, err := w.StartRegistration(t.Context(), email, name, "fr"); err != nil || token != "" {
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

func (w *world) register(t testing.TB, email string) account.Account {
	t.Helper()
	if err := w.Register(t.Context(), registration(email, w.token(t, email, "Zoé"))); err != nil {
		t.Fatal(err)
	}
	a, _, err := w.FindByEmail(t.Context(), email)
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
		if err := w.CheckVerification(t.Context(), "ZOE@example.com", token); err != nil {
			t.Errorf("the link that was just mailed: %v", err)
		}
		if err := w.Register(t.Context(), registration("Zoe@example.com", token)); err != nil {
			t.Fatal(err)
		}
		a, known, err := w.FindByEmail(t.Context(), "ZOE@EXAMPLE.COM")
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
		if key, err := w.APIKey(t.Context(), a.ID); err != nil || len(key) != 30 {
			t.Errorf("API key %q, %v", key, err)
		}
	})
}

// Scenario 18.
func TestTokenIsGoodOnceForItsAddressAndTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		token := w.token(t, "zoe@example.com", "")
		refused(t, w.Register(t.Context(), registration("other@example.com", token)), "account.badToken")
		refused(t, w.Register(t.Context(), registration("zoe@example.com", token+"A")), "account.badToken")
		refused(t, w.Register(t.Context(), registration("zoe@example.com", strings.TrimPrefix(token, "Bw"))), "account.badToken")
		refused(t, w.Register(t.Context(), registration("zoe@example.com", "")), "account.noToken")
		refused(t, w.CheckVerification(t.Context(), "other@example.com", token), "account.linkExpired")
		w.now = noon.Add(15 * time.Minute)
		refused(t, w.Register(t.Context(), registration("zoe@example.com", token)), "account.badToken")
		refused(t, w.CheckVerification(t.Context(), "zoe@example.com", token), "account.linkExpired")
		w.now = noon.Add(15*time.Minute - time.Microsecond)
		if err := w.Register(t.Context(), registration("zoe@example.com", token)); err != nil {
			t.Errorf("in the last moment: %v", err)
		}
		refused(t, w.Register(t.Context(), registration("zoe@example.com", token)), "account.taken")
		refused(t, w.CheckVerification(t.Context(), "zoe@example.com", token), "account.linkExpired")
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
				results[i] = w.Register(context.WithoutCancel(t.Context()), registration(email, token))
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
		token, err := w.StartRegistration(t.Context(), "Zoe@example.com", "", "en")
		if token != "" || err != nil || len(w.mails) != sent || w.slept == 0 {
			t.Errorf("known: %q, %v, %d mails, slept %s", token, err, len(w.mails)-sent, w.slept)
		}
		token, err = w.StartRegistration(t.Context(), "new@example.com", "", "en")
		if token != "" || err != nil || len(w.mails) != sent+1 {
			t.Errorf("new: %q, %v, %d mails", token, err, len(w.mails)-sent)
		}
		again, err := w.StartRegistration(t.Context(), "new@example.com", "", "en")
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
		token, err := w.StartRegistration(t.Context(), "zoe@example.com", "Zoé", "en")
		if err != nil || token == "" || len(w.mails) != 0 {
			t.Fatalf("%q, %v, %d mails", token, err, len(w.mails))
		}
		w.Verification = true // the token still says how it was given
		if err := w.Register(t.Context(), registration("zoe@example.com", token)); err != nil {
			t.Fatal(err)
		}
		if a, _, err := w.FindByEmail(t.Context(), "zoe@example.com"); err != nil || a.EmailVerified {
			t.Errorf("verified %v, %v", a.EmailVerified, err)
		}
		w.Verification = false
		_, err = w.StartRegistration(t.Context(), "zoe@example.com", "", "en")
		refused(t, err, "account.taken")
	})
}

func TestOfferProvesTheAddress(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	r := registration("Zoe@example.com", "")
	r.OfferToken = "offer for other@example.com"
	refused(t, w.Register(t.Context(), r), "account.badOffer")
	r.OfferToken = "offer for zoe@example.com"
	outage := errors.New("outage")
	offered := w.Offered
	w.Offered = func(context.Context, string, string) error { return outage }
	if err := w.Register(t.Context(), r); !errors.Is(err, outage) {
		t.Errorf("got %v, want the outage", err)
	}
	w.Offered = nil
	refused(t, w.Register(t.Context(), r), "account.badOffer")
	w.Offered = offered
	if err := w.Register(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if a, _, err := w.FindByEmail(t.Context(), "zoe@example.com"); err != nil || !a.EmailVerified {
		t.Errorf("verified %v, %v", a.EmailVerified, err)
	}
}

func TestClosedRegistrationHasNoWayIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := registration("zoe@example.com", w.token(t, "zoe@example.com", ""))
		w.RegistrationOpen = false
		refused(t, w.Register(t.Context(), r), "account.registrationClosed")
		r.VerificationToken, r.OfferToken = "", "offer for zoe@example.com"
		refused(t, w.Register(t.Context(), r), "account.registrationClosed")
		_, err := w.StartRegistration(t.Context(), "zoe@example.com", "", "en")
		refused(t, err, "account.registrationClosed")
	})
}

// Scenarios 10 and 11.
func TestPreloginAnswersForEveryone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ask := func(email string) account.Prelogin {
			p, err := w.Prelogin(t.Context(), email)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		costs, salts := map[int]bool{}, map[bool]bool{}
		for i := range 200 {
			email := strings.Repeat("x", i+1) + "@example.com"
			p := ask(email)
			if again := ask("  " + strings.ToUpper(email)); !p.KDF.Equal(again.KDF) || p.Salt != again.Salt {
				t.Fatalf("%s: %+v, then %+v", email, p, again)
			}
			if p.Salt != "" && p.Salt != email {
				t.Fatalf("%s has the salt %q", email, p.Salt)
			}
			costs[p.KDF.Iterations], salts[p.Salt == ""] = true, true
		}
		if len(costs) != 5 || len(salts) != 2 {
			t.Errorf("unknown addresses appear with %d costs and %d salts", len(costs), len(salts))
		}
		w.slept = 0
		for _, email := range []string{"a@example.com", "b@example.com", "c@example.com"} {
			before := ask(email)
			w.register(t, email)
			if after := ask(email); after.Salt != before.Salt || !after.KDF.Equal(account.DefaultKDF()) {
				t.Errorf("%s: the salt is %q, and was %q before the account", email, after.Salt, before.Salt)
			}
		}
	})
}

func TestWrongSecretWaits(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	a := w.register(t, "zoe@example.com")
	w.slept = 0
	if err := w.VerifySecret(t.Context(), a.ID, account.Secret{MasterPasswordHash: hash}); err != nil || w.slept != 0 {
		t.Errorf("right: %v after %s", err, w.slept)
	}
	for key, secret := range map[string]account.Secret{
		"account.wrongPassword": {MasterPasswordHash: "wrong"}, "account.wrongCode": {OTP: "12345678"},
		"account.wrongSecret": {AuthRequestAccessCode: "access"},
	} {
		w.slept = 0
		refused(t, w.VerifySecret(t.Context(), a.ID, secret), key)
		if w.slept != account.FailureDelay {
			t.Errorf("slept %s", w.slept)
		}
	}
	refused(t, w.VerifySecret(t.Context(), a.ID, account.Secret{}), "required")
	refused(t, w.VerifySecret(t.Context(), a.ID, account.Secret{MasterPasswordHash: strings.Repeat("x", 301)}), "tooLong")
}

func TestPasswordIsChecked(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	a := w.register(t, "zoe@example.com")
	tests := map[string]struct {
		email, hash string
		good        bool
	}{
		"right":              {"zoe@example.com", hash, true},
		"as typed":           {" ZOE@Example.COM ", hash, true},
		"wrong":              {"zoe@example.com", "wrong", false},
		"much longer":        {"zoe@example.com", hash + strings.Repeat("x", 5000), false},
		"unknown":            {"nobody@example.com", hash, false},
		"no address":         {"zoe\x00@example.com", hash, false},
		"nothing at all":     {"", "", false},
		"empty for somebody": {"zoe@example.com", "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, good, err := w.CheckPassword(t.Context(), test.email, test.hash)
			if err != nil || good != test.good || good && got.ID != a.ID || !good && !got.ID.IsZero() {
				t.Errorf("got %v %v, %v", got.ID, good, err)
			}
		})
	}
}

func TestRotatedAPIKeyIsUseless(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	a := w.register(t, "zoe@example.com")
	old, err := w.APIKey(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := w.RotateAPIKey(t.Context(), a.ID)
	if err != nil || fresh == old {
		t.Fatalf("%q became %q, %v", old, fresh, err)
	}
	for key, want := range map[string]bool{fresh: true, old: false, "": false} {
		if _, good, err := w.CheckAPIKey(t.Context(), a.ID, key); good != want || err != nil {
			t.Errorf("%q: %v, %v", key, good, err)
		}
	}
	if _, good, err := w.CheckAPIKey(t.Context(), id.New(), fresh); good || err != nil {
		t.Errorf("of nobody: %v, %v", good, err)
	}
}

func TestProfileTellsWhatOthersKnow(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	a := w.register(t, "zoe@example.com")
	w.Premium = func(context.Context, account.Account) (bool, error) { return true, nil }
	w.PremiumFromOrganization = func(context.Context, id.ID) (bool, error) { return true, nil }
	w.SecondSteps = func(context.Context, id.ID) ([]int, error) { return []int{0}, nil }
	p, err := w.ProfileOf(t.Context(), a)
	if err != nil || !p.Premium || !p.PremiumFromOrganization || !p.TwoFactorEnabled {
		t.Errorf("got %+v, %v", p, err)
	}
}
