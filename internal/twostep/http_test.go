package twostep_test

import (
	"fmt"
	"strings"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/twostep"
)

// everything gives Zoé one of each provider.
func (w *world) everything(t *testing.T) {
	t.Helper()
	w.withYubico(t)
	w.withDuoApp(t)
	w.withAuthenticator(t)
	w.withEmail(t)
	w.addKey(t, 1)
	if err := w.SetYubiKeys(t.Context(), w.zoe.ID, [5]string{typed(blueKey, 1)}, true); err != nil {
		t.Fatal(err)
	}
}

// gets are the routes that show a provider, with the members of the answer that
// differ from run to run.
var gets = map[string]string{
	"authenticator": "key", "email": "", "duo": "", "yubikey": "", "webauthn": "",
}

// shown returns the answer of a route with what differs each time made the same.
func (w *world) shown(t *testing.T, name string) string {
	t.Helper()
	status, answer := w.call(w.zoe.ID, "POST", "/api/two-factor/get-"+name, `{`+proof+`}`)
	if status != 200 {
		t.Fatalf("%s: got %d %s", name, status, answer)
	}
	for _, member := range []string{"userVerificationToken", gets[name]} {
		_, rest, found := strings.Cut(answer, `"`+member+`":"`)
		value, _, _ := strings.Cut(rest, `"`)
		if found {
			answer = strings.ReplaceAll(answer, value, strings.ToUpper(member))
		}
	}
	return answer
}

func TestProvidersAreShownToBothGenerations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.everything(t)
		for name := range gets {
			w.version = "2026.8.2"
			golden(t, name+"-older", w.shown(t, name))
			w.version = "2026.9.0"
			golden(t, name, w.shown(t, name))
		}
	})
}

func TestGenerationIsToldByTheVersion(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for version, newer := range map[string]bool{
		"": true, "2026.9.0": true, "2026.10.1": true, "2027.1.0": true, "odd": true, "2026.x": true,
		"2026.8.9": false, "2025.12.0": false, "2024.6.3": false, "1.15.0": false,
	} {
		w.version = version
		if got := w.shown(t, "webauthn"); strings.HasPrefix(got, `{"webAuthn":{`) != newer {
			t.Errorf("%q: got %s", version, got)
		}
	}
}

func TestProvidersAreListed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.wants(t, "GET", "/api/two-factor", "", 200, `{"object":"list","data":[],"continuationToken":null}`)
		w.everything(t)
		_, answer := w.call(w.zoe.ID, "GET", "/api/two-factor", "")
		golden(t, "list", answer)
		if got, err := w.Providers(t.Context(), w.zoe.ID); err != nil || fmt.Sprint(got) != "[0 1 2 3 7]" {
			t.Errorf("got %v, %v", got, err)
		}
		_, answer = w.call(w.bob.ID, "GET", "/api/two-factor", "")
		if strings.Contains(answer, "enabled") {
			t.Errorf("another person: got %s", answer)
		}
	})
}

// Scenario 61.
func TestChallengeNamesWhatIsSetUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.everything(t)
		c, err := w.Challenge(t.Context(), w.zoe, twostep.App{Name: "web"})
		if err != nil || len(c.Providers) != 5 || c.Email != w.zoe.Email || c.SessionToken == "" || c.Providers["0"] != nil {
			t.Errorf("got %+v, %v", c, err)
		}
		if got := fmt.Sprint(c.Providers["1"], c.Providers["3"]); got != "{zo***@example.com} {true}" {
			t.Errorf("got %s", got)
		}
		for _, number := range []int{twostep.Email, twostep.WebAuthn} {
			if err := w.TurnOff(t.Context(), w.zoe.ID, number); err != nil {
				t.Fatal(err)
			}
		}
		c, err = w.Challenge(t.Context(), w.zoe, twostep.App{Name: "web"})
		if err != nil || len(c.Providers) != 3 || c.Email != "" || c.SessionToken != "" {
			t.Errorf("with three of them: got %+v, %v", c, err)
		}
	})
}

func TestEveryProviderIsDisabledByItsNumber(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.everything(t)
	for i, number := range []int{0, 1, 2, 3, 7} {
		w.wants(t, "PUT", "/api/two-factor/disable", fmt.Sprintf(`{"type":%d,%s}`, number, proof), 200,
			fmt.Sprintf(`{"enabled":false,"type":%d,"object":"twoFactorProvider"}`, number))
		if left := w.numbers(t); len(left) != 4-i {
			t.Errorf("after %d left are %v", number, left)
		}
	}
	for _, number := range []string{"5", "6", "8", "4", "-1", "99"} {
		w.wants(t, "POST", "/api/two-factor/disable", `{"type":`+number+`,`+proof+`}`, 400, `"type"`)
	}
}

func TestNothingChangesWithoutAProof(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.Limits.Factor = 100
		w.everything(t)
		key, _, err := w.AuthenticatorKey(t.Context(), w.zoe.ID)
		if err != nil {
			t.Fatal(err)
		}
		others, err := w.ProofToken(t.Context(), w.bob.ID, twostep.Email, "")
		if err != nil {
			t.Fatal(err)
		}
		w.mails = nil
		bodies := map[string]string{
			"PUT /authenticator": fmt.Sprintf(`"key":%q,"token":%q`, key, w.code(t, key, 0)), "DELETE /authenticator": fmt.Sprintf(`"key":%q`, key),
			"POST /send-email": `"email":"a@example.com"`, "PUT /email": `"email":"a@example.com","token":"123456"`, "DELETE /email": `"a":1`,
			"PUT /duo": duoApp, "DELETE /duo": `"a":1`, "PUT /yubikey": `"key1":"` + blueKey + `"`, "DELETE /yubikey": `"a":1`,
			"POST /get-webauthn-challenge": `"a":1`, "PUT /webauthn": `"id":2,"deviceResponse":{}`, "DELETE /webauthn": `"id":1`, "DELETE /webauthn/all": `"a":1`,
			"PUT /disable": `"type":0`, "POST /get-recover": `"a":1`, "POST /get-authenticator": `"a":1`, "POST /get-duo": `"a":1`,
		}
		for route, body := range bodies {
			method, path, _ := strings.Cut(route, " ")
			for _, no := range []string{`"a":1`, `"masterPasswordHash":"wrong"`, `"otp":"12345678"`, `"userVerificationToken":"garbage"`, fmt.Sprintf(`"userVerificationToken":%q`, others)} {
				if status, answer := w.call(w.zoe.ID, method, "/api/two-factor"+path, `{`+body+`,`+no+`}`); status != 400 {
					t.Errorf("%s with %s: got %d %s", route, no, status, answer)
				}
			}
			if status, _ := w.call(id.ID{}, method, "/api/two-factor"+path, `{`+body+`,`+proof+`}`); status != 401 {
				t.Errorf("%s of nobody: got %d", route, status)
			}
		}
		if numbers := w.numbers(t); len(numbers) != 5 || len(w.mails) > 0 {
			t.Errorf("left are %v, mailed was %v", numbers, w.templates())
		}
	})
}

func TestOneTimeCodeIsAProof(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, member := range []string{"otp", "masterPasswordHash"} {
		code, err := w.Accounts.IssueCode(t.Context(), w.zoe.ID, "otp", "")
		if err != nil {
			t.Fatal(err)
		}
		w.wants(t, "POST", "/api/two-factor/get-email", fmt.Sprintf(`{%q:%q}`, member, code), 200, `"object":"twoFactorEmail"`)
	}
}

func TestOldDeviceVerificationIsOff(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	const off = `{"isDeviceVerificationSectionEnabled":false,"unknownDeviceVerificationEnabled":false,"object":"deviceVerificationSettings"}`
	w.wants(t, "GET", "/api/two-factor/get-device-verification-settings", "", 200, off)
	w.wants(t, "PUT", "/api/two-factor/device-verification-settings", `{"unknownDeviceVerificationEnabled":true}`, 200, off)
}
