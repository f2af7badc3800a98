package twostep_test

import (
	"context"
	"encoding/base32"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/client"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/notice"
	"coffre/internal/twostep"
)

// Scenario 55.
func TestCodeOfAnAuthenticatorIsGoodOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		key := w.withAuthenticator(t)
		code := w.code(t, key, 0)
		if got := w.try(t, twostep.Authenticator, code); got != twostep.Passed {
			t.Fatalf("the first time: got %v", got)
		}
		if got := w.try(t, twostep.Authenticator, code); got != twostep.Wrong {
			t.Errorf("the second time: got %v", got)
		}
		elsewhere, err := w.Check(t.Context(), w.zoe, twostep.Attempt{Provider: twostep.Authenticator, Token: code, Device: "another"})
		if elsewhere != twostep.Wrong || err != nil {
			t.Errorf("on another device: got %v, %v", elsewhere, err)
		}
	})
}

// Scenario 55.
func TestCodeOfAnAuthenticatorIsGoodOnceAmongMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Limits.Factor = 100
		code := w.code(t, w.withAuthenticator(t), 0)
		var passed atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				got, err := w.Check(context.Background(), w.zoe, twostep.Attempt{Provider: twostep.Authenticator, Token: code, Device: home})
				if err != nil {
					t.Error(err)
				}
				if got == twostep.Passed {
					passed.Add(1)
				}
			})
		}
		wg.Wait()
		if passed.Load() != 1 {
			t.Errorf("%d passed, want 1", passed.Load())
		}
	})
}

// Scenario 56.
func TestClocksMayDifferByOneStep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		key := w.withAuthenticator(t)
		for _, row := range []struct {
			later time.Duration
			want  twostep.Outcome
		}{
			{-time.Minute, twostep.Wrong},
			{time.Minute, twostep.Wrong},
			{-30 * time.Second, twostep.Passed},
			{30 * time.Second, twostep.Passed},
			{0, twostep.Wrong}, // a later one was used
		} {
			if got := w.try(t, twostep.Authenticator, w.code(t, key, row.later)); got != row.want {
				t.Errorf("the code of %s: got %v, want %v", row.later, got, row.want)
			}
		}
	})
}

// Scenario 57.
func TestOnlySixDigitsAreACode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Limits.Factor = 100
		key := w.withAuthenticator(t)
		code := w.code(t, key, 0)
		wide := strings.Map(func(r rune) rune { return r - '0' + '０' }, code)
		for _, text := range []string{"abcdef", code[:5], code + "0", wide, "-" + code[1:], "0x" + code[2:], code + "\x00", strings.Repeat("1", 100_000), "१२३४५६", " "} {
			if got := w.try(t, twostep.Authenticator, text); got != twostep.Wrong {
				t.Errorf("%.20q: got %v", text, got)
			}
		}
		if got := w.try(t, twostep.Authenticator, " "+code[:3]+" "+code[3:]); got != twostep.Passed {
			t.Errorf("the code with spaces: got %v", got)
		}
	})
}

// setup is what get-authenticator answers to newer clients.
type setup struct {
	Authenticator struct {
		Enabled bool
		Key     string
	}
	UserVerificationToken string
}

const (
	getAuthenticator = "/api/two-factor/get-authenticator"
	putAuthenticator = "/api/two-factor/authenticator"
)

// Scenario 65.
func TestAuthenticatorIsSetUpWithTheTokenOfItsKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var got setup
		w.good(t, "POST", getAuthenticator, `{`+proof+`}`, &got)
		key := got.Authenticator.Key
		if raw, err := base32.StdEncoding.DecodeString(key); err != nil || len(raw) != 20 || got.Authenticator.Enabled {
			t.Fatalf("got %+v, %v", got, err)
		}
		body := func(token, key string) string {
			code, err := client.AuthenticatorCode(key, w.now)
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf(`{"token":%q,"key":%q,"userVerificationToken":%q}`, code, key, token)
		}
		const failed = `"validationErrors":{"UserVerificationToken":["User verification failed."]}`
		of := func(a account.Account, provider int, key string) string {
			token, err := w.ProofToken(t.Context(), a.ID, provider, key)
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		w.wants(t, "PUT", putAuthenticator, body(of(w.bob, twostep.Authenticator, key), key), 400, failed)
		w.wants(t, "PUT", putAuthenticator, body(of(w.zoe, twostep.Email, ""), key), 400, failed)
		w.wants(t, "PUT", putAuthenticator, body(got.UserVerificationToken, key[1:]+"A"), 400, failed)
		w.wants(t, "PUT", putAuthenticator, body("garbage", key), 400, failed)
		w.stamp = "after a change of the password"
		w.wants(t, "PUT", putAuthenticator, body(got.UserVerificationToken, key), 400, failed)
		w.stamp = ""
		w.wants(t, "PUT", putAuthenticator, body(got.UserVerificationToken, key), 200, `"authenticator":{"enabled":true,"key":"`+key)
		w.now = w.now.Add(29 * time.Minute)
		w.wants(t, "POST", putAuthenticator, body(got.UserVerificationToken, key), 200, `"object":"twoFactorAuthenticatorUpdate"`)
		w.now = w.now.Add(2 * time.Minute)
		w.wants(t, "PUT", putAuthenticator, body(got.UserVerificationToken, key), 400, failed)
	})
}

// Scenario 66.
func TestAuthenticatorIsNotSetUpWithAWrongCode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var got setup
		w.good(t, "POST", getAuthenticator, `{`+proof+`}`, &got)
		body := fmt.Sprintf(`{"token":"000000","key":%q,"userVerificationToken":%q}`, got.Authenticator.Key, got.UserVerificationToken)
		w.wants(t, "PUT", putAuthenticator, body, 400, `"validationErrors":{"Token":["Invalid token."]}`)
		if numbers := w.numbers(t); len(numbers) > 0 || w.slept != account.FailureDelay || len(w.mails)+len(w.notices) > 0 {
			t.Errorf("set up are %v, after %s, with %v", numbers, w.slept, w.templates())
		}
	})
}

func TestCodeOfTheSetUpIsUsedUp(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	key, _, err := w.AuthenticatorKey(t.Context(), w.zoe.ID)
	if err != nil {
		t.Fatal(err)
	}
	code := w.code(t, key, 0)
	for range 2 { // the second time the client shows an old page
		if err := w.SetAuthenticator(t.Context(), w.zoe.ID, key, code); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.try(t, twostep.Authenticator, code); got != twostep.Wrong {
		t.Errorf("got %v", got)
	}
	if got := w.try(t, twostep.Authenticator, w.code(t, key, 30*time.Second)); got != twostep.Passed {
		t.Errorf("the next one: got %v", got)
	}
}

func TestSetUpAuthenticatorKeepsItsKey(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	key := w.withAuthenticator(t)
	var got setup
	w.good(t, "POST", getAuthenticator, `{`+proof+`}`, &got)
	if !got.Authenticator.Enabled || got.Authenticator.Key != key {
		t.Errorf("got %+v, want the key %s", got, key)
	}
	sealed, err := db.Value[string](t.Context(), w.db, `SELECT sealed_data FROM two_step_provider`)
	if err != nil || strings.Contains(sealed, key) {
		t.Errorf("the database has %q, %v", sealed, err)
	}
}

func TestOwnKeysAreRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, key := range []string{"A", "MFRGGZDFMZTWQ2LK", "not base32!", strings.Repeat("A", 48)} {
		w.wants(t, "PUT", putAuthenticator, fmt.Sprintf(`{"token":"000000","key":%q,%s}`, key, proof), 400, `"key"`)
	}
}

func TestOlderClientsSetUpAndRemoveAnAuthenticator(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.version = "2026.8.1"
		var got struct {
			Enabled                            bool
			Key, Object, UserVerificationToken string
		}
		w.good(t, "POST", getAuthenticator, `{`+proof+`}`, &got)
		if got.Enabled || got.Key == "" || got.Object != "twoFactorAuthenticator" || got.UserVerificationToken == "" {
			t.Fatalf("got %+v", got)
		}
		body := fmt.Sprintf(`{"Token":%q,"Key":%q,"MasterPasswordHash":%q}`, w.code(t, got.Key, 0), got.Key, hash)
		w.wants(t, "PUT", putAuthenticator, body, 200, `{"enabled":true,"key":"`+got.Key+`","object":"twoFactorAuthenticator"}`)
		body = fmt.Sprintf(`{"key":%q,"type":0,"userVerificationToken":%q}`, got.Key, got.UserVerificationToken)
		w.wants(t, "DELETE", putAuthenticator, body, 200, `{"enabled":false,"type":0,"object":"twoFactorProvider"}`)
		if numbers := w.numbers(t); len(numbers) > 0 {
			t.Errorf("left are %v", numbers)
		}
	})
}

func TestAuthenticatorIsRemovedByItsKey(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	key := w.withAuthenticator(t)
	w.wants(t, "DELETE", putAuthenticator, fmt.Sprintf(`{"key":%q,%s}`, key[1:]+"A", proof), 400, `"key"`)
	w.wants(t, "DELETE", putAuthenticator, fmt.Sprintf(`{"key":%q,%s}`, key, proof), 204, "")
	if numbers := w.numbers(t); len(numbers) > 0 {
		t.Errorf("left are %v", numbers)
	}
}

func TestChangesAreMailedAndAnnounced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if _, err := w.Accounts.SetProfile(t.Context(), w.zoe.ID, nil, new("fr-FR")); err != nil {
			t.Fatal(err)
		}
		w.notices = nil
		key, _, err := w.AuthenticatorKey(t.Context(), w.zoe.ID)
		if err != nil {
			t.Fatal(err)
		}
		w.good(t, "PUT", putAuthenticator, fmt.Sprintf(`{"token":%q,"key":%q,%s}`, w.code(t, key, 0), key, proof), nil)
		w.good(t, "POST", "/api/two-factor/disable", `{"type":0,`+proof+`}`, nil)
		if got := strings.Join(w.templates(), " "); got != "two-step-on two-step-off" {
			t.Fatalf("mailed were %s", got)
		}
		if m := w.mails[0]; m.To != w.zoe.Email || m.Language != "fr" || m.Data["Provider"] != "Application d'authentification" {
			t.Errorf("the mail is %+v", m)
		}
		if len(w.notices) != 2 || w.notices[0].Kind != notice.SettingsChanged || w.notices[0].People[0] != w.zoe.ID {
			t.Errorf("announced was %+v", w.notices)
		}
		a, err := w.Accounts.Get(t.Context(), w.zoe.ID)
		if err != nil || a.SecurityStamp != w.zoe.SecurityStamp || !a.VaultRevisedAt.After(w.zoe.VaultRevisedAt) {
			t.Errorf("the account is %+v, %v", a, err)
		}
	})
}
