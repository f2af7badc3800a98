package db_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
)

func tables(t *testing.T, d *db.DB) []db.Table {
	t.Helper()
	list, err := d.Tables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func table(t *testing.T, d *db.DB, name string) db.Table {
	t.Helper()
	list := tables(t, d)
	i := slices.IndexFunc(list, func(t db.Table) bool { return t.Name == name })
	if i < 0 {
		t.Fatalf("no table %s", name)
	}
	return list[i]
}

func rowsOf(t *testing.T, d *db.DB, name string) [][]any {
	t.Helper()
	rows := [][]any{}
	err := d.Dump(t.Context(), table(t, d, name), func(values []any) error {
		rows = append(rows, slices.Clone(values))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestTablesStandAfterThoseTheyReferTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if _, err := d.Exec(t.Context(), `CREATE TABLE somebody_elses (id TEXT)`); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, table := range tables(t, d) {
			names = append(names, table.Name)
		}
		if slices.Contains(names, "migration") || slices.Contains(names, "somebody_elses") {
			t.Errorf("%v has a table that no migration made", names)
		}
		place := func(name string) int { return slices.Index(names, name) }
		if place("account") < 0 || place("member") < place("account") || place("member") < place("organization") {
			t.Errorf("member stands before what it refers to: %v", names)
		}
	})
}

func TestRowsAreTheSameOnBothEngines(t *testing.T) {
	from := [][]any{{"a", "NULL follows", nil, int64(1) << 53, true, "é\n\U0001F600"}, {"b", "", "{}", int64(-1), false, ""}}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const columns = `(id TEXT, filled TEXT, empty TEXT, number BIGINT, truth BOOLEAN, letters TEXT)`
		if _, err := d.Exec(t.Context(), `CREATE TABLE sample `+columns); err != nil {
			t.Fatal(err)
		}
		sample := db.Table{Name: "sample", Columns: []string{"id", "filled", "empty", "number", "truth", "letters"}}
		if err := d.Load(t.Context(), sample, from); err != nil {
			t.Fatal(err)
		}
		rows := [][]any{}
		err := d.Dump(t.Context(), sample, func(values []any) error {
			rows = append(rows, slices.Clone(values))
			return nil
		})
		if diff := cmp.Diff(from, rows); diff != "" || err != nil {
			t.Errorf("rows came back changed (%v): %s", err, diff)
		}
	})
}

func TestSnapshotSeesOneMomentAndCannotWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Snapshot(t.Context(), func(ctx context.Context) error {
			if _, err := get(ctx, d, "a"); fault.KindOf(err) != fault.NotFound {
				t.Errorf("before: %v", err)
			}
			if err := put(t.Context(), d, "a", "1"); err != nil {
				return err
			}
			if _, err := get(ctx, d, "a"); fault.KindOf(err) != fault.NotFound {
				t.Errorf("a later write shows: %v", err)
			}
			if err := put(ctx, d, "b", "2"); err == nil {
				t.Error("a snapshot can write")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestRebuildIsWholeOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := put(t.Context(), d, "old", "1"); err != nil {
			t.Fatal(err)
		}
		applied, err := d.Applied(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		state := table(t, d, "server_state")
		broken := errors.New("broken")
		rebuild := func(failure error) error {
			return d.Rebuild(t.Context(), applied, func(ctx context.Context) error {
				return errors.Join(d.Load(ctx, state, [][]any{{"new", "2"}}), failure)
			})
		}
		if err := rebuild(broken); !errors.Is(err, broken) {
			t.Fatalf("got %v, want %v", err, broken)
		}
		if diff := cmp.Diff([][]any{{"old", "1"}}, rowsOf(t, d, "server_state")); diff != "" {
			t.Errorf("after a failure: %s", diff)
		}
		if err := rebuild(nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]any{{"new", "2"}}, rowsOf(t, d, "server_state")); diff != "" {
			t.Errorf("after the rebuild: %s", diff)
		}
	})
}

func TestRebuildEndsAtThisVersion(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Rebuild(t.Context(), []string{"0001_tools"}, func(ctx context.Context) error {
			if _, err := d.Exec(ctx, `SELECT 1 FROM account`); err == nil {
				t.Error("the first migration made accounts")
			}
			return errors.New("PostgreSQL ends the transaction at the first error")
		})
		if err == nil {
			t.Fatal("the failure of load is no failure")
		}
		if err := d.Rebuild(t.Context(), []string{"0001_tools"}, func(ctx context.Context) error { return put(ctx, d, "a", "1") }); err != nil {
			t.Fatal(err)
		}
		if pending, err := d.Pending(t.Context()); err != nil || len(pending) != 0 {
			t.Errorf("pending %v, %v", pending, err)
		}
		if got, err := get(t.Context(), d, "a"); got != "1" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

func TestLaterMigrationsAreUnknown(t *testing.T) {
	d := dbtest.SQLite(t)
	unknown, err := d.Unknown([]string{"0001_tools", "9999_later"})
	if diff := cmp.Diff([]string{"9999_later"}, unknown); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
}

func TestEpochStaysUntilANewOneBegins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		epoch := func() string {
			t.Helper()
			name, err := d.Epoch(t.Context())
			if err != nil || name == "" {
				t.Fatalf("epoch %q: %v", name, err)
			}
			return name
		}
		first := epoch()
		if again := epoch(); again != first {
			t.Errorf("the epoch went from %s to %s", first, again)
		}
		if err := d.NewEpoch(t.Context()); err != nil {
			t.Fatal(err)
		}
		if next := epoch(); next == first {
			t.Error("the new epoch is the old one")
		}
	})
}
