package billingsync

import (
	"context"
	"time"

	"coffre/internal/db"
)

// Restored brings connections up to date in a database that comes from a backup: no
// run is under way, and whoever has synced before does so now, to learn from the
// cloud what has happened since.
func Restored(ctx context.Context, d *db.DB, now time.Time) error {
	if _, err := d.Exec(ctx, `UPDATE billing_sync_connection SET leased_until = NULL, run_id = NULL`); err != nil {
		return err
	}
	_, err := d.Exec(ctx, `UPDATE billing_sync_connection SET next_run_at = $1 WHERE next_run_at IS NOT NULL`, db.Time(now))
	return err
}
