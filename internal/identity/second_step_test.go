package identity_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/client"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/twostep"
)

const wrongStepAnswer = `{"error":"invalid_grant","error_description":"invalid_username_or_password",` +
	`"ErrorModel":{"Message":"Two-step token is invalid. Try again.","ValidationErrors":null,"Object":"error"}`

// code returns what Zoé's authenticator shows now.
func (w *world) code(t *testing.T, key string) string {
	t.Helper()
	code, err := client.AuthenticatorCode(key, w.now)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// inTwoSteps sets an authenticator up for Zoé and returns its key. The code that it
// took is used up.
func (w *world) inTwoSteps(t *testing.T) string {
	t.Helper()
	key, _, err := w.TwoStep.AuthenticatorKey(t.Context(), w.zoe.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.TwoStep.SetAuthenticator(t.Context(), w.zoe.ID, key, w.code(t, key)); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(30 * time.Second)
	w.mails = nil
	return key
}

// withMail lets Zoé's second step be a mailed code too.
func (w *world) withMail(t *testing.T) {
	t.Helper()
	if err := w.TwoStep.ProveEmail(t.Context(), w.zoe.ID, w.zoe.Email); err != nil {
		t.Fatal(err)
	}
	code := w.mails[len(w.mails)-1].Data["Code"]
	if err := w.TwoStep.SetEmail(t.Context(), w.zoe.ID, w.zoe.Email, code); err != nil {
		t.Fatal(err)
	}
	w.mails = nil
}

// stepForm is a sign-in of Zoé's with both steps.
func stepForm(provider, token string, pairs ...string) url.Values {
	form := with(passwordForm("zoe@example.com", hash), "twoFactorProvider", provider, "twoFactorToken", token, "twoFactorRemember", "0")
	return with(form, pairs...)
}

// Scenario 61.
func TestSecondStepIsAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.inTwoSteps(t)
		a := w.ask(t, passwordForm("zoe@example.com", hash))
		if a.status != http.StatusBadRequest {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		golden(t, "challenge", a.body)
		w.withMail(t)
		a = w.ask(t, passwordForm("zoe@example.com", hash))
		_, rest, _ := strings.Cut(a.body, `"SsoEmail2faSessionToken":"`)
		token, _, _ := strings.Cut(rest, `"`)
		if !strings.HasPrefix(token, "BwSsoEmail2FaSessionToken_") || w.slept != 0 {
			t.Errorf("the session token is %q, after %s", token, w.slept)
		}
		golden(t, "challenge-with-mail", strings.ReplaceAll(a.body, token, "SESSION"))
	})
}

// Scenarios 54 and 58.
func TestSecondStepMustBeRight(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		key := w.inTwoSteps(t)
		if a := w.ask(t, stepForm("0", "000000")); a.status != http.StatusBadRequest || !strings.HasPrefix(a.body, wrongStepAnswer) || w.slept != account.FailureDelay {
			t.Errorf("a wrong code: got %d %s after %s", a.status, a.body, w.slept)
		}
		if a := w.ask(t, with(stepForm("0", w.code(t, key)), "password", "wrong")); a.Error != "invalid_grant" || strings.HasPrefix(a.body, wrongStepAnswer) {
			t.Errorf("a right code with a wrong password: got %d %s", a.status, a.body)
		}
		a := w.ask(t, stepForm("0", w.code(t, key)))
		if a.status != http.StatusOK || strings.Contains(a.body, "TwoFactorToken") {
			t.Errorf("a right code: got %d %s", a.status, a.body)
		}
	})
}

func TestSomeAnswersAreAskedAgain(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.inTwoSteps(t)
	for name, form := range map[string]url.Values{
		"no token":               stepForm("0", ""),
		"no provider":            stepForm("-", "000000"),
		"a provider of no kind":  stepForm("x", "000000"),
		"one that is not set up": stepForm("1", "000000"),
		"one that is unknown":    stepForm("99", "000000"),
		"a remembered nothing":   stepForm("5", "x"),
	} {
		if a := w.ask(t, form); a.status != http.StatusBadRequest || a.Description != "Two factor required." || !strings.Contains(a.body, `"TwoFactorProviders2":{"0":null}`) {
			t.Errorf("%s: got %d %s", name, a.status, a.body)
		}
	}
}

// Scenario 62.
func TestDeviceIsRemembered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		key := w.inTwoSteps(t)
		a := w.ask(t, stepForm("0", w.code(t, key), "twoFactorRemember", "1"))
		if a.status != http.StatusOK || a.TwoFactorToken == "" {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		again := w.ask(t, stepForm("5", a.TwoFactorToken, "twoFactorRemember", "1"))
		if again.status != http.StatusOK || again.TwoFactorToken != "" {
			t.Errorf("the same device: got %d %s", again.status, again.body)
		}
		if other := w.ask(t, stepForm("5", a.TwoFactorToken, "deviceIdentifier", "other")); other.Description != "Two factor required." {
			t.Errorf("another device: got %d %s", other.status, other.body)
		}
	})
}

// Scenario 52.
func TestProgramNeedsNoSecondStep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.inTwoSteps(t)
		form := with(passwordForm("", ""), "grant_type", "client_credentials", "client_id", "user."+w.zoe.ID.String(), "client_secret", apiKey, "scope", "api")
		if a := w.ask(t, form); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
}

// Scenario 63.
func TestRecoveryCodeSignsInOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.inTwoSteps(t)
		code, err := w.TwoStep.RecoveryCode(t.Context(), w.zoe.ID)
		if err != nil || code == "" {
			t.Fatal(code, err)
		}
		a := w.ask(t, stepForm("8", " "+strings.ToUpper(code[:8])+" "+code[8:], "twoFactorRemember", "1"))
		if a.status != http.StatusOK || strings.Contains(a.body, "TwoFactorToken") {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		if a := w.ask(t, passwordForm("zoe@example.com", hash)); a.status != http.StatusOK {
			t.Errorf("a second step is still asked for: %d %s", a.status, a.body)
		}
		w.inTwoSteps(t)
		if a := w.ask(t, stepForm("8", code)); a.status != http.StatusBadRequest {
			t.Errorf("the code works again: %d %s", a.status, a.body)
		}
	})
}

// Scenario 68.
func TestSecondStepVerifiesTheDevice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := verifying(t, d)
		key := w.inTwoSteps(t)
		if a := w.ask(t, stepForm("0", w.code(t, key), "deviceIdentifier", "strange")); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
		if templates := slices.Collect(func(yield func(string) bool) {
			for _, m := range w.mails {
				yield(m.Template)
			}
		}); !slices.Equal(templates, []string{"new-device"}) {
			t.Errorf("the mails are %v", templates)
		}
	})
}

func TestNoProviderThatWorksIsARefusal(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.inTwoSteps(t)
	w.exec(t, `UPDATE two_step_provider SET type = $1`, twostep.YubiKey) // which this server does not offer
	a := w.ask(t, passwordForm("zoe@example.com", hash))
	if a.status != http.StatusBadRequest || a.ErrorModel.Message != "No two-step providers enabled." || a.Description != "invalid_username_or_password" {
		t.Errorf("got %d %s", a.status, a.body)
	}
}
