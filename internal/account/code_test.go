package account_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/throttle"
)

// storedHash is what is stored of hash. It is made once, for it takes a while.
var storedHash = sync.OnceValue(func() string {
	stored, err := account.NewPasswords().Hash(context.Background(), hash)
	if err != nil {
		panic(err)
	}
	return stored
})

// member adds a person whose password has the usual hash.
func (w *world) member(t *testing.T, email string) account.Account {
	t.Helper()
	a := person(email)
	a.KDF, a.PasswordHash, a.Key, a.PublicKey, a.PrivateKey = account.DefaultKDF(), storedHash(), wrapped, publicKey(), wrapped
	insert(t, w.Store, a)
	return a
}

func (w *world) issue(t *testing.T, a account.Account, purpose account.CodePurpose, subject string) string {
	t.Helper()
	text, err := w.IssueCode(t.Context(), a.ID, purpose, subject)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (w *world) check(t *testing.T, a account.Account, purpose account.CodePurpose, subject, text string) bool {
	t.Helper()
	good, err := w.CheckCode(t.Context(), a.ID, purpose, subject, text)
	if err != nil {
		t.Fatal(err)
	}
	return good
}

// other returns a code that is as long and is another.
func other(text string) string {
	return strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, text)
}

// Scenario 85.
func TestCodeIsGoodOnceForItsPersonPurposeAndSubject(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		zoe, bob := w.member(t, "zoe@example.com"), w.member(t, "bob@example.com")
		text := w.issue(t, zoe, account.CodeEmailChange, "new@example.com")
		if len(text) != 8 || strings.Trim(text, "0123456789") != "" {
			t.Fatalf("the code is %q", text)
		}
		for name, good := range map[string]bool{
			"of somebody else":   w.check(t, bob, account.CodeEmailChange, "new@example.com", text),
			"for another use":    w.check(t, zoe, account.CodeOTP, "new@example.com", text),
			"for another thing":  w.check(t, zoe, account.CodeEmailChange, "other@example.com", text),
			"with a digit more":  w.check(t, zoe, account.CodeEmailChange, "new@example.com", text+"0"),
			"another code":       w.check(t, zoe, account.CodeEmailChange, "new@example.com", other(text)),
			"with letters in it": w.check(t, zoe, account.CodeEmailChange, "new@example.com", "abcdefgh"),
			"nothing":            w.check(t, zoe, account.CodeEmailChange, "new@example.com", ""),
		} {
			if good {
				t.Errorf("%s: good", name)
			}
		}
		if !w.check(t, zoe, account.CodeEmailChange, "new@example.com", " "+text+" ") {
			t.Error("the right code is not good")
		}
		if w.check(t, zoe, account.CodeEmailChange, "new@example.com", text) {
			t.Error("the right code is good twice")
		}
	})
}

func TestSecondStepHasSixDigits(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	zoe := w.member(t, "zoe@example.com")
	for _, purpose := range []account.CodePurpose{account.CodeTwoStep, account.CodeTwoStepSetup} {
		if text := w.issue(t, zoe, purpose, ""); len(text) != 6 || !w.check(t, zoe, purpose, "", text) {
			t.Errorf("%s: %q", purpose, text)
		}
	}
}

// Scenario 85.
func TestFifthWrongGuessVoidsACode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		zoe := w.member(t, "zoe@example.com")
		text := w.issue(t, zoe, account.CodeOTP, "")
		for range 4 {
			w.check(t, zoe, account.CodeOTP, "", other(text))
		}
		fifth := w.check(t, zoe, account.CodeOTP, "", text)
		w.now = w.now.Add(time.Minute)
		text = w.issue(t, zoe, account.CodeOTP, "")
		for range 5 {
			w.check(t, zoe, account.CodeOTP, "", other(text))
		}
		if sixth := w.check(t, zoe, account.CodeOTP, "", text); !fifth || sixth {
			t.Errorf("after four wrong ones good %v, after five %v", fifth, sixth)
		}
	})
}

func TestCodeLivesFiveMinutes(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	zoe := w.member(t, "zoe@example.com")
	for after, want := range map[time.Duration]bool{5*time.Minute - time.Microsecond: true, 5 * time.Minute: false} {
		text := w.issue(t, zoe, account.CodeOTP, "")
		w.now = w.now.Add(after)
		if good := w.check(t, zoe, account.CodeOTP, "", text); good != want {
			t.Errorf("after %s: good %v", after, good)
		}
	}
}

// Scenario 85.
func TestNewCodeVoidsTheOldAndWaitsHalfAMinute(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		zoe := w.member(t, "zoe@example.com")
		first := w.issue(t, zoe, account.CodeOTP, "")
		w.now = w.now.Add(20 * time.Second)
		_, err := w.IssueCode(t.Context(), zoe.ID, account.CodeOTP, "")
		if e, ok := throttle.WaitOf(err); !ok || e.Wait != 10*time.Second || fault.KindOf(err) != fault.TooMany {
			t.Errorf("after 20 seconds: %v", err)
		}
		w.issue(t, zoe, account.CodeTwoStep, "") // another purpose waits for nothing
		w.now = w.now.Add(10 * time.Second)
		second := w.issue(t, zoe, account.CodeOTP, "")
		if first != second && w.check(t, zoe, account.CodeOTP, "", first) || !w.check(t, zoe, account.CodeOTP, "", second) {
			t.Error("the old code is good, or the new one is not")
		}
	})
}

func TestCodeIsUsedByOneOfMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		zoe := w.member(t, "zoe@example.com")
		text := w.issue(t, zoe, account.CodeOTP, "")
		results := make([]bool, 4)
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() { results[i] = w.check(t, zoe, account.CodeOTP, "", text) })
		}
		wg.Wait()
		used := 0
		for _, good := range results {
			if good {
				used++
			}
		}
		if used != 1 {
			t.Errorf("used %d times", used)
		}
	})
}

func TestDatabaseDoesNotHoldTheCode(t *testing.T) {
	d := dbtest.SQLite(t)
	w := newWorld(t, d)
	zoe := w.member(t, "zoe@example.com")
	text := w.issue(t, zoe, account.CodeOTP, "")
	mac, err := db.Value[string](t.Context(), d, `SELECT mac FROM one_time_code WHERE account_id = $1`, zoe.ID)
	if err != nil || strings.Contains(mac, text) || len(mac) != 43 {
		t.Errorf("stored as %q, %v", mac, err)
	}
}

// Scenario 85.
func TestMailedCodeStandsForThePassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe := s.member(t, "zoe@example.com")
		token := zoe.ID.String()
		mailed := func() string {
			t.Helper()
			s.now = s.now.Add(time.Minute)
			if rec := s.call("POST", "/api/accounts/request-otp", token, ""); rec.Code != http.StatusOK {
				t.Fatalf("got %d %s", rec.Code, rec.Body)
			}
			m := s.mails[len(s.mails)-1]
			if m.Template != "one-time-code" || m.To != zoe.Email || m.Language != "fr" {
				t.Errorf("mailed %+v", m)
			}
			return m.Data["Code"]
		}
		text := mailed()
		if rec := s.call("POST", "/api/accounts/request-otp", token, ""); rec.Code != http.StatusTooManyRequests {
			t.Errorf("at once again: %d %s", rec.Code, rec.Body)
		}
		if rec := s.call("POST", "/api/accounts/verify-otp", token, `{"OTP":"`+text+`"}`); rec.Code != http.StatusOK {
			t.Errorf("got %d %s", rec.Code, rec.Body)
		}
		s.slept = 0
		rec := s.call("POST", "/api/accounts/verify-otp", token, `{"otp":"`+text+`"}`)
		if rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), `"Token":[`) || s.slept != account.FailureDelay {
			t.Errorf("again: %d %s after %s", rec.Code, rec.Body, s.slept)
		}
		for _, member := range []string{"otp", "masterPasswordHash"} {
			code := `{"verifyDevices":true,"` + member + `":"` + mailed() + `"}`
			if rec := s.call("POST", "/api/accounts/verify-password", token, code); rec.Code != http.StatusBadRequest {
				t.Errorf("as the master password itself: %d %s", rec.Code, rec.Body)
			}
			if rec := s.call("PUT", "/api/accounts/verify-devices", token, code); rec.Code != http.StatusOK {
				t.Errorf("as %s: %d %s", member, rec.Code, rec.Body)
			}
		}
	})
}

func TestTenWrongSecretsAreEnough(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		zoe, bob := w.member(t, "zoe@example.com"), w.member(t, "bob@example.com")
		right, wrong := account.Secret{MasterPasswordHash: hash}, account.Secret{OTP: "12345678"}
		for range 9 {
			refused(t, w.VerifySecret(t.Context(), zoe.ID, wrong), "account.wrongCode")
		}
		if err := w.VerifySecret(t.Context(), zoe.ID, right); err != nil {
			t.Fatalf("after nine: %v", err)
		}
		for range 10 {
			refused(t, w.VerifySecret(t.Context(), zoe.ID, wrong), "account.wrongCode")
		}
		if err := w.VerifySecret(t.Context(), zoe.ID, right); fault.KindOf(err) != fault.TooMany {
			t.Errorf("after ten: %v", err)
		}
		if err := w.VerifySecret(t.Context(), bob.ID, right); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		w.now = w.now.Add(10 * time.Minute)
		if err := w.VerifySecret(t.Context(), zoe.ID, right); err != nil {
			t.Errorf("ten minutes later: %v", err)
		}
	})
}

func TestNewStampVoidsCodesAndEndsSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		zoe := w.member(t, "zoe@example.com")
		text := w.issue(t, zoe, account.CodeOTP, "")
		if err := w.RenewStamp(t.Context(), zoe.ID); err != nil {
			t.Fatal(err)
		}
		a, err := w.Get(t.Context(), zoe.ID)
		if err != nil || a.SecurityStamp == zoe.SecurityStamp || !a.VaultRevisedAt.After(zoe.VaultRevisedAt) ||
			len(w.ended) != 1 || w.ended[0] != zoe.ID {
			t.Errorf("got %+v, %v, ended %v", a, err, w.ended)
		}
		if w.check(t, zoe, account.CodeOTP, "", text) {
			t.Error("the code is still good")
		}
		if err := w.RenewStamp(t.Context(), id.New()); fault.KindOf(err) != fault.NotFound {
			t.Errorf("nobody: %v", err)
		}
	})
}
