package routes_test

import (
	"net/url"

	"coffre/internal/id"
)

var signInRows = []row{
	{
		routes: []string{"POST /api/accounts/resend-new-device-otp"}, open: true, slow: true,
		given:    func(w *world) given { return given{body: object{"email": ada, "masterPasswordHash": w.here.ada.hash}} },
		required: []string{"email", "masterPasswordHash"}, longest: map[string]int{"email": 256, "masterPasswordHash": 300},
	},
	{
		routes: []string{"POST " + tokenPath}, on: cloud, open: true, slow: true,
		given: func(w *world) given {
			return given{body: url.Values{
				"grant_type": {"client_credentials"}, "client_id": {"organization." + w.cloud.acme.String()},
				"client_secret": {w.companyKey()}, "scope": {"api.organization"},
			}}
		},
		required: []string{"grant_type", "client_id", "client_secret", "scope"},
	},
	{
		routes: []string{"POST " + tokenPath}, open: true, slow: true,
		given: func(w *world) given {
			key := w.passkey()
			var s started
			w.do(w.here.ada, "GET", "/identity/accounts/webauthn/assertion-options", nil, &s)
			answer, err := key.Get([]byte(s.Options))
			if err != nil {
				w.Fatal(err)
			}
			return given{body: url.Values{
				"grant_type": {"webauthn"}, "token": {s.Token}, "deviceResponse": {answer.Text()}, "scope": {"api offline_access"}, "client_id": {"web"},
				"deviceType": {"9"}, "deviceIdentifier": {id.New().String()}, "deviceName": {"chrome"},
			}}
		},
		required: []string{"grant_type", "token", "deviceResponse", "scope", "client_id", "deviceType", "deviceIdentifier", "deviceName"},
	},
}

// companyKey returns what Acme's own programs sign in with.
func (w *world) companyKey() string { return w.keyOf(w.cloud) }

func (w *world) keyOf(s *server) string {
	w.Helper()
	var key struct{ APIKey string }
	body := object{"type": 0, "masterPasswordHash": s.ada.hash}
	w.do(s.ada, "POST", "/api/organizations/"+s.acme.String()+"/api-key", body, &key)
	return key.APIKey
}
