package billingsync

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
)

// SelfHostedStore keeps connections and runs.
type SelfHostedStore interface {
	// Tx runs fn in a transaction, or in the one that ctx carries.
	Tx(ctx context.Context, fn func(context.Context) error) error

	// Connection returns one by its id, or fault.Gone.
	Connection(ctx context.Context, connectionID id.ID) (Connection, error)
	// ConnectionOf returns the one of an organization, or fault.Gone.
	ConnectionOf(ctx context.Context, organizationID id.ID) (Connection, error)
	// Connections lists those that runs may use, in the order of their organizations.
	Connections(ctx context.Context) ([]Connection, error)
	// SaveConnection makes or changes one, except for its schedule. It is a
	// Conflict when the organization has another.
	SaveConnection(ctx context.Context, c Connection) error
	// Due lists the connections whose run is due and not under way.
	Due(ctx context.Context, now time.Time) ([]Connection, error)
	// Ask moves the next run to an instant, but not before the cloud wants to hear of
	// this server, where there is a next run, and reports whether there is.
	Ask(ctx context.Context, organizationID id.ID, at time.Time) (bool, error)
	// LicenseSynced records that the cloud sent a license.
	LicenseSynced(ctx context.Context, organizationID id.ID, now time.Time) error

	// Claim takes the lease of a usable connection that nobody holds, for a run and
	// until an instant that is also its next run, and reports whether it did.
	Claim(ctx context.Context, r Run, until time.Time) (bool, error)
	// Extend moves the end of the lease that a run holds and that has not ended, and
	// reports whether there is one. Nobody takes it before the transaction ends.
	Extend(ctx context.Context, r Run, now, until time.Time) (bool, error)
	// Release gives the lease back that a run holds and plans the next run, unless
	// somebody asked for one since it was claimed until an instant. It reports whether
	// the run held it.
	Release(ctx context.Context, r Run, claimed time.Time, next Plan) (bool, error)

	// Overdue lists usable connections whose runs fail, of which the last that went
	// through, or else the first that failed, ended at an instant at the latest, and
	// whose owners were not told.
	Overdue(ctx context.Context, before time.Time) ([]Connection, error)
	// MarkTold notes that the owners were told that runs fail, unless they were or none
	// fails any more, and reports whether it did.
	MarkTold(ctx context.Context, organizationID id.ID, now time.Time) (bool, error)
	// Owners lists those of an organization, to write to them.
	Owners(ctx context.Context, organizationID id.ID) ([]Owner, error)

	// InsertRun begins a run; those that never ended are ended as interrupted.
	InsertRun(ctx context.Context, r Run) error
	// EndRun records how a run ended.
	EndRun(ctx context.Context, r Run) error
	// Runs lists the runs of an organization that began before one, newest first;
	// the zero ID is after all.
	Runs(ctx context.Context, organizationID, before id.ID, limit int) ([]Run, error)
	// AllRuns lists the runs of all organizations, newest first, a part at a time.
	AllRuns(ctx context.Context, offset, limit int) ([]Run, error)
}

// Plan is what follows from a run for the connection.
type Plan struct {
	NextRunAt   time.Time
	NotBefore   time.Time // until when the cloud asked to be left alone; zero when it did not
	Failures    int
	SucceededAt time.Time // zero when the run failed
	FailedAt    time.Time // zero when it went through
	Found       *Found    // nil when the cloud said nothing new
}

// NewSelfHostedStore returns a SelfHostedStore on SQLite or PostgreSQL.
func NewSelfHostedStore(d *db.DB) SelfHostedStore { return selfHostedStore{d} }

type selfHostedStore struct{ *db.DB }

const connectionColumns = `id, organization_id, enabled, sealed_key, cloud_organization_id,
	cloud_organization_name, cloud_plan, cloud_region, next_run_at, leased_until, failures,
	failing_since, told_at, succeeded_at, license_synced_at, created_at, revised_at`

type connectionRow struct{ Connection }

func (r *connectionRow) Columns() []any {
	return []any{
		&r.ID, &r.OrganizationID, &r.Enabled, (*db.Optional)(&r.SealedKey), &r.CloudOrganizationID,
		(*db.Optional)(&r.Found.OrganizationName), (*db.Optional)(&r.Found.Plan), (*db.Optional)(&r.Found.Region),
		(*db.Time)(&r.NextRunAt), (*db.Time)(&r.LeasedUntil), &r.Failures,
		(*db.Time)(&r.FailingSince), (*db.Time)(&r.ToldAt), (*db.Time)(&r.SucceededAt), (*db.Time)(&r.LicenseSyncedAt), (*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt),
	}
}

func (s selfHostedStore) Connection(ctx context.Context, connectionID id.ID) (Connection, error) {
	r, err := db.One[connectionRow](ctx, s.DB, `SELECT `+connectionColumns+` FROM billing_sync_connection WHERE id = $1`, connectionID)
	return r.Connection, err
}

func (s selfHostedStore) ConnectionOf(ctx context.Context, organizationID id.ID) (Connection, error) {
	r, err := db.One[connectionRow](ctx, s.DB, `SELECT `+connectionColumns+`
		FROM billing_sync_connection WHERE organization_id = $1`, organizationID)
	return r.Connection, err
}

func (s selfHostedStore) SaveConnection(ctx context.Context, c Connection) error {
	_, err := s.Exec(ctx, `INSERT INTO billing_sync_connection (id, organization_id, enabled, sealed_key, cloud_organization_id,
			cloud_organization_name, cloud_plan, cloud_region, minute, created_at, revised_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (id) DO UPDATE SET enabled = excluded.enabled, sealed_key = excluded.sealed_key,
			cloud_organization_id = excluded.cloud_organization_id, cloud_organization_name = excluded.cloud_organization_name,
			cloud_plan = excluded.cloud_plan, cloud_region = excluded.cloud_region, revised_at = excluded.revised_at`,
		c.ID, c.OrganizationID, c.Enabled, db.Optional(c.SealedKey), c.CloudOrganizationID,
		db.Optional(c.Found.OrganizationName), db.Optional(c.Found.Plan), db.Optional(c.Found.Region),
		Minute(c.OrganizationID), db.Time(c.CreatedAt), db.Time(c.RevisedAt))
	return err
}

// usable is Connection.Usable in SQL.
const usable = `enabled AND sealed_key IS NOT NULL`

func (s selfHostedStore) Connections(ctx context.Context) ([]Connection, error) {
	return s.list(ctx, usable+` ORDER BY organization_id`)
}

func (s selfHostedStore) Due(ctx context.Context, now time.Time) ([]Connection, error) {
	return s.list(ctx, `next_run_at <= $1 AND (leased_until IS NULL OR leased_until <= $1) AND `+usable+` ORDER BY next_run_at`, db.Time(now))
}

// list returns the connections of which a condition holds, in the order that follows it.
func (s selfHostedStore) list(ctx context.Context, where string, args ...any) ([]Connection, error) {
	rows, err := db.All[connectionRow](ctx, s.DB, `SELECT `+connectionColumns+` FROM billing_sync_connection WHERE `+where, args...)
	list := make([]Connection, len(rows))
	for i, r := range rows {
		list[i] = r.Connection
	}
	return list, err
}

func (s selfHostedStore) Ask(ctx context.Context, organizationID id.ID, at time.Time) (bool, error) {
	n, err := s.Exec(ctx, `UPDATE billing_sync_connection SET next_run_at = CASE WHEN not_before > $2 THEN not_before ELSE $2 END
		WHERE organization_id = $1 AND next_run_at IS NOT NULL AND `+usable, organizationID, db.Time(at))
	return n == 1, err
}

func (s selfHostedStore) LicenseSynced(ctx context.Context, organizationID id.ID, now time.Time) error {
	_, err := s.Exec(ctx, `UPDATE billing_sync_connection SET license_synced_at = $2 WHERE organization_id = $1`,
		organizationID, db.Time(now))
	return err
}

func (s selfHostedStore) Claim(ctx context.Context, r Run, until time.Time) (bool, error) {
	n, err := s.Exec(ctx, `UPDATE billing_sync_connection SET run_id = $4, leased_until = $3, next_run_at = $3
		WHERE organization_id = $1 AND (leased_until IS NULL OR leased_until <= $2) AND `+usable,
		r.OrganizationID, db.Time(r.StartedAt), db.Time(until), r.ID)
	return n == 1, err
}

func (s selfHostedStore) Extend(ctx context.Context, r Run, now, until time.Time) (bool, error) {
	n, err := s.Exec(ctx, `UPDATE billing_sync_connection SET leased_until = $4
		WHERE organization_id = $1 AND run_id = $2 AND leased_until > $3`, r.OrganizationID, r.ID, db.Time(now), db.Time(until))
	return n == 1, err
}

func (s selfHostedStore) Release(ctx context.Context, r Run, claimed time.Time, next Plan) (bool, error) {
	n, err := s.Exec(ctx, `UPDATE billing_sync_connection SET run_id = NULL, leased_until = NULL, failures = $3,
			succeeded_at = coalesce($4, succeeded_at),
			next_run_at = CASE WHEN next_run_at = $5 OR next_run_at < $9 THEN $6 ELSE next_run_at END, not_before = $9,
			failing_since = CASE WHEN $7 THEN coalesce(failing_since, $8) END, told_at = CASE WHEN $7 THEN told_at END
		WHERE organization_id = $1 AND run_id = $2`,
		r.OrganizationID, r.ID, next.Failures, db.Time(next.SucceededAt), db.Time(claimed), db.Time(next.NextRunAt),
		!next.FailedAt.IsZero(), db.Time(next.FailedAt), db.Time(next.NotBefore))
	if err != nil || n == 0 || next.Found == nil {
		return n == 1, err
	}
	_, err = s.Exec(ctx, `UPDATE billing_sync_connection SET cloud_organization_name = $2, cloud_plan = $3, cloud_region = $4
		WHERE organization_id = $1`, r.OrganizationID, db.Optional(next.Found.OrganizationName),
		db.Optional(next.Found.Plan), db.Optional(next.Found.Region))
	return true, err
}

func (s selfHostedStore) Overdue(ctx context.Context, before time.Time) ([]Connection, error) {
	return s.list(ctx, `failures > 0 AND told_at IS NULL AND coalesce(succeeded_at, failing_since) <= $1 AND `+usable+
		` ORDER BY organization_id`, db.Time(before))
}

func (s selfHostedStore) MarkTold(ctx context.Context, organizationID id.ID, now time.Time) (bool, error) {
	n, err := s.Exec(ctx, `UPDATE billing_sync_connection SET told_at = $2
		WHERE organization_id = $1 AND told_at IS NULL AND failures > 0`, organizationID, db.Time(now))
	return n == 1, err
}
