package people_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"coffre/internal/client"
	"coffre/test/harness"
)

// Scenarios 55, 62, 63 and 65.
func (l *life) secondStep(t *testing.T) {
	secret := harness.Person{Client: l.laptop, Email: l.email}.SetAuthenticator(t, l.Advance(t, 0))
	l.noSignIn(t, l.email, l.password)
	code, err := client.AuthenticatorCode(secret, l.Advance(t, 30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	l.signInWith(t, client.SecondStep{Provider: client.ByAuthenticator, Token: "000000"}, http.StatusBadRequest)
	tablet := l.signInWith(t, client.SecondStep{Provider: client.ByAuthenticator, Token: code, Remember: true}, http.StatusOK)
	l.signInWith(t, client.SecondStep{Provider: client.ByAuthenticator, Token: code}, http.StatusBadRequest)
	if err := tablet.Login(t.Context(), l.email, l.password); err != nil {
		t.Errorf("the device is not remembered: %v", err)
	}
	l.signInWith(t, tablet.SecondStep, http.StatusBadRequest)
	hash, err := l.laptop.Hash(l.password)
	if err != nil {
		t.Fatal(err)
	}
	var recovery struct{ Code string }
	if err := l.laptop.Do(t.Context(), http.MethodPost, "/api/two-factor/get-recover", map[string]string{"masterPasswordHash": hash}, &recovery); err != nil {
		t.Fatal(err)
	}
	l.signInWith(t, client.SecondStep{Provider: client.ByRecoveryCode, Token: strings.ToUpper(recovery.Code)}, http.StatusOK)
	l.mail.Wait(t, l.email, "Your recovery code was used")
	l.signIn(t, l.email, l.password) // one step is enough again
	lives(t, l.laptop, l.phone, tablet)
}

// signInWith signs her in on a new device with a second step.
func (l *life) signInWith(t *testing.T, step client.SecondStep, status int) *client.Client {
	t.Helper()
	c := l.Client()
	c.SecondStep = step
	if err := c.Login(t.Context(), l.email, l.password); err != nil && !is(err, status) || err == nil && status != http.StatusOK {
		t.Errorf("signed in with %+v: got %v, want %d", step, err, status)
	}
	return c
}
