// Package dbtest gives each test an empty, migrated database of its own.
package dbtest

import (
	"crypto/rand"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coffre/internal/db"
)

// Each runs fn on SQLite and on the PostgreSQL that COFFRE_TEST_POSTGRES names, so
// that a query which only one engine accepts cannot land. COFFRE_TEST_ENGINE
// narrows it to one engine, for the race detector.
func Each(t *testing.T, fn func(*testing.T, *db.DB)) {
	t.Helper()
	only := os.Getenv("COFFRE_TEST_ENGINE")
	if only != "postgres" {
		t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	}
	if only != "sqlite" {
		t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t)) })
	}
}

// SQLite returns a database in a temporary file.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	d, err := db.OpenSQLite(filepath.Join(t.TempDir(), "test.db"))
	return ready(t, d, err)
}

// Postgres returns a new schema on the test server, dropped when the test ends.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	d, err := db.OpenPostgres(PostgresURL(t))
	return ready(t, d, err)
}

// PostgresURL returns the address of a new, empty schema on the test server,
// dropped when the test ends.
func PostgresURL(t testing.TB) string {
	t.Helper()
	url := os.Getenv("COFFRE_TEST_POSTGRES")
	if url == "" {
		t.Fatal("COFFRE_TEST_POSTGRES is not set: run the tests with go run ./tools/do test")
	}
	admin, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close() })
	schema := "t_" + strings.ToLower(rand.Text())
	if _, err := admin.Exec("CREATE SCHEMA " + schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Exec("DROP SCHEMA " + schema + " CASCADE") })
	sep := "?"
	if strings.Contains(url, "?") {
		sep = "&"
	}
	return url + sep + "search_path=" + schema
}

func ready(t testing.TB, d *db.DB, err error) *db.DB {
	t.Helper()
	if err == nil {
		t.Cleanup(func() { d.Close() })
		err = d.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}
