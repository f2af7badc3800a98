package db

import (
	"context"
	"database/sql"
	"fmt"
)

// transaction is what Tx puts into the context.
type transaction struct {
	db    *DB
	sql   *sql.Tx
	after []func()
	fresh []string // texts to keep prepared from now on
}

type transactionKey struct{}

func (d *DB) current(ctx context.Context) *transaction {
	if tx, ok := ctx.Value(transactionKey{}).(*transaction); ok && tx.db == d {
		return tx
	}
	return nil
}

// Tx runs fn in a transaction and commits unless fn fails. What fn calls with
// the context it is given takes part; a nested call joins. On SQLite the writer
// is taken at the start, so what fn reads stays true until the commit; on
// PostgreSQL take a Lock before a check that a write depends on.
func (d *DB) Tx(ctx context.Context, fn func(context.Context) error) error {
	if d.current(ctx) != nil {
		return fn(ctx)
	}
	sqlTx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer sqlTx.Rollback()
	tx := &transaction{db: d, sql: sqlTx}
	if err := fn(context.WithValue(ctx, transactionKey{}, tx)); err != nil {
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", explain(err))
	}
	for _, after := range tx.after {
		after()
	}
	for _, query := range tx.fresh {
		d.writes.keep(ctx, d.write, query)
	}
	return nil
}

// AfterCommit runs fn once the transaction of ctx is committed, not at all when
// it is rolled back, and at once when there is none. fn must not block.
func (d *DB) AfterCommit(ctx context.Context, fn func()) {
	if tx := d.current(ctx); tx != nil {
		tx.after = append(tx.after, fn)
		return
	}
	fn()
}

// Lock waits until no other transaction holds the same name, and holds it until
// the transaction of ctx ends. SQLite has one writer and needs nothing.
func (d *DB) Lock(ctx context.Context, name string) error {
	if !d.postgres {
		return nil
	}
	_, err := d.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, name)
	return err
}
