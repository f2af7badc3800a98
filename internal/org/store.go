package org

import (
	"context"
	"maps"
	"slices"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Store keeps organizations and who belongs to them. What is not
// there is fault.Gone.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error
	Lock(ctx context.Context, name string) error

	Get(ctx context.Context, orgID id.ID) (Organization, error)
	ByLicenseKey(ctx context.Context, key string) (Organization, error)
	// ListAll returns every organization, by name.
	ListAll(ctx context.Context) ([]Listed, error)
	// Search returns those of them whose name contains a text or whose id it is, a
	// part at a time.
	Search(ctx context.Context, text string, offset, limit int) ([]Listed, error)
	Insert(ctx context.Context, o Organization) error
	// Update writes everything but the key pair, the status and when it was made.
	Update(ctx context.Context, o Organization) error
	// Extend writes when organizations end, and nothing else.
	Extend(ctx context.Context, until map[id.ID]time.Time, at time.Time) error
	// Delete removes an organization with everything that is in it.
	Delete(ctx context.Context, orgID id.ID) error
	// SetKeys reports whether there was no key pair, and only then writes.
	SetKeys(ctx context.Context, orgID id.ID, public, private string, at time.Time) (bool, error)
	// Use counts all but what other rooms know.
	Use(ctx context.Context, orgID id.ID) (Use, error)
	APIKey(ctx context.Context, orgID id.ID) (sealed string, revisedAt time.Time, err error)
	PutAPIKey(ctx context.Context, orgID id.ID, sealed string, at time.Time) error

	Member(ctx context.Context, memberID id.ID) (Member, error)
	Membership(ctx context.Context, orgID, accountID id.ID) (Member, error)
	Members(ctx context.Context, orgID id.ID) ([]Member, error)
	// MembersByID returns those of the named members that are of the organization.
	MembersByID(ctx context.Context, orgID id.ID, memberIDs []id.ID) ([]Member, error)
	ConfirmedAccounts(ctx context.Context, orgID id.ID) ([]id.ID, error)
	// Owners returns the members who are confirmed owners.
	Owners(ctx context.Context, orgID id.ID) ([]id.ID, error)
	// ListConfirmed returns where an account is confirmed, by name.
	ListConfirmed(ctx context.Context, accountID id.ID) ([]Membership, error)
	// ListOf returns where an account has one of some statuses, by name.
	ListOf(ctx context.Context, accountID id.ID, statuses ...Status) ([]Membership, error)
	InsertMember(ctx context.Context, m Member) error
	// HoldsKeys reports whether an account is a member, in whatever status, with the
	// organization's key.
	HoldsKeys(ctx context.Context, accountID id.ID) (bool, error)
	// Invites reports whether an organization invites the address of an account.
	Invites(ctx context.Context, orgID, accountID id.ID) (bool, error)
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) Lock(ctx context.Context, name string) error { return s.db.Lock(ctx, name) }

const columns = `o.id, o.name, o.business_name, o.billing_email, o.plan, o.plan_type, o.seats, o.max_collections,
	o.max_storage_gb, o.max_autoscale_seats, o.features, o.settings, o.enabled, o.granted, o.suspended,
	o.basis, o.status, o.license_key,
	o.public_key, o.private_key, o.expires_at, o.created_at, o.revised_at`

type row struct{ Organization }

func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.Name, (*db.Optional)(&r.BusinessName), &r.BillingEmail, &r.Plan, &r.PlanType, &r.Seats, &r.MaxCollections,
		&r.MaxStorageGB, &r.MaxAutoscaleSeats, asJSON(&r.Features), asJSON(&r.Settings), &r.Enabled, &r.Granted, &r.Suspended,
		&r.Basis, &r.Status, &r.LicenseKey, (*db.Optional)(&r.PublicKey), (*db.Optional)(&r.PrivateKey),
		(*db.Time)(&r.ExpiresAt), (*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt),
	}
}

func asJSON[T any](v *T) db.JSON[T] { return db.JSON[T]{V: v} }

func (s sqlStore) Get(ctx context.Context, orgID id.ID) (Organization, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM organization o WHERE o.id = $1`, orgID)
	return r.Organization, err
}

func (s sqlStore) ByLicenseKey(ctx context.Context, key string) (Organization, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM organization o WHERE o.license_key = $1`, key)
	return r.Organization, err
}

type listedRow struct {
	organization row
	members      int
}

const listed = columns + `, (SELECT count(*) FROM member m WHERE m.organization_id = o.id) FROM organization o`

func (r *listedRow) Columns() []any { return append(r.organization.Columns(), &r.members) }

func (s sqlStore) ListAll(ctx context.Context) ([]Listed, error) {
	rows, err := db.All[listedRow](ctx, s.db, `SELECT `+listed+` ORDER BY o.name, o.id`)
	return listOf(rows), err
}

func (s sqlStore) Search(ctx context.Context, text string, offset, limit int) ([]Listed, error) {
	rows, err := db.All[listedRow](ctx, s.db, `SELECT `+listed+` WHERE lower(o.name) LIKE $1 ESCAPE '!' OR o.id = $2
		ORDER BY o.name, o.id LIMIT $3 OFFSET $4`, db.Containing(text), text, limit, offset)
	return listOf(rows), err
}

func listOf(rows []listedRow) []Listed {
	list := make([]Listed, len(rows))
	for i, r := range rows {
		list[i] = Listed{r.organization.Organization, r.members}
	}
	return list
}

func (s sqlStore) Insert(ctx context.Context, o Organization) error {
	_, err := s.db.Exec(ctx, `INSERT INTO organization (id, name, business_name, billing_email, plan, plan_type, seats,
			max_collections, max_storage_gb, max_autoscale_seats, features, settings, enabled, granted, suspended, basis, status, license_key,
			public_key, private_key, expires_at, created_at, revised_at)
		VALUES `+db.Rows(1, 23),
		o.ID, o.Name, db.Optional(o.BusinessName), o.BillingEmail, o.Plan, o.PlanType, o.Seats,
		o.MaxCollections, o.MaxStorageGB, o.MaxAutoscaleSeats, asJSON(&o.Features), asJSON(&o.Settings),
		o.Enabled, o.Granted, o.Suspended, o.Basis, o.Status, o.LicenseKey,
		db.Optional(o.PublicKey), db.Optional(o.PrivateKey), db.Time(o.ExpiresAt), db.Time(o.CreatedAt), db.Time(o.RevisedAt))
	return err
}

func (s sqlStore) Delete(ctx context.Context, orgID id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM organization WHERE id = $1`, orgID)
	return err
}

func (s sqlStore) Update(ctx context.Context, o Organization) error {
	_, err := s.db.Exec(ctx, `UPDATE organization SET name = $2, business_name = $3, billing_email = $4, plan = $5,
			plan_type = $6, seats = $7, max_collections = $8, max_storage_gb = $9, features = $10, enabled = $11, granted = $12,
			suspended = $13, basis = $14, license_key = $15, expires_at = $16, settings = $17, max_autoscale_seats = $18,
			revised_at = $19
		WHERE id = $1`,
		o.ID, o.Name, db.Optional(o.BusinessName), o.BillingEmail, o.Plan,
		o.PlanType, o.Seats, o.MaxCollections, o.MaxStorageGB, asJSON(&o.Features), o.Enabled, o.Granted,
		o.Suspended, o.Basis, o.LicenseKey, db.Time(o.ExpiresAt), asJSON(&o.Settings), o.MaxAutoscaleSeats,
		db.Time(o.RevisedAt))
	return err
}

func (s sqlStore) Extend(ctx context.Context, until map[id.ID]time.Time, at time.Time) error {
	if len(until) == 0 {
		return nil
	}
	ids := db.Padded(slices.Collect(maps.Keys(until)))
	var args []any
	for _, orgID := range ids {
		args = append(args, orgID, db.Time(until[orgID]), db.Time(at))
	}
	_, err := s.db.Exec(ctx, `UPDATE organization SET expires_at = v.column2, revised_at = v.column3
		FROM (VALUES `+db.Typed(len(ids), "TEXT", "BIGINT", "BIGINT")+`) AS v WHERE organization.id = v.column1`, args...)
	return err
}

func (s sqlStore) SetKeys(ctx context.Context, orgID id.ID, public, private string, at time.Time) (bool, error) {
	n, err := s.db.Exec(ctx, `UPDATE organization SET public_key = $2, private_key = $3, revised_at = $4
		WHERE id = $1 AND public_key IS NULL`, orgID, public, private, db.Time(at))
	return n == 1, err
}

// resetPasswordPolicy is policy.ResetPassword, which stands further down.
const resetPasswordPolicy = 8

type useRow struct{ Use }

func (r *useRow) Columns() []any {
	return []any{&r.OccupiedSeats, &r.Collections, &r.Groups, &r.CustomMembers, &r.Policies, &r.ResetPasswordPolicy}
}

// A revoked member and one that only a directory knows take no seat.
func (s sqlStore) Use(ctx context.Context, orgID id.ID) (Use, error) {
	r, err := db.One[useRow](ctx, s.db, `SELECT
		(SELECT count(*) FROM member WHERE organization_id = $1 AND status IN ($2, $3, $4)),
		(SELECT count(*) FROM collection WHERE organization_id = $1),
		(SELECT count(*) FROM organization_group WHERE organization_id = $1),
		(SELECT count(*) FROM member WHERE organization_id = $1 AND type = $5),
		(SELECT count(*) FROM policy WHERE organization_id = $1 AND enabled),
		EXISTS (SELECT 1 FROM policy WHERE organization_id = $1 AND enabled AND type = $6)`,
		orgID, Invited, Accepted, Confirmed, Custom, resetPasswordPolicy)
	return r.Use, err
}

type apiKeyRow struct {
	sealed    string
	revisedAt time.Time
}

func (r *apiKeyRow) Columns() []any { return []any{&r.sealed, (*db.Time)(&r.revisedAt)} }

func (s sqlStore) APIKey(ctx context.Context, orgID id.ID) (string, time.Time, error) {
	r, err := db.One[apiKeyRow](ctx, s.db, `SELECT sealed, revised_at FROM organization_api_key
		WHERE organization_id = $1 AND type = $2`, orgID, ProgramKey)
	return r.sealed, r.revisedAt, err
}

func (s sqlStore) PutAPIKey(ctx context.Context, orgID id.ID, sealed string, at time.Time) error {
	_, err := s.db.Exec(ctx, `INSERT INTO organization_api_key (organization_id, type, sealed, revised_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (organization_id, type) DO UPDATE SET sealed = excluded.sealed, revised_at = excluded.revised_at`,
		orgID, ProgramKey, sealed, db.Time(at))
	return err
}
