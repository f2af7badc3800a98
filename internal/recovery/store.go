package recovery

import (
	"context"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Store reads how accounts are unlocked; the keys of members, package member writes.
type Store interface {
	// Tx runs fn in a transaction, as db.DB does.
	Tx(ctx context.Context, fn func(context.Context) error) error
	// Unlocks returns how the master keys of some people are made.
	Unlocks(ctx context.Context, accountIDs []id.ID) (map[id.ID]Unlock, error)
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

// named looks a column up in a list of identifiers, which is JSON and the first
// argument: one text of a statement for any length.
var named = db.Dialect{
	SQLite:   ` IN (SELECT value FROM json_each($1))`,
	Postgres: ` = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))`,
}

type unlockRow struct {
	accountID id.ID
	Unlock
}

func (r *unlockRow) Columns() []any {
	return []any{&r.accountID, &r.KDF.Type, &r.KDF.Iterations, &r.KDF.Memory, &r.KDF.Parallelism, &r.Salt}
}

func (s sqlStore) Unlocks(ctx context.Context, accountIDs []id.ID) (map[id.ID]Unlock, error) {
	if len(accountIDs) == 0 {
		return nil, nil
	}
	rows, err := db.All[unlockRow](ctx, s.db, `SELECT id, kdf_type, kdf_iterations, kdf_memory, kdf_parallelism, salt
		FROM account WHERE id`+s.db.Pick(named), db.JSON[[]id.ID]{V: &accountIDs})
	found := make(map[id.ID]Unlock, len(rows))
	for _, r := range rows {
		found[r.accountID] = r.Unlock
	}
	return found, err
}
