package db_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/db"
	"coffre/internal/dbtest"
)

const goldenSchema = "../../migrations/schema.sql"

type statement struct{ text string }

func (s *statement) Columns() []any { return []any{&s.text} }

// TestMigrationsEndInTheGoldenSchema rewrites the file when UPDATE=1 is set.
func TestMigrationsEndInTheGoldenSchema(t *testing.T) {
	rows, err := db.All[statement](t.Context(), dbtest.SQLite(t),
		`SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'migration' ORDER BY tbl_name, type DESC, name`)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(row.text + ";\n\n")
	}
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(goldenSchema, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenSchema)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("migrations and schema.sql differ (-schema.sql +migrations):\n%s", diff)
	}
}

type column struct{ table, name string }

func (c *column) Columns() []any { return []any{&c.table, &c.name} }

func TestBothEnginesHaveTheSameColumns(t *testing.T) {
	lite, err := db.All[column](t.Context(), dbtest.SQLite(t), `SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p
		WHERE m.type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	pg, err := db.All[column](t.Context(), dbtest.Postgres(t),
		`SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()`)
	if err != nil {
		t.Fatal(err)
	}
	names := func(columns []column) []string {
		list := make([]string, len(columns))
		for i, c := range columns {
			list[i] = c.table + "." + c.name
		}
		slices.Sort(list)
		return list
	}
	if diff := cmp.Diff(names(lite), names(pg)); diff != "" {
		t.Errorf("columns differ (-sqlite +postgresql):\n%s", diff)
	}
}
