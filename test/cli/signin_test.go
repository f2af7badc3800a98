package cli_test

import (
	"strings"
	"testing"
	"time"

	"coffre/internal/client"
	"coffre/internal/dbtest"
	"coffre/test/harness"
)

// office is a server that sends mail and has the people of a test on it.
type office struct {
	server    *harness.Server
	mail      *harness.Mailbox
	people    *harness.Pair
	program   string
	authority *harness.Authority
}

func newOffice(t *testing.T, engine harness.Engine, settings map[string]string) *office {
	t.Helper()
	o := &office{program: official(t), mail: harness.NewMailbox(t), authority: harness.NewAuthority(t)}
	o.server = harness.New(t, "server", harness.Options{Engine: engine, Authority: o.authority, Settings: map[string]string{
		"globalSettings__mail__smtp__host": o.mail.Host, "globalSettings__mail__smtp__port": o.mail.Port,
	}})
	o.server.Set(t, settings)
	o.server.Start(t)
	o.people = &harness.Pair{Cloud: o.server, Mail: o.mail}
	return o
}

// join makes an account and returns the person, signed in in a browser.
func (o *office) join(t *testing.T, name string) harness.Person {
	t.Helper()
	return o.people.Join(t, name+"@acme.example", name, "en")
}

// machine returns one that never saw the server.
func (o *office) machine(t *testing.T) *machine {
	t.Helper()
	m := &machine{program: o.program, folder: t.TempDir(), authority: o.authority.File}
	m.bw(t, "config", "server", o.server.URL).want(t, 0)
	return m
}

// wait lets time pass for the server and for machines.
func (o *office) wait(t *testing.T, by time.Duration, machines ...*machine) {
	t.Helper()
	o.server.Advance(t, by)
	for _, m := range machines {
		m.ahead += by
	}
}

// open logs a person in and keeps the key of the vault.
func (m *machine) open(t *testing.T, p harness.Person, args ...string) {
	t.Helper()
	m.key = strings.TrimSpace(m.bw(t, append([]string{"login", p.Email, harness.Password, "--raw"}, args...)...).want(t, 0).out)
}

// Scenarios 26, 54 and 59.
func TestTheOfficialCLILogsInInTwoSteps(t *testing.T) {
	t.Parallel()
	o := newOffice(t, harness.SQLite, nil)
	t.Run("authenticator", func(t *testing.T) {
		t.Parallel()
		zoe := o.join(t, "zoe")
		secret := zoe.SetAuthenticator(t, o.server.Advance(t, 0).Add(-30*time.Second))
		m := o.machine(t)
		m.bw(t, "login", zoe.Email, harness.Password, "--method", "0", "--code", "000000").want(t, 1, "Two-step token is invalid. Try again.")
		m.bw(t, "login", zoe.Email, "wrong", "--method", "0", "--code", "000000").want(t, 1, "Invalid master password.")
		code, err := client.AuthenticatorCode(secret, o.server.Advance(t, 0))
		if err != nil {
			t.Fatal(err)
		}
		m.open(t, zoe, "--method", "0", "--code", code)
		m.bw(t, "status").want(t, 0, `"status":"unlocked"`)
	})
	t.Run("mailed code", func(t *testing.T) {
		t.Parallel()
		bob := o.join(t, "bob")
		bob.SetMailedCodes(t, o.mail)
		m := o.machine(t)
		o.server.Advance(t, 30*time.Second) // a code each half minute
		m.bw(t, "login", bob.Email, harness.Password, "--method", "1").want(t, 1, "Code is required.")
		code := o.mail.Wait(t, bob.Email, harness.SecondStepCode).Code(t)
		m.open(t, bob, "--method", "1", "--code", code)
		m.bw(t, "sync").want(t, 0, "Syncing complete.")
	})
}

// Scenarios 39 and 49.
func TestTheOfficialCLIOutlivesItsToken(t *testing.T) {
	t.Parallel()
	o := newOffice(t, harness.SQLite, nil)
	ada := o.join(t, "ada")
	person, program := o.machine(t), o.machine(t)
	person.open(t, ada)
	program.env = []string{"BW_CLIENTID=user." + ada.UserID().String(), "BW_CLIENTSECRET=" + ada.APIKey(t)}
	program.bw(t, "login", "--apikey").want(t, 0)
	program.key = strings.TrimSpace(program.bw(t, "unlock", harness.Password, "--raw").want(t, 0).out)
	o.wait(t, 2*time.Hour, person, program)
	for _, m := range []*machine{person, program} {
		m.bw(t, "sync").want(t, 0, "Syncing complete.") // which asks for an open vault
	}
	program.env[1] = "BW_CLIENTSECRET=wrong"
	program.bw(t, "logout").want(t, 0)
	program.bw(t, "login", "--apikey").want(t, 1, "client_id or client_secret is incorrect")
}

// Scenario 41.
func TestTheOfficialCLILearnsThatItsSessionIsOver(t *testing.T) {
	t.Parallel()
	o := newOffice(t, harness.SQLite, nil)
	ada := o.join(t, "ada")
	m := o.machine(t)
	m.open(t, ada)
	ada.EndSessions(t)
	m.bw(t, "sync", "--force").want(t, 1)
	m.bw(t, "status").want(t, 0, `"status":"unauthenticated"`)
}

// Scenario 68.
func TestTheOfficialCLIIsToldToVerifyANewDevice(t *testing.T) {
	t.Parallel()
	o := newOffice(t, harness.SQLite, nil)
	ada := o.join(t, "ada")
	o.server.Advance(t, 24*time.Hour)
	m := o.machine(t)
	m.bw(t, "login", ada.Email, harness.Password).want(t, 1, "Code is required.")
	o.mail.Wait(t, ada.Email, harness.NewDeviceCode).Code(t)
	m.bw(t, "status").want(t, 0, `"status":"unauthenticated"`)
}

// Scenario 44.
func TestTheOfficialCLIKeepsItsSessionWhenTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	line, connection := harness.NewLine(t, dbtest.PostgresURL(t))
	o := newOffice(t, harness.PostgreSQL, map[string]string{harness.PostgresConnection: connection})
	ada := o.join(t, "ada")
	m := o.machine(t)
	m.open(t, ada)
	o.wait(t, 2*time.Hour, m)
	line.Cut()
	m.bw(t, "sync", "--force").want(t, 1)
	line.Mend()
	m.bw(t, "status").want(t, 0, `"status":"unlocked"`)
	m.bw(t, "sync", "--force").want(t, 0, "Syncing complete.")
}
