package identity_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/clock"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
)

// Scenario 28.
func TestNameIsTakenAsTyped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for _, username := range []string{"zoe@example.com", " ZOE@Example.COM "} {
			if a := w.ask(t, passwordForm(username, hash)); a.status != http.StatusOK || claims(t, a.AccessToken)["sub"] != w.zoe.ID.String() {
				t.Errorf("%q: got %d %s", username, a.status, a.body)
			}
		}
	})
}

// Scenario 27.
func TestUnknownNameAndWrongPasswordLookAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Accounts.Passwords = account.NewPasswords()
		costly, err := w.Accounts.Passwords.Hash(t.Context(), hash)
		if err != nil {
			t.Fatal(err)
		}
		w.exec(t, `UPDATE account SET password_hash = $1`, costly)
		ask := func(username, password string) (body string, took time.Duration) {
			took = time.Hour
			for range 3 {
				w.slept = 0
				elapsed := clock.Stopwatch()
				a := w.ask(t, passwordForm(username, password))
				took, body = min(took, elapsed()), a.body
				if a.status != http.StatusBadRequest || w.slept != account.FailureDelay {
					t.Errorf("%s: got %d after %s", username, a.status, w.slept)
				}
			}
			return body, took
		}
		wrong, wrongTime := ask("zoe@example.com", "wrong")
		unknown, unknownTime := ask("nobody@example.com", hash)
		if wrong != unknown || wrongTime > 4*unknownTime || unknownTime > 4*wrongTime {
			t.Errorf("wrong: %s in %s\nunknown: %s in %s", wrong, wrongTime, unknown, unknownTime)
		}
		for _, want := range []string{
			`"error":"invalid_grant"`, `"error_description":"invalid_username_or_password"`,
			`"ErrorModel":{"Message":"Username or password is incorrect. Try again.","ValidationErrors":null,"Object":"error"}`,
			`"message":"Username or password is incorrect. Try again."`, `"validationErrors":null`, `"object":"error"`,
		} {
			if !strings.Contains(wrong, want) {
				t.Errorf("got %s without %s", wrong, want)
			}
		}
	})
}

// Scenarios 29, 33, 50, 53, 108 and 109.
func TestRefusalsAreOAuths(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		person := passwordForm("zoe@example.com", hash)
		user := with(person, "grant_type", "client_credentials", "client_id", "user."+w.zoe.ID.String(), "client_secret", apiKey, "scope", "api")
		machine := url.Values{
			"grant_type": {"client_credentials"}, "client_id": {"installation." + w.installation.String()},
			"client_secret": {installationKey}, "scope": {"api.licensing"},
		}
		company := url.Values{
			"grant_type": {"client_credentials"}, "client_id": {"organization." + w.organization.String()},
			"client_secret": {organizationKey}, "scope": {"api.organization"},
		}
		tests := map[string]struct {
			form                  url.Values
			code, description, is string
		}{
			"unknown grant":            {with(person, "grant_type", "magic"), "unsupported_grant_type", "", ""},
			"no grant":                 {with(person, "grant_type", "-"), "unsupported_grant_type", "", ""},
			"nothing at all":           {url.Values{}, "unsupported_grant_type", "", ""},
			"unknown client":           {with(person, "client_id", "x"), "invalid_client", "", ""},
			"empty client":             {with(person, "client_id", ""), "invalid_client", "", ""},
			"empty scope":              {with(person, "scope", ""), "invalid_scope", "", ""},
			"scope of a machine":       {with(person, "scope", "api.licensing"), "invalid_scope", "", ""},
			"more than there is":       {with(person, "scope", "api offline_access admin"), "invalid_scope", "", ""},
			"no name":                  {with(person, "username", "-"), "invalid_grant", "invalid_username_or_password", "Username or password is incorrect. Try again."},
			"NUL in the name":          {with(person, "username", "zoe\x00@example.com"), "invalid_grant", "invalid_username_or_password", "Username or password is incorrect. Try again."},
			"no password":              {with(person, "password", "-"), "invalid_grant", "invalid_username_or_password", "Username or password is incorrect. Try again."},
			"no device type":           {with(person, "deviceType", "-"), "device_error", "No device information provided", "no device information provided"},
			"no device identifier":     {with(person, "deviceIdentifier", "-"), "device_error", "No device information provided", "no device information provided"},
			"no device name":           {with(person, "deviceName", "-"), "device_error", "No device information provided", "no device information provided"},
			"identifier of 10 KB":      {with(person, "deviceIdentifier", strings.Repeat("x", 10240)), "device_error", "No device information provided", ""},
			"identifier with a NUL":    {with(person, "deviceIdentifier", "a\x00b"), "device_error", "No device information provided", ""},
			"identifier broken":        {with(person, "deviceIdentifier", "a\xffb"), "device_error", "No device information provided", ""},
			"wrong API key":            {with(user, "client_secret", "wrong"), "invalid_client", "", ""},
			"no API key":               {with(user, "client_secret", "-"), "invalid_client", "", ""},
			"API key of nobody":        {with(user, "client_id", "user."+id.New().String()), "invalid_client", "", ""},
			"API key without a person": {with(user, "client_id", "user.x"), "invalid_client", "", ""},
			"API key, more scope":      {with(user, "scope", "api.organization"), "invalid_scope", "", ""},
			"API key, no device":       {with(user, "deviceName", "-"), "device_error", "No device information provided", ""},
			"wrong installation key":   {with(machine, "client_secret", "wrong"), "invalid_client", "", ""},
			"unknown installation":     {with(machine, "client_id", "installation."+id.New().String()), "invalid_client", "", ""},
			"installation, more scope": {with(machine, "scope", "api"), "invalid_scope", "", ""},
			"installation, two scopes": {with(machine, "scope", "api.push api.licensing"), "invalid_scope", "", ""},
			"organization, no scope":   {with(company, "scope", "api"), "invalid_scope", "", ""},
			"organization, wrong key":  {with(company, "client_secret", "wrong"), "invalid_client", "", ""},
			"an unknown organization":  {with(company, "client_id", "organization."+w.zoe.ID.String()), "invalid_client", "", ""},
			"an organization, no id":   {with(company, "client_id", "organization.x"), "invalid_client", "", ""},
			"a person as one":          {with(user, "client_id", "organization."+w.zoe.ID.String(), "scope", "api"), "invalid_scope", "", ""},
			"single sign-on":           {with(person, "grant_type", "authorization_code", "code", "x"), "unsupported_grant_type", "", ""},
			"access to a Send":         {with(person, "grant_type", "send_access", "send_id", "x"), "invalid_client", "", ""},
			"no refresh token":         {url.Values{"grant_type": {"refresh_token"}, "client_id": {"cli"}}, "invalid_grant", "", ""},
			"random refresh token":     {url.Values{"grant_type": {"refresh_token"}, "client_id": {"cli"}, "refresh_token": {"x"}}, "invalid_grant", "", ""},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				a := w.ask(t, test.form)
				if a.status != http.StatusBadRequest || a.Error != test.code || a.Description != test.description || a.ErrorModel.Message == "" ||
					test.is != "" && a.ErrorModel.Message != test.is {
					t.Errorf("got %d %s", a.status, a.body)
				}
			})
		}
	})
}

// Scenario 34.
func TestFormMustBeAForm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for _, kind := range []string{"application/json", "text/plain", ""} {
			req := httptest.NewRequest("POST", "/identity/connect/token?grant_type=password", strings.NewReader(passwordForm("zoe@example.com", hash).Encode()))
			req.Header.Set("Content-Type", kind)
			if a := w.serve(t, req); a.status != http.StatusBadRequest || a.Error != "unsupported_grant_type" {
				t.Errorf("%q: got %d %s", kind, a.status, a.body)
			}
		}
	})
}

// Scenario 30.
func TestEveryDeviceMaySignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for sent, want := range map[string]string{"0": "0", "25": "25", "26": "26", "27": "14", "-1": "14", "iOS": "14", "999": "14", "9999999999999999999": "14"} {
			a := w.ask(t, with(passwordForm("zoe@example.com", hash), "deviceType", sent))
			if a.status != http.StatusOK || claims(t, a.AccessToken)["devicetype"] != want {
				t.Errorf("%s: got %d %s", sent, a.status, a.body)
			}
		}
		for _, name := range []string{strings.Repeat("é", 500), "a\r\nb\x00", "\xff", "😀"} {
			if a := w.ask(t, with(passwordForm("zoe@example.com", hash), "deviceName", name, "devicePushToken", "\x00\xff")); a.status != http.StatusOK {
				t.Errorf("%q: got %d %s", name, a.status, a.body)
			}
		}
	})
}

func TestOlderSpellingsAreUnderstood(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	form := url.Values{}
	for name, values := range passwordForm("zoe@example.com", hash) {
		switch name {
		case "deviceIdentifier":
			name = "device_identifier"
		case "deviceType":
			name = "DeviceType"
		case "grant_type":
			name = "Grant_Type"
		}
		form[name] = values
	}
	if a := w.ask(t, form); a.status != http.StatusOK {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func refreshForm(clientID, token string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "client_id": {clientID}, "refresh_token": {token}}
}

// Scenario 40.
func TestRefreshTokenMayBeUsedTwiceAtATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		signedIn := w.signIn(t)
		answers := make([]answer, 4)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() { answers[i] = w.ask(t, refreshForm("cli", signedIn.RefreshToken)) })
		}
		wg.Wait()
		for _, a := range answers {
			if a.status != http.StatusOK || a.RefreshToken != signedIn.RefreshToken || a.Scope != "api offline_access" || a.ExpiresIn != 3600 {
				t.Errorf("got %d %s", a.status, a.body)
			}
			if status, _ := w.get("/api/me", a.AccessToken); status != http.StatusOK {
				t.Errorf("the new token is answered %d", status)
			}
		}
	})
}

func TestSessionLastsAsLongAsItIsUsed(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for client, life := range map[string]time.Duration{"web": 7 * 24 * time.Hour, "mobile": 60 * 24 * time.Hour, "cli": 30 * 24 * time.Hour, "desktop": 30 * 24 * time.Hour} {
		w.now = noon
		signedIn := w.signIn(t, "client_id", client, "deviceIdentifier", client)
		for range 3 {
			w.now = w.now.Add(life - time.Second)
			a := w.ask(t, refreshForm(client, signedIn.RefreshToken))
			if a.status != http.StatusOK || claims(t, a.AccessToken)["auth_time"] != float64(noon.Unix()) {
				t.Fatalf("%s at %s: got %d %s", client, w.now, a.status, a.body)
			}
		}
		w.now = w.now.Add(life)
		if a := w.ask(t, refreshForm(client, signedIn.RefreshToken)); a.Error != "invalid_grant" {
			t.Errorf("%s: got %d %s", client, a.status, a.body)
		}
	}
}

// Scenarios 41, 42, 45, 47 and 48.
func TestSessionEnds(t *testing.T) {
	tests := map[string]struct {
		clientID, query string
		code            string
		lives           bool // whether the access token still works
	}{
		"another kind of client": {"web", "", "invalid_grant", true},
		"no client":              {"", "", "invalid_client", true},
		"a new stamp":            {"cli", `UPDATE account SET security_stamp = 'new' WHERE email = 'zoe@example.com'`, "invalid_grant", false},
		"device removed":         {"cli", `DELETE FROM device`, "invalid_grant", false},
		"person removed":         {"cli", `DELETE FROM account WHERE email = 'zoe@example.com'`, "invalid_grant", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w := newWorld(t, d)
				signedIn := w.signIn(t)
				if test.query != "" {
					w.exec(t, test.query)
				}
				a := w.ask(t, refreshForm(test.clientID, signedIn.RefreshToken))
				if a.status != http.StatusBadRequest || a.Error != test.code {
					t.Errorf("got %d %s", a.status, a.body)
				}
				if status, _ := w.get("/api/me", signedIn.AccessToken); (status == http.StatusOK) != test.lives {
					t.Errorf("the access token is answered %d", status)
				}
			})
		})
	}
}

// Scenarios 49 and 52.
func TestAPIKeySignsInWithoutRefreshToken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		form := with(passwordForm("", ""), "grant_type", "client_credentials", "client_id", "user."+strings.ToUpper(w.zoe.ID.String()),
			"client_secret", apiKey, "scope", "api", "username", "-", "password", "-")
		a := w.ask(t, form)
		if a.status != http.StatusOK || a.RefreshToken != "" || !strings.Contains(a.body, `"MasterKeyEncryptedUserKey":"2.a|b|c"`) {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		if said := claims(t, a.AccessToken); said["client_id"] != "user."+w.zoe.ID.String() || said["sub"] != w.zoe.ID.String() {
			t.Errorf("it says %v", said)
		}
		if status, body := w.get("/api/me", a.AccessToken); status != http.StatusOK {
			t.Errorf("got %d %s", status, body)
		}
	})
}

func TestInstallationGetsOneScopeForADay(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	ask := func(scope string) answer {
		return w.ask(t, url.Values{
			"grant_type": {"client_credentials"}, "client_id": {"installation." + w.installation.String()},
			"client_secret": {installationKey}, "scope": {scope},
		})
	}
	a := ask("api.licensing")
	if a.status != http.StatusOK || a.ExpiresIn != 86400 || a.Scope != "api.licensing" || a.RefreshToken != "" || strings.Contains(a.body, `"Key"`) {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if said := claims(t, a.AccessToken); said["client_sub"] != w.installation.String() || said["sub"] != nil || said["email"] != nil {
		t.Errorf("it says %v", said)
	}
	statuses := []int{}
	try := func(path, token string) {
		status, _ := w.get(path, token)
		statuses = append(statuses, status)
	}
	try("/api/machine", a.AccessToken)
	try("/api/me", a.AccessToken)
	try("/api/machine", ask("api.push").AccessToken)
	w.now = w.now.Add(24*time.Hour - time.Second)
	try("/api/machine", a.AccessToken)
	w.enabled = false
	try("/api/machine", a.AccessToken)
	w.enabled, w.keyMade = true, w.now
	try("/api/machine", a.AccessToken) // bought with an older key
	w.keyMade, w.now = time.Time{}, w.now.Add(time.Second)
	try("/api/machine", a.AccessToken)
	if want := []int{200, 403, 403, 200, 401, 401, 401}; !slices.Equal(statuses, want) {
		t.Errorf("got %v, want %v", statuses, want)
	}
	w.enabled = false
	if a := ask("api.licensing"); a.Error != "invalid_client" {
		t.Errorf("disabled: got %d %s", a.status, a.body)
	}
	w.Installation, w.InstallationHonors = nil, nil // a self-hosted server
	if a := ask("api.licensing"); a.Error != "invalid_client" {
		t.Errorf("self-hosted: got %d %s", a.status, a.body)
	}
}
