package identity_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
)

// secret is a body that proves that Zoé is who she is.
const secret = `{"masterPasswordHash":"` + hash + `"}`

// apiForm is what a program sends that has Zoé's API key.
func (w *world) apiForm(key string) url.Values {
	return with(passwordForm("", ""), "grant_type", "client_credentials", "client_id", "user."+w.zoe.ID.String(),
		"client_secret", key, "scope", "api", "username", "-", "password", "-", "deviceIdentifier", "program")
}

// dead fails the test unless a session is over: both of its tokens.
func (w *world) dead(t *testing.T, name string, session answer) {
	t.Helper()
	if status, body := w.get("/api/accounts/profile", session.AccessToken); status != http.StatusUnauthorized {
		t.Errorf("%s: the access token is answered %d %s", name, status, body)
	}
	if session.RefreshToken == "" {
		return
	}
	if a := w.ask(t, refreshForm("cli", session.RefreshToken)); a.status != http.StatusBadRequest || a.Error != "invalid_grant" {
		t.Errorf("%s: the refresh token is answered %d %s", name, a.status, a.body)
	}
}

// Scenario 43, and 171 of spec 03.
func TestNewStampEndsEverySession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone, laptop, program := w.signIn(t), w.signIn(t, "deviceIdentifier", "laptop"), w.ask(t, w.apiForm(apiKey))
		if program.status != http.StatusOK {
			t.Fatalf("got %d %s", program.status, program.body)
		}
		if status, body := w.call("POST", "/api/accounts/security-stamp", phone.AccessToken, secret); status != http.StatusOK {
			t.Fatalf("got %d %s", status, body)
		}
		for name, session := range map[string]answer{"the acting device": phone, "another device": laptop, "a program": program} {
			w.dead(t, name, session)
		}
		if a := w.signIn(t); a.status != http.StatusOK {
			t.Errorf("signing in again: got %d %s", a.status, a.body)
		}
	})
}

// Scenario 42, and 171 of spec 03.
func TestNewPasswordEndsEverySession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone, laptop := w.signIn(t), w.signIn(t, "deviceIdentifier", "laptop")
		body := `{"masterPasswordHash":"` + hash + `","newMasterPasswordHash":"` + strings.Repeat("n", 43) + `=","key":"2.AAAAAAAAAAAAAAAAAAAAAA==|AAAAAAAAAAAAAAAAAAAAAA==|AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}`
		if status, answer := w.call("POST", "/api/accounts/password", phone.AccessToken, body); status != http.StatusOK {
			t.Fatalf("got %d %s", status, answer)
		}
		w.dead(t, "the acting device", phone)
		w.dead(t, "another device", laptop)
		if a := w.ask(t, passwordForm("zoe@example.com", hash)); a.Error != "invalid_grant" {
			t.Errorf("the old password: got %d %s", a.status, a.body)
		}
	})
}

// Scenario 48.
func TestRemovedDeviceHasNoSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone, laptop := w.signIn(t), w.signIn(t, "deviceIdentifier", "laptop")
		gone, _, err := w.Devices.Find(t.Context(), w.zoe.ID, "laptop")
		if err != nil {
			t.Fatal(err)
		}
		if status, body := w.call("DELETE", "/api/devices/"+gone.ID.String(), phone.AccessToken, ""); status != http.StatusOK && status != http.StatusNoContent {
			t.Fatalf("got %d %s", status, body)
		}
		w.dead(t, "the removed device", laptop)
		if again := w.signIn(t, "deviceIdentifier", "laptop"); again.AccessToken == "" {
			t.Error("the removed device may not come back")
		}
		w.dead(t, "what the removed device had, once it is back", laptop)
		if a := w.ask(t, refreshForm("cli", phone.RefreshToken)); a.status != http.StatusOK {
			t.Errorf("the other device: got %d %s", a.status, a.body)
		}
	})
}

// Scenario 47, and 172 of spec 03.
func TestRemovedPersonHasNoSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Accounts.Deleting = func(context.Context, id.ID) error { return nil }
		phone := w.signIn(t)
		if status, body := w.call("DELETE", "/api/accounts", phone.AccessToken, secret); status != http.StatusOK {
			t.Fatalf("got %d %s", status, body)
		}
		w.dead(t, "somebody who is gone", phone)
	})
}

// Scenario 51.
func TestRotatedAPIKeyIsRefusedAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := w.signIn(t)
		status, body := w.call("POST", "/api/accounts/rotate-api-key", phone.AccessToken, secret)
		_, rest, _ := strings.Cut(body, `"apiKey":"`)
		fresh, _, found := strings.Cut(rest, `"`)
		if status != http.StatusOK || !found || fresh == apiKey {
			t.Fatalf("got %d %s", status, body)
		}
		if a := w.ask(t, w.apiForm(apiKey)); a.Error != "invalid_client" {
			t.Errorf("the old key: got %d %s", a.status, a.body)
		}
		if a := w.ask(t, w.apiForm(fresh)); a.status != http.StatusOK {
			t.Errorf("the new key: got %d %s", a.status, a.body)
		}
		if a := w.ask(t, refreshForm("cli", phone.RefreshToken)); a.status != http.StatusOK {
			t.Errorf("a session beside it: got %d %s", a.status, a.body)
		}
	})
}

// Scenario 44.
func TestOutageOfTheDatabaseEndsNoSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := w.signIn(t)
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		for _, token := range []string{phone.RefreshToken, "dead"} {
			if a := w.ask(t, refreshForm("cli", token)); a.status != http.StatusInternalServerError || a.Error != "" {
				t.Errorf("refresh: got %d %s", a.status, a.body)
			}
		}
		if status, body := w.get("/api/accounts/profile", phone.AccessToken); status != http.StatusInternalServerError {
			t.Errorf("a call: got %d %s", status, body)
		}
		if a := w.ask(t, passwordForm("zoe@example.com", hash)); a.status != http.StatusInternalServerError {
			t.Errorf("a sign-in: got %d %s", a.status, a.body)
		}
	})
}
