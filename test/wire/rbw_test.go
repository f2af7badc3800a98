package wire_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"coffre/test/harness"
)

// rbw says who it is on every request, and on a sync a second time with a version
// that servers know.
const rbwDevice = "1d1dc3b8-5f0a-4a3c-8f0c-6f2f8b9f6f10"

var (
	rbwHeader = [][2]string{
		{"User-Agent", "rbw/1.13.2"}, {"Bitwarden-Client-Name", "cli"}, {"Bitwarden-Client-Version", "1.13.2"}, {"Device-Type", "8"},
	}
	rbwSyncHeader = append(slices.Clip(rbwHeader), [2]string{"Bitwarden-Client-Version", "2024.12.0"})
)

// rbwSession is what rbw reads of a log-in; a member that is missing is an error to it.
type rbwSession struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	Key          string `json:"Key"`
}

// rbwError is what rbw reads of a refused log-in.
type rbwError struct {
	Error       string        `json:"error"`
	Description string        `json:"error_description"`
	Model       *errorModel   `json:"ErrorModel"`
	Providers   []json.Number `json:"TwoFactorProviders"`
	Session     *string       `json:"SsoEmail2faSessionToken"`
}

type errorModel struct{ Message string }

func (w *world) rbwPrelogin(t *testing.T) {
	t.Helper()
	var prelogin struct {
		KDF         *int `json:"kdf"`
		Iterations  *int `json:"kdfIterations"`
		Memory      *int `json:"kdfMemory"`
		Parallelism *int `json:"kdfParallelism"`
	}
	w.want(t, http.StatusOK, request{
		"POST", "/identity/accounts/prelogin", append(rbwHeader, [2]string{"Content-Type", "application/json"}), `{"email":"` + ada + `"}`,
	}, &prelogin)
	if prelogin.KDF == nil || *prelogin.KDF != 0 || prelogin.Iterations == nil || *prelogin.Iterations != 600_000 {
		t.Fatalf("prelogin: got %+v", prelogin)
	}
}

// rbwLogin is the log-in with a password, and with a second step when there is one.
func rbwLogin(password string, second ...string) request {
	pairs := []string{
		"grant_type", "password", "username", ada, "password", password, "scope", "api offline_access", "client_id", "cli",
		"deviceType", "8", "deviceIdentifier", rbwDevice, "deviceName", "rbw", "devicePushToken", "",
	}
	return request{"POST", "/identity/connect/token", append(
		rbwHeader, [2]string{"Content-Type", "application/x-www-form-urlencoded"},
		[2]string{"Auth-Email", base64.RawURLEncoding.EncodeToString([]byte(ada))},
	), form(append(pairs, second...)...)}
}

func (w *world) rbwSync(t *testing.T, status int, access string) {
	t.Helper()
	var vault struct {
		Profile struct {
			Key           string
			PrivateKey    string
			Organizations []struct{ ID, Key string }
		}
		Ciphers, Folders []json.RawMessage
	}
	w.want(t, status, request{"GET", "/api/sync", append(rbwSyncHeader, [2]string{"Authorization", "Bearer " + access}), ""}, &vault)
	if status == http.StatusOK && (vault.Profile.Key == "" || vault.Profile.PrivateKey == "" || vault.Profile.Organizations == nil || vault.Ciphers == nil || vault.Folders == nil) {
		t.Errorf("sync: got %+v", vault)
	}
}

// rbwItem is what rbw reads of an item; what is no pointer must be there.
type rbwItem struct {
	ID             string
	Type           int
	Name           string
	Key            *string
	Notes          *string
	OrganizationID *string
	FolderID       *string
	DeletedDate    *string
	Reprompt       int
	Login          *struct {
		Username, Password, TOTP *string
		URIs                     []struct {
			URI   *string
			Match *int
		}
	}
	Fields []struct {
		Type        *int
		Name, Value *string
	}
	PasswordHistory []struct{ LastUsedDate, Password string }
}

// Scenarios 4 and 7 of spec 03: rbw adds an item in its own spelling, and finds it.
func TestRbwAddsAnItem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var session rbwSession
		w.want(t, http.StatusOK, rbwLogin(w.hash), &session)
		bearer := [2]string{"Authorization", "Bearer " + session.AccessToken}
		seal := func(text string) string { return w.ada.Key().Encrypt([]byte(text)) }
		name, secret, former := seal("bank"), seal("tulip"), seal("rose")
		w.want(t, http.StatusOK, request{
			"POST", "/api/ciphers", append(rbwHeader, bearer, [2]string{"Content-Type", "application/json"}),
			`{"Type":1,"FolderId":null,"Name":"` + name + `","Notes":null,"Login":{"Username":null,"Password":"` + secret + `","Totp":null,"Uris":[]},` +
				`"PasswordHistory":[{"LastUsedDate":"2026-01-02T03:04:05Z","Password":"` + former + `"}]}`,
		}, nil)
		var vault struct{ Ciphers []rbwItem }
		w.want(t, http.StatusOK, request{"GET", "/api/sync", append(rbwSyncHeader, bearer), ""}, &vault)
		if len(vault.Ciphers) != 1 {
			t.Fatalf("got %+v", vault)
		}
		got := vault.Ciphers[0]
		if got.ID == "" || got.Type != 1 || got.Name != name || got.Login == nil || got.Login.Password == nil || *got.Login.Password != secret ||
			got.DeletedDate != nil || len(got.PasswordHistory) != 1 || got.PasswordHistory[0].Password != former {
			t.Errorf("got %+v", got)
		}
	})
}

// Scenarios 8 and 35.
func TestRbwLogsInAndSyncs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.rbwPrelogin(t)
		var refused rbwError
		w.want(t, http.StatusBadRequest, rbwLogin("d3Jvbmc="), &refused)
		if refused.Error != "invalid_grant" || refused.Description != "invalid_username_or_password" || refused.Model == nil {
			t.Errorf("with a wrong password rbw asks again only for invalid_username_or_password: got %+v", refused)
		}
		var session rbwSession
		w.want(t, http.StatusOK, rbwLogin(w.hash), &session)
		if session.AccessToken == "" || session.RefreshToken == "" || session.Key == "" {
			t.Fatalf("log-in: got %+v", session)
		}
		w.rbwSync(t, http.StatusOK, session.AccessToken)
		w.rbwSync(t, http.StatusUnauthorized, "old"+session.AccessToken)
		var renewed rbwSession
		w.want(t, http.StatusOK, request{
			"POST", "/identity/connect/token", append(rbwHeader, [2]string{"Content-Type", "application/x-www-form-urlencoded"}),
			form("grant_type", "refresh_token", "client_id", "cli", "refresh_token", session.RefreshToken),
		}, &renewed)
		w.rbwSync(t, http.StatusOK, renewed.AccessToken)
	})
}

// Scenario 35, for who has to register the device by the API key first.
func TestRbwRegisters(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		registration := func(key string) request {
			return request{"POST", "/identity/connect/token", append(
				rbwHeader, [2]string{"Content-Type", "application/x-www-form-urlencoded"},
				[2]string{"Auth-Email", base64.RawURLEncoding.EncodeToString([]byte(ada))},
			), form("grant_type", "client_credentials", "username", ada, "scope", "api", "client_id", "user."+w.ada.UserID().String(), "client_secret", key,
				"deviceType", "8", "deviceIdentifier", rbwDevice, "deviceName", "rbw", "devicePushToken", "")}
		}
		var refused rbwError
		w.want(t, http.StatusBadRequest, registration("wrong"), &refused)
		if refused.Error != "invalid_client" {
			t.Errorf("got %+v", refused)
		}
		w.want(t, http.StatusOK, registration(w.ada.APIKey(t)), nil)
	})
}

// Scenarios 35 and 59.
func TestRbwIsMailedTheSecondStep(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ada.SetMailedCodes(t, w.mail)
		w.server.Advance(t, 30*time.Second) // a code each half minute
		var challenge rbwError
		w.want(t, http.StatusBadRequest, rbwLogin(w.hash), &challenge)
		if challenge.Error != "invalid_grant" || challenge.Description != "Two factor required." || challenge.Session == nil ||
			len(challenge.Providers) != 1 || challenge.Providers[0] != "1" {
			t.Fatalf("got %+v", challenge)
		}
		w.want(t, http.StatusOK, request{"POST", "/api/two-factor/send-email-login", append(
			rbwHeader, [2]string{"Content-Type", "application/json"}, [2]string{"Auth-Email", base64.RawURLEncoding.EncodeToString([]byte(ada))},
		), `{"email":"` + ada + `","DeviceIdentifier":"` + rbwDevice + `","SsoEmail2faSessionToken":"` + *challenge.Session + `"}`}, nil)
		code := w.mail.Wait(t, ada, harness.SecondStepCode).Code(t)
		var session rbwSession
		w.want(t, http.StatusOK, rbwLogin(w.hash, "twoFactorToken", code, "twoFactorProvider", "1"), &session)
		w.rbwSync(t, http.StatusOK, session.AccessToken)
	})
}
