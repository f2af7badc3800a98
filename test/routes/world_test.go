package routes_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coffre/internal/app"
	"coffre/internal/client"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/web"
	"coffre/test/harness"
)

const (
	ada     = "ada@acme.example"
	bob     = "bob@home.example"
	mallory = "mallory@elsewhere.example"
)

// world is a cloud and a self-hosted server in this process, with everything that
// a good call to any route needs.
type world struct {
	*testing.T // the subtest that runs

	cloud, home *server
	here        *server // the one whose routes are tried

	secrets      secrets
	installation client.Installation // of the self-hosted server
	licenses     map[id.ID][]byte    // by organization in the cloud
	bought       int                 // organizations so far
	trials       int
	oneIn        int // of the bad calls of a route, how many make one that is tried
}

// person is somebody who is signed in.
type person struct {
	*client.Client
	email, hash     string
	access, refresh string
}

// secrets is what a client makes for an organization and for itself. The server
// cannot tell whether two organizations have the same.
type secrets struct {
	keys    client.Keys
	wrapped string // a key, for its owner
	text    string // ciphertext
}

func newWorld(t *testing.T, engine harness.Engine) *world {
	w := &world{T: t, secrets: newSecrets(t), licenses: map[id.ID][]byte{}}
	w.cloud = newServer(t, engine, "globalSettings__selfHosted=false", "coffre__premium=everyone")
	w.cloud.ada, w.cloud.bob, w.cloud.mallory = w.join(w.cloud, ada), w.join(w.cloud, bob), w.join(w.cloud, mallory)
	var err error
	if w.installation, err = w.cloud.ada.RegisterInstallation(t.Context(), ada); err != nil {
		t.Fatal(err)
	}
	w.home = newServer(
		t, engine, "globalSettings__selfHosted=true", "globalSettings__enableCloudCommunication=true", "coffre__cloud__url="+w.cloud.url,
		"globalSettings__installation__id="+w.installation.ID.String(), "globalSettings__installation__key="+w.installation.Key,
		"coffre__organizations__create=anyone",
	)
	w.trust()
	w.home.ada, w.home.mallory = w.join(w.home, ada), w.join(w.home, mallory)
	w.cloud.acme = w.buy(w.cloud.ada, enterprise)
	w.home.acme = w.settle(w.license(w.cloud.acme))
	w.makeDeadTokens()
	w.makeMachines()
	w.makeOperators()
	return w
}

func newSecrets(t *testing.T) secrets {
	t.Helper()
	key := client.NewKey()
	pair, err := client.NewKeyPair()
	s := secrets{text: key.Encrypt([]byte("Everyone"))}
	if err == nil {
		s.keys, err = pair.Keys(key)
	}
	if err == nil {
		s.wrapped, err = pair.Wrap(key)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// direct answers the calls of a client without a connection.
type direct struct{ http.Handler }

func (d direct) RoundTrip(req *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	d.ServeHTTP(answer, req)
	return answer.Result(), nil
}

// join registers a person with the token of the mail, and signs in. The hash of the
// password is any: a server cannot tell what it was made of.
func (w *world) join(s *server, email string) person {
	w.Helper()
	p := person{Client: client.New(s.url, &http.Client{Transport: direct{s.Handler()}}), email: email, hash: rand.Text() + rand.Text()}
	if _, err := p.SendVerificationEmail(w.Context(), email, "Somebody"); err != nil {
		w.Fatal(err)
	}
	w.do(p, "POST", "/identity/accounts/register/finish", w.registering(email, p.hash, w.mailed(s, email, "")), nil)
	// Everybody signs in on new devices, day after day.
	s.change(w.T, `UPDATE account SET verify_devices = false WHERE email = $1`, email)
	return w.signIn(s, p)
}

// signIn gives a person new tokens, on a new device.
func (w *world) signIn(s *server, p person) person {
	w.Helper()
	form := url.Values{
		"grant_type": {"password"}, "username": {p.email}, "password": {p.hash}, "scope": {"api offline_access"}, "client_id": {"web"},
		"deviceType": {"9"}, "deviceIdentifier": {id.New().String()}, "deviceName": {"chrome"},
	}
	return w.granted(s, p, form)
}

// renew gives a person a new access token in the same session.
func (w *world) renew(s *server, p person) person {
	w.Helper()
	return w.granted(s, p, url.Values{"grant_type": {"refresh_token"}, "client_id": {"web"}, "refresh_token": {p.refresh}})
}

func (w *world) granted(s *server, p person, form url.Values) person {
	w.Helper()
	p.access, p.refresh = w.token(s.App, form)
	p.Client = client.New(s.url, &http.Client{Transport: direct{s.Handler()}}).WithToken(p.access)
	return p
}

// token asks the token endpoint of a server.
func (w *world) token(of *app.App, form url.Values) (access, refresh string) {
	w.Helper()
	var answer struct {
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
	}
	c := client.New("", &http.Client{Transport: direct{of.Handler()}})
	if err := c.Do(w.Context(), "POST", "/identity/connect/token", form, &answer); err != nil {
		w.Fatal(err)
	}
	return answer.AccessToken, answer.RefreshToken
}

// mailed waits for a mail to an address that contains a text, and returns the
// token of its link.
func (w *world) mailed(s *server, to, about string) (token string) {
	w.Helper()
	folder := s.config.Data.Mail()
	harness.Eventually(w, "a mail to "+to, func(context.Context) (bool, error) {
		letters, err := mail.ReadFolder(folder)
		for _, letter := range letters {
			if letter.To == to && strings.Contains(letter.Text, about) {
				token = tokenIn(letter.Links)
			}
			err = errors.Join(err, os.Remove(filepath.Join(folder, letter.Name))) // nobody asks for an older one
		}
		return token != "", err
	})
	return token
}

func tokenIn(links []string) string {
	for _, link := range links {
		_, query, _ := strings.Cut(link, "?")
		if values, err := url.ParseQuery(query); err == nil && values.Get("token") != "" {
			return values.Get("token")
		}
	}
	return ""
}

// trust has the self-hosted server trust the cloud's license signer.
func (w *world) trust() {
	w.Helper()
	var certificate []byte
	err := w.cloud.ada.Do(w.Context(), "GET", "/api/licensing/certificate", nil, &certificate)
	var signer app.Signer
	if err == nil {
		signer, err = app.ReadSigner(certificate)
	}
	if err == nil {
		err = signer.Trust(w.home.config)
	}
	if err != nil {
		w.Fatal(err)
	}
}

// makeDeadTokens has tokens that were good once, or are good elsewhere. Whoever is
// to go on has new ones afterwards.
func (w *world) makeDeadTokens() {
	w.cloud.dead, w.home.dead = map[string]string{}, map[string]string{}
	w.cloud.dead["expired installation"] = w.machine(w.installation, scopeSync)
	for _, s := range []*server{w.cloud, w.home} {
		s.dead["expired"] = s.ada.access
		s.clock.Advance(25 * time.Hour)
		s.dead["removed device"] = w.signIn(s, s.mallory).access
		s.change(w.T, `DELETE FROM device WHERE account_id = (SELECT id FROM account WHERE email = $1)`, mallory)
		s.dead["changed stamp"] = w.signIn(s, s.mallory).access
		s.change(w.T, `UPDATE account SET security_stamp = $2 WHERE email = $1`, mallory, id.New().String())
		s.ada, s.mallory = w.renew(s, s.ada), w.signIn(s, s.mallory)
		if s.bob.Client != nil {
			s.bob = w.renew(s, s.bob)
		}
		s.dead["another issuer"] = w.elsewhere(s)
		s.dead["no algorithm"] = unsigned(s.ada.access)
		s.dead["another payload"] = spliced(s.mallory.access, s.ada.access)
		s.dead["half a signature"] = s.ada.access[:len(s.ada.access)-20]
		s.dead["no token"], s.dead["three parts"] = "garbage", "a.b.c"
		s.dead["long"] = strings.Repeat("a.b.c", 4000)
	}
	w.cloud.dead["another server"], w.home.dead["another server"] = w.home.ada.access, w.cloud.ada.access
}

// elsewhere returns a token that the same keys signed under another address.
func (w *world) elsewhere(s *server) string {
	w.Helper()
	moved := s.config
	moved.Server.Vault = "https://moved.example"
	other, err := app.New(w.Context(), moved, s.options)
	if err != nil {
		w.Fatal(err)
	}
	defer other.Close()
	access, _ := w.token(other, url.Values{"grant_type": {"refresh_token"}, "client_id": {"web"}, "refresh_token": {s.ada.refresh}})
	return access
}

// The scopes of machines.
const (
	scopeSync    = "api.installation"
	scopeLicense = "api.licensing"
	scopePush    = "api.push"
)

// makeMachines has tokens of installations, of which only a cloud knows any.
func (w *world) makeMachines() {
	w.Helper()
	other, err := w.cloud.ada.RegisterInstallation(w.Context(), mallory)
	var disabled client.Installation
	if err == nil {
		disabled, err = w.cloud.ada.RegisterInstallation(w.Context(), mallory)
	}
	if err != nil {
		w.Fatal(err)
	}
	w.cloud.machines, w.cloud.strangers = map[string]string{}, map[string]string{}
	for _, scope := range []string{scopeSync, scopeLicense, scopePush} {
		w.cloud.machines[scope] = w.machine(w.installation, scope)
		w.cloud.strangers[scope] = w.machine(other, scope)
		w.cloud.dead["disabled installation, "+scope] = w.machine(disabled, scope)
		w.home.dead["installation, "+scope] = w.cloud.machines[scope]
	}
	w.cloud.change(w.T, `UPDATE installation SET enabled = false WHERE id = $1`, disabled.ID)
	w.cloud.acmeKey = w.syncKey(w.cloud.acme)
}

func (w *world) machine(i client.Installation, scope string) string {
	w.Helper()
	access, _ := w.token(w.cloud.App, url.Values{
		"grant_type": {"client_credentials"}, "scope": {scope}, "client_id": {"installation." + i.ID.String()}, "client_secret": {i.Key},
	})
	return access
}

// do makes a good call of a person.
func (w *world) do(p person, method, path string, in, out any) {
	w.Helper()
	if err := p.Do(w.Context(), method, path, in, out); err != nil {
		w.Fatal(err)
	}
}

// match compares the routes of the servers with the rows of the table.
func match(routes []web.Route, rows map[string][]row) error {
	var wrong []error
	served := map[string]bool{}
	for _, route := range routes {
		pattern := route.Method + " " + route.Path
		if served[pattern] {
			wrong = append(wrong, fmt.Errorf("%s is there twice", pattern))
		}
		served[pattern] = true
		if len(rows[pattern]) == 0 {
			wrong = append(wrong, fmt.Errorf("%s has no row", pattern))
		}
		for _, r := range rows[pattern] {
			if r.scope() != route.Scope {
				wrong = append(wrong, fmt.Errorf("%s asks for the scope %q, the row for %q", pattern, route.Scope, r.scope()))
			}
		}
	}
	for pattern := range rows {
		if !served[pattern] {
			wrong = append(wrong, fmt.Errorf("the row %s has no route", pattern))
		}
	}
	return errors.Join(wrong...)
}
