package routes_test

import (
	"encoding/json"
	"maps"

	"coffre/internal/id"
	"coffre/internal/webauthn/softkey"
)

var passkeyRows = []row{
	{routes: []string{"GET /identity/accounts/webauthn/assertion-options"}, open: true},
	{routes: []string{"GET /api/webauthn"}},
	{
		routes: []string{"POST /api/webauthn/attestation-options", "POST /api/webauthn/assertion-options"}, slow: true,
		given: func(w *world) given {
			w.forgetPasskeys()
			return w.proof()
		},
		required: []string{"masterPasswordHash"}, longest: map[string]int{"masterPasswordHash": 300},
	},
	{
		routes: []string{"POST /api/webauthn"},
		given: func(w *world) given {
			w.forgetPasskeys()
			body, _ := w.newPasskey()
			return given{body: body}
		},
		required: []string{"deviceResponse", "token", "name"},
		longest:  map[string]int{"name": 50, "encryptedUserKey": 2_000, "encryptedPublicKey": 2_000, "encryptedPrivateKey": 10_000},
	},
	{
		routes: []string{"PUT /api/webauthn"},
		given: func(w *world) given {
			key := w.passkey()
			var s started
			w.do(w.here.ada, "POST", "/api/webauthn/assertion-options", object{"masterPasswordHash": w.here.ada.hash}, &s)
			answer, err := key.Get([]byte(s.Options))
			if err != nil {
				w.Fatal(err)
			}
			return given{body: merged(object{"deviceResponse": answer, "token": s.Token}, w.openingKeys())}
		},
		required: []string{"deviceResponse", "token", "encryptedUserKey", "encryptedPublicKey", "encryptedPrivateKey"},
		longest:  map[string]int{"encryptedUserKey": 2_000, "encryptedPublicKey": 2_000, "encryptedPrivateKey": 10_000},
	},
	{
		routes: []string{"POST /api/webauthn/{id}/delete"}, slow: true, required: []string{"masterPasswordHash"},
		given: func(w *world) given {
			w.passkey()
			var list struct{ Data []struct{ ID id.ID } }
			w.do(w.here.ada, "GET", "/api/webauthn", nil, &list)
			return given{path: map[string]any{"id": list.Data[0].ID}, body: object{"masterPasswordHash": w.here.ada.hash}}
		},
		longest: map[string]int{"masterPasswordHash": 300},
	},
}

// started is what an authenticator is asked, with its token.
type started struct {
	Options json.RawMessage
	Token   string
}

// forgetPasskeys takes Ada's passkeys away, of which she may have five.
func (w *world) forgetPasskeys() {
	w.Helper()
	w.here.change(w.T, `DELETE FROM passkey`)
}

// newPasskey returns what adds a passkey of a new authenticator to Ada's.
func (w *world) newPasskey() (object, *softkey.Key) {
	w.Helper()
	var s started
	w.do(w.here.ada, "POST", "/api/webauthn/attestation-options", object{"masterPasswordHash": w.here.ada.hash}, &s)
	key := softkey.New(w.here.url)
	answer, err := key.Create([]byte(s.Options))
	if err != nil {
		w.Fatal(err)
	}
	return merged(object{"deviceResponse": answer, "token": s.Token, "name": "Phone", "supportsPrf": true}, w.openingKeys()), key
}

// passkey gives Ada a passkey, her only one.
func (w *world) passkey() *softkey.Key {
	w.Helper()
	w.forgetPasskeys()
	body, key := w.newPasskey()
	w.do(w.here.ada, "POST", "/api/webauthn", body, nil)
	return key
}

// openingKeys are those with which a passkey opens the vault.
func (w *world) openingKeys() object {
	return object{"encryptedUserKey": w.secrets.wrapped, "encryptedPublicKey": w.secrets.text, "encryptedPrivateKey": w.secrets.text}
}

func merged(objects ...object) object {
	out := object{}
	for _, o := range objects {
		maps.Copy(out, o)
	}
	return out
}
