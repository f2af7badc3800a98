package client_test

import (
	"context"
	"net/http"
	"testing"

	"coffre/internal/client"
)

func TestChangesWrapTheSameKeyAnew(t *testing.T) {
	s := newServer(t)
	c := s.signedIn(t)
	for _, path := range []string{"password", "kdf", "email"} {
		s.answer("POST /api/accounts/"+path, http.StatusOK, "")
	}
	current, err := c.Hash(password)
	if err != nil {
		t.Fatal(err)
	}
	argon := client.KDF{Type: client.Argon2id, Iterations: 2, Memory: new(15), Parallelism: new(1)}
	nested := func(body map[string]any) (hash, key string) {
		return body["authenticationData"].(map[string]any)["masterPasswordAuthenticationHash"].(string),
			body["unlockData"].(map[string]any)["masterKeyWrappedUserKey"].(string)
	}
	tests := map[string]struct {
		call           func(context.Context) error
		path           string
		kdf            client.KDF
		password, salt string
		read           func(map[string]any) (hash, key string)
	}{
		"password": {
			func(ctx context.Context) error { return c.ChangePassword(ctx, password, "another", "hint") },
			"password", client.DefaultKDF(), "another", "alice@example.org", nested,
		},
		"KDF": {
			func(ctx context.Context) error { return c.ChangeKDF(ctx, password, argon) },
			"kdf", argon, password, "alice@example.org", nested,
		},
		"address": {
			func(ctx context.Context) error { return c.ChangeEmail(ctx, password, "New@example.org", "12345678") },
			"email", client.DefaultKDF(), password, "new@example.org",
			func(body map[string]any) (string, string) {
				return body["newMasterPasswordHash"].(string), body["key"].(string)
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if err := test.call(t.Context()); err != nil {
				t.Fatal(err)
			}
			body := s.last(t, "/api/accounts/"+test.path).members(t)
			hash, wrapped := test.read(body)
			master, err := test.kdf.MasterKey(test.password, test.salt)
			if err != nil {
				t.Fatal(err)
			}
			want, err := client.PasswordHash(master, test.password)
			if err != nil {
				t.Fatal(err)
			}
			stretched, err := client.Stretch(master)
			if err != nil {
				t.Fatal(err)
			}
			if key, err := stretched.DecryptKey(wrapped); err != nil || key != c.Key() || hash != want || body["masterPasswordHash"] != current {
				t.Errorf("sent %v, which opens %v", body, err)
			}
		})
	}
}
