package routes_test

import (
	"encoding/base64"
	"net/http"

	"coffre/internal/id"
)

var deviceRows = []row{
	{routes: []string{"GET /api/devices"}},
	{
		routes: []string{"POST /api/devices"}, given: sends(phone), required: []string{"type", "name", "identifier"},
		longest: map[string]int{"name": 50, "identifier": 50, "pushToken": 255},
	},
	{
		routes: []string{"PUT /api/devices/{id}", "POST /api/devices/{id}"}, required: []string{"type", "name", "identifier"},
		given: func(w *world) given { return given{path: map[string]any{"id": w.device().ID}, body: phone} },
	},
	{
		routes: []string{"GET /api/devices/{id}", "DELETE /api/devices/{id}", "POST /api/devices/{id}/deactivate"},
		given:  func(w *world) given { return given{path: map[string]any{"id": w.device().ID}} },
	},
	{
		routes: []string{
			"GET /api/devices/identifier/{identifier}", "POST /api/devices/{identifier}/retrieve-keys",
		},
		words: true, // which earlier calls have given to devices
		given: func(w *world) given { return given{path: map[string]any{"identifier": w.device().Identifier}} },
	},
	{
		routes: []string{"PUT /api/devices/identifier/{identifier}/token", "POST /api/devices/identifier/{identifier}/token"},
		given: func(w *world) given {
			return given{path: map[string]any{"identifier": w.device().Identifier}, body: object{"pushToken": "push"}}
		},
		words: true, required: []string{"pushToken"}, longest: map[string]int{"pushToken": 255},
	},
	{
		// The configuration of this server does not offer it.
		routes: []string{"PUT /api/devices/identifier/{identifier}/web-push-auth", "POST /api/devices/identifier/{identifier}/web-push-auth"},
		given:  func(w *world) given { return given{path: map[string]any{"identifier": w.device().Identifier}} },
		ok:     400, words: true,
	},
	{
		routes: []string{"PUT /api/devices/identifier/{identifier}/clear-token", "POST /api/devices/identifier/{identifier}/clear-token"},
		open:   true, words: true,
		given: func(w *world) given { return given{path: map[string]any{"identifier": w.device().Identifier}} },
	},
	{
		routes: []string{"GET /api/devices/knowndevice"}, open: true,
		header: http.Header{"X-Request-Email": {base64.URLEncoding.EncodeToString([]byte(ada))}, "X-Device-Identifier": {"phone"}},
	},
	{
		routes: []string{"GET /api/devices/knowndevice/{email}/{identifier}"}, open: true, words: true,
		given: func(w *world) given {
			return given{path: map[string]any{"email": ada, "identifier": w.device().Identifier}}
		},
	},
	{
		routes: []string{"PUT /api/devices/{identifier}/keys", "POST /api/devices/{identifier}/keys"},
		given: func(w *world) given {
			return given{path: map[string]any{"identifier": w.device().Identifier}, body: w.trustKeys()}
		},
		words: true, required: []string{"encryptedUserKey", "encryptedPublicKey", "encryptedPrivateKey"},
		longest: map[string]int{"encryptedUserKey": 2_000, "encryptedPublicKey": 5_000, "encryptedPrivateKey": 10_000},
	},
	{
		routes: []string{"POST /api/devices/update-trust"}, slow: true, caller: (*world).trusting,
		given: func(w *world) given {
			keys := object{"encryptedPublicKey": w.secrets.text, "encryptedUserKey": w.secrets.wrapped}
			return given{body: object{"masterPasswordHash": w.here.ada.hash, "currentDevice": keys, "otherDevices": []any{}}}
		},
		required: []string{"masterPasswordHash", "currentDevice", "currentDevice.encryptedPublicKey", "currentDevice.encryptedUserKey"},
		loose:    []string{"otherDevices.deviceId"},
	},
	{
		routes: []string{"POST /api/devices/untrust"}, required: []string{"devices"},
		given: func(w *world) given { return given{body: object{"devices": []any{w.device().ID}}} },
	},
	{routes: []string{"POST /api/devices/lost-trust", "GET /api/auth-requests", "GET /api/auth-requests/pending"}},
	{
		routes: []string{"POST /api/auth-requests"}, open: true, given: (*world).wish,
		required: []string{"email", "publicKey", "deviceIdentifier", "accessCode", "type"},
		longest:  map[string]int{"email": 256, "publicKey": 5_000, "deviceIdentifier": 50, "accessCode": 25},
	},
	{
		// No organization here approves devices.
		routes: []string{"POST /api/auth-requests/admin-request"}, ok: 400,
		given: func(w *world) given {
			g := w.wish()
			g.body.(object)["type"] = 2
			return g
		},
		required: []string{"email", "publicKey", "deviceIdentifier", "accessCode", "type"},
	},
	{
		routes: []string{"GET /api/auth-requests/{id}"},
		given:  func(w *world) given { return given{path: map[string]any{"id": w.authRequest()}} },
	},
	{
		routes: []string{"PUT /api/auth-requests/{id}"},
		given: func(w *world) given {
			return given{
				path: map[string]any{"id": w.authRequest()},
				body: object{"key": w.secrets.wrapped, "masterPasswordHash": nil, "deviceIdentifier": "phone", "requestApproved": true},
			}
		},
		required: []string{"key", "deviceIdentifier", "requestApproved"}, longest: map[string]int{"key": 2_000, "deviceIdentifier": 50},
	},
	{
		routes: []string{"GET /api/auth-requests/{id}/response"}, open: true,
		given: func(w *world) given {
			return given{path: map[string]any{"id": w.authRequest()}, query: map[string]string{"code": "code"}}
		},
	},
}

// phone is a device as its client describes it.
var phone = object{"type": 0, "name": "Pixel", "identifier": "phone", "pushToken": "push"}

// installed is a device as the server knows it.
type installed struct {
	ID         id.ID
	Identifier string
}

// device makes a device of Ada's.
func (w *world) device() installed {
	w.Helper()
	var made installed
	w.do(w.here.ada, "POST", "/api/devices", phone, &made)
	return made
}

// trustKeys are those of a trusted device.
func (w *world) trustKeys() object {
	return object{
		"encryptedUserKey": w.secrets.wrapped, "encryptedPublicKey": w.secrets.text, "encryptedPrivateKey": w.secrets.text,
	}
}

// trusting is Ada on a trusted device.
func (w *world) trusting() person {
	w.here.change(w.T, `INSERT INTO device_trust (device_id, encrypted_user_key, encrypted_public_key, encrypted_private_key)
		SELECT d.id, $1, $2, $3 FROM device d JOIN account a ON a.id = d.account_id WHERE a.email = $4 ON CONFLICT (device_id) DO NOTHING`,
		w.secrets.wrapped, w.secrets.text, w.secrets.text, ada)
	return w.here.ada
}

// wish asks Ada's other devices to log her phone in.
func (w *world) wish() given {
	w.device()
	return given{body: object{
		"email": ada, "publicKey": w.secrets.keys.PublicKey, "deviceIdentifier": "phone", "accessCode": "code", "type": 0,
	}}
}

// authRequest makes a request that Ada may answer.
func (w *world) authRequest() id.ID {
	w.Helper()
	var made struct{ ID id.ID }
	w.do(w.here.ada, "POST", "/api/auth-requests", w.wish().body, &made)
	return made.ID
}
