package twostep_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/device"
	"coffre/internal/fault"
	"coffre/internal/twostep"
)

// Scenario 58.
func TestSixthWrongStepIsRefusedWhateverItIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		key := w.withAuthenticator(t)
		for range 5 {
			if got := w.try(t, twostep.Authenticator, "000000"); got != twostep.Wrong || w.slept != 0 {
				t.Fatalf("got %v after %s", got, w.slept)
			}
		}
		at := twostep.Attempt{Provider: twostep.Authenticator, Token: w.code(t, key, 0), Device: home}
		for _, provider := range []int{twostep.Authenticator, twostep.RecoveryCode} {
			at.Provider, w.slept = provider, 0
			if got, err := w.Check(t.Context(), w.zoe, at); fault.KindOf(err) != fault.TooMany || w.slept != account.FailureDelay {
				t.Errorf("provider %d: got %v, %v after %s", provider, got, err, w.slept)
			}
		}
		w.now = w.now.Add(10 * time.Minute)
		if got := w.try(t, twostep.Authenticator, w.code(t, key, 0)); got != twostep.Passed {
			t.Errorf("later: got %v", got)
		}
	})
}

func TestStrangersDoNotLockOutADeviceThatIsKnown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		key := w.withAuthenticator(t)
		guess := func(identifier string) error {
			_, err := w.Check(t.Context(), w.zoe, twostep.Attempt{Provider: twostep.Authenticator, Token: "000000", Device: identifier})
			return err
		}
		for i := range 6 {
			if err := guess(fmt.Sprint("stranger ", i)); fault.KindOf(err) == fault.TooMany != (i == 5) {
				t.Errorf("guess %d: got %v", i, err)
			}
		}
		if got := w.try(t, twostep.Authenticator, w.code(t, key, 0)); got != twostep.Passed {
			t.Errorf("the owner: got %v", got)
		}
		if err := guess("stranger"); fault.KindOf(err) != fault.TooMany {
			t.Errorf("the owner's success lets a stranger go on: %v", err)
		}
	})
}

func TestRightStepForgetsTheWrongOnes(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	key := w.withAuthenticator(t)
	for range 3 {
		for range 4 {
			w.try(t, twostep.Authenticator, "000000")
		}
		if got := w.try(t, twostep.Authenticator, w.code(t, key, 0)); got != twostep.Passed {
			t.Fatalf("got %v", got)
		}
		w.now = w.now.Add(time.Minute)
	}
}

func TestWrongStepsAreMailedAFewTimesAnHour(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Limits.Factor = 1000
		w.withAuthenticator(t)
		w.now = noon
		sent := map[string]bool{} // as the outbox counts them
		for range 60 {
			w.try(t, twostep.Authenticator, "000000")
			w.now = w.now.Add(time.Minute)
		}
		for _, m := range w.mails {
			sent[m.Once] = true
		}
		if m := w.mails[0]; len(sent) != 3 || m.Template != "two-step-failed" || m.Data["Provider"] != "Authenticator app" || m.Data["At"] != noon.Format(time.RFC3339) {
			t.Errorf("mailed were %d, the first %+v", len(sent), m)
		}
	})
}

func TestSomeStepsAreAskedAgain(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.withAuthenticator(t)
	for name, at := range map[string]twostep.Attempt{
		"nothing":                  {Provider: twostep.Authenticator},
		"a provider not set up":    {Provider: twostep.Email, Token: "000000"},
		"a provider that is dead":  {Provider: 4, Token: "000000"},
		"a provider of no kind":    {Provider: -1, Token: "000000"},
		"a device not remembered":  {Provider: twostep.Remember, Token: "garbage"},
		"a provider not on offer":  {Provider: twostep.YubiKey, Token: strings.Repeat("c", 44)},
		"an organization's of Duo": {Provider: 6, Token: "code|state"},
	} {
		for range 6 { // none of them counts as wrong
			if got, err := w.Check(t.Context(), w.zoe, at); got != twostep.Again || err != nil {
				t.Errorf("%s: got %v, %v", name, got, err)
			}
		}
	}
}

// Scenario 62.
func TestRememberedDeviceNeedsNoSecondStep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.withAuthenticator(t)
		token, err := w.Remember(t.Context(), w.zoe, home)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Devices.Save(t.Context(), w.zoe.ID, device.Device{Type: 9, Identifier: "another", Name: "chrome"}); err != nil {
			t.Fatal(err)
		}
		check := func(a account.Account, device string) twostep.Outcome {
			got, err := w.Check(t.Context(), a, twostep.Attempt{Provider: twostep.Remember, Token: token, Device: device})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		restamped := w.zoe
		restamped.SecurityStamp = "new"
		if got := check(w.zoe, home); got != twostep.Passed {
			t.Errorf("the device: got %v", got)
		}
		if got := check(w.zoe, "another"); got != twostep.Again {
			t.Errorf("another device: got %v", got)
		}
		if got := check(w.bob, home); got != twostep.Again {
			t.Errorf("another person: got %v", got)
		}
		if got := check(restamped, home); got != twostep.Again {
			t.Errorf("after a change of the stamp: got %v", got)
		}
		w.now = w.now.Add(30*24*time.Hour - time.Second)
		if got := check(w.zoe, home); got != twostep.Passed {
			t.Errorf("within 30 days: got %v", got)
		}
		w.now = w.now.Add(time.Second)
		if got := check(w.zoe, home); got != twostep.Again {
			t.Errorf("after 30 days: got %v", got)
		}
	})
}

func TestNobodyIsRememberedAfterTheRecoveryCodeOrOnARemovedDevice(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.withAuthenticator(t)
	token, err := w.Remember(t.Context(), w.zoe, home)
	if err != nil {
		t.Fatal(err)
	}
	known, _, err := w.Devices.Find(t.Context(), w.zoe.ID, home)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.Exec(t.Context(), `UPDATE device SET identifier = 'gone' WHERE id = $1`, known.ID); err != nil {
		t.Fatal(err)
	}
	if got := w.try(t, twostep.Remember, token); got != twostep.Again {
		t.Errorf("a removed device: got %v", got)
	}
	if _, err := w.db.Exec(t.Context(), `UPDATE device SET identifier = $1 WHERE id = $2`, home, known.ID); err != nil {
		t.Fatal(err)
	}
	code, err := w.RecoveryCode(t.Context(), w.zoe.ID)
	if err != nil || w.try(t, twostep.RecoveryCode, code) != twostep.Passed {
		t.Fatal(code, err)
	}
	w.withAuthenticator(t)
	if got := w.try(t, twostep.Remember, token); got != twostep.Again {
		t.Errorf("after a recovery: got %v", got)
	}
}

// Scenarios 63 and 67.
func TestRecoveryCodeRemovesEveryProvider(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.withAuthenticator(t)
		w.withEmail(t)
		code, err := w.RecoveryCode(t.Context(), w.zoe.ID)
		if err != nil || len(code) != 32 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			t.Fatalf("the code is %q, %v", code, err)
		}
		if got := w.try(t, twostep.RecoveryCode, code[1:]+code[:1]); got != twostep.Wrong {
			t.Errorf("a wrong code: got %v", got)
		}
		if got := w.try(t, twostep.RecoveryCode, " "+strings.ToUpper(code[:4])+" "+code[4:]+"\t"); got != twostep.Passed {
			t.Fatalf("the code: got %v", got)
		}
		if numbers := w.numbers(t); len(numbers) > 0 || !slices.Equal(w.templates(), []string{"two-step-failed", "two-step-recovered"}) {
			t.Errorf("left are %v, mailed was %v", numbers, w.templates())
		}
		if len(w.lastGone) != 1 || w.lastGone[0] != w.zoe.ID {
			t.Errorf("without a second step are %v", w.lastGone)
		}
		if got := w.try(t, twostep.RecoveryCode, code); got != twostep.Wrong {
			t.Errorf("the code again: got %v", got)
		}
		var answer struct{ Code, Object string }
		w.good(t, "POST", "/api/two-factor/get-recover", `{`+proof+`}`, &answer)
		if answer.Code == code || len(answer.Code) != 32 || answer.Object != "twoFactorRecover" {
			t.Errorf("the new code is %+v", answer)
		}
		if got := w.try(t, twostep.RecoveryCode, answer.Code); got != twostep.Passed {
			t.Errorf("the new code: got %v", got)
		}
	})
}

// Scenario 67.
func TestLastProviderToGoIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.withAuthenticator(t)
		w.withEmail(t)
		for i, number := range []int{twostep.Authenticator, twostep.Email, twostep.Email} {
			if err := w.TurnOff(t.Context(), w.zoe.ID, number); err != nil {
				t.Fatal(err)
			}
			if told := len(w.lastGone); told != min(i, 1) {
				t.Errorf("after %d it was told %d times", i+1, told)
			}
		}
		needed, err := w.Needed(t.Context(), w.zoe)
		if needed || err != nil {
			t.Errorf("a second step is needed: %v, %v", needed, err)
		}
	})
}

func TestRecoveryCodeIsThereFromTheFirstProvider(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.wants(t, "POST", "/api/two-factor/get-recover", `{`+proof+`}`, 200, `{"code":null,"object":"twoFactorRecover"}`)
	w.withAuthenticator(t)
	before, err := w.RecoveryCode(t.Context(), w.zoe.ID)
	w.withEmail(t)
	after, err2 := w.RecoveryCode(t.Context(), w.zoe.ID)
	if before == "" || before != after || err != nil || err2 != nil {
		t.Errorf("it was %q, it is %q", before, after)
	}
}
