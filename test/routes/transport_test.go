package routes_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"coffre/internal/id"
	"coffre/test/harness"
)

// newHome is a self-hosted server where Ada is signed in.
func newHome(t *testing.T, settings ...string) (*world, *server) {
	t.Helper()
	w := &world{T: t, secrets: newSecrets(t)}
	w.home = newServer(t, harness.SQLite, append(settings, "globalSettings__selfHosted=true")...)
	w.home.ada = w.join(w.home, ada)
	w.here = w.home
	return w, w.home
}

// get makes a call without a body; headers are pairs of name and value.
func (s *server) get(method, path string, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, req)
	return w
}

// post sends a form, or whatever is in its encoding.
func (s *server) post(path, form string, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest("POST", path, strings.NewReader(form))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, req)
	return w
}

// Scenario 2.
func TestConfigIsTheSameForEveryone(t *testing.T) {
	_, s := newHome(t)
	anonymous := s.get("GET", "/api/config", "Device-Identifier", id.New().String())
	signedIn := s.get("GET", "/api/config", "Authorization", "Bearer "+s.ada.access)
	if anonymous.Code != 200 || signedIn.Code != 200 || !bytes.Equal(anonymous.Body.Bytes(), signedIn.Body.Bytes()) {
		t.Errorf("nobody gets %d %s, Ada %d %s", anonymous.Code, anonymous.Body, signedIn.Code, signedIn.Body)
	}
	var config map[string]any
	if err := json.Unmarshal(anonymous.Body.Bytes(), &config); err != nil {
		t.Fatal(err)
	}
	if config["object"] != "config" || config["version"] == "" {
		t.Errorf("got %v", config)
	}
	for within, names := range map[string][]string{
		"":            {"version", "gitHash", "server", "environment", "featureStates", "push", "communication", "settings", "selfHosted", "founders", "object", "exposedPasswords"},
		"server":      {"name", "url"},
		"environment": {"cloudRegion", "vault", "api", "identity", "notifications", "sso"},
		"push":        {"pushTechnology", "vapidPublicKey"},
		"settings":    {"disableUserRegistration", "suppressOnboardingInterstitials"},
	} {
		there := config
		if within != "" {
			there, _ = config[within].(map[string]any)
		}
		for _, name := range names {
			if _, ok := there[name]; !ok {
				t.Errorf("%s.%s is missing in %s", within, name, anonymous.Body)
			}
		}
	}
}

// Scenario 5.
func TestUnknownRoutesAreNeverAPage(t *testing.T) {
	_, s := newHome(t)
	for _, path := range []string{
		"/api", "/api/", "/api/nothing", "/api/accounts/nothing", "/api/../api/nothing", "/api/config/more", "/api//config", "/identity/nothing",
		"/identity/connect/authorize/x", "/notifications/nothing", "/icons/nothing/x", "/events/nothing", "/scim/v2/x", "/push/nothing", "/admin/nothing",
	} {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"} {
			got := s.get(method, path, "Accept", "text/html")
			var body map[string]any
			err := json.Unmarshal(got.Body.Bytes(), &body)
			if got.Code != 404 || err != nil || body["object"] != "error" || got.Header().Get("Location") != "" {
				t.Errorf("%s %s: got %d %s", method, path, got.Code, got.Body)
			}
		}
	}
}

// sentByClients are the headers of spec 02 §0.2 that a browser asks permission for.
var sentByClients = []string{
	"authorization", "content-type", "accept", "cache-control", "pragma", "device-type", "bitwarden-client-name", "bitwarden-client-version",
	"bitwarden-package-type", "is-prerelease", "device-identifier", "auth-email", "x-request-email", "x-device-identifier",
}

// Scenario 7.
func TestExtensionsMaySendTheirHeaders(t *testing.T) {
	_, s := newHome(t)
	for _, origin := range []string{
		"chrome-extension://nngceckbapebfimnlniiiahkandclblb", "moz-extension://23462205-0e62-4cc2-80c4-910fb54b7f5d",
		"safari-web-extension://9B9C0C5A-1F1C-4A0F-8F0F-1B1A9A8D7C6B", "ms-browser-extension://jbkfoedolllekgbhcbcoahefnbanhhlh", "file://",
	} {
		for _, path := range []string{tokenPath, "/api/sync", "/api/config", "/identity/accounts/prelogin", "/notifications/hub/negotiate"} {
			got := s.get("OPTIONS", path, "Origin", origin, "Access-Control-Request-Method", "POST",
				"Access-Control-Request-Headers", strings.Join(sentByClients, ", ")).Header()
			for _, name := range sentByClients {
				if !slices.Contains(strings.Split(got.Get("Access-Control-Allow-Headers"), ", "), name) {
					t.Errorf("%s may not send %s to %s", origin, name, path)
				}
			}
			if got.Get("Access-Control-Allow-Origin") != origin || got.Get("Access-Control-Allow-Credentials") != "true" {
				t.Errorf("%s at %s: got %v", origin, path, got)
			}
		}
	}
}

// Scenario 8.
func TestVersionMayBeToldTwice(t *testing.T) {
	_, s := newHome(t)
	twice := []string{"Bitwarden-Client-Version", "1.13.2", "Bitwarden-Client-Version", "2024.12.0"}
	if got := s.get("GET", "/api/sync", append(twice, "Authorization", "Bearer "+s.ada.access)...); got.Code != 200 {
		t.Errorf("sync: got %d %s\n%s", got.Code, got.Body, s.log.take())
	}
	if got := s.post(tokenPath, signInForm(s.ada).Encode(), twice...); got.Code != 200 {
		t.Errorf("sign-in: got %d %s", got.Code, got.Body)
	}
}

func signInForm(p person) url.Values {
	return url.Values{
		"grant_type": {"password"}, "username": {p.email}, "password": {p.hash}, "scope": {"api offline_access"}, "client_id": {"web"},
		"deviceType": {"9"}, "deviceIdentifier": {id.New().String()}, "deviceName": {"chrome"},
	}
}

// Scenario 111.
func TestRequestCannotBeReadInTwoWays(t *testing.T) {
	_, s := newHome(t)
	good := signInForm(s.ada)
	stranger := url.Values{"username": {mallory}}.Encode()
	without := func(name string) string {
		form := signInForm(s.ada)
		form.Del(name)
		return form.Encode()
	}
	tests := map[string]struct {
		path, form string
		want       int
	}{
		"a name twice, the right one first": {tokenPath, good.Encode() + "&" + stranger, 200},
		"a name twice, a wrong one first":   {tokenPath, stranger + "&" + good.Encode(), 400},
		"another spelling behind":           {tokenPath, good.Encode() + "&UserName=" + mallory + "&user_name=" + mallory, 200},
		"another spelling before":           {tokenPath, "User_Name=" + mallory + "&" + good.Encode(), 400},
		"the grant in the address":          {tokenPath + "?grant_type=password", without("grant_type"), 400},
		"another grant in the address":      {tokenPath + "?grant_type=client_credentials&username=" + mallory, good.Encode(), 200},
		"the password in the address":       {tokenPath + "?password=" + url.QueryEscape(s.ada.hash), without("password"), 400},
		"semicolons between":                {tokenPath, strings.ReplaceAll(good.Encode(), "&", ";"), 400},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for range 10 { // a choice by chance would show
				if got := s.post(test.path, test.form); got.Code != test.want {
					t.Fatalf("got %d %s, want %d", got.Code, got.Body, test.want)
				}
			}
		})
	}
}

// Scenario 111.
func TestMethodCannotBeOverridden(t *testing.T) {
	w, s := newHome(t)
	folder := "/api/folders/" + w.folder().String()
	for _, header := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
		got := s.get("GET", folder, header, http.MethodDelete, "Authorization", "Bearer "+s.ada.access)
		again := s.get("GET", folder+"?_method=DELETE", "Authorization", "Bearer "+s.ada.access)
		if got.Code != 200 || again.Code != 200 {
			t.Errorf("%s: got %d, then %d, want the folder twice", header, got.Code, again.Code)
		}
	}
}

// Scenario 12 of spec 03: the desktop application may call, and no site. The vault's own
// pages are of the same origin, where browsers ask for no permission.
func TestNoOtherSiteMayCall(t *testing.T) {
	_, s := newHome(t)
	for origin, may := range map[string]bool{
		"file://": true, "bw-desktop-file://bundle": true,
		"https://evil.example": false, "null": false, s.url + ".evil.example": false, "http://localhost.evil.example": false, "bw-desktop-file://bundle.evil.example": false,
	} {
		for _, path := range []string{"/api/sync", "/api/ciphers", "/api/sends/access", tokenPath} {
			got := s.get("OPTIONS", path, "Origin", origin, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization")
			header := got.Header()
			allowed, credentials := header.Get("Access-Control-Allow-Origin"), header.Get("Access-Control-Allow-Credentials")
			if may && (got.Code/100 != 2 || allowed != origin || credentials != "true") || !may && (allowed != "" || credentials != "") {
				t.Errorf("%s at %s: got %d %q, credentials %q", origin, path, got.Code, allowed, credentials)
			}
		}
	}
}
