// Package db runs one SQL text on SQLite or PostgreSQL.
//
// Queries use $1, $2 placeholders, which both engines accept. Where the engines
// truly differ, a query is a Dialect pair and the difference is visible in it.
//
// A transaction travels in the context: everything that is called with the
// context of Tx takes part in it, in whichever room it stands.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"coffre/internal/fault"
)

// DB is the pools of a running server.
type DB struct {
	read, write *sql.DB
	postgres    bool
	statements  atomic.Int64

	reads, writes prepared
}

// Dialect is a query that cannot be written once.
type Dialect struct{ SQLite, Postgres string }

// OpenSQLite opens the embedded database. SQLite allows one writer at a time, so
// writes queue for a single connection instead of failing with SQLITE_BUSY.
func OpenSQLite(path string) (*DB, error) {
	const settings = "?_txlock=immediate" +
		"&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"
	// In an address these letters would end the path.
	address := "file:" + strings.NewReplacer("%", "%25", "#", "%23", "?", "%3f").Replace(path) + settings
	// What one transaction changes stays in memory until it is written once: 8 MB.
	write, err := sql.Open("sqlite", address+"&_pragma=cache_size(-8000)")
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", address+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	readers := max(4, runtime.NumCPU())
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers) // opening one costs more than any question
	return &DB{read: read, write: write}, nil
}

// OpenPostgres connects to a server shared by several nodes.
func OpenPostgres(url string) (*DB, error) {
	pool, err := sql.Open("pgx", url)
	if err != nil {
		return nil, fmt.Errorf("open postgres: %w", err)
	}
	pool.SetMaxOpenConns(max(8, 4*runtime.NumCPU()))
	pool.SetMaxIdleConns(max(4, 2*runtime.NumCPU()))
	return &DB{read: pool, write: pool, postgres: true}, nil
}

// Pick returns the text for the running engine.
func (d *DB) Pick(q Dialect) string {
	if d.postgres {
		return q.Postgres
	}
	return q.SQLite
}

// Engine names the running engine: "sqlite" or "postgresql".
func (d *DB) Engine() string { return d.Pick(Dialect{SQLite: "sqlite", Postgres: "postgresql"}) }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.read.PingContext(ctx) }

// Statements returns how many were sent to the database so far.
func (d *DB) Statements() int64 { return d.statements.Load() }

// Exec changes rows and reports how many.
func (d *DB) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	query, args = d.prepare(query, args)
	res, err := d.do(ctx, query, args)
	if err != nil {
		return 0, explain(err)
	}
	return res.RowsAffected()
}

// record is a struct that lists its columns in the order queries select them.
type record[T any] interface {
	*T
	Columns() []any
}

// One returns the only row of a query, or fault.Gone.
func One[T any, P record[T]](ctx context.Context, d *DB, query string, args ...any) (T, error) {
	var v T
	found := false
	err := d.scan(ctx, query, args, func(rows *sql.Rows) (bool, error) {
		found = true
		return false, rows.Scan(P(&v).Columns()...)
	})
	if err == nil && !found {
		err = fault.Gone
	}
	return v, err
}

// All returns every row of a query; none is an empty list.
func All[T any, P record[T]](ctx context.Context, d *DB, query string, args ...any) ([]T, error) {
	list := []T{}
	err := Each[T, P](ctx, d, func(v T) error {
		list = append(list, v)
		return nil
	}, query, args...)
	return list, err
}

// Each calls fn with one row after the other, so that a long answer need not fit
// in memory. It stops at the first error. fn must not use the database.
func Each[T any, P record[T]](ctx context.Context, d *DB, fn func(T) error, query string, args ...any) error {
	var v, empty T
	columns := P(&v).Columns() // of the one row that is filled again and again
	return d.scan(ctx, query, args, func(rows *sql.Rows) (bool, error) {
		v = empty
		if err := rows.Scan(columns...); err != nil {
			return false, err
		}
		return true, fn(v)
	})
}

// Value returns the single value of a query, or fault.Gone.
func Value[T any](ctx context.Context, d *DB, query string, args ...any) (T, error) {
	row, err := One[single[T]](ctx, d, query, args...)
	return row.value, err
}

// Values returns the one column of every row of a query; none is an empty list.
func Values[T any](ctx context.Context, d *DB, query string, args ...any) ([]T, error) {
	list := []T{}
	err := Each(ctx, d, func(row single[T]) error {
		list = append(list, row.value)
		return nil
	}, query, args...)
	return list, err
}

type single[T any] struct{ value T }

func (s *single[T]) Columns() []any { return []any{&s.value} }

func (d *DB) scan(ctx context.Context, query string, args []any, next func(*sql.Rows) (bool, error)) error {
	query, args = d.prepare(query, args)
	rows, err := d.ask(ctx, query, args)
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	for more := true; more && rows.Next(); {
		if more, err = next(rows); err != nil {
			return err
		}
	}
	return explain(rows.Err())
}

// prepare counts a statement and brings it into the form that the engine reads best.
func (d *DB) prepare(query string, args []any) (string, []any) {
	const long = 500 // arguments; what has more is written for one length
	d.statements.Add(1)
	switch {
	case !d.postgres:
		return bare(query), args
	case len(args) > long:
		// The server would keep each length prepared, for nobody.
		return query, append([]any{pgx.QueryExecModeDescribeExec}, args...)
	}
	return query, args
}

// explain turns a broken unique constraint into a Conflict fault.
func explain(err error) error {
	pg, isPG := errors.AsType[*pgconn.PgError](err)
	lite, isLite := errors.AsType[*sqlite.Error](err)
	switch {
	case isPG && pg.Code == "23505",
		isLite && lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE,
		isLite && lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return errors.Join(fault.New(fault.Conflict, "exists"), err)
	}
	return err
}

// Close releases the pools.
func (d *DB) Close() error {
	if d.read == d.write {
		return d.write.Close()
	}
	return errors.Join(d.read.Close(), d.write.Close())
}
