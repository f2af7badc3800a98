// Package cli_test has the official command line of Bitwarden work with real servers
// over HTTPS, and holds all that passes between them against golden notes.
package cli_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"coffre/internal/client"
	"coffre/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

const email = "ada@acme.example"

// Scenarios 24, 25 and 26.
func TestTheOfficialCLIWorksWithBothRoles(t *testing.T) {
	t.Parallel()
	program := official(t)
	authority := harness.NewAuthority(t)
	pair := harness.NewPair(t, harness.SQLite, authority)
	pair.Cloud.NewKDF, pair.SelfHosted.NewKDF = client.DefaultKDF(), client.DefaultKDF()
	pair.Join(t, email, "Ada", "en")
	pair.JoinSelfHosted(t, email, "Ada", "en")
	bob := pair.Join(t, "bob@acme.example", "Bob", "en")
	for name, walk := range map[string]func(*cli, *testing.T){"cloud": (*cli).session, "self-hosted": (*cli).visit} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := map[string]*harness.Server{"cloud": pair.Cloud, "self-hosted": pair.SelfHosted}[name]
			c := &cli{program: program, recorder: record(t, server, authority), folder: t.TempDir(), authority: authority.File}
			walk(c, t)
			compare(t, name, c.notes.String())
		})
	}
	t.Run("a server without a configuration", func(t *testing.T) { // Scenario 1.
		t.Parallel()
		c := &cli{program: program, recorder: record(t, pair.Cloud, authority), folder: t.TempDir(), authority: authority.File}
		c.recorder.Absent = "/api/config"
		c.run(t, 0, "config", "server", c.recorder.URL)
		c.key = c.run(t, 0, "login", bob.Email, harness.Password, "--raw")
		if !strings.Contains(c.notes.String(), "/api/config") {
			t.Error("the CLI has not asked for the configuration")
		}
		c.status(t, "unlocked")
	})
}

// cli is the official CLI on one person's machine.
type cli struct {
	program, folder, authority string
	recorder                   *recorder
	key                        string // of the unlocked vault
	notes                      strings.Builder
}

// session is a day of a person with the CLI.
func (c *cli) session(t *testing.T) {
	c.run(t, 0, "config", "server", c.recorder.URL)
	c.status(t, "unauthenticated")
	c.run(t, 1, "login", email, "not the password")
	c.key = c.run(t, 0, "login", email, harness.Password, "--raw")
	c.run(t, 0, "list", "items")
	c.run(t, 0, "lock")
	c.key = ""
	c.status(t, "locked")
	c.key = c.run(t, 0, "unlock", harness.Password, "--raw")
	c.status(t, "unlocked")
	c.run(t, 0, "sync", "--force")
	c.run(t, 0, "logout")
}

// visit is a short one, with what a server of the other role could answer otherwise.
func (c *cli) visit(t *testing.T) {
	c.run(t, 0, "config", "server", c.recorder.URL)
	c.key = c.run(t, 0, "login", email, harness.Password, "--raw")
	c.run(t, 0, "sync", "--force")
	c.run(t, 0, "logout")
}

// run runs one command, which must end with a code, and notes all of it.
func (c *cli) run(t *testing.T, code int, args ...string) (out string) {
	t.Helper()
	r := c.machine(c.key).bw(t, args...)
	fmt.Fprintf(&c.notes, "$ bw %s\n", normal(strings.Join(args, " ")))
	for _, e := range c.recorder.take() {
		c.notes.WriteString(e.String())
	}
	c.notes.WriteString(indent("= ", normal(strings.TrimSpace(r.out+"\n"+r.complaint))))
	fmt.Fprintf(&c.notes, "= exit code %d\n\n", r.code)
	if r.code != code {
		t.Fatalf("bw %s: exit code %d, want %d; all so far:\n%s", strings.Join(args, " "), r.code, code, c.notes.String())
	}
	return strings.TrimSpace(r.out)
}

func (c *cli) machine(key string) *machine {
	return &machine{program: c.program, folder: c.folder, authority: c.authority, key: key}
}

// status asks the CLI in which state it believes to be.
func (c *cli) status(t *testing.T, want string) {
	t.Helper()
	var status struct{ ServerURL, UserEmail, Status string }
	if err := json.Unmarshal([]byte(c.run(t, 0, "status")), &status); err != nil {
		t.Fatal(err)
	}
	if status.Status != want || status.ServerURL != c.recorder.URL {
		t.Errorf("bw status: %+v, want %s at %s", status, want, c.recorder.URL)
	}
}
