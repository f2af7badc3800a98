package account

import (
	"context"
	"time"

	"coffre/internal/db"
)

// Restored brings people up to date in a database that comes from a backup: their
// clients may have seen what came after it, and must sync although they have.
func Restored(ctx context.Context, d *db.DB, now time.Time) error {
	_, err := d.Exec(ctx, `UPDATE account SET vault_revised_at = $1 WHERE vault_revised_at < $1`, db.Time(now))
	return err
}
