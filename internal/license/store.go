package license

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Held is the license that an organization of a self-hosted server stands on.
// Every member was vouched for when it was stored.
type Held struct {
	OrganizationID      id.ID // here
	CloudOrganizationID id.ID // there
	LicenseKey          string
	Document            string // the license as JSON
	IssuedAt            time.Time
	ExpiresAt           time.Time // zero when it does not end
	UpdatedAt           time.Time
}

// Store keeps the licenses of a self-hosted server.
type Store interface {
	// Tx runs fn in a transaction, or in the one that ctx carries.
	Tx(ctx context.Context, fn func(context.Context) error) error
	// Lock makes other transactions that ask for the same name wait.
	Lock(ctx context.Context, name string) error
	// AfterCommit runs fn once the transaction of ctx is committed.
	AfterCommit(ctx context.Context, fn func())

	// Get returns the license of an organization, or fault.Gone.
	Get(ctx context.Context, organizationID id.ID) (Held, error)
	// List returns all licenses, in the order of their organizations' ids.
	List(ctx context.Context) ([]Held, error)
	// Save makes or replaces the license of an organization.
	Save(ctx context.Context, h Held) error
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ *db.DB }

const heldColumns = `organization_id, cloud_organization_id, license_key, document, issued_at, expires_at, updated_at`

type heldRow struct{ Held }

func (r *heldRow) Columns() []any {
	return []any{
		&r.OrganizationID, &r.CloudOrganizationID, &r.LicenseKey, &r.Document,
		(*db.Time)(&r.IssuedAt), (*db.Time)(&r.ExpiresAt), (*db.Time)(&r.UpdatedAt),
	}
}

func (s sqlStore) Get(ctx context.Context, organizationID id.ID) (Held, error) {
	r, err := db.One[heldRow](ctx, s.DB, `SELECT `+heldColumns+` FROM organization_license WHERE organization_id = $1`, organizationID)
	return r.Held, err
}

func (s sqlStore) List(ctx context.Context) ([]Held, error) {
	rows, err := db.All[heldRow](ctx, s.DB, `SELECT `+heldColumns+` FROM organization_license ORDER BY organization_id`)
	list := make([]Held, len(rows))
	for i, r := range rows {
		list[i] = r.Held
	}
	return list, err
}

func (s sqlStore) Save(ctx context.Context, h Held) error {
	_, err := s.Exec(ctx, `INSERT INTO organization_license (`+heldColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (organization_id) DO UPDATE SET cloud_organization_id = excluded.cloud_organization_id,
			license_key = excluded.license_key, document = excluded.document, issued_at = excluded.issued_at,
			expires_at = excluded.expires_at, updated_at = excluded.updated_at`,
		h.OrganizationID, h.CloudOrganizationID, h.LicenseKey, h.Document,
		db.Time(h.IssuedAt), db.Time(h.ExpiresAt), db.Time(h.UpdatedAt))
	return err
}
