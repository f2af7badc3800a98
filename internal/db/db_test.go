package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
)

func put(ctx context.Context, d *db.DB, name, value string) error {
	_, err := d.Exec(ctx, `INSERT INTO server_state (name, value) VALUES ($1, $2)`, name, value)
	return err
}

func get(ctx context.Context, d *db.DB, name string) (string, error) {
	return db.Value[string](ctx, d, `SELECT value FROM server_state WHERE name = $1`, name)
}

func TestFileLiesWhereItsPathSays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "50% of #1.db")
	d, err := db.OpenSQLite(file)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Exec(t.Context(), `CREATE TABLE a (b TEXT)`); err != nil {
		t.Fatal(err)
	}
	if mode, err := db.Value[string](t.Context(), d, `PRAGMA journal_mode`); mode != "wal" || err != nil {
		t.Errorf("the settings are lost: journal mode %q, %v", mode, err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

func TestFailedTransactionLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		broken := errors.New("broken")
		err := d.Tx(t.Context(), func(ctx context.Context) error {
			if err := put(ctx, d, "a", "1"); err != nil {
				return err
			}
			return d.Tx(ctx, func(ctx context.Context) error {
				return errors.Join(put(ctx, d, "b", "2"), broken)
			})
		})
		if !errors.Is(err, broken) {
			t.Fatalf("got %v, want %v", err, broken)
		}
		for _, name := range []string{"a", "b"} {
			if _, err := get(t.Context(), d, name); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: got %v, want NotFound", name, err)
			}
		}
	})
}

func TestTransactionReadsItsOwnWrites(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Tx(t.Context(), func(ctx context.Context) error {
			if err := put(ctx, d, "a", "1"); err != nil {
				return err
			}
			got, err := get(ctx, d, "a")
			if got != "1" {
				t.Errorf("got %q, want 1", got)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAfterCommitRunsOnlyWhenCommitted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ran := 0
		count := func(fail error) func(context.Context) error {
			return func(ctx context.Context) error {
				d.AfterCommit(ctx, func() { ran++ })
				if ran > 1 {
					t.Error("AfterCommit ran before the commit")
				}
				return fail
			}
		}
		if err := d.Tx(t.Context(), count(nil)); err != nil || ran != 1 {
			t.Fatalf("committed: ran %d times, %v", ran, err)
		}
		if err := d.Tx(t.Context(), count(fault.Gone)); err == nil || ran != 1 {
			t.Errorf("rolled back: ran %d times, %v", ran, err)
		}
	})
}

func TestBrokenUniqueKeyIsConflict(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := put(t.Context(), d, "a", "1"); err != nil {
			t.Fatal(err)
		}
		if err := put(t.Context(), d, "a", "2"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("got %v, want Conflict", err)
		}
	})
}

func TestValuesComeBackAsTheyWere(t *testing.T) {
	type features struct{ A, B bool }
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		at := time.Date(2026, 11, 23, 12, 0, 0, 123456000, time.UTC)
		if _, err := d.Exec(t.Context(), `INSERT INTO server_key (id, purpose, sealed, created_at, retired_at) VALUES ($1, $2, $3, $4, $5)`,
			"k", "p", db.JSON[features]{&features{B: true}}, db.Time(at), db.Time{}); err != nil {
			t.Fatal(err)
		}
		got, err := db.One[keyRow](t.Context(), d, `SELECT sealed, created_at, retired_at FROM server_key`)
		if err != nil {
			t.Fatal(err)
		}
		if got.sealed != `{"A":false,"B":true}` || !time.Time(got.created).Equal(at) || !time.Time(got.retired).IsZero() {
			t.Errorf("got %+v", got)
		}
	})
}

type keyRow struct {
	sealed           string
	created, retired db.Time
}

func (r *keyRow) Columns() []any { return []any{&r.sealed, &r.created, &r.retired} }

func TestMigrateTwiceChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		pending, err := d.Pending(t.Context())
		if err != nil || len(pending) != 0 {
			t.Errorf("pending %v, %v", pending, err)
		}
	})
}

func TestPlaceholdersMeanTheSameInAnyOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for query, want := range map[string]string{
			`SELECT CAST($1 AS TEXT) || CAST($2 AS TEXT)`:                        "ab",
			`SELECT CAST($2 AS TEXT) || CAST($1 AS TEXT)`:                        "ba",
			`SELECT CAST($1 AS TEXT) || CAST($2 AS TEXT) || CAST($1 AS TEXT)`:    "aba",
			`SELECT '$' || CAST($1 AS TEXT) || CAST($2 AS TEXT) || '$' || '$.a'`: "$ab$$.a",
		} {
			if got, err := db.Value[string](t.Context(), d, query, "a", "b"); got != want || err != nil {
				t.Errorf("%s: got %q, %v, want %q", query, got, err, want)
			}
		}
	})
}

func TestAThousandRowsAreOneStatement(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n = 1000
		var args []any
		for i := range n {
			args = append(args, strconv.Itoa(i), "x")
		}
		before := d.Statements()
		if _, err := d.Exec(t.Context(), `INSERT INTO server_state (name, value) VALUES `+db.Rows(n, 2), args...); err != nil {
			t.Fatal(err)
		}
		got, err := db.Value[int](t.Context(), d, `SELECT count(*) FROM server_state WHERE value = 'x'`)
		if statements := d.Statements() - before; got != n || statements != 2 || err != nil {
			t.Errorf("%d rows by %d statements, %v; want %d by 2", got, statements, err, n)
		}
	})
}

// An UPDATE from a list of rows is one statement on both engines, whatever is NULL.
func TestRowsAreUpdatedFromAList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if _, err := d.Exec(t.Context(), `CREATE TABLE thing (id TEXT PRIMARY KEY, n BIGINT, open BOOLEAN)`); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{1, 2, 3, 100} {
			names := make([]string, n)
			for i := range names {
				names[i] = "thing " + strconv.Itoa(i)
				if _, err := d.Exec(t.Context(), `INSERT INTO thing (id) VALUES ($1)`, names[i]); err != nil {
					t.Fatal(err)
				}
			}
			var args []any
			padded := db.Padded(names)
			for i, name := range padded {
				number := any(int64(min(i, n-1)))
				if min(i, n-1)%3 == 0 {
					number = nil
				}
				args = append(args, name, number, min(i, n-1)%2 == 0)
			}
			before := d.Statements()
			_, err := d.Exec(t.Context(), `UPDATE thing SET n = v.column2, open = v.column3
				FROM (VALUES `+db.Typed(len(padded), "TEXT", "BIGINT", "BOOLEAN")+`) AS v WHERE thing.id = v.column1`, args...)
			if err != nil || d.Statements() != before+1 {
				t.Fatalf("%d rows: %d statements, %v", n, d.Statements()-before, err)
			}
			right, err := db.Value[int](t.Context(), d, `SELECT count(*) FROM thing
				WHERE n IS NULL AND open IS NOT NULL OR id = 'thing ' || CAST(n AS TEXT) AND open = (n % 2 = 0)`)
			if err != nil || right != n {
				t.Errorf("%d rows: %d are as they should be, %v", n, right, err)
			}
			if _, err := d.Exec(t.Context(), `DELETE FROM thing`); err != nil {
				t.Fatal(err)
			}
		}
	})
}
