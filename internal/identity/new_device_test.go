package identity_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/mail"
)

const (
	verifyAnswer = `{"error":"device_error","error_description":"New device verification required",` +
		`"ErrorModel":{"Message":"new device verification required","ValidationErrors":null,"Object":"error"}`
	wrongCodeAnswer = `{"error":"device_error","error_description":"Invalid New Device OTP",` +
		`"ErrorModel":{"Message":"invalid new device otp","ValidationErrors":null,"Object":"error"}`
)

// verifying returns a world a day later, in which new devices are verified and Zoé
// and Bob have each signed in once.
func verifying(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := newWorld(t, d)
	w.VerifyDevices = true
	for _, person := range []string{"zoe@example.com", "bob@example.com"} {
		if a := w.ask(t, passwordForm(person, hash)); a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.body)
		}
	}
	w.now = noon.Add(24 * time.Hour)
	return w
}

// strangeForm is a sign-in on a device that nobody has used.
func strangeForm(pairs ...string) url.Values {
	form := with(passwordForm("zoe@example.com", hash), "deviceIdentifier", "strange", "deviceType", "10")
	return with(form, pairs...)
}

// mailed returns what a template was sent to somebody with.
func (w *world) mailed(to, template string) []mail.Message {
	return slices.DeleteFunc(slices.Clone(w.mails), func(m mail.Message) bool { return m.To != to || m.Template != template })
}

func (w *world) codes(to string) (codes []string) {
	for _, m := range w.mailed(to, "new-device-code") {
		codes = append(codes, m.Data["Code"])
	}
	return codes
}

// Scenario 68.
func TestUnknownDeviceIsVerified(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := verifying(t, d)
		if a := w.ask(t, strangeForm()); a.status != http.StatusBadRequest || !strings.HasPrefix(a.body, verifyAnswer) {
			t.Errorf("unknown: got %d %s", a.status, a.body)
		}
		if codes := w.codes("zoe@example.com"); len(codes) != 1 || len(codes[0]) != 8 {
			t.Errorf("the mails have the codes %q", codes)
		}
		if a := w.ask(t, passwordForm("zoe@example.com", hash)); a.status != http.StatusOK {
			t.Errorf("known: got %d %s", a.status, a.body)
		}
		if a := w.ask(t, strangeForm("password", "wrong")); a.Error != "invalid_grant" || len(w.codes("zoe@example.com")) != 1 {
			t.Errorf("wrong password: got %d %s, or a mail", a.status, a.body)
		}
	})
}

// Scenarios 68 and 71.
func TestSomeDevicesNeedNoVerification(t *testing.T) {
	tests := map[string]func(*testing.T, *world){
		"the person wants none":       func(t *testing.T, w *world) { w.exec(t, `UPDATE account SET verify_devices = FALSE`) },
		"the account is young":        func(_ *testing.T, w *world) { w.now = noon.Add(24*time.Hour - time.Second) },
		"no device was ever used":     func(t *testing.T, w *world) { w.exec(t, `DELETE FROM device`) },
		"the server cannot send mail": func(_ *testing.T, w *world) { w.VerifyDevices = false },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w := verifying(t, d)
				change(t, w)
				if a := w.ask(t, strangeForm()); a.status != http.StatusOK || len(w.codes("zoe@example.com")) != 0 {
					t.Errorf("got %d %s, mails %v", a.status, a.body, w.mails)
				}
			})
		})
	}
	t.Run("a program has the API key", func(t *testing.T) {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			w := verifying(t, d)
			form := strangeForm("grant_type", "client_credentials", "client_id", "user."+w.zoe.ID.String(), "client_secret", apiKey, "scope", "api")
			if a := w.ask(t, form); a.status != http.StatusOK {
				t.Errorf("got %d %s", a.status, a.body)
			}
		})
	})
}

// Scenario 69.
func TestCodeOfTheMailAdmitsTheDeviceOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := verifying(t, d)
		bob := with(strangeForm(), "username", "bob@example.com")
		w.ask(t, strangeForm())
		w.ask(t, bob)
		code, bobs := w.codes("zoe@example.com")[0], w.codes("bob@example.com")[0]
		for name, wrong := range map[string]string{"wrong": "00000000", "too short": "1", "of another person": bobs} {
			w.slept = 0
			a := w.ask(t, strangeForm("newDeviceOtp", wrong))
			if wrong == code || a.status != http.StatusBadRequest || !strings.HasPrefix(a.body, wrongCodeAnswer) || w.slept != account.FailureDelay {
				t.Errorf("%s: got %d %s after %s", name, a.status, a.body, w.slept)
			}
		}
		a := w.ask(t, with(bob, "newDeviceOtp", bobs))
		if a.status != http.StatusOK || claims(t, a.AccessToken)["email_verified"] != true {
			t.Fatalf("the right code: got %d %s", a.status, a.body)
		}
		if stored, err := w.Accounts.Get(t.Context(), w.bob.ID); err != nil || !stored.EmailVerified {
			t.Errorf("the address is not verified: %v", err)
		}
		if a := w.ask(t, with(bob, "deviceIdentifier", "third", "newDeviceOtp", bobs)); a.Error != "device_error" || a.status != http.StatusBadRequest {
			t.Errorf("the same code again: got %d %s", a.status, a.body)
		}
		if a := w.ask(t, bob); a.status != http.StatusOK {
			t.Errorf("the device is known now: got %d %s", a.status, a.body)
		}
	})
}

func TestCodeOfANewDeviceEnds(t *testing.T) {
	w := verifying(t, dbtest.SQLite(t))
	w.ask(t, strangeForm())
	code := w.codes("zoe@example.com")[0]
	w.now = w.now.Add(5 * time.Minute)
	if a := w.ask(t, strangeForm("newDeviceOtp", code)); a.Error != "device_error" {
		t.Errorf("after five minutes: got %d %s", a.status, a.body)
	}
	w.ask(t, strangeForm())
	w.ask(t, strangeForm())
	codes := w.codes("zoe@example.com")
	if len(codes) != 2 {
		t.Fatalf("two questions at once caused %d mails, want one more", len(codes))
	}
	for range 5 {
		w.ask(t, strangeForm("newDeviceOtp", "00000000"))
	}
	if a := w.ask(t, strangeForm("newDeviceOtp", codes[1])); a.Error != "device_error" {
		t.Errorf("after five wrong guesses: got %d %s", a.status, a.body)
	}
}

// Scenario 70.
func TestCodeIsMailedAgainToWhoKnowsThePassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := verifying(t, d)
		resend := func(email, password string) (status int, slept time.Duration) {
			w.slept = 0
			status, body := w.call("POST", "/api/accounts/resend-new-device-otp", "", `{"email":"`+email+`","masterPasswordHash":"`+password+`"}`)
			if body != "" {
				t.Errorf("%s: got %s", email, body)
			}
			return status, w.slept
		}
		for _, wrong := range [][2]string{{"zoe@example.com", "wrong"}, {"nobody@example.com", hash}} {
			if status, slept := resend(wrong[0], wrong[1]); status != http.StatusOK || slept != account.FailureDelay || len(w.mails) != 0 {
				t.Errorf("%s: got %d after %s, mails %v", wrong, status, slept, w.mails)
			}
		}
		w.ask(t, strangeForm())
		w.now = w.now.Add(30 * time.Second)
		if status, _ := resend(" Zoe@example.com", hash); status != http.StatusOK {
			t.Errorf("got %d", status)
		}
		codes := w.codes("zoe@example.com")
		if len(codes) != 2 {
			t.Fatalf("got the codes %q, want two", codes)
		}
		if a := w.ask(t, strangeForm("newDeviceOtp", codes[1])); a.status != http.StatusOK {
			t.Errorf("the second code: got %d %s", a.status, a.body)
		}
	})
}

func TestPersonLearnsOfANewDevice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.now = noon.Add(10*time.Minute - time.Second)
		w.signIn(t, "deviceIdentifier", "first")
		if len(w.mails) != 0 {
			t.Errorf("an account of ten minutes is sent %v", w.mails)
		}
		w.now = noon.Add(10 * time.Minute)
		w.signIn(t, "deviceIdentifier", "first")
		w.signIn(t, "deviceIdentifier", "second", "deviceType", "25")
		w.signIn(t, "deviceIdentifier", "second")
		mails := w.mailed("zoe@example.com", "new-device")
		if len(mails) != 1 || len(w.mails) != 1 {
			t.Fatalf("got %v", w.mails)
		}
		want := map[string]string{"Device": "Ligne de commande sous Linux", "At": "2026-11-23T12:10:00Z", "Address": "192.0.2.1"}
		if diff := cmp.Diff(want, mails[0].Data); diff != "" || mails[0].Language != "fr" {
			t.Errorf("in %q, -want +got:\n%s", mails[0].Language, diff)
		}
	})
}
