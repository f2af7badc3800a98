package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"coffre/migrations"
)

// Table is a table of the schema.
type Table struct {
	Name    string
	Columns []string // in their order
	refers  []string // to these tables
}

var errNoOrder = errors.New("tables refer to each other in a circle, or to themselves")

// Tables lists the tables that migrations made and that are there, each after all
// that it refers to. The list of applied migrations is not one of them.
func (d *DB) Tables(ctx context.Context) ([]Table, error) {
	columns, err := All[pair](ctx, d, d.Pick(Dialect{
		SQLite: `SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' ORDER BY m.name, p.cid`,
		Postgres: `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()
			ORDER BY table_name, ordinal_position`,
	}))
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	references, err := All[pair](ctx, d, d.Pick(Dialect{
		SQLite: `SELECT m.name, f."table" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`,
		Postgres: `SELECT c.relname, r.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
			WHERE k.contype = 'f' AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())`,
	}))
	if err != nil {
		return nil, fmt.Errorf("list references: %w", err)
	}
	ours, err := d.made()
	if err != nil {
		return nil, err
	}
	tables := map[string]*Table{}
	for _, c := range columns {
		if !ours[c.first] {
			continue
		}
		if tables[c.first] == nil {
			tables[c.first] = &Table{Name: c.first}
		}
		tables[c.first].Columns = append(tables[c.first].Columns, c.second)
	}
	for _, r := range references {
		if t := tables[r.first]; t != nil {
			t.refers = append(t.refers, r.second)
		}
	}
	return inOrder(tables)
}

type pair struct{ first, second string }

func (p *pair) Columns() []any { return []any{&p.first, &p.second} }

var creates = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)

// made returns the names of the tables that migrations make. A database server may
// keep tables of other programs beside them.
func (d *DB) made() (map[string]bool, error) {
	names, err := d.scripts()
	made := map[string]bool{}
	for _, name := range names {
		script, err := migrations.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for _, match := range creates.FindAllSubmatch(script, -1) {
			made[string(match[1])] = true
		}
	}
	return made, err
}

func inOrder(tables map[string]*Table) ([]Table, error) {
	list := []Table{}
	for len(tables) > 0 {
		var free []string
		for name, t := range tables {
			if !slices.ContainsFunc(t.refers, func(to string) bool { return tables[to] != nil }) {
				free = append(free, name)
			}
		}
		if len(free) == 0 {
			return nil, errNoOrder
		}
		slices.Sort(free)
		for _, name := range free {
			list = append(list, *tables[name])
			delete(tables, name)
		}
	}
	return list, nil
}

// Snapshot runs fn in a transaction that cannot write: all that fn reads with the
// context it is given is the database at one moment.
func (d *DB) Snapshot(ctx context.Context, fn func(context.Context) error) error {
	tx, err := d.read.BeginTx(ctx, &sql.TxOptions{Isolation: d.isolation(), ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback()
	return fn(context.WithValue(ctx, transactionKey{}, &transaction{db: d, sql: tx}))
}

// isolation is that of a Snapshot; a transaction of SQLite knows no weaker one.
func (d *DB) isolation() sql.IsolationLevel {
	if d.postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

// Count returns how many rows a table has.
func (d *DB) Count(ctx context.Context, t Table) (int64, error) {
	return Value[int64](ctx, d, `SELECT count(*) FROM `+quoted([]string{t.Name}))
}

// Dump calls fn with the values of one row of a table after the other, in the
// order of its columns: nil, bool, int64, float64, string or []byte. They are fn's
// until it returns.
func (d *DB) Dump(ctx context.Context, t Table, fn func(values []any) error) error {
	values, pointers := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range values {
		pointers[i] = &values[i]
	}
	query := `SELECT ` + quoted(t.Columns) + ` FROM ` + quoted([]string{t.Name})
	var types []*sql.ColumnType
	return d.scan(ctx, query, nil, func(rows *sql.Rows) (_ bool, err error) {
		if types == nil {
			types, err = rows.ColumnTypes()
		}
		if err = errors.Join(err, rows.Scan(pointers...)); err != nil {
			return false, err
		}
		for i, v := range values {
			// SQLite keeps a truth as a number.
			if number, ok := v.(int64); ok && types[i].DatabaseTypeName() == "BOOLEAN" {
				values[i] = number != 0
			}
		}
		return true, fn(values)
	})
}

// Load adds rows with values as Dump gives them, whichever engine they come from.
func (d *DB) Load(ctx context.Context, t Table, rows [][]any) error {
	into := `INSERT INTO ` + quoted([]string{t.Name}) + ` (` + quoted(t.Columns) + `) VALUES `
	for part := range slices.Chunk(rows, perLoad) {
		var values []any
		for _, row := range part {
			values = append(values, row...)
		}
		if _, err := d.Exec(ctx, into+Rows(len(part), len(t.Columns)), values...); err != nil {
			return fmt.Errorf("fill table %s: %w", t.Name, err)
		}
	}
	return nil
}

// perLoad is how many rows one statement adds.
const perLoad = 50

func quoted(names []string) string { return `"` + strings.Join(names, `", "`) + `"` }

// Applied returns the migrations that this database has seen, by the names that
// both engines share, in order.
func (d *DB) Applied(ctx context.Context) ([]string, error) {
	names, err := Values[string](ctx, d, `SELECT name FROM migration ORDER BY name`)
	for i, name := range names {
		names[i] = shared(name)
	}
	return names, err
}

// Unknown returns those of the migrations, as Applied names them, that this version
// of the program does not have: what they made is newer.
func (d *DB) Unknown(names []string) ([]string, error) {
	scripts, err := d.scripts()
	unknown := []string{}
	for _, name := range names {
		if !slices.ContainsFunc(scripts, func(script string) bool { return shared(script) == name }) {
			unknown = append(unknown, name)
		}
	}
	return unknown, err
}

// shared returns the name of a migration without what tells engines apart.
func shared(script string) string {
	name := strings.TrimSuffix(script, ".sql")
	return strings.TrimSuffix(strings.TrimSuffix(name, ".sqlite"), ".postgres")
}

// Rebuild puts another content into the place of everything that migrations made:
// the schema as the named migrations leave it, what load adds to that, and the
// migrations that come after them. All of it is one transaction.
func (d *DB) Rebuild(ctx context.Context, applied []string, load func(context.Context) error) error {
	return d.Tx(ctx, func(ctx context.Context) error {
		if err := d.drop(ctx); err != nil {
			return err
		}
		if err := d.migrateAll(ctx, func(name string) bool { return slices.Contains(applied, shared(name)) }); err != nil {
			return err
		}
		if err := load(ctx); err != nil {
			return err
		}
		return d.migrateAll(ctx, func(string) bool { return true })
	})
}

// drop removes all tables, those that others refer to last.
func (d *DB) drop(ctx context.Context) error {
	if d.postgres {
		// Whoever still works on the database is not waited for without end.
		if _, err := d.Exec(ctx, `SET LOCAL lock_timeout = '20s'`); err != nil {
			return err
		}
	}
	if err := d.Lock(ctx, "migrate"); err != nil {
		return err
	}
	tables, err := d.Tables(ctx)
	if err != nil {
		return err
	}
	slices.Reverse(tables)
	for _, t := range append(tables, Table{Name: "migration"}) {
		if _, err := d.Exec(ctx, `DROP TABLE IF EXISTS `+quoted([]string{t.Name})); err != nil {
			return fmt.Errorf("drop table %s: %w", t.Name, err)
		}
	}
	return nil
}
