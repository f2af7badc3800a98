package mail

import (
	"context"

	"coffre/internal/db"
)

// Restored gives up the mails that waited in a database which comes from a backup:
// the server that was backed up has sent them since. That they were queued stays
// known, so that they are not queued anew.
func Restored(ctx context.Context, d *db.DB) error {
	_, err := d.Exec(ctx, `UPDATE mail SET sealed = NULL WHERE sealed IS NOT NULL`)
	return err
}
