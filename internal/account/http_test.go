package account_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// site is the routes of a world; the bearer token is the account's id.
type site struct {
	*world
	router *web.Router
	stamp  string // under which whoever calls is signed in; none when empty
}

func newSite(t *testing.T) *site {
	t.Helper()
	return newSiteOn(t, dbtest.SQLite(t))
}

func newSiteOn(t *testing.T, d *db.DB) *site {
	t.Helper()
	s := &site{world: newWorld(t, d)}
	s.router = web.NewRouter(slog.New(slog.DiscardHandler), func(_ context.Context, token string) (web.Caller, error) {
		accountID, err := id.Parse(token)
		if err != nil {
			return web.Caller{}, fault.SignIn
		}
		return web.Caller{AccountID: accountID, Scope: web.ScopePerson, Stamp: s.stamp}, nil
	}, nil)
	account.Mount(s.router, s.Service)
	return s
}

func (s *site) call(method, path, token, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	rec := httptest.NewRecorder()
	s.router.ServeHTTP(rec, req)
	return rec
}

// golden compares an answer with a file; UPDATE=1 rewrites the file.
func golden(t *testing.T, name string, status int, body string) {
	t.Helper()
	if status != http.StatusOK {
		t.Fatalf("got %d %s", status, body)
	}
	var got bytes.Buffer
	if err := json.Indent(&got, []byte(body), "", "  "); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	file := "testdata/" + name + ".json"
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("-%s +answer:\n%s", file, diff)
	}
}

// people returns zoe, who has everything, and ada, who has what a registration without a key pair leaves.
func people(t *testing.T, s *site) (zoe, ada account.Account) {
	t.Helper()
	zoe, ada = person("zoe@example.com"), bare("ada@example.com")
	zoe.ID, zoe.SecurityStamp = id.ID{1}, id.ID{2}.String()
	ada.ID = id.ID{3}
	insert(t, s.Store, zoe, ada)
	return zoe, ada
}

func TestAnswersAreAsClientsReadThem(t *testing.T) {
	s := newSite(t)
	zoe, ada := people(t, s)
	tests := map[string]struct{ method, path, token, body string }{
		"profile":             {"GET", "/api/accounts/profile", zoe.ID.String(), ""},
		"profile-without-key": {"GET", "/api/accounts/profile", ada.ID.String(), ""},
		"keys":                {"GET", "/api/accounts/keys", zoe.ID.String(), ""},
		"keys-none":           {"GET", "/api/accounts/keys", ada.ID.String(), ""},
		"public-key":          {"GET", "/api/users/" + zoe.ID.String() + "/public-key", ada.ID.String(), ""},
		"revision-date":       {"GET", "/api/accounts/revision-date", zoe.ID.String(), ""},
		"prelogin":            {"POST", "/identity/accounts/prelogin/password", "", `{"email":"zoe@example.com"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			rec := s.call(test.method, test.path, test.token, test.body)
			// Whether the salt is spelled out differs between databases.
			body := strings.Replace(rec.Body.String(), `"salt":null`, `"salt":"zoe@example.com"`, 1)
			golden(t, name, rec.Code, body)
		})
	}
}

// Scenarios 9 and 11.
func TestPreloginRoutesAnswerTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe, _ := people(t, s)
		want := s.call("POST", "/identity/accounts/prelogin/password", "", `{"email":"zoe@example.com"}`).Body.String()
		for _, path := range []string{"/identity/accounts/prelogin", "/identity/accounts/prelogin/", "/api/accounts/prelogin"} {
			if got := s.call("POST", path, "", `{"Email":" ZOE@example.com "}`).Body.String(); got != want {
				t.Errorf("%s: %s, want %s", path, got, want)
			}
		}
		if !strings.Contains(want, `"kdf":1`) || zoe.KDF.Type != account.Argon2id {
			t.Errorf("got %s", want)
		}
	})
}

// Scenarios 4, 13, 82, 83 and 84.
func TestRefusalsNameTheMember(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSiteOn(t, d)
		zoe, ada := people(t, s)
		long := func(n int) string { return strings.Repeat("x", n) }
		tests := map[string]struct {
			method, path, token, body string
			status                    int
			contains                  string
		}{
			"prelogin, nothing":    {"POST", "/identity/accounts/prelogin", "", ``, 400, `"email"`},
			"prelogin, no address": {"POST", "/identity/accounts/prelogin", "", `{}`, 400, `"email"`},
			"prelogin, a number":   {"POST", "/identity/accounts/prelogin", "", `{"email":7}`, 400, `"email"`},
			"prelogin, too long":   {"POST", "/identity/accounts/prelogin", "", `{"email":"` + long(300) + `@example.com"}`, 400, `"email"`},
			"nobody's profile":     {"GET", "/api/accounts/profile", "", ``, 401, "Sign in"},
			"name too long":        {"PUT", "/api/accounts/profile", zoe.ID.String(), `{"name":"` + long(51) + `"}`, 400, `"name"`},
			"culture is none":      {"PUT", "/api/accounts/profile", zoe.ID.String(), `{"culture":"#!"}`, 400, `"culture"`},
			"public key of nobody": {"GET", "/api/users/" + id.New().String() + "/public-key", zoe.ID.String(), ``, 404, "not found"},
			"public key of none":   {"GET", "/api/users/" + ada.ID.String() + "/public-key", zoe.ID.String(), ``, 404, "not found"},
			"public key, bad id":   {"GET", "/api/users/me/public-key", zoe.ID.String(), ``, 404, "not found"},
			"keys twice":           {"POST", "/api/accounts/keys", zoe.ID.String(), `{"publicKey":"` + publicKey() + `","encryptedPrivateKey":"2.aXY=|Y3Q=|bWFj"}`, 400, "existing keypair"},
			"keys, not a key":      {"POST", "/api/accounts/keys", ada.ID.String(), `{"publicKey":"AAAA","encryptedPrivateKey":"2.aXY=|Y3Q=|bWFj"}`, 400, `"publicKey"`},
			"keys, not ciphertext": {"POST", "/api/accounts/keys", ada.ID.String(), `{"publicKey":"` + publicKey() + `","encryptedPrivateKey":"2.x"}`, 400, `"encryptedPrivateKey"`},
			"keys, newer kind":     {"POST", "/api/accounts/keys", ada.ID.String(), `{"accountKeys":{"securityState":{}}}`, 400, `"accountKeys.securityState"`},
			"key id twice":         {"POST", "/api/accounts/key-management/user-key-id", zoe.ID.String(), `{"userKeyId":"00112233445566778899aabbccddeeff"}`, 400, "User key id is already set."},
			"key id in capitals":   {"POST", "/api/accounts/key-management/user-key-id", ada.ID.String(), `{"userKeyId":"00112233445566778899AABBCCDDEEFF"}`, 400, `"userKeyId"`},
			"key id too short":     {"POST", "/api/accounts/key-management/user-key-id", ada.ID.String(), `{"userKeyId":"00112233445566778899aabbccddeef"}`, 400, "is not a valid key id"},
			"key id too long":      {"POST", "/api/accounts/key-management/user-key-id", ada.ID.String(), `{"userKeyId":"00112233445566778899aabbccddeefff"}`, 400, "is not a valid key id"},
			"key id missing":       {"POST", "/api/accounts/key-management/user-key-id", ada.ID.String(), `{}`, 400, `"userKeyId"`},
			"password missing":     {"POST", "/api/accounts/verify-password", zoe.ID.String(), `{}`, 400, `"masterPasswordHash"`},
			"API key, no secret":   {"POST", "/api/accounts/api-key", zoe.ID.String(), `{}`, 400, `"masterPasswordHash"`},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				rec := s.call(test.method, test.path, test.token, test.body)
				if rec.Code != test.status || !strings.Contains(rec.Body.String(), test.contains) || !strings.Contains(rec.Body.String(), `"object":"error"`) {
					t.Errorf("got %d %s, want %d with %s", rec.Code, rec.Body, test.status, test.contains)
				}
			})
		}
	})
}

func TestPersonCompletesTheirAccount(t *testing.T) {
	s := newSite(t)
	ada := s.add(t, "bea@example.com")
	_, bob := people(t, s) // without a key pair
	token := bob.ID.String()
	steps := []struct{ method, path, token, body, contains string }{
		{"POST", "/api/accounts/keys", token, `{"PublicKey":"` + publicKey() + `","EncryptedPrivateKey":"2.aXY=|Y3Q=|bWFj"}`, `"object":"keys"`},
		{"GET", "/api/users/" + bob.ID.String() + "/public-key", ada.ID.String(), ``, publicKey()},
		{"POST", "/api/accounts/key-management/user-key-id", token, `{"userKeyId":"00112233445566778899aabbccddeeff"}`, ``},
		{"PUT", "/api/accounts/profile", token, `{"name":"Bob\u0007 B","masterPasswordHint":"ignored","culture":"fr-FR"}`, `"name":"Bob B"`},
		{"POST", "/api/accounts/profile", token, `{"name":""}`, `"culture":"fr-FR"`},
		{"POST", "/api/accounts/verify-password", ada.ID.String(), `{"masterPasswordHash":"` + hash + `"}`, `"object":"masterPasswordPolicy"`},
		{"POST", "/api/accounts/api-key", ada.ID.String(), `{"masterPasswordHash":"` + hash + `"}`, `"object":"apiKey"`},
		{"POST", "/api/accounts/rotate-api-key", ada.ID.String(), `{"masterPasswordHash":"` + hash + `"}`, `"revisionDate"`},
	}
	for _, step := range steps {
		rec := s.call(step.method, step.path, step.token, step.body)
		if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), step.contains) {
			t.Errorf("%s %s: got %d %s, want it to contain %s", step.method, step.path, rec.Code, rec.Body, step.contains)
		}
	}
	got, err := s.Get(t.Context(), bob.ID)
	if err != nil || got.Name != "" || got.KeyID == "" || !got.VaultRevisedAt.After(bob.VaultRevisedAt) {
		t.Errorf("got %+v, %v", got, err)
	}
	s.slept = 0
	rec := s.call("POST", "/api/accounts/verify-password", ada.ID.String(), `{"masterPasswordHash":"wrong"}`)
	if rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), `"MasterPasswordHash":["Invalid`) || s.slept != account.FailureDelay {
		t.Errorf("wrong password: %d %s after %s", rec.Code, rec.Body, s.slept)
	}
}
