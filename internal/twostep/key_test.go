package twostep_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/twostep"
	"coffre/internal/webauthn/softkey"
)

const (
	getKeys      = "/api/two-factor/get-webauthn"
	getChallenge = "/api/two-factor/get-webauthn-challenge"
	putKey       = "/api/two-factor/webauthn"
)

// addKey gives Zoé a key in a slot.
func (w *world) addKey(t *testing.T, slot int) {
	t.Helper()
	options, err := w.KeyOptions(t.Context(), w.zoe.ID)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := w.key.Create(options)
	if err == nil {
		err = w.AddKey(t.Context(), w.zoe.ID, slot, fmt.Sprint("Key ", slot), []byte(answer.Text()))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// touched returns what Zoé's key answers to a challenge.
func (w *world) touched(t *testing.T) softkey.Answer {
	t.Helper()
	c, err := w.Challenge(t.Context(), w.zoe, twostep.App{Name: "web"})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := w.key.Get(c.Providers["7"])
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// Scenario 64.
func TestSecurityKeyAnswersAChallengeOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.addKey(t, 1)
		answer := w.touched(t).Text()
		if got := w.try(t, twostep.WebAuthn, answer); got != twostep.Passed {
			t.Fatalf("got %v", got)
		}
		if got := w.try(t, twostep.WebAuthn, answer); got != twostep.Wrong {
			t.Errorf("the same answer again: got %v", got)
		}
		w.touched(t) // a new challenge, which the old answer does not fit
		if got := w.try(t, twostep.WebAuthn, answer); got != twostep.Wrong {
			t.Errorf("the same answer to another challenge: got %v", got)
		}
		if got := w.try(t, twostep.WebAuthn, w.touched(t).Text()); got != twostep.Passed {
			t.Errorf("a new answer: got %v", got)
		}
	})
}

// Scenario 64.
func TestCounterOfASecurityKeyMovesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.addKey(t, 1)
		w.key.Counter = 7
		if got := w.try(t, twostep.WebAuthn, w.touched(t).Text()); got != twostep.Passed {
			t.Fatalf("got %v", got)
		}
		w.key.Counter = 3 // a copy of the key that was made before
		if got := w.try(t, twostep.WebAuthn, w.touched(t).Text()); got != twostep.Wrong {
			t.Errorf("an older counter: got %v", got)
		}
	})
}

func TestSecurityKeyThatWasNotAskedForIsRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.Limits.Factor = 100
	w.addKey(t, 1)
	own := w.key
	late := w.touched(t).Text()
	w.now = w.now.Add(6 * time.Minute)
	if got := w.try(t, twostep.WebAuthn, late); got != twostep.Wrong {
		t.Errorf("too late: got %v", got)
	}
	w.key.Origin = "https://phishing.example"
	if got := w.try(t, twostep.WebAuthn, w.touched(t).Text()); got != twostep.Wrong {
		t.Errorf("another page: got %v", got)
	}
	w.key.Origin, w.key.Present = vault, false
	if got := w.try(t, twostep.WebAuthn, w.touched(t).Text()); got != twostep.Wrong {
		t.Errorf("nobody there: got %v", got)
	}
	own.Present = true
	for _, text := range []string{"{}", "null", "[]", "x", `{"id":7}`, `{"response":{}}`} {
		w.touched(t)
		if got := w.try(t, twostep.WebAuthn, text); got != twostep.Wrong {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

func TestSecurityKeyNeedsNeitherFingerNorHandle(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.key.Verified, w.key.Silent = false, true
	w.addKey(t, 1)
	answer := w.touched(t)
	answer.Response["clientDataJson"] = answer.Response["clientDataJSON"] // as some clients spell it
	delete(answer.Response, "clientDataJSON")
	answer.Extensions["appid"] = false
	if got := w.try(t, twostep.WebAuthn, answer.Text()); got != twostep.Passed {
		t.Errorf("got %v", got)
	}
}

func TestSecurityKeysAreManaged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var got struct{ UserVerificationToken string }
		w.good(t, "POST", getKeys, `{`+proof+`}`, &got)
		token := fmt.Sprintf(`"userVerificationToken":%q`, got.UserVerificationToken)
		for slot := 1; slot <= 2; slot++ {
			var challenge struct{ Options map[string]any }
			w.good(t, "POST", getChallenge, `{`+token+`}`, &challenge)
			if list, ok := challenge.Options["excludeCredentials"].([]any); !ok || len(list) != slot-1 {
				t.Errorf("the options are %v", challenge.Options)
			}
			answer, err := softkey.New(vault).Create(challenge.Options)
			if err != nil {
				t.Fatal(err)
			}
			body := fmt.Sprintf(`{"id":%d,"name":"Key %d","deviceResponse":%s,%s}`, slot, slot, answer.Text(), token)
			w.wants(t, "PUT", putKey, body, 200, `"object":"twoFactorWebAuthnUpdate"`)
			w.wants(t, "PUT", putKey, body, 400, "Unable to complete WebAuthn registration.")
		}
		status, answer := w.call(w.zoe.ID, "POST", getKeys, `{`+proof+`}`)
		if want := `{"webAuthn":{"enabled":true,"keys":[{"name":"Key 1","id":1,"migrated":false},{"name":"Key 2","id":2,"migrated":false}]},`; status != 200 || answer[:min(len(answer), len(want))] != want {
			t.Errorf("got %d %s", status, answer)
		}
		w.wants(t, "DELETE", putKey, `{"id":3,`+token+`}`, 400, "Unable to delete WebAuthn credential.")
		w.recorded = nil
		w.wants(t, "DELETE", putKey, `{"id":1,`+token+`}`, 200, `"keys":[{"name":"Key 2","id":2,"migrated":false}]},"object":"twoFactorWebAuthnDelete"`)
		w.wants(t, "DELETE", putKey, `{"id":2,`+token+`}`, 400, "Unable to delete WebAuthn credential.")
		w.wants(t, "DELETE", putKey+"/all", `{`+token+`}`, 204, "")
		if want := []own{{w.zoe.ID, event.TwoStepUpdated}, {w.zoe.ID, event.TwoStepDisabled}}; !slices.Equal(w.recorded, want) {
			t.Errorf("recorded %v, want %v", w.recorded, want)
		}
		if numbers := w.numbers(t); len(numbers) > 0 {
			t.Errorf("left are %v", numbers)
		}
	})
}

func TestOlderClientsReadTheOptionsOfAKeyAlone(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.version = "2026.8.0"
	var options map[string]any
	w.good(t, "POST", getChallenge, `{`+proof+`}`, &options)
	answer, err := w.key.Create(options)
	if err != nil || options["object"] != nil || options["status"] != "ok" {
		t.Fatalf("got %v, %v", options, err)
	}
	answer.Response["AttestationObject"] = answer.Response["attestationObject"] // as the web vault spells it
	delete(answer.Response, "attestationObject")
	body := fmt.Sprintf(`{"id":1,"name":"","deviceResponse":%s,%s}`, answer.Text(), proof)
	w.wants(t, "PUT", putKey, body, 200, `{"enabled":true,"keys":[{"name":"","id":1,"migrated":false}],"object":"twoFactorWebAuthn"}`)
}

func TestPeopleHaveAsManyKeysAsTheyMay(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	full := func(slot int) {
		t.Helper()
		options, err := w.KeyOptions(t.Context(), w.zoe.ID)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := softkey.New(vault).Create(options)
		if err != nil {
			t.Fatal(err)
		}
		body := fmt.Sprintf(`{"id":%d,"name":"","deviceResponse":%s,%s}`, slot, answer.Text(), proof)
		w.wants(t, "PUT", putKey, body, 400, "Maximum allowed WebAuthn credential count exceeded.")
	}
	w.premium = false
	for slot := range 10 {
		if slot == 5 {
			full(6)
			w.premium = true
		}
		w.key = softkey.New(vault)
		w.addKey(t, slot+1)
	}
	full(11)
}

func TestAnswerOfAnotherPersonMakesNoKey(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	options, err := w.KeyOptions(t.Context(), w.bob.ID)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := w.key.Create(options)
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"id":1,"name":"","deviceResponse":%s,%s}`, answer.Text(), proof)
	w.wants(t, "PUT", putKey, body, 400, "Unable to complete WebAuthn registration.")
	if _, err := w.KeyOptions(t.Context(), w.zoe.ID); err != nil {
		t.Fatal(err)
	}
	w.wants(t, "PUT", putKey, body, 400, "Unable to complete WebAuthn registration.")
}

func TestAddressOfDigitsHasNoSecurityKeys(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.addKey(t, 1)
	w.Site = nil
	w.wants(t, "POST", getChallenge, `{`+proof+`}`, 400, `"code":"two-step-not-offered"`)
	c, err := w.Challenge(t.Context(), w.zoe, twostep.App{})
	needed, err2 := w.Needed(t.Context(), w.zoe)
	if err != nil || err2 != nil || !needed || len(c.Providers) > 0 {
		t.Errorf("asked is %v, needed %v, %v, %v", c.Providers, needed, err, err2)
	}
}
