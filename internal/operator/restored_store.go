package operator

import (
	"context"

	"coffre/internal/db"
)

// Restored ends what a database that comes from a backup knows of operators: links
// and sessions are those of the server that was backed up.
func Restored(ctx context.Context, d *db.DB) error {
	if _, err := d.Exec(ctx, `DELETE FROM operator_link`); err != nil {
		return err
	}
	_, err := d.Exec(ctx, `DELETE FROM operator_session`)
	return err
}
