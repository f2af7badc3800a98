package passkey_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/webauthn"
	"coffre/internal/webauthn/softkey"
)

func TestPasskeySignsItsOwnerIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := w.add("zoe", nil)
		w.add("bob", nil)
		for range 2 {
			if a, unlock, good := w.signIn(phone); !good || a.Email != zoe || unlock != nil {
				t.Errorf("got %q, %v, %v", a.Email, unlock, good)
			}
		}
	})
}

func TestPasskeyThatOpensTheVaultSaysHow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := w.add("zoe", merged(object{"supportsPrf": true}, w.unlocking()))
		_, unlock, good := w.signIn(phone)
		if !good || unlock == nil {
			t.Fatalf("got %v, %v", unlock, good)
		}
		keys := w.unlocking()
		if unlock.EncryptedPrivateKey != keys["encryptedPrivateKey"] || unlock.EncryptedUserKey != keys["encryptedUserKey"] {
			t.Errorf("got %+v", unlock)
		}
		if raw, err := base64.RawURLEncoding.DecodeString(unlock.CredentialID); err != nil || len(raw) != 32 || len(unlock.Transports) != 1 {
			t.Errorf("got %+v", unlock)
		}
	})
}

// Scenario 99.
func TestAnswerOfAPasskeyProvesNothing(t *testing.T) {
	tests := map[string]struct {
		key  func(*softkey.Key)
		wait time.Duration
	}{
		"nobody was recognized":   {key: func(k *softkey.Key) { k.Verified = false }},
		"another page":            {key: func(k *softkey.Key) { k.Origin = "https://example.com" }},
		"the counter went back":   {key: func(k *softkey.Key) { k.Counter = 3 }},
		"it says nobody's name":   {key: func(k *softkey.Key) { k.Silent = true }},
		"after seventeen minutes": {wait: 17 * time.Minute},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for name, test := range tests {
			phone := w.add("zoe", nil)
			phone.Counter = 9
			if _, _, good := w.signIn(phone); !good {
				t.Fatalf("%s: it does not even sign in before", name)
			}
			if test.key != nil {
				test.key(phone)
			}
			token, text := w.signInAnswer(phone)
			w.now = w.now.Add(test.wait)
			if _, _, good := w.redeem(token, text); good {
				t.Errorf("%s: it signed in", name)
			}
			w.do("zoe", "POST", "/api/webauthn/"+w.listed("zoe")[0].ID.String()+"/delete", secret)
		}
	})
}

// Scenario 99.
func TestAnswerWithTheNameOfAnotherPersonIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := w.add("zoe", nil)
		token, text := w.signInAnswer(phone)
		handle := func(email string) string { a := w.people[email]; return webauthn.Text(a[:]).String() }
		changed := strings.Replace(text, handle(zoe), handle(bob), 1)
		if changed == text {
			t.Fatal("the answer does not hold the name")
		}
		if _, _, good := w.redeem(token, changed); good {
			t.Error("it signed in")
		}
	})
}

func TestRemovedPasskeySignsNobodyIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := w.add("zoe", nil)
		w.want(200, "", w.do("zoe", "POST", "/api/webauthn/"+w.listed("zoe")[0].ID.String()+"/delete", secret))
		if _, _, good := w.signIn(phone); good {
			t.Error("it signed in")
		}
	})
}

// Scenario 99.
func TestChallengeIsAnsweredOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := w.add("zoe", nil)
		phone.Step = 0 // a counter would show the second answer too
		token, text := w.signInAnswer(phone)
		var good atomic.Int32
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if _, _, ok, err := w.SignIn(t.Context(), token, text); err != nil {
					t.Error(err)
				} else if ok {
					good.Add(1)
				}
			})
		}
		group.Wait()
		if n := good.Load(); n != 1 {
			t.Errorf("%d answers signed in, want 1", n)
		}
	})
}

func TestWrongAnswerUsesTheChallengeUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := w.add("zoe", nil)
		token, text := w.signInAnswer(phone)
		for _, answer := range []string{`{}`, text} {
			if _, _, good := w.redeem(token, answer); good {
				t.Errorf("%.20q signed in", answer)
			}
		}
	})
}

func TestUnreadableSignInsAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := w.add("zoe", nil)
		creation := w.start("zoe", "POST", "/api/webauthn/attestation-options", secret).Token
		opening := w.start("zoe", "POST", "/api/webauthn/assertion-options", secret).Token
		_, text := w.signInAnswer(phone)
		for name, token := range map[string]string{"none": "", "garbage": "1.a.b", "one to create": creation, "one to open": opening} {
			if _, _, good := w.redeem(token, text); good {
				t.Errorf("token: %s: it signed in", name)
			}
		}
		for _, answer := range []string{"", "null", "[]", `"x"`, "{", `{"id":7}`} {
			token, _ := w.signInAnswer(phone)
			if _, _, good := w.redeem(token, answer); good {
				t.Errorf("%q signed in", answer)
			}
		}
	})
}

func TestPasskeyWithoutACounterSignsInAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := w.add("zoe", nil)
		phone.Step = 0
		for range 2 {
			if _, _, good := w.signIn(phone); !good {
				t.Error("it did not sign in")
			}
		}
	})
}

func TestEverybodyMayAskForAChallenge(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		s := w.start("", "GET", "/identity/accounts/webauthn/assertion-options", nil)
		if s.Object != "webAuthnLoginAssertionOptions" || s.Token == "" {
			t.Errorf("got %+v", s)
		}
		for _, want := range []string{`"rpId":"vault.example"`, `"allowCredentials":[]`, `"userVerification":"required"`} {
			if !strings.Contains(string(s.Options), want) {
				t.Errorf("%s does not hold %s", s.Options, want)
			}
		}
		w.router.Limits.Factor = 1
		statuses := map[int]int{}
		for range 31 {
			statuses[w.do("", "GET", "/identity/accounts/webauthn/assertion-options", nil).status]++
		}
		if statuses[http.StatusTooManyRequests] == 0 || statuses[http.StatusOK] > 30 {
			t.Errorf("got %v, want 429 after 30", statuses)
		}
	})
}

func TestOldChallengesAreForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.signIn(w.add("zoe", nil)) // two answers
		count := func() int {
			n, err := db.Value[int](t.Context(), d, `SELECT COUNT(*) FROM passkey_answer`)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for after, want := range map[time.Duration]int{0: 2, 17 * time.Minute: 0} {
			if err := w.Store.ForgetAnswers(t.Context(), noon.Add(after)); err != nil {
				t.Fatal(err)
			}
			if got := count(); after > 0 && got != want {
				t.Errorf("after %v there are %d, want %d", after, got, want)
			}
		}
	})
}

func TestServerWithoutANameHasNoPasskeys(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.Site = nil
	w.want(400, "host name", w.do("", "GET", "/identity/accounts/webauthn/assertion-options", nil))
	w.want(400, "host name", w.do("zoe", "POST", "/api/webauthn/attestation-options", secret))
	w.want(200, `"data":[]`, w.do("zoe", "GET", "/api/webauthn", nil))
}
