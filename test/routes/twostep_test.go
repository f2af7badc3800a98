package routes_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"

	"coffre/internal/client"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/webauthn/softkey"
	"coffre/test/harness"
)

// older is what clients before 2026.9 say of themselves, which prove who they are
// by the password again.
var older = http.Header{"Bitwarden-Client-Version": {"2026.8.0"}}

var twoStepRows = []row{
	{routes: []string{
		"GET /api/two-factor", "GET /api/two-factor/get-device-verification-settings", "PUT /api/two-factor/device-verification-settings",
	}},
	{
		routes: []string{
			"POST /api/two-factor/get-authenticator", "POST /api/two-factor/get-email", "POST /api/two-factor/get-webauthn",
			"POST /api/two-factor/get-recover",
		},
		slow: true, given: (*world).proof, required: []string{"masterPasswordHash"}, longest: map[string]int{"masterPasswordHash": 300},
	},
	{
		// These servers have no settings for them.
		routes: []string{"POST /api/two-factor/get-duo", "POST /api/two-factor/get-yubikey"}, ok: 400,
		slow: true, given: (*world).proof, required: []string{"masterPasswordHash"},
	},
	{
		routes: []string{"PUT /api/two-factor/authenticator", "POST /api/two-factor/authenticator"}, slow: true,
		caller: (*world).protected, given: (*world).authenticator,
		required: []string{"token", "key", "masterPasswordHash"}, longest: map[string]int{"token": 50, "key": 50},
	},
	{
		routes: []string{"DELETE /api/two-factor/authenticator"}, slow: true, ok: 204, caller: (*world).protected,
		given: func(w *world) given {
			g := w.authenticator()
			delete(g.body.(object), "token")
			return g
		},
		required: []string{"key", "masterPasswordHash"}, longest: map[string]int{"key": 50},
	},
	{
		routes: []string{"POST /api/two-factor/send-email"}, slow: true, caller: (*world).protected,
		given: func(w *world) given {
			w.here.change(w.T, `DELETE FROM one_time_code`)
			return given{body: object{"email": "codes@acme.example", "masterPasswordHash": w.protected().hash}}
		},
		required: []string{"email", "masterPasswordHash"}, longest: map[string]int{"email": 256},
	},
	{
		routes: []string{"PUT /api/two-factor/email", "POST /api/two-factor/email"}, slow: true, caller: (*world).protected, given: (*world).mailbox,
		required: []string{"email", "token", "masterPasswordHash"}, longest: map[string]int{"email": 256, "token": 50},
	},
	{
		routes: []string{"DELETE /api/two-factor/email", "DELETE /api/two-factor/duo", "DELETE /api/two-factor/yubikey", "DELETE /api/two-factor/webauthn/all"},
		slow:   true, ok: 204, caller: (*world).protected,
		given:    func(w *world) given { return given{body: object{"masterPasswordHash": w.protected().hash}} },
		required: []string{"masterPasswordHash"},
	},
	{
		routes: []string{"PUT /api/two-factor/disable", "POST /api/two-factor/disable"}, slow: true, header: older, caller: (*world).protected,
		given:    func(w *world) given { return given{body: object{"type": 1, "masterPasswordHash": w.protected().hash}} },
		required: []string{"type", "masterPasswordHash"},
	},
	{
		routes: []string{"PUT /api/two-factor/duo", "POST /api/two-factor/duo"}, slow: true, ok: 400,
		given: func(w *world) given {
			return given{body: object{
				"clientId": "DIXXXXXXXXXXXXXXXXXX", "clientSecret": "0123456789012345678901234567890123456789", "host": "api-12345678.duosecurity.com",
				"masterPasswordHash": w.here.ada.hash,
			}}
		},
		required: []string{"clientId", "clientSecret", "host", "masterPasswordHash"},
	},
	{
		routes: []string{"PUT /api/two-factor/yubikey", "POST /api/two-factor/yubikey"}, slow: true, ok: 400,
		given: func(w *world) given {
			return given{body: object{"key1": "ccccccccccccbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "nfc": true, "masterPasswordHash": w.here.ada.hash}}
		},
		required: []string{"masterPasswordHash"},
	},
	{
		routes: []string{"POST /api/two-factor/get-webauthn-challenge"}, slow: true,
		given: (*world).proof, required: []string{"masterPasswordHash"},
	},
	{
		routes: []string{"PUT /api/two-factor/webauthn", "POST /api/two-factor/webauthn"}, slow: true, caller: (*world).protected,
		given: func(w *world) given {
			w.here.change(w.T, `DELETE FROM two_step_provider`)
			return w.securityKey(1)
		},
		required: []string{"deviceResponse", "masterPasswordHash"}, longest: map[string]int{"name": 100},
	},
	{
		routes: []string{"DELETE /api/two-factor/webauthn"}, slow: true, caller: (*world).protected,
		given: func(w *world) given {
			w.here.change(w.T, `DELETE FROM two_step_provider`)
			for slot := 1; slot <= 2; slot++ {
				w.do(w.protected(), "PUT", "/api/two-factor/webauthn", w.securityKey(slot).body, nil)
			}
			return given{body: object{"id": 1, "masterPasswordHash": w.protected().hash}}
		},
		required: []string{"masterPasswordHash"},
	},
	{
		routes: []string{"POST /api/two-factor/send-email-login"}, open: true, slow: true, given: (*world).codeRequest,
		required: []string{"email"},
	},
}

// protected is a person who logs in in two steps, and whom no other row needs.
func (w *world) protected() person { return w.here.mallory }

// authenticator is a code of an application that a person sets up.
func (w *world) authenticator() given {
	w.Helper()
	hash := w.protected().hash
	w.here.change(w.T, `DELETE FROM two_step_provider`)
	var answer struct{ Authenticator struct{ Key string } }
	w.do(w.protected(), "POST", "/api/two-factor/get-authenticator", object{"masterPasswordHash": hash}, &answer)
	code, err := client.AuthenticatorCode(answer.Authenticator.Key, w.here.clock.Now())
	if err != nil {
		w.Fatal(err)
	}
	return given{body: object{"token": code, "key": answer.Authenticator.Key, "masterPasswordHash": hash}}
}

// mailbox is a code that came to the address that a person sets up.
func (w *world) mailbox() given {
	w.Helper()
	email, hash := id.New().String()+"@acme.example", w.protected().hash
	w.here.change(w.T, `DELETE FROM one_time_code`)
	w.do(w.protected(), "POST", "/api/two-factor/send-email", object{"email": email, "masterPasswordHash": hash}, nil)
	return given{body: object{"email": email, "token": w.mailedCode(email), "masterPasswordHash": hash}}
}

// securityKey is a new key that a person sets up.
func (w *world) securityKey(slot int) given {
	w.Helper()
	hash := w.protected().hash
	var answer struct{ Options map[string]any }
	w.do(w.protected(), "POST", "/api/two-factor/get-webauthn-challenge", object{"masterPasswordHash": hash}, &answer)
	made, err := softkey.New(w.here.url).Create(answer.Options)
	if err != nil {
		w.Fatal(err)
	}
	return given{body: object{"id": slot, "name": "Key", "deviceResponse": raw(made.Text()), "masterPasswordHash": hash}}
}

// codeRequest asks for a code that is mailed during a log-in.
func (w *world) codeRequest() given {
	w.Helper()
	w.here.change(w.T, `DELETE FROM two_step_provider`)
	w.do(w.protected(), "PUT", "/api/two-factor/email", w.mailbox().body, nil)
	return given{body: object{"email": w.protected().email, "masterPasswordHash": w.protected().hash}}
}

var sixDigits = regexp.MustCompile(`(?m)^[0-9]{6}$`)

// mailedCode waits for a mail to an address that carries a code, and returns it.
func (w *world) mailedCode(to string) (code string) {
	w.Helper()
	folder := w.here.config.Data.Mail()
	harness.Eventually(w, "a code for "+to, func(context.Context) (bool, error) {
		letters, err := mail.ReadFolder(folder)
		for _, letter := range letters {
			if letter.To == to {
				code = sixDigits.FindString(letter.Text)
			}
			err = errors.Join(err, os.Remove(filepath.Join(folder, letter.Name))) // nobody asks for an older one
		}
		return code != "", err
	})
	return code
}
