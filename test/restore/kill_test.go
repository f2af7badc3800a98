package restore_test

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/test/harness"
)

const (
	kills = 6      // for each engine, spread from the begin of a restore to after its end
	many  = 20_000 // rows, so that a restore takes long enough to be killed in
)

// mark is what the database and a file of one moment say.
type mark struct{ row, file string }

// marked is a server whose database and one file are changed together.
type marked struct {
	*harness.Server
	engine harness.Engine
	path   string
}

// with calls fn with the database of the server, which does not run.
func (m marked) with(t *testing.T, fn func(*db.DB) error) {
	t.Helper()
	open := func() (*db.DB, error) { return db.OpenSQLite(filepath.Join(m.Data, "db", "coffre.db")) }
	if m.engine == harness.PostgreSQL {
		open = func() (*db.DB, error) { return db.OpenPostgres(m.Setting(harness.PostgresConnection)) }
	}
	d, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := fn(d); err != nil {
		t.Fatal(err)
	}
}

func (m marked) set(t *testing.T, text string) {
	t.Helper()
	m.with(t, func(d *db.DB) error {
		_, err := d.Exec(t.Context(), `INSERT INTO server_state (name, value) VALUES ('mark', $1)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, text)
		return err
	})
	if err := os.MkdirAll(filepath.Dir(m.path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(m.path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (m marked) get(t *testing.T) (found mark) {
	t.Helper()
	m.with(t, func(d *db.DB) (err error) {
		found.row, err = db.Value[string](t.Context(), d, `SELECT value FROM server_state WHERE name = 'mark'`)
		return err
	})
	raw, err := os.ReadFile(m.path)
	if err != nil {
		t.Fatal(err)
	}
	found.file = string(raw)
	return found
}

func (m marked) fill(t *testing.T) {
	t.Helper()
	m.with(t, func(d *db.DB) error {
		return d.Tx(t.Context(), func(ctx context.Context) error {
			var rows [][]any
			for i := range many {
				rows = append(rows, []any{"filler-" + strconv.Itoa(i), "value"})
			}
			return d.Load(ctx, db.Table{Name: "server_state", Columns: []string{"name", "value"}}, rows)
		})
	})
}

// killed runs coffre restore for so long, and reports how long it lived.
func (m marked) killed(t *testing.T, file string, after time.Duration) (lived time.Duration) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), harness.Program(t), "restore", file, "--data", m.Data, "--env-file", m.EnvFile)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + m.Data}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // It may have ended.
	defer timer.Stop()
	_ = cmd.Wait() // Being killed is no fault here.
	return time.Since(start)
}

func TestKilledRestoreLeavesTheOldServerOrTheNew(t *testing.T) {
	each(t, func(t *testing.T, engine harness.Engine) {
		s := harness.New(t, "server", harness.Options{Engine: engine})
		m := marked{s, engine, filepath.Join(s.Data, "licensing", "mark")}
		s.Start(t)
		s.Stop(t)
		m.fill(t)
		m.set(t, "backup")
		file := backUp(t, s)
		m.set(t, "later")
		whole := m.killed(t, file, harness.Patience)
		if got := m.get(t); got != (mark{"backup", "backup"}) {
			t.Fatalf("a restore that nobody kills leaves %+v", got)
		}
		results := map[mark]int{}
		for i := range kills {
			m.set(t, "later")
			m.killed(t, file, time.Duration(i)*whole*2/(kills-1)+rand.N(whole/4))
			s.Start(t)
			s.Kill(t)
			got := m.get(t)
			results[got]++
			if got.row != got.file {
				t.Errorf("a killed restore left %+v", got)
			}
		}
		t.Logf("%v, of restores that take %v", results, whole)
	})
}
