// Package people_test walks through a person's life on a real server: from the
// mailed link that begins it to the one that ends it.
package people_test

import (
	"errors"
	"net/http"
	"regexp"
	"testing"

	"coffre/internal/client"
	"coffre/internal/id"
	"coffre/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// The chapters build on each other: each one uses what those before it have left.
func TestAPersonLives(t *testing.T) {
	for _, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			l := &life{email: "ada@acme.example", password: harness.Password}
			l.Server, l.mail = harness.NewSelfHosted(t, engine)
			for _, chapter := range []struct {
				name string
				live func(*life, *testing.T)
			}{
				{"she registers with the link of a mail", (*life).register},
				{"she signs in on a second device", (*life).secondDevice},
				{"one device lets another in", (*life).letIn},
				{"a removed device is signed out", (*life).removeDevice},
				{"a code comes by mail and works once", (*life).useCode},
				{"a second step is asked for, and a recovery code ends that", (*life).secondStep},
				{"a new password ends every session", (*life).changePassword},
				{"a mailed code makes another address hers", (*life).changeEmail},
				{"another KDF leaves the password as it is", (*life).changeKDF},
				{"the link of a mail ends it all", (*life).leave},
			} {
				if !t.Run(chapter.name, func(t *testing.T) { chapter.live(l, t) }) {
					t.Fatalf("the life ends at %q, because what follows builds on it", chapter.name)
				}
			}
		})
	}
}

// life is where a life stands.
type life struct {
	*harness.Server
	mail            *harness.Mailbox
	email, password string
	laptop, phone   *client.Client
	key             client.Key // never changes
}

func (l *life) register(t *testing.T) {
	l.laptop = l.Join(t, l.mail, l.email, "Ada", "en").Client
	l.key = l.laptop.Key()
	vault, err := l.laptop.Sync(t.Context())
	if err != nil || vault.Profile.Email != l.email || !vault.Profile.EmailVerified {
		t.Errorf("the first sync: %+v, %v", vault.Profile, err)
	}
	if err := l.Client().Register(t.Context(), l.email, "Ada", l.password, nil); err == nil {
		t.Error("the address was registered twice")
	}
}

func (l *life) secondDevice(t *testing.T) {
	l.phone = l.signIn(t, l.email, l.password)
	if devices := l.devices(t); len(devices) != 2 {
		t.Errorf("there are the devices %v, want two", devices)
	}
}

func (l *life) letIn(t *testing.T) {
	ctx := t.Context()
	stranger := l.Client()
	if _, err := stranger.RequestLogin(ctx, l.email); !is(err, http.StatusBadRequest) {
		t.Errorf("an unknown device asks: %v", err)
	}
	// The phone has lost its session, and is known.
	fresh := l.Client()
	fresh.Device = l.phone.Device
	denied := l.request(t, fresh)
	if err := l.laptop.Deny(ctx, denied.ID); err != nil {
		t.Fatal(err)
	}
	if _, answered, err := fresh.Poll(ctx, denied); !answered || !errors.Is(err, client.ErrDenied) {
		t.Errorf("denied: %v, %v", answered, err)
	}
	asked := l.request(t, fresh)
	if err := fresh.LoginWithRequest(ctx, asked); err == nil {
		t.Error("signed in before the approval")
	}
	if err := l.laptop.Approve(ctx, asked.ID); err != nil {
		t.Fatal(err)
	}
	if err := fresh.LoginWithRequest(ctx, asked); err != nil {
		t.Fatal(err)
	}
	if fresh.Key() != l.key {
		t.Error("the device that was let in has another key")
	}
	if err := l.Client().LoginWithRequest(ctx, asked); err == nil {
		t.Error("a request lets two in")
	}
	l.phone = fresh
	lives(t, l.phone, l.laptop)
}

// request asks for a log-in, which the laptop sees.
func (l *life) request(t *testing.T, from *client.Client) client.AuthRequest {
	t.Helper()
	r, err := from.RequestLogin(t.Context(), l.email)
	if err != nil {
		t.Fatal(err)
	}
	pending, err := l.laptop.PendingAuthRequests(t.Context())
	if err != nil || len(pending) != 1 || pending[0].ID != r.ID || pending[0].Origin != l.Address || pending[0].RequestIPAddress != "127.0.0.1" {
		t.Fatalf("pending: %+v, %v", pending, err)
	}
	return r
}

func (l *life) removeDevice(t *testing.T) {
	for _, device := range l.devices(t) {
		if device.Identifier == l.phone.Device.Identifier {
			if err := l.laptop.Do(t.Context(), http.MethodDelete, "/api/devices/"+device.ID.String(), nil, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	l.dead(t, l.phone)
	lives(t, l.laptop)
	l.phone = l.signIn(t, l.email, l.password)
}

// Scenario 85.
func (l *life) useCode(t *testing.T) {
	ctx := t.Context()
	if err := l.laptop.Do(ctx, http.MethodPost, "/api/accounts/request-otp", nil, nil); err != nil {
		t.Fatal(err)
	}
	code := l.code(t, l.email, "verification code")
	use := func() error {
		return l.laptop.Do(ctx, http.MethodPost, "/api/accounts/verify-otp", map[string]string{"otp": code}, nil)
	}
	if err := use(); err != nil {
		t.Fatal(err)
	}
	if err := use(); !is(err, http.StatusBadRequest) {
		t.Errorf("a second use: %v", err)
	}
}

// Scenarios 42 and 73.
func (l *life) changePassword(t *testing.T) {
	const fresh = "une phrase de passe toute neuve"
	if err := l.laptop.ChangePassword(t.Context(), "not the password", fresh, ""); !is(err, http.StatusBadRequest) {
		t.Errorf("with a wrong password: %v", err)
	}
	lives(t, l.phone, l.laptop)
	if err := l.laptop.ChangePassword(t.Context(), l.password, fresh, "a phrase"); err != nil {
		t.Fatal(err)
	}
	l.mail.Wait(t, l.email, "Your master password was changed")
	l.dead(t, l.phone, l.laptop)
	l.noSignIn(t, l.email, l.password)
	l.password = fresh
	l.comeBack(t)
}

// Scenario 76.
func (l *life) changeEmail(t *testing.T) {
	const fresh = "ada@home.example"
	ctx, old := t.Context(), l.email
	if err := l.laptop.StartEmailChange(ctx, l.password, fresh); err != nil {
		t.Fatal(err)
	}
	code := l.code(t, fresh, "Your code for this address")
	if err := l.laptop.ChangeEmail(ctx, l.password, "eve@home.example", code); !is(err, http.StatusBadRequest) {
		t.Errorf("the code of one address for another: %v", err)
	}
	if err := l.laptop.ChangeEmail(ctx, l.password, fresh, code); err != nil {
		t.Fatal(err)
	}
	l.mail.Wait(t, old, "Your address was changed")
	l.dead(t, l.phone, l.laptop)
	l.noSignIn(t, old, l.password)
	l.email = fresh
	l.comeBack(t)
}

// Scenarios 14 and 75.
func (l *life) changeKDF(t *testing.T) {
	memory, threads := 64, 4
	if err := l.laptop.ChangeKDF(t.Context(), l.password, client.KDF{Type: client.Argon2id, Iterations: 3, Memory: &memory, Parallelism: &threads}); err != nil {
		t.Fatal(err)
	}
	l.mail.Wait(t, l.email, "Your encryption settings were changed")
	l.dead(t, l.phone, l.laptop)
	l.comeBack(t)
}

// Scenarios 47 and 78.
func (l *life) leave(t *testing.T) {
	ctx := t.Context()
	anybody := l.Client()
	for _, email := range []string{"nobody@acme.example", l.email} {
		if err := anybody.Do(ctx, http.MethodPost, "/api/accounts/delete-recover", map[string]string{"email": email}, nil); err != nil {
			t.Fatal(err)
		}
	}
	route, values := l.mail.Wait(t, l.email, "Delete your account?").Link(t, l.URL)
	if route != "verify-recover-delete" || values.Get("email") != l.email {
		t.Errorf("the link leads to %s with %v", route, values)
	}
	lives(t, l.phone, l.laptop)
	end := func() error {
		in := map[string]string{"userId": values.Get("userId"), "token": values.Get("token")}
		return anybody.Do(ctx, http.MethodPost, "/api/accounts/delete-recover-token", in, nil)
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	l.dead(t, l.phone, l.laptop)
	l.noSignIn(t, l.email, l.password)
	if err := end(); !is(err, http.StatusBadRequest) {
		t.Errorf("a second end: %v", err)
	}
	if mails := l.mail.To("nobody@acme.example", ""); len(mails) != 0 {
		t.Errorf("nobody got %v", mails)
	}
}

// comeBack signs the two devices in again.
func (l *life) comeBack(t *testing.T) {
	t.Helper()
	l.laptop, l.phone = l.signIn(t, l.email, l.password), l.signIn(t, l.email, l.password)
}

// signIn signs her in on a new device. The key to her vault is always the same.
func (l *life) signIn(t *testing.T, email, password string) *client.Client {
	t.Helper()
	c := l.Client()
	if err := c.Login(t.Context(), email, password); err != nil {
		t.Fatal(err)
	}
	if c.Key() != l.key {
		t.Error("the key is another one")
	}
	return c
}

// noSignIn fails the test if an address and a password are good.
func (l *life) noSignIn(t *testing.T, email, password string) {
	t.Helper()
	if err := l.Client().Login(t.Context(), email, password); !is(err, http.StatusBadRequest) {
		t.Errorf("signed in with %s: %v", email, err)
	}
}

// dead fails the test unless the sessions of all are over: not even a refresh token
// opens anything.
func (l *life) dead(t *testing.T, all ...*client.Client) {
	t.Helper()
	for _, c := range all {
		if _, err := c.Sync(t.Context()); !is(err, http.StatusUnauthorized) {
			t.Errorf("a session goes on: %v", err)
		}
		if err := c.Refresh(t.Context()); !is(err, http.StatusBadRequest) {
			t.Errorf("a session is renewed: %v", err)
		}
	}
}

// lives fails the test unless the sessions of all go on.
func lives(t *testing.T, all ...*client.Client) {
	t.Helper()
	for _, c := range all {
		if _, err := c.Sync(t.Context()); err != nil {
			t.Errorf("a session is over: %v", err)
		}
	}
}

type device struct {
	ID         id.ID
	Identifier string
}

func (l *life) devices(t *testing.T) []device {
	t.Helper()
	var answer struct{ Data []device }
	if err := l.laptop.Do(t.Context(), http.MethodGet, "/api/devices", nil, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Data
}

var digits = regexp.MustCompile(`(?m)^\d{6,8}$`)

// code returns what a mail tells to type.
func (l *life) code(t *testing.T, to, subject string) string {
	t.Helper()
	mail := l.mail.Wait(t, to, subject)
	code := digits.FindString(mail.Text)
	if code == "" {
		t.Fatalf("no code in %q", mail.Text)
	}
	return code
}

// is reports whether err is a refusal with a status.
func is(err error, status int) bool {
	e, ok := errors.AsType[*client.Error](err)
	return ok && e.Status == status
}
