package device

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Store keeps devices.
type Store interface {
	// Tx runs fn in a transaction, as db.DB does.
	Tx(ctx context.Context, fn func(context.Context) error) error
	// Save adds a device, or renews what is known of it, and returns it with its
	// id. It takes part in a transaction.
	Save(ctx context.Context, d Device) (Device, error)
	// Get returns a device of a person, or fault.Gone.
	Get(ctx context.Context, accountID, deviceID id.ID) (Device, error)
	// Find returns the device of a person that calls itself identifier.
	Find(ctx context.Context, accountID id.ID, identifier string) (Device, bool, error)
	// Use notes that a device is in use.
	Use(ctx context.Context, deviceID id.ID, now time.Time) error
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

const columns = `id, account_id, identifier, type, name, push_token, created_at, active_at`

type row struct{ Device }

func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.AccountID, &r.Identifier, &r.Type, &r.Name, (*db.Optional)(&r.PushToken),
		(*db.Time)(&r.CreatedAt), (*db.Time)(&r.ActiveAt),
	}
}

func (s sqlStore) Save(ctx context.Context, d Device) (Device, error) {
	r, err := db.One[row](ctx, s.db, `INSERT INTO device AS d (`+columns+`) VALUES (`+db.Placeholders(1, 8)+`)
		ON CONFLICT (account_id, identifier) DO UPDATE SET type = excluded.type, name = excluded.name,
			push_token = COALESCE(excluded.push_token, d.push_token), active_at = excluded.active_at
		RETURNING `+columns,
		d.ID, d.AccountID, d.Identifier, d.Type, d.Name, db.Optional(d.PushToken), db.Time(d.CreatedAt), db.Time(d.ActiveAt))
	return r.Device, err
}

func (s sqlStore) Get(ctx context.Context, accountID, deviceID id.ID) (Device, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM device WHERE account_id = $1 AND id = $2`, accountID, deviceID)
	return r.Device, err
}

func (s sqlStore) Find(ctx context.Context, accountID id.ID, identifier string) (Device, bool, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM device WHERE account_id = $1 AND identifier = $2`, accountID, identifier)
	if fault.KindOf(err) == fault.NotFound {
		return Device{}, false, nil
	}
	return r.Device, err == nil, err
}

func (s sqlStore) Use(ctx context.Context, deviceID id.ID, now time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE device SET active_at = $2 WHERE id = $1`, deviceID, db.Time(now))
	return err
}
