package client_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"coffre/internal/client"
	"coffre/internal/id"
)

const (
	email    = "Alice@Example.org"
	password = "Où est passée ma clé ?"
)

// server records what a client sends and gives the answers it was told.
type server struct {
	*httptest.Server
	mu    sync.Mutex
	mux   *http.ServeMux
	calls []recorded
}

type recorded struct {
	*http.Request
	body string
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{mux: http.NewServeMux()}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		s.calls = append(s.calls, recorded{r, string(body)})
		s.mu.Unlock()
		s.mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// answer makes a route say the same to everyone.
func (s *server) answer(pattern string, status int, body string) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { reply(w, status, body) })
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	if status != http.StatusNoContent {
		_, _ = io.WriteString(w, body)
	}
}

// last returns the latest call to a path.
func (s *server) last(t *testing.T, path string) recorded {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range slices.Backward(s.calls) {
		if v.URL.Path == path {
			return v
		}
	}
	t.Fatalf("nobody called %s", path)
	return recorded{}
}

// members reads the JSON body of a call.
func (r recorded) members(t *testing.T) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(r.body), &m); err != nil {
		t.Fatalf("body %q: %v", r.body, err)
	}
	return m
}

// token is an access token that a client can read.
func token(userID id.ID, name string) string {
	claims := fmt.Sprintf(`{"sub":%q,"jti":%q}`, userID, name)
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
}

// registered makes the server know the account that a client registers, and
// sign it in afterwards as userID.
func (s *server) registered(t *testing.T, c *client.Client, userID id.ID) {
	t.Helper()
	s.answer("POST /identity/accounts/register/finish", http.StatusOK, `{"object":"registerFinish"}`)
	if err := c.FinishRegistration(t.Context(), email, password, client.Proof{EmailVerificationToken: "t"}); err != nil {
		t.Fatal(err)
	}
	sent := s.last(t, "/identity/accounts/register/finish").members(t)
	kdf := map[string]any{"kdfType": 0, "iterations": 600_000, "memory": nil, "parallelism": nil}
	pair := sent["userAsymmetricKeys"].(map[string]any)
	s.answer("POST /identity/accounts/prelogin/password", http.StatusOK, text(t, map[string]any{"kdfSettings": kdf, "salt": nil}))
	s.mux.HandleFunc("POST /identity/connect/token", func(w http.ResponseWriter, r *http.Request) {
		reply(w, http.StatusOK, text(t, map[string]any{
			"access_token": token(userID, "first"), "token_type": "Bearer", "refresh_token": "r1",
			"Key": sent["userSymmetricKey"], "Kdf": 0, "KdfIterations": 600_000,
			"AccountKeys": map[string]any{"publicKeyEncryptionKeyPair": map[string]any{"wrappedPrivateKey": pair["encryptedPrivateKey"]}},
			"UserDecryptionOptions": map[string]any{"MasterPasswordUnlock": map[string]any{
				"Kdf":  map[string]any{"KdfType": 0, "Iterations": 600_000, "Memory": nil, "Parallelism": nil},
				"Salt": "alice@example.org", "MasterKeyEncryptedUserKey": sent["userSymmetricKey"],
			}},
		}))
	})
}

// signedIn returns a client that has registered and signed in.
func (s *server) signedIn(t *testing.T) *client.Client {
	t.Helper()
	c := client.New(s.URL, nil)
	s.registered(t, c, id.New())
	if err := c.Login(t.Context(), email, password); err != nil {
		t.Fatal(err)
	}
	return c
}

func text(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
