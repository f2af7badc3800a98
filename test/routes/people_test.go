package routes_test

import (
	"net/url"

	"coffre/internal/client"
	"coffre/internal/id"
)

// tokenPath is where errors have OAuth's form.
const tokenPath = "/identity/connect/token"

// appRows are the routes that belong to no room.
var appRows = []row{
	{routes: []string{
		"GET /", "GET /admin", "GET /style.css", "GET /demo/mail", "GET /docs/api", "GET /docs/api/openapi.json",
		"GET /api/config", "GET /ready", "GET /alive", "GET /api/alive", "GET /identity/alive",
		"GET /now", "GET /api/now", "GET /identity/now", "GET /version", "GET /api/version", "GET /identity/version",
	}, open: true},
	{routes: []string{"POST /demo/clock"}, open: true, given: sends(object{"seconds": 1})},
}

var accountRows = []row{
	{
		routes: []string{"POST /identity/accounts/prelogin", "POST /identity/accounts/prelogin/password", "POST /api/accounts/prelogin"}, open: true,
		given: sends(object{"email": ada}), required: []string{"email"}, longest: map[string]int{"email": 256},
	},
	{
		routes: []string{"POST /identity/accounts/register/send-verification-email"}, open: true, ok: 204,
		given:    sends(object{"email": "new@acme.example", "name": "New", "receiveMarketingEmails": false}),
		required: []string{"email"}, longest: map[string]int{"email": 256, "name": 50},
	},
	{
		routes: []string{"POST /identity/accounts/register/verification-email-clicked"}, open: true,
		given: func(w *world) given {
			email, token := w.newcomer()
			return given{body: object{"email": email, "emailVerificationToken": token}}
		},
		required: []string{"email", "emailVerificationToken"}, longest: map[string]int{"email": 256},
	},
	{
		routes: []string{"POST /identity/accounts/register/finish"}, open: true, slow: true, given: (*world).registration,
		required: []string{
			"email", "masterPasswordAuthentication.kdf", "masterPasswordUnlock.kdf", "masterPasswordAuthentication.salt", "masterPasswordUnlock.salt",
			"userAsymmetricKeys.publicKey", "userAsymmetricKeys.encryptedPrivateKey",
		},
		longest: map[string]int{"email": 256, "masterPasswordHint": 50, "masterPasswordUnlock.masterKeyWrappedUserKey": 1_000},
		loose:   []string{"organizationUserId", "acceptEmergencyAccessId"}, // with another token they are not read
	},
	{
		routes: []string{"POST /identity/accounts/register/finish"}, open: true, slow: true, given: (*world).oldRegistration,
		required: []string{"email", "masterPasswordHash", "userSymmetricKey", "kdf", "kdfIterations"},
		longest:  map[string]int{"email": 256, "masterPasswordHint": 50, "masterPasswordHash": 300, "userSymmetricKey": 1_000},
		loose:    []string{"organizationUserId", "acceptEmergencyAccessId"},
	},
	{routes: []string{"GET /api/accounts/profile", "GET /api/accounts/revision-date", "GET /api/accounts/keys"}},
	{
		routes: []string{"PUT /api/accounts/profile", "POST /api/accounts/profile"},
		given:  sends(object{"name": "Ada", "culture": "en-US"}), longest: map[string]int{"name": 50, "culture": 10},
	},
	{
		routes: []string{"POST /api/accounts/keys"},
		given: func(w *world) given {
			w.here.change(w.T, `UPDATE account SET public_key = NULL, private_key = NULL WHERE email = $1`, ada)
			return given{body: object{"publicKey": w.secrets.keys.PublicKey, "encryptedPrivateKey": w.secrets.keys.EncryptedPrivateKey}}
		},
		required: []string{"publicKey", "encryptedPrivateKey"}, longest: map[string]int{"publicKey": 5_000, "encryptedPrivateKey": 10_000},
	},
	{
		routes: []string{"POST /api/accounts/key-management/user-key-id"},
		given: func(w *world) given {
			w.here.change(w.T, `UPDATE account SET key_id = NULL WHERE email = $1`, ada)
			return given{body: object{"userKeyId": client.NewKey().ID()}}
		},
		required: []string{"userKeyId"},
	},
	{
		routes: []string{"POST /api/accounts/verify-password", "POST /api/accounts/api-key", "POST /api/accounts/rotate-api-key"},
		slow:   true, given: (*world).proof, required: []string{"masterPasswordHash"}, longest: map[string]int{"masterPasswordHash": 300},
	},
	{
		routes: []string{"GET /api/users/{id}/public-key"}, shared: true,
		given: func(w *world) given { return given{path: map[string]any{"id": w.idOf(ada)}} },
	},
}

// proof is Ada's password once more.
func (w *world) proof() given { return given{body: object{"masterPasswordHash": w.here.ada.hash}} }

// idOf returns the identifier of a person's account.
func (w *world) idOf(email string) id.ID {
	w.Helper()
	found, err := w.here.account(w.T, email)
	if err != nil {
		w.Fatal(err)
	}
	return found
}

// newcomer returns an address that nobody has, with the token that proves it.
func (w *world) newcomer() (email, token string) {
	w.Helper()
	email = id.New().String() + "@acme.example"
	if _, err := w.here.ada.SendVerificationEmail(w.Context(), email, "New"); err != nil {
		w.Fatal(err)
	}
	return email, w.mailed(w.here, email, "")
}

// registration is that of a web vault of 2026.
func (w *world) registration() given {
	email, token := w.newcomer()
	return given{body: w.registering(email, w.here.ada.hash, token)}
}

// registering is what a client says of a person who has proved an address.
func (w *world) registering(email, hash, token string) object {
	kdf := client.DefaultKDF()
	return object{
		"email": email, "masterPasswordHint": "", "masterPasswordHash": hash, "userSymmetricKey": w.secrets.text,
		"userAsymmetricKeys":           w.secrets.keys,
		"masterPasswordAuthentication": object{"kdf": kdf, "masterPasswordAuthenticationHash": hash, "salt": email},
		"masterPasswordUnlock":         object{"kdf": kdf, "masterKeyWrappedUserKey": w.secrets.text, "salt": email},
		"emailVerificationToken":       token,
	}
}

// oldRegistration is that of clients before 2025, which bring no key pair.
func (w *world) oldRegistration() given {
	email, token := w.newcomer()
	return given{body: object{
		"email": email, "masterPasswordHint": "", "masterPasswordHash": w.here.ada.hash, "userSymmetricKey": w.secrets.text,
		"kdf": 0, "kdfIterations": 600_000, "emailVerificationToken": token,
	}}
}

var identityRows = []row{
	{
		routes: []string{"POST " + tokenPath}, open: true, slow: true,
		given: func(w *world) given {
			return given{body: url.Values{
				"grant_type": {"password"}, "username": {ada}, "password": {w.here.ada.hash}, "scope": {"api offline_access"}, "client_id": {"web"},
				"deviceType": {"9"}, "deviceIdentifier": {id.New().String()}, "deviceName": {"chrome"}, "devicePushToken": {"push"},
			}}
		},
		required: []string{"grant_type", "username", "password", "scope", "client_id", "deviceType", "deviceIdentifier", "deviceName"},
	},
	{
		routes: []string{"POST " + tokenPath}, open: true, slow: true,
		given: func(w *world) given {
			return given{body: url.Values{"grant_type": {"refresh_token"}, "client_id": {"web"}, "refresh_token": {w.here.ada.refresh}}}
		},
		required: []string{"grant_type", "client_id", "refresh_token"},
	},
	{
		routes: []string{"POST " + tokenPath}, open: true, slow: true,
		given: func(w *world) given {
			return given{body: url.Values{
				"grant_type": {"client_credentials"}, "client_id": {"user." + w.idOf(ada).String()}, "client_secret": {w.apiKey()}, "scope": {"api"},
				"deviceType": {"8"}, "deviceIdentifier": {id.New().String()}, "deviceName": {"linux"},
			}}
		},
		required: []string{"grant_type", "client_id", "client_secret", "scope", "deviceType", "deviceIdentifier", "deviceName"},
	},
	{
		routes: []string{"POST " + tokenPath}, on: cloud, open: true, slow: true,
		given: func(w *world) given {
			return given{body: url.Values{
				"grant_type": {"client_credentials"}, "client_id": {"installation." + w.installation.ID.String()},
				"client_secret": {w.installation.Key}, "scope": {scopeSync},
			}}
		},
		required: []string{"grant_type", "client_id", "client_secret", "scope"},
	},
}

// apiKey returns what Ada signs in with from a program.
func (w *world) apiKey() string {
	w.Helper()
	var key client.APIKey
	w.do(w.here.ada, "POST", "/api/accounts/api-key", object{"masterPasswordHash": w.here.ada.hash}, &key)
	return key.APIKey
}

var vaultRows = []row{
	{routes: []string{"GET /api/sync"}, given: func(*world) given { return given{query: map[string]string{"excludeDomains": "true"}} }},
	{
		routes: []string{"GET /icons/{host}/icon.png"}, open: true, // no connection is made to such a host
		given: func(*world) given { return given{path: map[string]any{"host": "10.0.0.1"}} }, words: true,
	},
	{routes: []string{"GET /icons/config"}, open: true},
	{
		routes: []string{"GET /icons/change-password-uri"}, open: true,
		given: func(*world) given { return given{query: map[string]string{"uri": "https://localhost"}} },
	},
	{routes: []string{"GET /api/settings/domains"}, given: func(*world) given { return given{query: map[string]string{"excluded": "true"}} }},
	{
		routes: []string{"PUT /api/settings/domains", "POST /api/settings/domains"},
		given:  sends(object{"equivalentDomains": []any{[]any{"a.example", "b.example"}}, "excludedGlobalEquivalentDomains": []any{1}}),
	},
	{routes: []string{"GET /api/tasks", "GET /api/folders", "DELETE /api/folders/all"}},
	{
		routes: []string{"POST /api/folders"}, required: []string{"name"}, longest: map[string]int{"name": 1_000},
		given: func(w *world) given { return given{body: object{"name": w.secrets.text}} },
	},
	{
		routes: []string{"PUT /api/folders/{id}", "POST /api/folders/{id}"}, required: []string{"name"},
		given: func(w *world) given {
			return given{path: map[string]any{"id": w.folder()}, body: object{"name": w.secrets.text}}
		},
	},
	{
		routes: []string{"GET /api/folders/{id}", "DELETE /api/folders/{id}", "POST /api/folders/{id}/delete"},
		given:  func(w *world) given { return given{path: map[string]any{"id": w.folder()}} },
	},
	{
		routes: []string{"DELETE /api/folders"}, required: []string{"ids"},
		given: func(w *world) given { return given{body: object{"ids": []any{w.folder(), w.folder()}}} },
	},
}

// folder makes a folder of Ada's.
func (w *world) folder() id.ID {
	w.Helper()
	var made struct{ ID id.ID }
	w.do(w.here.ada, "POST", "/api/folders", object{"name": w.secrets.text}, &made)
	return made.ID
}
