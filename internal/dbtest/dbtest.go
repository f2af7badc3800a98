// Package dbtest gives each test an empty, migrated database of its own.
package dbtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"coffre/internal/db"
)

// Engines returns the names of the engines that tests run on: both, unless
// COFFRE_TEST_ENGINE narrows it to one, for the race detector.
func Engines() []string {
	if only := os.Getenv("COFFRE_TEST_ENGINE"); only != "" {
		return []string{only}
	}
	return []string{"sqlite", "postgres"}
}

// Each runs fn on SQLite and on the PostgreSQL that COFFRE_TEST_POSTGRES names, so
// that a query which only one engine accepts cannot land.
func Each(t *testing.T, fn func(*testing.T, *db.DB)) {
	t.Helper()
	open := map[string]func(testing.TB) *db.DB{"sqlite": SQLite, "postgres": Postgres}
	for _, engine := range Engines() {
		t.Run(engine, func(t *testing.T) { fn(t, open[engine](t)) })
	}
}

// SQLite returns a database in a temporary file.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	content, err := migrated()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return opened(t)(db.OpenSQLite(path))
}

// migrated is the file of an empty, migrated database: migrating takes longer than
// most tests.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "coffre-dbtest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "empty.db")
	d, err := db.OpenSQLite(path)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(d.Migrate(context.Background()), d.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Postgres returns an empty schema on the test server. It is emptied and kept for the
// next test when this one ends, because migrating takes longer than most tests; one
// whose shape the test changed is dropped.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	s, err := take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { give(context.Background(), s) })
	d := opened(t)(db.OpenPostgres(s.url))
	if s.shape == "" {
		if err = d.Migrate(t.Context()); err == nil {
			s.shape, err = s.measure(t.Context())
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// PostgresURL returns the address of a new, empty schema on the test server,
// dropped when the test ends.
func PostgresURL(t testing.TB) string {
	t.Helper()
	s, err := create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.drop(context.Background()) })
	return s.url
}

// opened closes what was opened when the test ends.
func opened(t testing.TB) func(*db.DB, error) *db.DB {
	return func(d *db.DB, err error) *db.DB {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return d
	}
}
