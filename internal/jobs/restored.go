package jobs

import (
	"context"

	"coffre/internal/db"
)

// Restored frees the jobs of a database that comes from a backup: whoever was at
// them then is not now. All are done again, as after a crash.
func Restored(ctx context.Context, d *db.DB) error {
	_, err := d.Exec(ctx, `UPDATE job SET leased_until = 0`)
	return err
}
