package db

import (
	"context"
	"database/sql"
	"slices"
	"sync"
)

// most is how many texts are kept prepared. The server has fewer; lists of many
// lengths may have more, and those are prepared each time.
const most = 500

// prepared keeps what SQLite was told before, because reading the text of a
// statement costs more than most statements do. PostgreSQL's driver does the same
// by itself.
type prepared struct {
	mu    sync.RWMutex
	known map[string]*sql.Stmt
}

// find returns a statement that is kept, or nil.
func (p *prepared) find(query string) (stmt *sql.Stmt, full bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.known[query], len(p.known) >= most
}

// keep prepares a statement for all who come later, and returns it; nil when there
// are too many, or when it cannot be prepared, which whoever runs it will hear.
func (p *prepared) keep(ctx context.Context, pool *sql.DB, query string) *sql.Stmt {
	stmt, full := p.find(query) //nolint:sqlclosecheck // It is kept as long as the pool.
	if stmt != nil || full {
		return stmt
	}
	fresh, err := pool.PrepareContext(ctx, query)
	if err != nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if stmt := p.known[query]; stmt != nil { // somebody else was faster
		fresh.Close() //nolint:sqlclosecheck // Only the one that is not kept.
		return stmt
	}
	if p.known == nil {
		p.known = map[string]*sql.Stmt{}
	}
	p.known[query] = fresh
	return fresh
}

// inTx returns a kept statement for a transaction, or nil. Nothing is prepared
// here for later: it would wait for the connection that the transaction has.
func (d *DB) inTx(ctx context.Context, tx *transaction, query string) *sql.Stmt {
	if d.postgres {
		return nil
	}
	stmt, full := d.writes.find(query)
	if stmt != nil {
		return tx.sql.StmtContext(ctx, stmt)
	}
	if !full && !slices.Contains(tx.fresh, query) {
		tx.fresh = append(tx.fresh, query)
	}
	return nil
}

// do runs a statement that changes rows, in the transaction of ctx if there is one.
func (d *DB) do(ctx context.Context, query string, args []any) (sql.Result, error) {
	if tx := d.current(ctx); tx != nil {
		if stmt := d.inTx(ctx, tx, query); stmt != nil { //nolint:sqlclosecheck // It ends with the transaction.
			return stmt.ExecContext(ctx, args...)
		}
		return tx.sql.ExecContext(ctx, query, args...)
	}
	if !d.postgres {
		if stmt := d.writes.keep(ctx, d.write, query); stmt != nil { //nolint:sqlclosecheck // It is kept as long as the pool.
			return stmt.ExecContext(ctx, args...)
		}
	}
	return d.write.ExecContext(ctx, query, args...)
}

// ask puts a question, in the transaction of ctx if there is one.
func (d *DB) ask(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if tx := d.current(ctx); tx != nil {
		if stmt := d.inTx(ctx, tx, query); stmt != nil { //nolint:sqlclosecheck // It ends with the transaction.
			return stmt.QueryContext(ctx, args...)
		}
		return tx.sql.QueryContext(ctx, query, args...)
	}
	if !d.postgres {
		if stmt := d.reads.keep(ctx, d.read, query); stmt != nil { //nolint:sqlclosecheck // It is kept as long as the pool.
			return stmt.QueryContext(ctx, args...)
		}
	}
	return d.read.QueryContext(ctx, query, args...)
}
