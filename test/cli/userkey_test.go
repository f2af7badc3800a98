package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"coffre/internal/db"
	"coffre/test/harness"
)

// Scenarios 24 and 25: an account of before user keys had names is told its name by
// the first log-in, and by no other.
func TestTheOfficialCLITellsTheUserKeyIDOnce(t *testing.T) {
	authority := harness.NewAuthority(t)
	server := harness.New(t, "server", harness.Options{Authority: authority})
	server.Start(t)
	if err := server.Client().Register(t.Context(), email, "Ada", harness.Password, nil); err != nil {
		t.Fatal(err)
	}
	d, err := db.OpenSQLite(filepath.Join(server.Data, "db", "coffre.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Exec(t.Context(), `UPDATE account SET key_id = NULL`); err != nil {
		t.Fatal(err)
	}
	c := &cli{program: official(t), recorder: record(t, server, authority), folder: t.TempDir(), authority: authority.File}
	c.run(t, 0, "config", "server", c.recorder.URL)
	for login := range 2 {
		r := c.machine("").bw(t, "login", email, harness.Password, "--raw").want(t, 0)
		if r.complaint != "" {
			t.Errorf("log-in %d complains: %s", login+1, r.complaint)
		}
		c.key = strings.TrimSpace(r.out)
		c.run(t, 0, "sync")
		c.run(t, 0, "logout")
	}
	told := strings.Count(server.Log(t), "/user-key-id")
	kept, err := db.Value[string](t.Context(), d, `SELECT key_id FROM account`)
	if told != 1 || kept == "" || err != nil {
		t.Errorf("told %d times, kept %q (%v); want once\n%s", told, kept, err, c.notes.String())
	}
}
