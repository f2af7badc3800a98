package twostep_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/twostep"
)

const (
	putEmail  = "/api/two-factor/email"
	sendEmail = "/api/two-factor/send-email"
	sendLogin = "/api/two-factor/send-email-login"
)

func TestAddressOfASecondStepIsProvedFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var got struct {
			Email                 struct{ Enabled bool }
			UserVerificationToken string
		}
		w.good(t, "POST", "/api/two-factor/get-email", `{`+proof+`}`, &got)
		token := fmt.Sprintf(`"userVerificationToken":%q`, got.UserVerificationToken)
		w.good(t, "POST", sendEmail, `{"email":" Codes@Example.com","userVerificationToken":"`+got.UserVerificationToken+`"}`, nil)
		code := w.mailed(t)
		if to := w.mails[0].To; to != "codes@example.com" || got.Email.Enabled || len(code) != 6 {
			t.Errorf("%q was mailed to %s", code, to)
		}
		put := func(email, code string) string { return fmt.Sprintf(`{"email":%q,"token":%q,%s}`, email, code, token) }
		w.wants(t, "PUT", putEmail, put("other@example.com", code), 400, `"Token":["Invalid token."]`)
		w.wants(t, "PUT", putEmail, put("codes@example.com", code), 200, `{"email":{"enabled":true,"email":"codes@example.com"},"object":"twoFactorEmailUpdate"}`)
		w.wants(t, "PUT", putEmail, put("codes@example.com", code), 400, `"Token":["Invalid token."]`)
		w.wants(t, "POST", "/api/two-factor/get-email", `{`+proof+`}`, 200, `"email":{"enabled":true,"email":"codes@example.com"}`)
		w.wants(t, "DELETE", putEmail, `{`+token+`}`, 204, "")
		if numbers := w.numbers(t); len(numbers) > 0 {
			t.Errorf("left are %v", numbers)
		}
	})
}

func TestOlderClientsReadTheAddressAsAText(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.version = "2025.12.0"
	w.wants(t, "POST", "/api/two-factor/get-email", `{`+proof+`}`, 200, `{"email":null,"enabled":false,`)
	w.good(t, "POST", sendEmail, `{"Email":"codes@example.com","MasterPasswordHash":"`+hash+`"}`, nil)
	body := fmt.Sprintf(`{"Email":"codes@example.com","Token":%q,"MasterPasswordHash":%q}`, w.mailed(t), hash)
	w.wants(t, "PUT", putEmail, body, 200, `{"email":"codes@example.com","enabled":true,"object":"twoFactorEmail"}`)
	w.wants(t, "PUT", "/api/two-factor/disable", `{"type":1,`+proof+`}`, 200, `{"enabled":false,"type":1,"object":"twoFactorProvider"}`)
}

// Scenario 58.
func TestMailedCodeIsVoidAfterFiveGuesses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Limits.Factor = 100
		w.withEmail(t)
		w.login(t)
		code := w.mailed(t)
		for range 5 {
			if got := w.try(t, twostep.Email, wrongFor(code)); got != twostep.Wrong {
				t.Fatalf("got %v", got)
			}
		}
		if got := w.try(t, twostep.Email, code); got != twostep.Wrong {
			t.Errorf("the right code afterwards: got %v", got)
		}
	})
}

func TestMailedCodeIsGoodOnceForFiveMinutes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.withEmail(t)
		w.login(t)
		first := w.mailed(t)
		if got := w.try(t, twostep.Email, first); got != twostep.Passed {
			t.Errorf("got %v", got)
		}
		if got := w.try(t, twostep.Email, first); got != twostep.Wrong {
			t.Errorf("again: got %v", got)
		}
		w.now = w.now.Add(time.Minute)
		w.login(t)
		w.now = w.now.Add(5*time.Minute + time.Second)
		if got := w.try(t, twostep.Email, w.mailed(t)); got != twostep.Wrong {
			t.Errorf("too late: got %v", got)
		}
	})
}

// login asks for a code as a challenged client does.
func (w *world) login(t *testing.T) {
	t.Helper()
	if status, answer := w.call(id.ID{}, "POST", sendLogin, fmt.Sprintf(`{"email":%q,"ssoEmail2FaSessionToken":%q}`, w.zoe.Email, w.session(t))); status != 200 {
		t.Fatalf("got %d %s", status, answer)
	}
}

// session returns the token of a challenge of Zoé's.
func (w *world) session(t *testing.T) string {
	t.Helper()
	c, err := w.Challenge(t.Context(), w.zoe, twostep.App{Name: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	return c.SessionToken
}

// wrongFor returns a code that is not the right one.
func wrongFor(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

// Scenario 60.
func TestCodeIsMailedOnlyToWhoMayHaveIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.withEmail(t)
		w.access = "right"
		old := w.session(t)
		w.now = w.now.Add(3 * time.Minute)
		const refused = `"message":"Cannot send two-factor email."`
		for name, body := range map[string]string{
			"wrong hash":                  `{"email":"zoe.o@example.com","masterPasswordHash":"wrong"}`,
			"unknown user":                `{"email":"nobody@example.com",` + proof + `}`,
			"no address":                  `{"email":"not an address",` + proof + `}`,
			"user without mail":           `{"email":"bob@example.com",` + proof + `}`,
			"expired session":             fmt.Sprintf(`{"email":"zoe.o@example.com","ssoEmail2FaSessionToken":%q}`, old),
			"expired session, right hash": fmt.Sprintf(`{"email":"zoe.o@example.com","ssoEmail2FaSessionToken":%q,%s}`, old, proof),
			"another's session":           fmt.Sprintf(`{"email":"bob@example.com","ssoEmail2FaSessionToken":%q}`, w.session(t)),
			"unknown user's session":      fmt.Sprintf(`{"email":"nobody@example.com","ssoEmail2FaSessionToken":%q}`, w.session(t)),
			"no session":                  `{"email":"zoe.o@example.com","ssoEmail2FaSessionToken":"garbage"}`,
			"wrong access code":           `{"email":"zoe.o@example.com","authRequestId":"request","authRequestAccessCode":"wrong"}`,
			"unknown user's access code":  `{"email":"nobody@example.com","authRequestId":"request","authRequestAccessCode":"right"}`,
			"a one-time code":             `{"email":"zoe.o@example.com","otp":"12345678"}`,
		} {
			w.slept = 0
			status, answer := w.call(id.ID{}, "POST", sendLogin, body)
			if status != 400 || !strings.Contains(answer, refused) || w.slept != account.FailureDelay {
				t.Errorf("%s: got %d %s after %s", name, status, answer, w.slept)
			}
		}
		if len(w.mails) > 0 {
			t.Errorf("mailed were %v", w.templates())
		}
	})
}

// Scenario 59, whose clients send these bodies.
func TestCodeIsMailedDuringALogin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.withEmail(t)
		w.access = "right"
		for name, body := range map[string]string{
			"the official command line": fmt.Sprintf(`{"email":"zoe.o@example.com","ssoEmail2FaSessionToken":"%%s",%s}`, proof),
			"rbw":                       `{"email":"Zoe.O@example.com","DeviceIdentifier":"x","SsoEmail2faSessionToken":"%s"}`,
			"an old client":             `{"Email":"zoe.o@example.com","MasterPasswordHash":"` + hash + `","DeviceIdentifier":"x"}`,
			"a log-in with a device":    `{"email":"zoe.o@example.com","authRequestId":"request","authRequestAccessCode":"right"}`,
		} {
			w.now, w.mails = w.now.Add(time.Minute), nil
			if strings.Contains(body, "%s") {
				body = fmt.Sprintf(body, w.session(t))
			}
			if status, answer := w.call(id.ID{}, "POST", sendLogin, body); status != 200 || answer != "" {
				t.Errorf("%s: got %d %s", name, status, answer)
			}
			if got := w.try(t, twostep.Email, w.mailed(t)); got != twostep.Passed {
				t.Errorf("%s: got %v", name, got)
			}
		}
	})
}

func TestRequestForACodeNeedsAProof(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	status, answer := w.call(id.ID{}, "POST", sendLogin, `{"email":"zoe.o@example.com"}`)
	if want := "MasterPasswordHash, OTP, AccessCode, or SsoEmail2faSessionToken must be supplied."; status != 400 || !strings.Contains(answer, want) {
		t.Errorf("got %d %s", status, answer)
	}
}

func TestGuessesOfAPasswordForACodeAreLimited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.withEmail(t)
		for _, email := range []string{"zoe.o@example.com", "nobody@example.com"} {
			for range 10 {
				w.call(id.ID{}, "POST", sendLogin, fmt.Sprintf(`{"email":%q,"masterPasswordHash":"wrong"}`, email))
			}
			if status, answer := w.call(id.ID{}, "POST", sendLogin, fmt.Sprintf(`{"email":%q,%s}`, email, proof)); status != 429 {
				t.Errorf("%s: got %d %s", email, status, answer)
			}
		}
		w.login(t) // who was challenged guesses nothing
	})
}

func TestMaskKeepsTheLengthOfAnAddress(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for email, want := range map[string]string{
		"a@example.com": "*@example.com", "ab@example.com": "**@example.com", "abc@example.com": "a**@example.com",
		"abcd@example.com": "a***@example.com", "abcde@example.com": "ab***@example.com", "abcdefghij@example.com": "ab********@example.com",
	} {
		w.now, w.mails = w.now.Add(time.Minute), nil
		if err := w.ProveEmail(t.Context(), w.zoe.ID, email); err != nil {
			t.Fatal(err)
		}
		if err := w.SetEmail(t.Context(), w.zoe.ID, email, w.mailed(t)); err != nil {
			t.Fatal(err)
		}
		c, err := w.Challenge(t.Context(), w.zoe, twostep.App{})
		if got := fmt.Sprint(c.Providers["1"]); err != nil || got != "{"+want+"}" {
			t.Errorf("%s: got %s, %v", email, got, err)
		}
	}
}
