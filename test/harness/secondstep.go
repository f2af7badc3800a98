package harness

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"coffre/internal/client"
)

// Subjects of the mails that carry a code, in English.
const (
	SecondStepCode = "Your log-in code"
	NewDeviceCode  = "Is this new device yours?"
)

var code = regexp.MustCompile(`(?m)^\d{6,8}$`)

// Code returns the one-time code that a mail carries.
func (m Mail) Code(t testing.TB) string {
	t.Helper()
	found := code.FindString(m.Text)
	if found == "" {
		t.Fatalf("the mail %q carries no code:\n%s", m.Subject, m.Text)
	}
	return found
}

// proof is what a person sends to prove again who they are.
func (p Person) proof(t testing.TB) map[string]any {
	t.Helper()
	hash, err := p.Hash(Password)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{"masterPasswordHash": hash}
}

func (p Person) must(t testing.TB, method, path string, in, out any) {
	t.Helper()
	if err := p.Do(t.Context(), method, path, in, out); err != nil {
		t.Fatalf("%s %s for %s: %v", method, path, p.Email, err)
	}
}

// EndSessions signs a person out everywhere.
func (p Person) EndSessions(t testing.TB) {
	t.Helper()
	p.must(t, http.MethodPost, "/api/accounts/security-stamp", p.proof(t), nil)
}

// SetAuthenticator has a person log in with an authenticator too, and returns its
// secret. The code of now is used up.
func (p Person) SetAuthenticator(t testing.TB, now time.Time) (secret string) {
	t.Helper()
	var got struct {
		Authenticator         struct{ Key string }
		UserVerificationToken string
	}
	p.must(t, http.MethodPost, "/api/two-factor/get-authenticator", p.proof(t), &got)
	code, err := client.AuthenticatorCode(got.Authenticator.Key, now)
	if err != nil {
		t.Fatal(err)
	}
	p.must(t, http.MethodPut, "/api/two-factor/authenticator", map[string]any{
		"key": got.Authenticator.Key, "token": code, "userVerificationToken": got.UserVerificationToken,
	}, nil)
	return got.Authenticator.Key
}

// SetMailedCodes has a person log in with codes that are mailed to them too.
func (p Person) SetMailedCodes(t testing.TB, box *Mailbox) {
	t.Helper()
	var got struct{ UserVerificationToken string }
	p.must(t, http.MethodPost, "/api/two-factor/get-email", p.proof(t), &got)
	in := map[string]any{"email": p.Email, "userVerificationToken": got.UserVerificationToken}
	p.must(t, http.MethodPost, "/api/two-factor/send-email", in, nil)
	in["token"] = box.Wait(t, p.Email, SecondStepCode).Code(t)
	p.must(t, http.MethodPut, "/api/two-factor/email", in, nil)
}

// APIKey returns what a person's programs sign in with.
func (p Person) APIKey(t testing.TB) string {
	t.Helper()
	var got struct{ APIKey string }
	p.must(t, http.MethodPost, "/api/accounts/api-key", p.proof(t), &got)
	return got.APIKey
}
