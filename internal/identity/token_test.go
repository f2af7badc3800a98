package identity_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/identity"
)

// golden compares JSON with a file; UPDATE=1 rewrites the file.
func golden(t *testing.T, name, body string) {
	t.Helper()
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

func TestSignInIsAnsweredAsClientsReadIt(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for name, username := range map[string]string{"token": "zoe@example.com", "token-without-key-pair": "bob@example.com"} {
		a := w.ask(t, passwordForm(username, hash))
		if a.status != http.StatusOK || len(a.RefreshToken) != 43 {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		golden(t, name, strings.NewReplacer(a.AccessToken, "ACCESS", a.RefreshToken, "REFRESH").Replace(a.body))
	}
	withoutOffline := w.signIn(t, "scope", "api")
	if withoutOffline.RefreshToken != "" || withoutOffline.Scope != "api" {
		t.Errorf("got %s", withoutOffline.body)
	}
}

// Scenario 123.
func TestSignInTellsWhatOrganizationsAskOfThePassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.policy = account.PasswordPolicy{MinLength: new(14), RequireUpper: new(true)}
		var got struct{ MasterPasswordPolicy map[string]any }
		if err := json.Unmarshal([]byte(w.signIn(t).body), &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{
			"MinComplexity": nil, "MinLength": 14.0, "RequireLower": nil, "RequireUpper": true, "RequireNumbers": nil, "RequireSpecial": nil,
			"EnforceOnLogin": nil, "Object": "masterPasswordPolicy",
		}
		if diff := cmp.Diff(want, got.MasterPasswordPolicy); diff != "" {
			t.Error(diff)
		}
	})
}

// Scenario 37.
func TestAccessTokenSaysWhatClientsRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for name, username := range map[string]string{"claims": "zoe@example.com", "claims-without-name": "bob@example.com"} {
			said := claims(t, w.ask(t, passwordForm(username, hash)).AccessToken)
			if jti, _ := said["jti"].(string); len(jti) != 36 {
				t.Errorf("jti is %v", said["jti"])
			}
			if device, _ := said["device_id"].(string); len(device) != 36 {
				t.Errorf("device_id is %v", said["device_id"])
			}
			said["jti"], said["device_id"] = "JTI", "DEVICE"
			raw, err := json.Marshal(said)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name, string(raw))
		}
		header, err := base64.RawURLEncoding.DecodeString(strings.Split(w.signIn(t).AccessToken, ".")[0])
		if err != nil || !strings.Contains(string(header), `"typ":"at+jwt"`) || !strings.Contains(string(header), `"alg":"RS256"`) || !strings.Contains(string(header), `"kid":"`) {
			t.Errorf("header %s, %v", header, err)
		}
	})
}

func TestCallerIsWhoSignedIn(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	caller, err := w.Authenticate(t.Context(), w.signIn(t).AccessToken)
	if err != nil || caller.AccountID != w.zoe.ID || caller.DeviceID.IsZero() || caller.ClientID != "cli" || caller.Scope != "api" ||
		caller.Language != "fr" || !caller.InstallationID.IsZero() {
		t.Errorf("got %+v, %v", caller, err)
	}
}

// Scenario 39.
func TestAccessTokenLivesAnHour(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		token := w.signIn(t).AccessToken
		w.now = noon.Add(time.Hour - time.Second)
		if status, _ := w.get("/api/me", token); status != http.StatusOK {
			t.Errorf("in the last second: %d", status)
		}
		w.now = noon.Add(time.Hour)
		if status, _ := w.get("/api/me", token); status != http.StatusUnauthorized {
			t.Errorf("after it: %d", status)
		}
	})
}

// forge signs claims with a key, under the header of a real token.
func forge(t *testing.T, alg jose.SignatureAlgorithm, key any, kid, kind string, said map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithType(jose.ContentType(kind)).WithHeader("kid", kid))
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(said)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// signingKey returns the server's own key, as nobody else can.
func (w *world) signingKey(t *testing.T) (string, *rsa.PrivateKey) {
	t.Helper()
	kid, raw, err := w.keys.Key(t.Context(), "token-signing", nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return kid, key.(*rsa.PrivateKey)
}

func encode(raw string) string { return base64.RawURLEncoding.EncodeToString([]byte(raw)) }

// Scenario 38.
func TestForgedTokensAreNobodys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		real := w.signIn(t).AccessToken
		parts := strings.Split(real, ".")
		kid, key := w.signingKey(t)
		said := func(pairs ...any) map[string]any {
			c := claims(t, real)
			for i := 0; i < len(pairs); i += 2 {
				c[pairs[i].(string)] = pairs[i+1]
			}
			return c
		}
		public := x509.MarshalPKCS1PublicKey(&key.PublicKey)
		input := encode(`{"alg":"HS256","kid":"`+kid+`","typ":"at+jwt"}`) + "." + parts[1]
		mac := hmac.New(sha256.New, public)
		mac.Write([]byte(input))
		tokens := map[string]string{
			"empty":               "",
			"garbage":             "a.b.c",
			"unsigned":            encode(`{"alg":"none","kid":"`+kid+`","typ":"at+jwt"}`) + "." + parts[1] + ".",
			"public key as HMAC":  input + "." + encode(string(mac.Sum(nil))),
			"another key":         forge(t, jose.RS256, newKey(), kid, "at+jwt", said()),
			"another algorithm":   forge(t, jose.PS256, key, kid, "at+jwt", said()),
			"another key id":      forge(t, jose.RS256, key, "x", "at+jwt", said()),
			"another kind":        forge(t, jose.RS256, key, kid, "JWT", said()),
			"another issuer":      forge(t, jose.RS256, key, kid, "at+jwt", said("iss", "https://evil.example")),
			"altered":             parts[0] + "." + encode(`{"sub":"x"}`) + "." + parts[2],
			"signature cut":       parts[0] + "." + parts[1] + "." + parts[2][:10],
			"no scope":            forge(t, jose.RS256, key, kid, "at+jwt", said("scope", []string{})),
			"scope of a machine":  forge(t, jose.RS256, key, kid, "at+jwt", said("scope", []string{"api.licensing"})),
			"another stamp":       forge(t, jose.RS256, key, kid, "at+jwt", said("sstamp", "x")),
			"another device":      forge(t, jose.RS256, key, kid, "at+jwt", said("device", "x")),
			"another person":      forge(t, jose.RS256, key, kid, "at+jwt", said("sub", w.bob.ID.String())),
			"nobody":              forge(t, jose.RS256, key, kid, "at+jwt", said("sub", nil)),
			"a person of no form": forge(t, jose.RS256, key, kid, "at+jwt", said("sub", "x")),
			"no end":              forge(t, jose.RS256, key, kid, "at+jwt", said("exp", nil)),
		}
		for name, token := range tokens {
			t.Run(name, func(t *testing.T) {
				if status, body := w.get("/api/me", token); status != http.StatusUnauthorized || !strings.Contains(body, "Sign in first.") {
					t.Errorf("got %d %s", status, body)
				}
			})
		}
		if status, _ := w.get("/api/me", forge(t, jose.RS256, key, kid, "at+jwt", said())); status != http.StatusOK {
			t.Errorf("the same claims under the server's own key: %d", status)
		}
	})
}

func TestNodesShareTheSigningKey(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.exec(t, `DELETE FROM server_key WHERE purpose = 'token-signing'`) // the first token makes one
	token := w.signIn(t).AccessToken
	other := &identity.Service{Store: w.Store, Keys: w.keys, Issuer: issuer, Now: w.Now}
	if _, err := other.Authenticate(t.Context(), token); err != nil {
		t.Errorf("got %v", err)
	}
}

// Scenario 167 of spec 03.
func TestTokenOfWhoBelongsToManyOrganizationsIsSmall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		few := len(w.signIn(t).AccessToken)
		for range 200 {
			organization := id.New()
			w.exec(t, `INSERT INTO organization (id, name, billing_email, plan, plan_type, features, settings, enabled, status, license_key, created_at, revised_at)
				VALUES ($1, 'Acme', '', '', 20, '{}', '{}', TRUE, 1, $2, 0, 0)`, organization, organization.String())
			w.exec(t, `INSERT INTO member (id, organization_id, account_id, status, type, encrypted_key, permissions, created_at, revised_at)
				VALUES ($1, $2, $3, 2, 0, '4.AAAA', '{}', 0, 0)`, id.New(), organization, w.zoe.ID)
		}
		if many := len(w.signIn(t).AccessToken); many != few || many > 4<<10 {
			t.Errorf("the token has %d bytes, and %d in no organization", many, few)
		}
	})
}
