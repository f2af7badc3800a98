package billingsync

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// CloudStore keeps billing sync keys, and which installations they refused.
type CloudStore interface {
	// Tx runs fn in a transaction, or in the one that ctx carries.
	Tx(ctx context.Context, fn func(context.Context) error) error
	// Lock makes other transactions that ask for the same name wait.
	Lock(ctx context.Context, name string) error

	// Owners lists those of an organization, to write to them.
	Owners(ctx context.Context, organizationID id.ID) ([]Owner, error)
	// Key returns that of an organization, or fault.Gone.
	Key(ctx context.Context, organizationID id.ID) (Key, error)
	// ListKeys returns keys of all organizations, the one used last first, a part at a time.
	ListKeys(ctx context.Context, offset, limit int) ([]Key, error)
	// SaveKey makes or replaces the key of an organization.
	SaveKey(ctx context.Context, k Key) error
	// Bind ties the key of an organization to an installation unless it is tied
	// already, and reports whether it did.
	Bind(ctx context.Context, organizationID, installationID id.ID) (bool, error)
	// Refused records that an installation came with the key of an organization and
	// was not allowed, and reports whether that is new.
	Refused(ctx context.Context, organizationID, installationID id.ID, now time.Time) (bool, error)
	// Rebind ties the key of an organization to another installation, and forgets that
	// it was refused; without a key it is fault.Gone. It takes part in a transaction.
	Rebind(ctx context.Context, organizationID, installationID id.ID) error
	// Revoke ends the key of an organization; without a key it is fault.Gone.
	Revoke(ctx context.Context, organizationID id.ID, now time.Time) error
	// Used records a use of the key of an organization.
	Used(ctx context.Context, organizationID id.ID, now time.Time) error
}

// NewCloudStore returns a CloudStore on SQLite or PostgreSQL.
func NewCloudStore(d *db.DB) CloudStore { return cloudStore{d} }

type cloudStore struct{ *db.DB }

const keyColumns = `organization_id, sealed, account_id, installation_id, created_at, revised_at, revoked_at, synced_at`

type keyRow struct{ Key }

func (r *keyRow) Columns() []any {
	return []any{
		&r.OrganizationID, &r.Sealed, &r.AccountID, &r.InstallationID,
		(*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt), (*db.Time)(&r.RevokedAt), (*db.Time)(&r.SyncedAt),
	}
}

func (s cloudStore) Key(ctx context.Context, organizationID id.ID) (Key, error) {
	r, err := db.One[keyRow](ctx, s.DB, `SELECT `+keyColumns+` FROM billing_sync_key WHERE organization_id = $1`, organizationID)
	return r.Key, err
}

func (s cloudStore) ListKeys(ctx context.Context, offset, limit int) ([]Key, error) {
	rows, err := db.All[keyRow](ctx, s.DB, `SELECT `+keyColumns+` FROM billing_sync_key
		ORDER BY coalesce(synced_at, 0) DESC, organization_id LIMIT $1 OFFSET $2`, limit, offset)
	list := make([]Key, len(rows))
	for i, r := range rows {
		list[i] = r.Key
	}
	return list, err
}

func (s cloudStore) SaveKey(ctx context.Context, k Key) error {
	_, err := s.Exec(ctx, `INSERT INTO billing_sync_key (`+keyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (organization_id) DO UPDATE SET sealed = excluded.sealed, account_id = excluded.account_id,
			installation_id = excluded.installation_id, revised_at = excluded.revised_at, revoked_at = excluded.revoked_at`,
		k.OrganizationID, k.Sealed, k.AccountID, k.InstallationID,
		db.Time(k.CreatedAt), db.Time(k.RevisedAt), db.Time(k.RevokedAt), db.Time(k.SyncedAt))
	return err
}

func (s cloudStore) Bind(ctx context.Context, organizationID, installationID id.ID) (bool, error) {
	n, err := s.Exec(ctx, `UPDATE billing_sync_key SET installation_id = $2
		WHERE organization_id = $1 AND installation_id IS NULL`, organizationID, installationID)
	return n == 1, err
}

func (s cloudStore) Used(ctx context.Context, organizationID id.ID, now time.Time) error {
	_, err := s.Exec(ctx, `UPDATE billing_sync_key SET synced_at = $2 WHERE organization_id = $1`, organizationID, db.Time(now))
	return err
}

func (s cloudStore) Refused(ctx context.Context, organizationID, installationID id.ID, now time.Time) (bool, error) {
	n, err := s.Exec(ctx, `INSERT INTO installation_refusal (organization_id, installation_id, created_at) VALUES ($1, $2, $3)
		ON CONFLICT DO NOTHING`, organizationID, installationID, db.Time(now))
	return n == 1, err
}

func (s cloudStore) Rebind(ctx context.Context, organizationID, installationID id.ID) error {
	if _, err := s.Exec(ctx, `DELETE FROM installation_refusal WHERE organization_id = $1 AND installation_id = $2`, organizationID, installationID); err != nil {
		return err
	}
	return found(s.Exec(ctx, `UPDATE billing_sync_key SET installation_id = $2 WHERE organization_id = $1`, organizationID, installationID))
}

func (s cloudStore) Revoke(ctx context.Context, organizationID id.ID, now time.Time) error {
	return found(s.Exec(ctx, `UPDATE billing_sync_key SET revoked_at = coalesce(revoked_at, $2) WHERE organization_id = $1`,
		organizationID, db.Time(now)))
}

// found turns a change of nothing into fault.Gone.
func found(changed int64, err error) error {
	if err == nil && changed == 0 {
		err = fault.Gone
	}
	return err
}
