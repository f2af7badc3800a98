package recovery_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/client"
	"coffre/internal/db"
	"coffre/internal/device"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/identity"
	"coffre/internal/member"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/policy"
	"coffre/internal/recovery"
	"coffre/internal/twostep"
	"coffre/internal/web"
)

type object = map[string]any

const newHash = "hash of another master password"

// signingKey is the key that every world signs with, because making one takes long.
var signingKey = sync.OnceValues(func() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	return x509.MarshalPKCS8PrivateKey(key)
})

// company is an organization that recovers accounts, and the routes at which its
// people sign in, take part and recover. Each is called by the first part of their
// address; rita has a role that recovers accounts and nothing else.
type company struct {
	*orgtest.World
	router     *web.Router
	recoveries *recovery.Service
	steps      *twostep.Service
	org        org.Organization
	people     map[string]id.ID
	members    map[string]org.Member
	tokens     map[string]string
	last       []id.ID // who was told to have no second step any more
}

func newCompany(t *testing.T, d *db.DB) *company {
	t.Helper()
	w := orgtest.New(t, d)
	c := &company{World: w, people: map[string]id.ID{}, members: map[string]org.Member{}, tokens: map[string]string{}}
	c.join(t, d)
	c.people["olga"] = w.Person(t, "olga@example.com")
	c.org = w.Organization(t, c.people["olga"], plan.EnterpriseAnnually)
	_, c.members["olga"], _ = w.Orgs.ForMember(t.Context(), c.people["olga"], c.org.ID)
	for name, m := range map[string]org.Member{
		"adam": {Type: org.Admin, Status: org.Confirmed},
		"rita": {Type: org.Custom, Status: org.Confirmed, Permissions: org.Permissions{ManageResetPassword: true}},
		"mia":  {Type: org.Custom, Status: org.Confirmed, Permissions: org.Permissions{ManageUsers: true}},
		"uma":  {Type: org.User, Status: org.Confirmed},
		"ugo":  {Type: org.User, Status: org.Confirmed},
		"alma": {Type: org.User, Status: org.Accepted},
		"rolf": {Type: org.User, Status: org.Revoked},
	} {
		c.people[name] = w.Person(t, name+"@example.com")
		m.OrganizationID, m.AccountID, m.Email = c.org.ID, c.people[name], name+"@example.com"
		c.members[name] = w.Join(t, m)
	}
	c.policy(t, true, `{"autoEnrollEnabled":false}`)
	c.Said, c.Mails = nil, nil
	return c
}

// join joins the rooms as the program does.
func (c *company) join(t *testing.T, d *db.DB) {
	t.Helper()
	w := c.World
	if _, _, err := w.Keys.Key(t.Context(), "token-signing", signingKey); err != nil {
		t.Fatal(err)
	}
	w.Accounts.Organizations, w.Accounts.PasswordPolicy = w.Orgs.Profile, w.Policies.Password
	w.Accounts.Premium = func(context.Context, account.Account) (bool, error) { return false, nil }
	w.Accounts.PremiumFromOrganization = w.Orgs.GivesPremium
	devices := &device.Service{Store: device.NewStore(d), Accounts: w.Accounts, Limits: w.Accounts.Limits, Now: w.Now, Announce: w.Accounts.Announce}
	c.steps = &twostep.Service{
		Store: twostep.NewStore(d), Accounts: w.Accounts, Devices: devices, Keys: w.Keys, Limits: w.Accounts.Limits, Now: w.Now,
		Sleep: w.Accounts.Sleep, Mail: w.Accounts.Mail, VaultURL: orgtest.VaultURL, Announce: w.Accounts.Announce, RecordOwn: w.Events.RecordOwn,
		LastRemoved: func(_ context.Context, accountID id.ID) error { c.last = append(c.last, accountID); return nil },
	}
	sessions := &identity.Service{
		Store: identity.NewStore(d), Accounts: w.Accounts, Devices: devices, Keys: w.Keys, Limits: w.Accounts.Limits, Now: w.Now,
		Sleep: w.Accounts.Sleep, Mail: w.Accounts.Mail, Issuer: orgtest.VaultURL + "/identity", RecordOwn: w.Events.RecordOwn, TwoStep: c.steps,
	}
	w.Accounts.EndSessions, w.Accounts.SecondSteps = sessions.EndSessions, c.steps.Providers
	c.recoveries = &recovery.Service{
		Store: recovery.NewStore(d), Accounts: w.Accounts, TwoStep: c.steps, Organizations: w.Orgs, Policies: w.Policies, Members: w.Members,
		Now: w.Now, Announce: w.Accounts.Announce, Record: w.Events.Record, Mail: w.Members.Mail, VaultURL: orgtest.VaultURL,
	}
	c.router = web.NewRouter(slog.New(slog.DiscardHandler), sessions.Authenticate, nil)
	account.Mount(c.router, w.Accounts)
	identity.Mount(c.router, sessions)
	member.Mount(c.router, w.Members)
	recovery.Mount(c.router, c.recoveries)
}

// policy sets the policy of account recovery.
func (c *company) policy(t *testing.T, enabled bool, data string) {
	t.Helper()
	p := policy.Policy{OrganizationID: c.org.ID, Type: policy.ResetPassword, Enabled: enabled, Data: []byte(data)}
	if _, err := c.Policies.Set(t.Context(), c.people["olga"], p); err != nil {
		t.Fatal(err)
	}
}

// enroll lets the company recover the accounts of some people, without asking them.
func (c *company) enroll(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		c.change(t, `UPDATE member SET reset_password_key = $2 WHERE id = $1`, c.members[name].ID, orgtest.Wrapped)
	}
}

func (c *company) change(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := c.DB.Exec(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// answer is what clients read of the token endpoint, or of any route.
type answer struct {
	status       int
	body         string
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	Description  string `json:"error_description"`
	Remembered   string `json:"TwoFactorToken"`
	Force        bool   `json:"ForcePasswordReset"`
}

// ask calls the token endpoint.
func (c *company) ask(t *testing.T, form url.Values) answer {
	t.Helper()
	req := httptest.NewRequest("POST", "/identity/connect/token", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	rec := httptest.NewRecorder()
	c.router.ServeHTTP(rec, req)
	a := answer{status: rec.Code, body: rec.Body.String()}
	if err := json.Unmarshal(rec.Body.Bytes(), &a); err != nil {
		t.Fatalf("%v in %s", err, rec.Body)
	}
	return a
}

// logIn is a log-in of somebody with a hash of their password, and with what pairs add.
func (c *company) logIn(t *testing.T, name, hash string, pairs ...string) answer {
	t.Helper()
	form := url.Values{
		"grant_type": {"password"}, "username": {name + "@example.com"}, "password": {hash}, "scope": {"api offline_access"},
		"client_id": {"cli"}, "deviceType": {"25"}, "deviceIdentifier": {"device of " + name}, "deviceName": {"linux"},
	}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return c.ask(t, form)
}

func (c *company) refresh(t *testing.T, token string) answer {
	t.Helper()
	return c.ask(t, url.Values{"grant_type": {"refresh_token"}, "client_id": {"cli"}, "refresh_token": {token}})
}

// token returns the access token of a session of somebody, which logs in when there
// is none.
func (c *company) token(t *testing.T, name string) string {
	t.Helper()
	if c.tokens[name] == "" {
		c.tokens[name] = c.logIn(t, name, orgtest.Password).AccessToken
	}
	return c.tokens[name]
}

// call sends a request below the members of the company: "GET /mini-details".
func (c *company) call(t *testing.T, name, target string, body any) answer {
	t.Helper()
	method, path, _ := strings.Cut(target, " ")
	return c.send(t, c.token(t, name), method, "/api/organizations/"+c.org.ID.String()+"/users"+path, body)
}

func (c *company) send(t *testing.T, token, method, path string, body any) answer {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest(method, path, strings.NewReader(string(raw)))
	req.Header.Set("Authorization", "Bearer "+token)
	rec := httptest.NewRecorder()
	c.router.ServeHTTP(rec, req)
	return answer{status: rec.Code, body: rec.Body.String()}
}

// expect is call, with a status and a part of the answer.
func (c *company) expect(t *testing.T, name, target string, body any, status int, contains string) {
	t.Helper()
	got := c.call(t, name, target, body)
	if got.status != status || !strings.Contains(got.body, contains) {
		t.Errorf("%s, %s: got %d %s, want %d with %q", name, target, got.status, got.body, status, contains)
	}
}

// of is a route of somebody's place in the company: of("uma", "GET", "reset-password").
func (c *company) of(name, method, route string) string {
	return method + " /" + c.members[name].ID.String() + "/" + route
}

// enrollment is the route at which somebody takes part.
func (c *company) enrollment(name string) string {
	return "PUT /" + c.people[name].String() + "/reset-password-enrollment"
}

func (c *company) account(t *testing.T, name string) account.Account {
	t.Helper()
	a, err := c.Accounts.Get(t.Context(), c.people[name])
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (c *company) member(t *testing.T, name string) org.Member {
	t.Helper()
	m, err := c.Orgs.MemberByID(t.Context(), c.members[name].ID)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// events returns what was recorded of the account recovery of somebody.
func (c *company) events(t *testing.T, name string) []event.Type {
	t.Helper()
	types := []event.Type{}
	for _, e := range c.Recorded(t) {
		if e.MemberID == c.members[name].ID {
			types = append(types, e.Type)
		}
	}
	return types
}

// loggedOut reports whether somebody's clients were told to log out, all of them.
func (c *company) loggedOut(name string) bool {
	for _, n := range c.Said {
		if n.Kind == notice.LoggedOut && n.Everywhere && len(n.People) == 1 && n.People[0] == c.people[name] {
			return true
		}
	}
	return false
}

// inTwoSteps sets an authenticator up for somebody, and returns its key.
func (c *company) inTwoSteps(t *testing.T, name string) string {
	t.Helper()
	key, _, err := c.steps.AuthenticatorKey(t.Context(), c.people[name])
	if err != nil {
		t.Fatal(err)
	}
	if err := c.steps.SetAuthenticator(t.Context(), c.people[name], key, c.code(t, key)); err != nil {
		t.Fatal(err)
	}
	c.Mails = nil
	return key
}

// code returns what an authenticator shows, half a minute later than the one before.
func (c *company) code(t *testing.T, key string) string {
	t.Helper()
	c.Time = c.Time.Add(30 * time.Second)
	code, err := client.AuthenticatorCode(key, c.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// old is a new master password in the words of clients before 2025.
func old() object { return object{"newMasterPasswordHash": newHash, "key": "2.BBBB|BBBB|BBBB"} }

// recent is one in the words of clients of 2026, for somebody.
func recent(name string) object {
	kdf := object{"kdfType": 0, "iterations": 600_000, "memory": nil, "parallelism": nil}
	return object{
		"resetMasterPassword": true, "resetTwoFactor": false, "newMasterPasswordHash": nil, "key": nil,
		"authenticationData": object{"kdf": kdf, "masterPasswordAuthenticationHash": newHash, "salt": name + "@example.com"},
		"unlockData":         object{"kdf": kdf, "masterKeyWrappedUserKey": "2.BBBB|BBBB|BBBB", "salt": name + "@example.com"},
	}
}
