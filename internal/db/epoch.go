package db

import (
	"context"

	"coffre/internal/id"
)

// Epoch returns what names this life of the database, and makes it the first time.
// A restore begins another life: whoever remembers the old one can tell that the
// database may have forgotten something.
func (d *DB) Epoch(ctx context.Context) (string, error) {
	if _, err := d.Exec(ctx, `INSERT INTO server_state (name, value) VALUES ('epoch', $1) ON CONFLICT (name) DO NOTHING`,
		id.New().String()); err != nil {
		return "", err
	}
	return Value[string](ctx, d, `SELECT value FROM server_state WHERE name = 'epoch'`)
}

// NewEpoch begins another life of the database.
func (d *DB) NewEpoch(ctx context.Context) error {
	_, err := d.Exec(ctx, `INSERT INTO server_state (name, value) VALUES ('epoch', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
		id.New().String())
	return err
}
