package license

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
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
	Reminders           int       // of its end that are behind it
	NextAt              time.Time // of the next reminder, or of the end; zero when nothing is left to do
}

// Reader is somebody who is told about the license of an organization.
type Reader struct {
	Email    string
	Language string
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
	// ListDue returns those about which something is to be done by now, in the order
	// of their organizations' ids: at most limit, and none up to after.
	ListDue(ctx context.Context, now time.Time, after id.ID, limit int) ([]Held, error)
	// Owners returns the confirmed owners of an organization, by their addresses.
	Owners(ctx context.Context, organizationID id.ID) ([]Reader, error)
	// Save makes or replaces the license of an organization.
	Save(ctx context.Context, h Held) error
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ *db.DB }

const heldColumns = `organization_id, cloud_organization_id, license_key, document, issued_at, expires_at, updated_at, reminders, next_at`

type heldRow struct{ Held }

func (r *heldRow) Columns() []any {
	return []any{
		&r.OrganizationID, &r.CloudOrganizationID, &r.LicenseKey, &r.Document,
		(*db.Time)(&r.IssuedAt), (*db.Time)(&r.ExpiresAt), (*db.Time)(&r.UpdatedAt), &r.Reminders, (*db.Time)(&r.NextAt),
	}
}

func (s sqlStore) Get(ctx context.Context, organizationID id.ID) (Held, error) {
	r, err := db.One[heldRow](ctx, s.DB, `SELECT `+heldColumns+` FROM organization_license WHERE organization_id = $1`, organizationID)
	return r.Held, err
}

func (s sqlStore) List(ctx context.Context) ([]Held, error) {
	return s.list(ctx, `ORDER BY organization_id`)
}

func (s sqlStore) ListDue(ctx context.Context, now time.Time, after id.ID, limit int) ([]Held, error) {
	return s.list(ctx, `WHERE next_at <= $1 AND organization_id > $2 ORDER BY organization_id LIMIT $3`, db.Time(now), after.String(), limit)
}

func (s sqlStore) list(ctx context.Context, which string, args ...any) ([]Held, error) {
	rows, err := db.All[heldRow](ctx, s.DB, `SELECT `+heldColumns+` FROM organization_license `+which, args...)
	list := make([]Held, len(rows))
	for i, r := range rows {
		list[i] = r.Held
	}
	return list, err
}

func (s sqlStore) Save(ctx context.Context, h Held) error {
	_, err := s.Exec(ctx, `INSERT INTO organization_license (`+heldColumns+`) VALUES `+db.Rows(1, 9)+`
		ON CONFLICT (organization_id) DO UPDATE SET cloud_organization_id = excluded.cloud_organization_id,
			license_key = excluded.license_key, document = excluded.document, issued_at = excluded.issued_at,
			expires_at = excluded.expires_at, updated_at = excluded.updated_at,
			reminders = excluded.reminders, next_at = excluded.next_at`,
		h.OrganizationID, h.CloudOrganizationID, h.LicenseKey, h.Document,
		db.Time(h.IssuedAt), db.Time(h.ExpiresAt), db.Time(h.UpdatedAt), h.Reminders, db.Time(h.NextAt))
	return err
}

type readerRow struct{ Reader }

func (r *readerRow) Columns() []any { return []any{&r.Email, &r.Language} }

func (s sqlStore) Owners(ctx context.Context, organizationID id.ID) ([]Reader, error) {
	rows, err := db.All[readerRow](ctx, s.DB, `SELECT a.email, a.culture
		FROM member m JOIN account a ON a.id = m.account_id
		WHERE m.organization_id = $1 AND m.status = $2 AND m.type = $3 ORDER BY a.email`, organizationID, org.Confirmed, org.Owner)
	list := make([]Reader, len(rows))
	for i, r := range rows {
		list[i] = r.Reader
	}
	return list, err
}
