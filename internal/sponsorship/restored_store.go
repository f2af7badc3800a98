package sponsorship

import (
	"context"

	"coffre/internal/db"
)

// Restored brings wishes up to date in a database that comes from a backup: since
// then the cloud may have been told of any, so none is forgotten without a word.
func Restored(ctx context.Context, d *db.DB) error {
	_, err := d.Exec(ctx, `UPDATE sponsorship SET sent_revision = revision WHERE birthplace = $1 AND ended_at IS NULL`, Here)
	return err
}
