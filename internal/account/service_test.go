package account_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
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

	mu       sync.Mutex
	mails    []mail.Message
	notices  []notice.Notice
	ended    []id.ID         // whose sessions were removed
	recorded []own           // in the event log
	shared   map[id.ID]bool  // for whose key pair others have wrapped keys
	owned    map[id.ID]error // why a person may not go
}

// own is what somebody did with their account.
type own struct {
	who  id.ID
	what event.Type
}

// keeps fails unless exactly this is in the event log.
func (w *world) keeps(t *testing.T, want ...own) {
	t.Helper()
	if !slices.Equal(w.recorded, want) {
		t.Errorf("recorded %v, want %v", w.recorded, want)
	}
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
		RecordOwn: func(_ context.Context, accountID id.ID, what event.Type) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.recorded = append(w.recorded, own{accountID, what})
			return nil
		},
		VaultURL:                "https://vault.example",
		Organizations:           func(context.Context, id.ID) (any, any, error) { return []string{}, []string{}, nil },
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

// newcomer is what somebody brings who has no account yet.
func newcomer(email string) account.New {
	first := account.FirstPassword{
		Credentials: account.Credentials{Hash: hash, Key: wrapped, KDF: new(account.DefaultKDF()), KDFField: "kdf"},
		Hint:        "the usual", PublicKey: publicKey(), PrivateKey: wrapped,
	}
	return account.New{Email: email, EmailVerified: true, Name: "Zoé", Language: "fr", FirstPassword: first}
}

func welcomed(context.Context, account.Account) error { return nil }

// add makes an account, with an API key.
func (w *world) add(t testing.TB, email string) account.Account {
	t.Helper()
	if err := w.Add(t.Context(), newcomer(email), welcomed); err != nil {
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

func TestNewcomerGetsAnAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		n := newcomer(" Zoe@Example.com ")
		n.Name, n.Hint, n.KDF.Memory = "Zoé\x00", "the\x07 usual", new(64)
		var greeted account.Account
		err := w.Add(t.Context(), n, func(_ context.Context, a account.Account) error {
			greeted = a
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		a, known, err := w.FindByEmail(t.Context(), "ZOE@EXAMPLE.COM")
		if err != nil || !known || a.ID != greeted.ID {
			t.Fatalf("%v %v, %v", a.ID, known, err)
		}
		if a.Email != "zoe@example.com" || a.Salt != a.Email || a.Name != "Zoé" || a.PasswordHint != "the usual" || !a.EmailVerified ||
			a.Culture != "fr-FR" || !a.VerifyDevices || a.SecurityStamp == "" || a.KDF.Memory != nil || a.PasswordHash == hash {
			t.Errorf("got %+v", a)
		}
		if key, err := w.APIKey(t.Context(), a.ID); err != nil || len(key) != 30 {
			t.Errorf("API key %q, %v", key, err)
		}
	})
}

func TestAddressHasOneAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.add(t, "zoe@example.com")
		refused(t, w.Add(t.Context(), newcomer("ZOE@example.com"), welcomed), "account.taken")
		// Somebody is faster while the password is hashed.
		faster := func(ctx context.Context, a account.Account) error { return w.Store.Insert(ctx, a, "sealed") }
		refused(t, w.Add(t.Context(), newcomer("ada@example.com"), faster), "account.taken")
	})
}

func TestAccountThatIsNotWelcomedIsNotMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		outage := errors.New("outage")
		if err := w.Add(t.Context(), newcomer("zoe@example.com"), func(context.Context, account.Account) error { return outage }); !errors.Is(err, outage) {
			t.Errorf("got %v, want the outage", err)
		}
		weak := newcomer("zoe@example.com")
		weak.KDF.Iterations = 599_999
		refused(t, w.Add(t.Context(), weak, welcomed), "account.kdfIterations")
		if _, known, err := w.FindByEmail(t.Context(), "zoe@example.com"); known || err != nil {
			t.Errorf("there is an account, or %v", err)
		}
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
			w.add(t, email)
			if after := ask(email); after.Salt != before.Salt || !after.KDF.Equal(account.DefaultKDF()) {
				t.Errorf("%s: the salt is %q, and was %q before the account", email, after.Salt, before.Salt)
			}
		}
	})
}

func TestWrongSecretWaits(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	a := w.add(t, "zoe@example.com")
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
	a := w.add(t, "zoe@example.com")
	tests := map[string]struct {
		email, hash string
		who         id.ID
		good        bool
	}{
		"right":              {"zoe@example.com", hash, a.ID, true},
		"as typed":           {" ZOE@Example.COM ", hash, a.ID, true},
		"wrong":              {"zoe@example.com", "wrong", a.ID, false},
		"much longer":        {"zoe@example.com", hash + strings.Repeat("x", 5000), a.ID, false},
		"unknown":            {"nobody@example.com", hash, id.ID{}, false},
		"no address":         {"zoe\x00@example.com", hash, id.ID{}, false},
		"nothing at all":     {"", "", id.ID{}, false},
		"empty for somebody": {"zoe@example.com", "", a.ID, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, good, err := w.CheckPassword(t.Context(), test.email, test.hash)
			if err != nil || good != test.good || got.ID != test.who {
				t.Errorf("got %v %v, %v", got.ID, good, err)
			}
		})
	}
}

func TestRotatedAPIKeyIsUseless(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	a := w.add(t, "zoe@example.com")
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
	a := w.add(t, "zoe@example.com")
	w.Premium = func(context.Context, account.Account) (bool, error) { return true, nil }
	w.PremiumFromOrganization = func(context.Context, id.ID) (bool, error) { return true, nil }
	w.SecondSteps = func(context.Context, id.ID) ([]int, error) { return []int{0}, nil }
	p, err := w.ProfileOf(t.Context(), a)
	if err != nil || !p.Premium || !p.PremiumFromOrganization || !p.TwoFactorEnabled {
		t.Errorf("got %+v, %v", p, err)
	}
}
