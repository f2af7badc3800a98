package routes_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"coffre/internal/client"
	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/test/harness"
)

// changeRows are the routes that change what a person signs in with. Eve calls
// them: whatever happens to her, everybody else goes on.
var changeRows = []row{
	{
		routes: []string{"PUT /api/accounts/avatar", "POST /api/accounts/avatar"}, given: sends(object{"avatarColor": "#a0b1c2"}),
	},
	{routes: []string{"GET /api/accounts/organizations"}},
	{
		routes: []string{"GET /api/users/{id}/keys"}, shared: true,
		given: func(w *world) given { return given{path: map[string]any{"id": w.idOf(ada)}} },
	},
	{
		// This server registers in two steps.
		routes: []string{"POST /identity/accounts/register", "POST /api/accounts/register"}, open: true, ok: 400,
		given: func(w *world) given {
			return given{body: object{
				"email": "old@acme.example", "name": "Old", "masterPasswordHash": w.here.ada.hash, "masterPasswordHint": "", "key": w.secrets.text,
				"kdf": 0, "kdfIterations": 600_000, "kdfMemory": nil, "kdfParallelism": nil, "keys": w.secrets.keys,
			}}
		},
		required: []string{"email", "masterPasswordHash", "key", "kdf", "kdfIterations", "keys.publicKey", "keys.encryptedPrivateKey"},
		longest:  map[string]int{"email": 256, "name": 50, "masterPasswordHint": 50, "masterPasswordHash": 300, "key": 1_000},
	},
	{
		routes: []string{"POST /api/accounts/password"}, slow: true, caller: (*world).eve,
		given:    proving((*world).newPassword, object{"masterPasswordHint": ""}),
		required: []string{"masterPasswordHash", "authenticationData.kdf", "unlockData.kdf", "authenticationData.salt", "unlockData.salt"},
		longest:  map[string]int{"masterPasswordHash": 300, "masterPasswordHint": 50, "unlockData.masterKeyWrappedUserKey": 1_000},
	},
	{
		routes: []string{"POST /api/accounts/password"}, slow: true, caller: (*world).eve,
		given:    proving((*world).oldPassword, object{"masterPasswordHint": ""}),
		required: []string{"masterPasswordHash", "newMasterPasswordHash", "key"},
		longest:  map[string]int{"masterPasswordHash": 300, "newMasterPasswordHash": 300, "masterPasswordHint": 50, "key": 1_000},
	},
	{
		routes: []string{"PUT /api/accounts/update-temp-password"}, slow: true, caller: (*world).eve,
		given: func(w *world) given {
			w.restore(`UPDATE account SET force_password_reset = TRUE WHERE id = $1`)
			body := w.newPassword()
			body["masterPasswordHint"] = ""
			return given{body: body}
		},
		required: []string{"authenticationData.kdf", "unlockData.kdf", "authenticationData.salt", "unlockData.salt"},
		longest:  map[string]int{"masterPasswordHint": 50, "unlockData.masterKeyWrappedUserKey": 1_000},
	},
	{
		routes: []string{"POST /api/accounts/set-password"}, slow: true, caller: (*world).eve, given: (*world).firstPassword,
		required: []string{"masterPasswordHash", "key", "kdf", "kdfIterations", "keys.publicKey", "keys.encryptedPrivateKey"},
		longest:  map[string]int{"masterPasswordHint": 50, "masterPasswordHash": 300, "key": 1_000},
	},
	{
		routes: []string{"POST /api/accounts/kdf"}, slow: true, caller: (*world).eve, given: proving((*world).newPassword, nil),
		required: []string{"masterPasswordHash", "authenticationData.kdf", "unlockData.kdf", "authenticationData.salt", "unlockData.salt"},
		longest:  map[string]int{"masterPasswordHash": 300, "unlockData.masterKeyWrappedUserKey": 1_000},
	},
	{
		routes: []string{"POST /api/accounts/kdf"}, slow: true, caller: (*world).eve,
		given:    proving((*world).oldPassword, object{"kdf": 0, "kdfIterations": 600_000, "kdfMemory": nil, "kdfParallelism": nil}),
		required: []string{"masterPasswordHash", "newMasterPasswordHash", "key", "kdf", "kdfIterations"},
		longest:  map[string]int{"masterPasswordHash": 300, "newMasterPasswordHash": 300, "key": 1_000},
	},
	{
		routes: []string{"POST /api/accounts/security-stamp"}, slow: true, caller: (*world).eve, given: proving(nil, nil),
		required: []string{"masterPasswordHash"}, longest: map[string]int{"masterPasswordHash": 300},
	},
	{
		routes: []string{"PUT /api/accounts/verify-devices", "POST /api/accounts/verify-devices"}, slow: true, caller: (*world).eve,
		given:    proving(nil, object{"verifyDevices": false}),
		required: []string{"masterPasswordHash", "verifyDevices"}, longest: map[string]int{"masterPasswordHash": 300},
	},
	{
		routes: []string{"POST /api/accounts/key-management/regenerate-keys"}, caller: (*world).eve,
		given: func(w *world) given {
			return given{body: object{"userPublicKey": w.secrets.keys.PublicKey, "userKeyEncryptedUserPrivateKey": w.secrets.keys.EncryptedPrivateKey}}
		},
		required: []string{"userPublicKey", "userKeyEncryptedUserPrivateKey"},
		longest:  map[string]int{"userPublicKey": 5_000, "userKeyEncryptedUserPrivateKey": 10_000},
	},
}

// mailRows are the routes that have to do with mailed codes and links.
var mailRows = []row{
	{
		routes: []string{"POST /api/accounts/email-token"}, slow: true, caller: (*world).eve,
		given:    proving(nil, object{"newEmail": "other@acme.example"}),
		required: []string{"masterPasswordHash", "newEmail"}, longest: map[string]int{"masterPasswordHash": 300, "newEmail": 256},
	},
	{
		routes: []string{"POST /api/accounts/email"}, slow: true, caller: (*world).eve,
		given: func(w *world) given {
			w.restore("")
			body := w.oldPassword()
			body["newEmail"] = id.New().String() + "@acme.example"
			w.do(w.eve(), "POST", "/api/accounts/email-token", object{"masterPasswordHash": w.here.eve.hash, "newEmail": body["newEmail"]}, nil)
			body["masterPasswordHash"], body["token"] = w.here.eve.hash, w.codeFor(body["newEmail"].(string))
			return given{body: body}
		},
		required: []string{"masterPasswordHash", "newEmail", "newMasterPasswordHash", "key", "token"},
		longest:  map[string]int{"masterPasswordHash": 300, "newEmail": 256, "newMasterPasswordHash": 300, "key": 1_000},
	},
	{
		routes: []string{"POST /api/accounts/verify-email"}, caller: (*world).eve,
		given: func(w *world) given {
			w.restore(`UPDATE account SET email_verified = FALSE WHERE id = $1`)
			return given{}
		},
	},
	{
		routes: []string{"POST /api/accounts/verify-email-token"}, open: true, slow: true, required: []string{"userId", "token"},
		given: func(w *world) given {
			eve := w.eve()
			if w.here.eve.link == "" {
				w.restore(`UPDATE account SET email_verified = FALSE WHERE id = $1`)
				w.here.clock.Advance(mailPause) // the one that was sent before is not asked for
				w.do(eve, "POST", "/api/accounts/verify-email", nil, nil)
				w.here.eve.link = w.mailed(w.here, eve.email, "verify-email")
			}
			w.restore("")
			return given{body: object{"userId": w.here.eve.id.String(), "token": w.here.eve.link}}
		},
	},
	{
		routes: []string{"POST /api/accounts/password-hint", "POST /api/accounts/delete-recover"}, open: true, slow: true,
		given: sends(object{"email": ada}), required: []string{"email"}, longest: map[string]int{"email": 256},
	},
	{
		routes: []string{"POST /api/accounts/delete-recover-token"}, open: true, slow: true, required: []string{"userId", "token"},
		given: func(w *world) given {
			eve := w.eve()
			w.here.clock.Advance(mailPause)
			w.do(eve, "POST", "/api/accounts/delete-recover", object{"email": eve.email}, nil)
			return given{body: object{"userId": w.here.eve.id.String(), "token": w.mailed(w.here, eve.email, "verify-recover-delete")}}
		},
	},
	{
		routes: []string{"DELETE /api/accounts", "POST /api/accounts/delete"}, slow: true, caller: (*world).eve, given: proving(nil, nil),
		required: []string{"masterPasswordHash"}, longest: map[string]int{"masterPasswordHash": 300},
	},
	{
		routes: []string{"POST /api/accounts/request-otp"}, caller: (*world).eve,
		given: func(w *world) given {
			w.restore("")
			return given{}
		},
	},
	{
		routes: []string{"POST /api/accounts/verify-otp"}, slow: true, caller: (*world).eve, required: []string{"otp"},
		given: func(w *world) given {
			w.restore("")
			to := id.New().String() + "@eve.example" // where no older code is
			w.here.change(w.T, `UPDATE account SET email = $1 WHERE id = $2`, to, w.here.eve.id)
			w.do(w.eve(), "POST", "/api/accounts/request-otp", nil, nil)
			return given{body: object{"otp": w.codeFor(to)}}
		},
	},
}

// mailPause is how long a server sends no second link to an address.
const mailPause = 61 * time.Second

// eve is a person to whom things happen, and what she was before.
type eve struct {
	person
	id                       id.ID
	passwordHash, key, stamp string
	link                     string // that verifies her address
}

func (e *eve) Columns() []any { return []any{&e.id, &e.passwordHash, &e.key, &e.stamp} }

// eve returns Eve, who has just registered if there is none.
func (w *world) eve() person {
	w.Helper()
	if w.here.eve.Client != nil {
		if _, err := w.here.account(w.T, w.here.eve.email); err == nil {
			return w.here.eve.person
		}
		if _, err := db.Value[string](w.Context(), w.here.db, `SELECT email FROM account WHERE id = $1`, w.here.eve.id); err == nil {
			return w.here.eve.person // under another address
		}
	}
	p := w.join(w.here, id.New().String()+"@eve.example")
	made, err := db.One[eve](w.Context(), w.here.db, `SELECT id, password_hash, encrypted_key, security_stamp FROM account WHERE email = $1`, p.email)
	if err != nil {
		w.Fatal(err)
	}
	made.person = p
	w.here.eve = made
	return p
}

// restore undoes what happened to Eve, and then does what a query says.
func (w *world) restore(query string) {
	w.Helper()
	p := w.eve()
	e := w.here.eve
	w.here.change(w.T, `UPDATE account SET email = $1, salt = $2, password_hash = $3, encrypted_key = $4, security_stamp = $5,
		kdf_type = 0, kdf_iterations = 600000, force_password_reset = FALSE, email_verified = TRUE WHERE id = $6`,
		p.email, p.email, e.passwordHash, e.key, e.stamp, e.id)
	w.here.change(w.T, `DELETE FROM one_time_code WHERE account_id = $1`, e.id)
	w.here.change(w.T, `UPDATE member SET reset_password_key = NULL WHERE account_id = $1`, e.id)
	if query != "" {
		w.here.change(w.T, query, e.id)
	}
}

// proving is given by Eve, as she was, with her password and what else is sent.
func proving(body func(*world) object, more object) func(*world) given {
	return func(w *world) given {
		w.restore("")
		all := object{}
		if body != nil {
			all = body(w)
		}
		maps.Copy(all, more)
		all["masterPasswordHash"] = w.here.eve.hash
		return given{body: all}
	}
}

// newPassword is a new master password in the words of clients of 2026.
func (w *world) newPassword() object {
	kdf, salt := client.DefaultKDF(), w.here.eve.email
	return object{
		"authenticationData": object{"kdf": kdf, "masterPasswordAuthenticationHash": w.here.ada.hash, "salt": salt},
		"unlockData":         object{"kdf": kdf, "masterKeyWrappedUserKey": w.secrets.text, "salt": salt},
	}
}

// oldPassword is a new master password in the words of clients before 2025.
func (w *world) oldPassword() object {
	return object{"newMasterPasswordHash": w.here.ada.hash, "key": w.secrets.text}
}

func (w *world) firstPassword() given {
	w.restore(`UPDATE account SET password_hash = NULL, encrypted_key = NULL, public_key = NULL, private_key = NULL WHERE id = $1`)
	return given{body: object{
		"masterPasswordHash": w.here.ada.hash, "masterPasswordHint": "", "key": w.secrets.text, "keys": w.secrets.keys, "orgIdentifier": "acme",
		"kdf": 0, "kdfIterations": 600_000, "kdfMemory": nil, "kdfParallelism": nil,
	}}
}

var eightDigits = regexp.MustCompile(`(?m)^[0-9]{8}\r?$`)

// codeFor waits for a mail with a one-time code.
func (w *world) codeFor(to string) (text string) {
	w.Helper()
	folder := w.here.config.Data.Mail()
	harness.Eventually(w, "a code for "+to, func(context.Context) (bool, error) {
		letters, err := mail.ReadFolder(folder)
		for _, letter := range letters {
			if found := eightDigits.FindString(letter.Text); letter.To == to && found != "" {
				text = found[:8]
			}
			err = errors.Join(err, os.Remove(filepath.Join(folder, letter.Name))) // nobody asks for an older one
		}
		return text != "", err
	})
	return text
}
