package domain

import (
	"context"

	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Store keeps what people say of domains.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error
	// Get returns what a person has said; nothing is the zero settings.
	Get(ctx context.Context, accountID id.ID) (settings, error)
	Put(ctx context.Context, accountID id.ID, s settings) error
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

type row struct{ settings }

// Columns lists own and excluded.
func (r *row) Columns() []any {
	return []any{db.JSON[[][]string]{V: &r.Own}, db.JSON[[]Type]{V: &r.Excluded}}
}

func (s sqlStore) Get(ctx context.Context, accountID id.ID) (settings, error) {
	r, err := db.One[row](ctx, s.db, `SELECT own, excluded FROM account_domain WHERE account_id = $1`, accountID)
	if fault.KindOf(err) == fault.NotFound {
		return settings{}, nil
	}
	return r.settings, err
}

func (s sqlStore) Put(ctx context.Context, accountID id.ID, v settings) error {
	_, err := s.db.Exec(ctx, `INSERT INTO account_domain (account_id, own, excluded) VALUES ($1, $2, $3)
		ON CONFLICT (account_id) DO UPDATE SET own = excluded.own, excluded = excluded.excluded`,
		accountID, db.JSON[[][]string]{V: &v.Own}, db.JSON[[]Type]{V: &v.Excluded})
	return err
}
