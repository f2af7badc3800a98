package client_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"

	"coffre/internal/client"
	"coffre/internal/id"
)

func TestErrorsAreReadAsClientsReadThem(t *testing.T) {
	tests := map[string]struct {
		status        int
		body          string
		message, code string
		fields        int
	}{
		"a message":           {400, `{"object":"error","message":"No.","validationErrors":null}`, "No.", "", 0},
		"a code":              {400, `{"message":"No.","code":"region-mismatch"}`, "No.", "region-mismatch", 0},
		"members first":       {400, `{"message":"Wrong.","validationErrors":{"name":["Name is missing."]}}`, "Name is missing.", "", 1},
		"two members":         {400, `{"message":"Wrong.","validationErrors":{"b":["B."],"a":["A."]}}`, "A.", "", 2},
		"the token endpoint":  {400, `{"error":"invalid_grant","ErrorModel":{"Message":"Try again."}}`, "Try again.", "invalid_grant", 0},
		"a bare token error":  {400, `{"error":"invalid_client"}`, `{"error":"invalid_client"}`, "invalid_client", 0},
		"not JSON":            {502, `bad gateway`, "bad gateway", "", 0},
		"a status of success": {202, `{}`, "{}", "", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.answer("GET /api/thing", test.status, test.body)
			err := client.New(s.URL, nil).Do(t.Context(), "GET", "/api/thing", nil, nil)
			got, ok := errors.AsType[*client.Error](err)
			if !ok {
				t.Fatalf("Do: %v, want an Error", err)
			}
			if got.Status != test.status || got.Message != test.message || got.Code != test.code || len(got.Fields) != test.fields {
				t.Errorf("Do: %+v, want %+v", got, test)
			}
		})
	}
}

func TestAnswersMustSayThatTheyAreJSON(t *testing.T) {
	s := newServer(t)
	s.mux.HandleFunc("GET /api/thing", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`{}`))
	})
	var out map[string]any
	if err := client.New(s.URL, nil).Do(t.Context(), "GET", "/api/thing", nil, &out); err == nil {
		t.Error("Do: no error for a page")
	}
}

func TestRequestsLookLikeTheWebVault(t *testing.T) {
	s := newServer(t)
	s.answer("GET /api/thing", 200, `{}`)
	c := client.New(s.URL+"/", nil)
	c.Header = http.Header{"Accept-Language": {"fr"}}
	if err := c.Do(t.Context(), "GET", "/api/thing", nil, nil); err != nil {
		t.Fatal(err)
	}
	got := s.last(t, "/api/thing").Header
	for name, want := range map[string]string{
		"Device-Type":              "9",
		"Bitwarden-Client-Name":    "web",
		"Bitwarden-Client-Version": "2026.9.0",
		"Device-Identifier":        c.Device.Identifier,
		"Accept":                   "application/json",
		"Accept-Language":          "fr",
		"Authorization":            "",
		"Content-Type":             "",
		"Cache-Control":            "no-store",
	} {
		if got.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Get(name), want)
		}
	}
}

func TestDeadTokenIsRenewedOnce(t *testing.T) {
	s := newServer(t)
	c := s.signedIn(t)
	userID, renewals := c.UserID(), 0
	fresh := token(userID, "second")
	renewing := newServer(t)
	renewing.mux.HandleFunc("POST /identity/connect/token", func(w http.ResponseWriter, _ *http.Request) {
		renewals++
		reply(w, 200, text(t, map[string]any{"access_token": fresh, "token_type": "Bearer"}))
	})
	renewing.mux.HandleFunc("GET /api/thing", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+fresh {
			reply(w, 401, `{"message":"Sign in first."}`)
			return
		}
		reply(w, 200, `"here"`)
	})
	c.BaseURL = renewing.URL
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			var got string
			if err := c.Do(t.Context(), "GET", "/api/thing", nil, &got); err != nil || got != "here" {
				t.Errorf("Do: %q, %v", got, err)
			}
		})
	}
	calls.Wait()
	if renewals != 1 {
		t.Errorf("%d renewals, want 1", renewals)
	}
	want := "grant_type=refresh_token&client_id=web&refresh_token=r1"
	if got := renewing.last(t, "/identity/connect/token").body; got != want {
		t.Errorf("renewal %q, want %q", got, want)
	}
}

func TestTokenThatCannotBeRenewedStaysRefused(t *testing.T) {
	s := newServer(t)
	s.answer("GET /api/thing", 401, `{"message":"Sign in first."}`)
	err := client.New(s.URL, nil).WithToken("dead").Do(t.Context(), "GET", "/api/thing", nil, nil)
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Status != 401 || len(s.calls) != 1 {
		t.Errorf("Do: %v after %d calls, want one 401", err, len(s.calls))
	}
}

func TestTokenRequestKeepsTheOrderOfClients(t *testing.T) {
	s := newServer(t)
	c := s.signedIn(t)
	hash, err := c.Hash(password)
	if err != nil {
		t.Fatal(err)
	}
	got := s.last(t, "/identity/connect/token")
	want := "scope=api+offline_access&client_id=web&deviceType=9&deviceIdentifier=" + c.Device.Identifier +
		"&deviceName=chrome&grant_type=password&username=Alice%40Example.org&password=" + url.QueryEscape(hash)
	if got.body != want {
		t.Errorf("token request\n%s, want\n%s", got.body, want)
	}
	if kind := got.Header.Get("Content-Type"); kind != "application/x-www-form-urlencoded; charset=utf-8" {
		t.Errorf("content type %q", kind)
	}
}

func TestRegistrationIsTheMixedBodyOfTheWebVault(t *testing.T) {
	s := newServer(t)
	s.signedIn(t)
	body := s.last(t, "/identity/accounts/register/finish").members(t)
	var names []string
	for name := range body {
		names = append(names, name)
	}
	slices.Sort(names)
	want := []string{
		"email", "emailVerificationToken", "masterPasswordAuthentication", "masterPasswordHash",
		"masterPasswordHint", "masterPasswordUnlock", "userAsymmetricKeys", "userSymmetricKey",
	}
	if !slices.Equal(names, want) {
		t.Errorf("members %v, want %v", names, want)
	}
	authentication, unlock := body["masterPasswordAuthentication"].(map[string]any), body["masterPasswordUnlock"].(map[string]any)
	if authentication["salt"] != "alice@example.org" || authentication["masterPasswordAuthenticationHash"] != body["masterPasswordHash"] {
		t.Errorf("authentication %v", authentication)
	}
	if unlock["salt"] != "alice@example.org" || unlock["masterKeyWrappedUserKey"] != body["userSymmetricKey"] {
		t.Errorf("unlock %v", unlock)
	}
}

func TestRegisterFindsAMailedToken(t *testing.T) {
	tests := map[string]struct {
		status int
		body   string
		mailed bool
		want   string
	}{
		"told at once": {200, `"told"`, false, "told"},
		"mailed":       {204, ``, true, "mailed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.answer("POST /identity/accounts/register/send-verification-email", test.status, test.body)
			s.answer("POST /identity/accounts/register/finish", 200, `{}`)
			asked := false
			err := client.New(s.URL, nil).Register(t.Context(), email, "Alice", password, func(context.Context) (string, error) {
				asked = true
				return "mailed", nil
			})
			if err != nil {
				t.Fatal(err)
			}
			got := s.last(t, "/identity/accounts/register/finish").members(t)["emailVerificationToken"]
			if got != test.want || asked != test.mailed {
				t.Errorf("token %v, mailbox read: %v, want %q and %v", got, asked, test.want, test.mailed)
			}
		})
	}
}

func TestLoginRefusesAnAnswerThatCannotUnlock(t *testing.T) {
	s := newServer(t)
	s.answer("POST /identity/accounts/prelogin/password", 200, `{"kdfSettings":{"kdfType":0,"iterations":5000},"salt":null}`)
	s.answer("POST /identity/connect/token", 200,
		`{"access_token":"`+token(id.New(), "x")+`","token_type":"Bearer","Key":"2.a|b|c","Kdf":0}`)
	c := client.New(s.URL, nil)
	if err := c.Login(t.Context(), email, password); err == nil || !c.UserID().IsZero() {
		t.Errorf("Login: %v as %s", err, c.UserID())
	}
}

func TestInstallationTokenIsAskedForOneScope(t *testing.T) {
	s := newServer(t)
	s.answer("POST /identity/connect/token", 200, `{"access_token":"machine","token_type":"Bearer","scope":"api.licensing"}`)
	installation := client.Installation{ID: id.New(), Key: "k&y"}
	got, err := client.New("http://elsewhere.invalid", nil).
		InstallationToken(t.Context(), s.URL+"/identity/", installation, "api.licensing")
	if err != nil || got != "machine" {
		t.Fatalf("InstallationToken: %q, %v", got, err)
	}
	want := "grant_type=client_credentials&scope=api.licensing&client_id=installation." + installation.ID.String() + "&client_secret=k%26y"
	if body := s.last(t, "/identity/connect/token").body; body != want {
		t.Errorf("form %q, want %q", body, want)
	}
}
