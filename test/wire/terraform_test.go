package wire_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"testing"
)

var terraformHeader = [][2]string{
	{"User-Agent", "Bitwarden_CLI/2025.5.0 (LINUX)"},
	{"Accept", "application/json"},
	{"Bitwarden-Client-Name", "cli"},
	{"Bitwarden-Client-Version", "2025.5.0"},
	{"Device-Type", "25"},
}

// terraformSession is what the provider reads of a log-in.
type terraformSession struct {
	KDF          *int
	Iterations   *int   `json:"KdfIterations"`
	Key          string `json:"Key"`
	PrivateKey   string `json:"PrivateKey"`
	AccessToken  string `json:"access_token"`
	ExpiresIn    int    `json:"expires_in"`
	TokenType    string `json:"token_type"`
	RefreshToken string `json:"refresh_token"`
}

func (w *world) terraformLogin(t *testing.T, pairs ...string) terraformSession {
	t.Helper()
	var settings struct {
		Version  string
		Features map[string]bool `json:"featureStates"`
	}
	w.want(t, http.StatusOK, request{"GET", "/api/config", terraformHeader, ""}, &settings)
	if settings.Version < "2024.2.0" {
		t.Errorf("below version 2024.2.0 the provider gives items no key of their own: got %s", settings.Version)
	}
	var session terraformSession
	w.want(t, http.StatusOK, request{"POST", "/identity/connect/token", append(
		terraformHeader, [2]string{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
		[2]string{"Auth-Email", base64.RawURLEncoding.EncodeToString([]byte(ada))},
	), form(pairs...)}, &session)
	if session.AccessToken == "" || session.Key == "" || session.PrivateKey == "" || session.KDF == nil || session.TokenType != "Bearer" {
		t.Fatalf("log-in: got %+v", session)
	}
	return session
}

// terraformReads is what the provider asks for once it is logged in.
func (w *world) terraformReads(t *testing.T, access string) {
	t.Helper()
	header := append(slices.Clip(terraformHeader), [2]string{"Authorization", "Bearer " + access})
	var vault struct {
		Object  string
		Profile struct{ ID, Email, Key, PrivateKey string }
		Ciphers []json.RawMessage
		Folders []struct{ ID, Name string }
	}
	w.want(t, http.StatusOK, request{"GET", "/api/sync?excludeDomains=true", header, ""}, &vault)
	if vault.Profile.Email != ada || vault.Profile.Key == "" || len(vault.Folders) != 1 || vault.Ciphers == nil {
		t.Errorf("sync: got %+v", vault)
	}
	var profile struct{ Object, Email string }
	w.want(t, http.StatusOK, request{"GET", "/api/accounts/profile", header, ""}, &profile)
	var folders struct {
		Object string
		Data   []struct{ Name string }
	}
	w.want(t, http.StatusOK, request{"GET", "/api/folders", header, ""}, &folders)
	if profile.Object != "profile" || profile.Email != ada || folders.Object != "list" || len(folders.Data) != 1 {
		t.Errorf("got %+v, %+v", profile, folders)
	}
	var refused struct{ Object, Message string }
	w.want(t, http.StatusNotFound, request{"GET", "/api/folders/00000000-0000-4000-8000-000000000000", header, ""}, &refused)
	if refused.Object != "error" || refused.Message == "" {
		t.Errorf("the provider knows an error by its object: got %+v", refused)
	}
}

// Scenario 36, and 4 of spec 03.
func TestTerraformReads(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if err := w.ada.Do(t.Context(), "POST", "/api/folders", map[string]string{"name": w.ada.Key().Encrypt([]byte("Work"))}, nil); err != nil {
			t.Fatal(err)
		}
		var prelogin struct {
			KDF        *int `json:"kdf"`
			Iterations *int `json:"kdfIterations"`
		}
		w.want(t, http.StatusOK, request{
			"POST", "/identity/accounts/prelogin", append(terraformHeader, [2]string{"Content-Type", "application/json"}), `{"email":"` + ada + `"}`,
		}, &prelogin)
		if prelogin.KDF == nil || prelogin.Iterations == nil {
			t.Fatalf("prelogin: got %+v", prelogin)
		}
		t.Run("with the master password", func(t *testing.T) {
			session := w.terraformLogin(t, "scope", "api offline_access", "client_id", "cli", "grant_type", "password",
				"deviceType", "25", "deviceName", "linux", "deviceIdentifier", "7d4f5b0e-2f0b-4f0b-9f51-111111111111", "username", ada, "password", w.hash)
			if session.RefreshToken == "" {
				t.Error("there is no refresh token")
			}
			w.terraformReads(t, session.AccessToken)
		})
		t.Run("with the API key", func(t *testing.T) {
			session := w.terraformLogin(t, "scope", "api", "client_id", "user."+w.ada.UserID().String(), "grant_type", "client_credentials",
				"client_secret", w.ada.APIKey(t), "deviceType", "21", "deviceName", "Bitwarden_Terraform_Provider",
				"deviceIdentifier", "7d4f5b0e-2f0b-4f0b-9f51-222222222222")
			w.terraformReads(t, session.AccessToken)
		})
	})
}
