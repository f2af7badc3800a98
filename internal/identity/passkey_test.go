package identity_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/passkey"
	"coffre/internal/webauthn/softkey"
)

// addPasskey makes a passkey of a person's, which opens the vault when it has keys.
func (w *world) addPasskey(t *testing.T, accountID id.ID, keys passkey.Keys) *softkey.Key {
	t.Helper()
	options, token, err := w.Passkeys.StartCreating(t.Context(), accountID, account.Secret{MasterPasswordHash: hash})
	if err != nil {
		t.Fatal(err)
	}
	key := softkey.New("https://vault.example")
	answer, err := key.Create(options)
	if err != nil {
		t.Fatal(err)
	}
	made := passkey.New{Token: token, Answer: []byte(answer.Text()), Name: "Laptop", ComputesSecrets: keys != passkey.Keys{}, Keys: keys}
	if err := w.Passkeys.Create(t.Context(), accountID, made); err != nil {
		t.Fatal(err)
	}
	w.mails = nil
	return key
}

// passkeyForm is what the web vault sends of somebody who signs in with a key.
func (w *world) passkeyForm(t *testing.T, key *softkey.Key, pairs ...string) url.Values {
	t.Helper()
	options, token, err := w.Passkeys.StartSignIn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	answer, err := key.Get(options)
	if err != nil {
		t.Fatal(err)
	}
	form := with(passwordForm("", ""), "username", "-", "password", "-", "grant_type", "webauthn", "client_id", "web", "deviceType", "9")
	return with(with(form, "token", token, "deviceResponse", answer.Text()), pairs...)
}

func TestPasskeySignsIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := verifying(t, d)
		w.inTwoSteps(t) // a passkey is both steps, and verifies the device
		key := w.addPasskey(t, w.zoe.ID, passkey.Keys{})
		a := w.ask(t, w.passkeyForm(t, key, "deviceIdentifier", "browser"))
		if a.status != http.StatusOK || a.RefreshToken == "" || claims(t, a.AccessToken)["sub"] != w.zoe.ID.String() ||
			!strings.Contains(a.body, `"WebAuthnPrfOption":null`) {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		if again := w.ask(t, refreshForm("web", a.RefreshToken)); again.status != http.StatusOK {
			t.Errorf("refresh: got %d %s", again.status, again.body)
		}
	})
}

func TestPasskeyOpensTheVault(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	key := w.addPasskey(t, w.zoe.ID, passkey.Keys{User: "4.user", Public: "2.public", Private: "2.private"})
	a := w.ask(t, w.passkeyForm(t, key))
	_, rest, _ := strings.Cut(a.body, `"WebAuthnPrfOption":`)
	if a.status != http.StatusOK || !strings.HasPrefix(rest, `{"EncryptedPrivateKey":"2.private","EncryptedUserKey":"4.user","CredentialId":"`) ||
		!strings.Contains(rest, `"Transports":["internal"]`) {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

// Scenario 99.
func TestPasskeyMustProveItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		key := w.addPasskey(t, w.zoe.ID, passkey.Keys{})
		used := w.passkeyForm(t, key)
		if a := w.ask(t, used); a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		old := w.passkeyForm(t, key)
		w.now = w.now.Add(17 * time.Minute)
		unseen := *key
		unseen.Verified = false
		elsewhere := *key
		elsewhere.Origin = "https://evil.example"
		otherToken := with(w.passkeyForm(t, key), "token", w.passkeyForm(t, key).Get("token"))
		for name, form := range map[string]url.Values{
			"answered again":      used,
			"too old":             old,
			"to another question": otherToken,
			"nobody verified":     w.passkeyForm(t, &unseen),
			"to another site":     w.passkeyForm(t, &elsewhere),
			"no answer":           w.passkeyForm(t, key, "deviceResponse", "-"),
			"no token":            w.passkeyForm(t, key, "token", "-"),
			"garbage":             w.passkeyForm(t, key, "deviceResponse", "{}"),
		} {
			w.slept = 0
			a := w.ask(t, form)
			if a.status != http.StatusBadRequest || a.Error != "invalid_grant" || a.Description != "invalid_username_or_password" || w.slept != account.FailureDelay {
				t.Errorf("%s: got %d %s after %s", name, a.status, a.body, w.slept)
			}
		}
		if a := w.ask(t, w.passkeyForm(t, key, "deviceName", "-")); a.Error != "device_error" {
			t.Errorf("no device: got %d %s", a.status, a.body)
		}
	})
}
