package identity_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/webauthn"
	"coffre/internal/webauthn/softkey"
)

// Scenario 55.
func TestSecondStepIsGoodOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		code := w.code(t, w.inTwoSteps(t))
		if a := w.ask(t, stepForm("0", code)); a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		for name, form := range map[string][]string{"the same device": nil, "another device": {"deviceIdentifier", "other"}} {
			if a := w.ask(t, stepForm("0", code, form...)); a.status != http.StatusBadRequest || !strings.HasPrefix(a.body, wrongStepAnswer) {
				t.Errorf("%s: got %d %s", name, a.status, a.body)
			}
		}
	})
}

// Scenario 57.
func TestOddCodesAreRefusedAsWrong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.inTwoSteps(t)
		for _, code := range []string{"abcdef", "12345", "1234567", "１２３４５６", "-12345", "1e5", " ", "%00"} {
			if a := w.ask(t, stepForm("0", code)); a.status != http.StatusBadRequest || !strings.HasPrefix(a.body, wrongStepAnswer) {
				t.Errorf("%q: got %d %s", code, a.status, a.body)
			}
		}
	})
}

// Scenario 58.
func TestSecondStepCannotBeGuessed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		key := w.inTwoSteps(t)
		w.Limits.Factor = 1
		for i := range 6 {
			w.slept = 0
			a := w.ask(t, stepForm("0", "000000"))
			if want := map[bool]int{false: http.StatusBadRequest, true: http.StatusTooManyRequests}[i == 5]; a.status != want || w.slept != account.FailureDelay {
				t.Errorf("try %d: got %d %s after %s", i+1, a.status, a.body, w.slept)
			}
		}
		if a := w.ask(t, stepForm("0", w.code(t, key))); a.status != http.StatusTooManyRequests || a.AccessToken != "" {
			t.Errorf("the right code: got %d %s", a.status, a.body)
		}
		if a := w.ask(t, passwordForm("zoe@example.com", hash)); a.Description != "Two factor required." || a.AccessToken != "" {
			t.Errorf("the password alone: got %d %s", a.status, a.body)
		}
	})
}

// Scenario 62.
func TestDeviceIsForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, change := range map[string]func(w *world){
			"after the stamp changed":   func(w *world) { w.exec(t, `UPDATE account SET security_stamp = 'new' WHERE id = $1`, w.zoe.ID) },
			"after 30 days":             func(w *world) { w.now = w.now.Add(30 * 24 * time.Hour) },
			"after the device was gone": func(w *world) { w.exec(t, `DELETE FROM device`) },
		} {
			w := newWorld(t, d)
			a := w.ask(t, stepForm("0", w.code(t, w.inTwoSteps(t)), "twoFactorRemember", "1"))
			if a.TwoFactorToken == "" {
				t.Fatalf("got %d %s", a.status, a.body)
			}
			if again := w.ask(t, stepForm("5", a.TwoFactorToken)); again.status != http.StatusOK {
				t.Errorf("before: got %d %s", again.status, again.body)
			}
			change(w)
			if again := w.ask(t, stepForm("5", a.TwoFactorToken)); again.status != http.StatusBadRequest || again.Description != "Two factor required." {
				t.Errorf("%s: got %d %s", name, again.status, again.body)
			}
			w.exec(t, `DELETE FROM account`)
		}
	})
}

// Scenario 63.
func TestRecoveryCodeIsReplacedByItsUse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.inTwoSteps(t)
		code, err := w.TwoStep.RecoveryCode(t.Context(), w.zoe.ID)
		if err != nil {
			t.Fatal(err)
		}
		a := w.ask(t, stepForm("8", strings.ToUpper(code[:8]+" "+code[8:])))
		mailed := 0
		for _, m := range w.mails {
			if m.Template == "two-step-recovered" && m.To == w.zoe.Email {
				mailed++
			}
		}
		after, err := w.TwoStep.RecoveryCode(t.Context(), w.zoe.ID)
		left, err2 := w.TwoStep.Providers(t.Context(), w.zoe.ID)
		if a.status != http.StatusOK || mailed != 1 || after == code || len(after) != 32 || len(left) > 0 || err != nil || err2 != nil {
			t.Errorf("got %d %s, %d mails, %q instead of %q, left %v", a.status, a.body, mailed, after, code, left)
		}
	})
}

// Scenario 64.
func TestSecurityKeySignsInOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.TwoStep.Site = &webauthn.Site{ID: "vault.example", Name: "Coffre", Origins: []string{"https://vault.example"}}
		key := softkey.New("https://vault.example")
		options, err := w.TwoStep.KeyOptions(t.Context(), w.zoe.ID)
		if err != nil {
			t.Fatal(err)
		}
		made, err := key.Create(options)
		if err == nil {
			err = w.TwoStep.AddKey(t.Context(), w.zoe.ID, 1, "Key", []byte(made.Text()))
		}
		if err != nil {
			t.Fatal(err)
		}
		touched := func() string {
			var asked struct {
				Providers map[string]json.RawMessage `json:"TwoFactorProviders2"`
			}
			a := w.ask(t, passwordForm("zoe@example.com", hash))
			if err := json.Unmarshal([]byte(a.body), &asked); err != nil || len(asked.Providers) != 1 {
				t.Fatalf("got %s, %v", a.body, err)
			}
			answer, err := key.Get([]byte(asked.Providers["7"]))
			if err != nil {
				t.Fatal(err)
			}
			return answer.Text()
		}
		answer := touched()
		for i, want := range []int{http.StatusOK, http.StatusBadRequest} {
			if a := w.ask(t, stepForm("7", answer)); a.status != want {
				t.Errorf("time %d: got %d %s", i+1, a.status, a.body)
			}
		}
		key.Counter = 0
		if a := w.ask(t, stepForm("7", touched())); a.status != http.StatusBadRequest {
			t.Errorf("a counter that went back: got %d %s", a.status, a.body)
		}
	})
}
