package webauthn_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"coffre/internal/id"
	"coffre/internal/webauthn"
	"coffre/internal/webauthn/softkey"
)

const origin = "https://vault.example.test"

var (
	site  = &webauthn.Site{ID: "vault.example.test", Name: "Coffre", Origins: []string{origin}}
	alice = webauthn.User{ID: id.ID{1}, Name: "alice@example.test", DisplayName: "Alice"}
	both  = webauthn.Wants{ResidentKey: true, Verification: true}
)

// made returns an authenticator and the credential it made.
func made(t *testing.T) (*softkey.Key, webauthn.Credential) {
	t.Helper()
	key := softkey.New(origin)
	options, pending, err := site.Create(alice, nil, both)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := key.Create(options)
	if err != nil {
		t.Fatal(err)
	}
	credential, err := site.Created(alice, pending, []byte(answer.Text()))
	if err != nil {
		t.Fatal(err)
	}
	return key, credential
}

// answered asks for any credential, lets the key answer, and returns the verdict.
func answered(t *testing.T, key *softkey.Key, c webauthn.Credential, change func(*softkey.Answer)) (webauthn.Credential, error) {
	t.Helper()
	options, pending, err := site.Ask(nil, true)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := key.Get(options)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&answer)
	}
	c, u, err := site.Answered(pending, []byte(answer.Text()), finds(c))
	if err == nil && u != alice {
		t.Errorf("answered by %v, want %v", u, alice)
	}
	return c, err
}

func finds(c webauthn.Credential) webauthn.Find {
	return func(credentialID, _ []byte) (webauthn.User, webauthn.Credential, error) {
		if string(credentialID) != string(c.ID) {
			return webauthn.User{}, webauthn.Credential{}, errors.New("nobody's")
		}
		return alice, c, nil
	}
}

func TestCredentialIsMadeAndAnswers(t *testing.T) {
	key, credential := made(t)
	for want := uint32(1); want < 4; want++ {
		var err error
		if credential, err = answered(t, key, credential, nil); err != nil {
			t.Fatal(err)
		}
		if credential.Counter != want {
			t.Errorf("counter %d, want %d", credential.Counter, want)
		}
	}
}

func TestCredentialKeepsItsMeaningAsJSON(t *testing.T) {
	key, credential := made(t)
	text, err := json.Marshal(credential)
	if err != nil {
		t.Fatal(err)
	}
	var read webauthn.Credential
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if _, err := answered(t, key, read, nil); err != nil {
		t.Error(err)
	}
}

func TestAnswerIsRefused(t *testing.T) {
	tests := map[string]struct {
		key    func(*softkey.Key)
		answer func(*softkey.Answer)
	}{
		"nobody was recognized":    {key: func(k *softkey.Key) { k.Verified = false }},
		"nobody was there":         {key: func(k *softkey.Key) { k.Present = false }},
		"another page":             {key: func(k *softkey.Key) { k.Origin = "https://vault.example.test.evil.test" }},
		"the counter stands still": {key: func(k *softkey.Key) { k.Step = 0 }},
		"it became another kind":   {key: func(k *softkey.Key) { k.Synced = true }},
		"it says nobody's name":    {key: func(k *softkey.Key) { k.Silent = true }},
		"it says another name":     {answer: func(a *softkey.Answer) { a.Response["userHandle"] = "AAAAAAAAAAAAAAAAAAAAAA" }},
		"another signature":        {answer: func(a *softkey.Answer) { a.Response["signature"] = "AAAA" }},
		"another kind of answer":   {answer: func(a *softkey.Answer) { a.Type = "password" }},
		"two credentials":          {answer: func(a *softkey.Answer) { a.ID = "AAAA" }},
		"another credential":       {answer: func(a *softkey.Answer) { a.ID, a.RawID = "AAAA", "AAAA" }},
		"no credential":            {answer: func(a *softkey.Answer) { a.ID, a.RawID = "", "" }},
		"no data":                  {answer: func(a *softkey.Answer) { a.Response = nil }},
		"no base64":                {answer: func(a *softkey.Answer) { a.Response["signature"] = "?" }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			key, credential := made(t)
			credential, err := answered(t, key, credential, nil)
			if err != nil {
				t.Fatal(err)
			}
			if test.key != nil {
				test.key(key)
			}
			if _, err := answered(t, key, credential, test.answer); err == nil {
				t.Error("the answer was good")
			}
		})
	}
}

func TestCounterThatStandsStillHasItsOwnError(t *testing.T) {
	key, credential := made(t)
	credential.Counter = 9
	if _, err := answered(t, key, credential, nil); !errors.Is(err, webauthn.ErrCounter) {
		t.Errorf("got %v, want %v", err, webauthn.ErrCounter)
	}
}

func TestAnswerToAnotherChallengeIsRefused(t *testing.T) {
	key, credential := made(t)
	options, _, err := site.Ask(nil, true)
	if err != nil {
		t.Fatal(err)
	}
	_, pending, err := site.Ask(nil, true)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := key.Get(options)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := site.Answered(pending, []byte(answer.Text()), finds(credential)); err == nil {
		t.Error("the answer was good")
	}
}

func TestNamedCredentialMayKeepSilentAboutItsOwner(t *testing.T) {
	key, credential := made(t)
	_, other := made(t)
	key.Silent, key.Verified = true, false
	options, pending, err := site.Ask([]webauthn.Credential{other, credential}, false)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := key.Get(options)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := site.Answered(pending, []byte(answer.Text()), finds(credential)); err != nil {
		t.Error(err)
	}
}

func TestOnlyNamedCredentialsMayAnswer(t *testing.T) {
	key, credential := made(t)
	_, other := made(t)
	_, pending, err := site.Ask([]webauthn.Credential{other}, false)
	if err != nil {
		t.Fatal(err)
	}
	options, _, err := site.Ask(nil, false)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := key.Get(options)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := site.Answered(pending, []byte(answer.Text()), finds(credential)); !errors.Is(err, webauthn.ErrStranger) {
		t.Errorf("got %v, want %v", err, webauthn.ErrStranger)
	}
}

// TestSpellingsOfClientsAreRead pins how official clients and older ones write
// what a browser gave them.
func TestSpellingsOfClientsAreRead(t *testing.T) {
	rename := func(from, to string) func(*softkey.Answer) {
		return func(a *softkey.Answer) {
			a.Response[to] = a.Response[from]
			delete(a.Response, from)
		}
	}
	tests := map[string]func(*softkey.Answer){
		"clientDataJson":         rename("clientDataJSON", "clientDataJson"),
		"AuthenticatorData":      rename("authenticatorData", "AuthenticatorData"),
		"no type":                func(a *softkey.Answer) { a.Type = "" },
		"only the raw id":        func(a *softkey.Answer) { a.ID = "" },
		"results of extensions":  func(a *softkey.Answer) { a.Extensions = map[string]any{"appid": false, "prf": map[string]any{}} },
		"base64 with its filler": func(a *softkey.Answer) { a.RawID += "=" },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			key, credential := made(t)
			if _, err := answered(t, key, credential, change); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCreationIsRefused(t *testing.T) {
	tests := map[string]struct {
		key    func(*softkey.Key)
		answer func(*softkey.Answer)
	}{
		"nobody was recognized": {key: func(k *softkey.Key) { k.Verified = false }},
		"another page":          {key: func(k *softkey.Key) { k.Origin = "https://example.test" }},
		"another site":          {key: func(k *softkey.Key) { k.RPID = "example.test" }},
		"no object":             {answer: func(a *softkey.Answer) { delete(a.Response, "attestationObject") }},
		"another credential":    {answer: func(a *softkey.Answer) { a.ID, a.RawID = "AAAA", "AAAA" }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			key := softkey.New(origin)
			if test.key != nil {
				test.key(key)
			}
			options, pending, err := site.Create(alice, nil, both)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := key.Create(options)
			if err != nil {
				t.Fatal(err)
			}
			if test.answer != nil {
				test.answer(&answer)
			}
			if _, err := site.Created(alice, pending, []byte(answer.Text())); err == nil {
				t.Error("the credential was taken")
			}
		})
	}
}

func TestCreationForSomebodyElseIsRefused(t *testing.T) {
	options, pending, err := site.Create(alice, nil, both)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := softkey.New(origin).Create(options)
	if err != nil {
		t.Fatal(err)
	}
	bob := webauthn.User{ID: id.ID{2}, Name: "bob@example.test"}
	if _, err := site.Created(bob, pending, []byte(answer.Text())); err == nil {
		t.Error("the credential was taken")
	}
}

// TestAttestationObjectMayHaveACapital pins how the web vault writes it.
func TestAttestationObjectMayHaveACapital(t *testing.T) {
	options, pending, err := site.Create(alice, nil, webauthn.Wants{})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := softkey.New(origin).Create(options)
	if err != nil {
		t.Fatal(err)
	}
	answer.Response["AttestationObject"] = answer.Response["attestationObject"]
	delete(answer.Response, "attestationObject")
	if _, err := site.Created(alice, pending, []byte(answer.Text())); err != nil {
		t.Error(err)
	}
}

func TestOptionsHoldWhatClientsRead(t *testing.T) {
	_, credential := made(t)
	creation, _, err := site.Create(alice, nil, webauthn.Wants{})
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := site.Create(alice, []webauthn.Credential{credential}, both)
	if err != nil {
		t.Fatal(err)
	}
	request, _, err := site.Ask([]webauthn.Credential{credential}, false)
	if err != nil {
		t.Fatal(err)
	}
	open, _, err := site.Ask(nil, true)
	if err != nil {
		t.Fatal(err)
	}
	named := `{"type":"public-key","id":"` + webauthnText(t, credential.ID) + `","transports":["internal"]}`
	tests := map[string]struct {
		options any
		want    []string
	}{
		"a first second step": {creation, []string{
			`"rp":{"id":"vault.example.test","name":"Coffre"}`, `"name":"alice@example.test","displayName":"Alice"`,
			`"excludeCredentials":[]`, `{"type":"public-key","alg":-7}`, `"timeout":60000`, `"attestation":"none"`,
			`"requireResidentKey":false`, `"userVerification":"discouraged"`, `"extensions":{},"status":"ok","errorMessage":""`,
		}},
		"another passkey": {again, []string{
			`"excludeCredentials":[` + named + `]`, `"requireResidentKey":true,"residentKey":"required","userVerification":"required"`,
		}},
		"a second step": {request, []string{
			`"rpId":"vault.example.test"`, `"allowCredentials":[` + named + `]`, `"userVerification":"discouraged"`, `"status":"ok"`,
		}},
		"a passkey": {open, []string{`"allowCredentials":[]`, `"userVerification":"required"`, `"timeout":60000`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text, err := json.Marshal(test.options)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range test.want {
				if !strings.Contains(string(text), want) {
					t.Errorf("%s does not hold %s", text, want)
				}
			}
		})
	}
}

func webauthnText(t *testing.T, data []byte) string {
	t.Helper()
	text, err := json.Marshal(webauthn.Text(data))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(string(text), `"`)
}

func TestExtensionsOfBrowsersSpeakForTheVault(t *testing.T) {
	site := webauthn.SiteOf("https://vault.example.test:8443/under/a/path")
	for page, want := range map[string]bool{
		"https://vault.example.test:8443":                     true,
		"chrome-extension://nngceckbapebfimnlniiiahkandclblb": true,
		"https://vault.example.test":                          false,
		"chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": false,
	} {
		options, pending, err := site.Create(alice, nil, both)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := softkey.New(page).Create(options)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := site.Created(alice, pending, []byte(answer.Text())); (err == nil) != want {
			t.Errorf("%s: got %v, want it taken: %v", page, err, want)
		}
	}
}

func TestSiteWithoutANameIsRefused(t *testing.T) {
	for _, host := range []string{"192.0.2.1", "[::1]", ""} {
		if site := webauthn.SiteOf("https://" + host + ":8443"); site != nil {
			t.Errorf("%q is the site %v", host, site)
		}
	}
	for _, host := range []string{"192.0.2.1", "::1", ""} {
		site := &webauthn.Site{ID: host, Name: "Coffre", Origins: []string{"https://" + host}}
		if _, _, err := site.Ask(nil, true); err == nil {
			t.Errorf("%q was taken", host)
		}
	}
	if _, _, err := webauthn.SiteOf("https://localhost:8443").Ask(nil, true); err != nil {
		t.Error(err)
	}
}
