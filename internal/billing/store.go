package billing

import (
	"context"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Store keeps subscriptions and invoices. What is not there is fault.Gone.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error
	Lock(ctx context.Context, name string) error

	Get(ctx context.Context, orgID id.ID) (Subscription, error)
	Insert(ctx context.Context, s Subscription) error
	Update(ctx context.Context, s Subscription) error

	// NextNumber returns the next number of a year. It belongs to the transaction:
	// one that fails leaves no gap, and another one waits for it.
	NextNumber(ctx context.Context, year int) (int64, error)
	InsertInvoice(ctx context.Context, v Invoice) error
	// Invoices returns those of an organization with their lines, the newest first.
	Invoices(ctx context.Context, orgID id.ID) ([]Invoice, error)
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) Lock(ctx context.Context, name string) error { return s.db.Lock(ctx, name) }

const columns = `organization_id, plan_type, seats, extra_storage_gb, status, sponsored, trial_start_at, trial_end_at,
	period_start_at, period_end_at, canceled_at, credit_cents, address, created_at, revised_at`

type row struct{ Subscription }

func (r *row) Columns() []any {
	return []any{
		&r.OrganizationID, &r.PlanType, &r.Seats, &r.ExtraStorageGB, &r.Status, &r.Sponsored,
		(*db.Time)(&r.TrialStart), (*db.Time)(&r.TrialEnd), (*db.Time)(&r.PeriodStart), (*db.Time)(&r.PeriodEnd),
		(*db.Time)(&r.CanceledAt), &r.CreditCents, asJSON(&r.Address), (*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt),
	}
}

func asJSON[T any](v *T) db.JSON[T] { return db.JSON[T]{V: v} }

func (s sqlStore) Get(ctx context.Context, orgID id.ID) (Subscription, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM subscription WHERE organization_id = $1`, orgID)
	return r.Subscription, err
}

func (s sqlStore) Insert(ctx context.Context, v Subscription) error {
	_, err := s.db.Exec(ctx, `INSERT INTO subscription (`+columns+`) VALUES `+db.Rows(1, 15),
		v.OrganizationID, v.PlanType, v.Seats, v.ExtraStorageGB, v.Status, v.Sponsored,
		db.Time(v.TrialStart), db.Time(v.TrialEnd), db.Time(v.PeriodStart), db.Time(v.PeriodEnd),
		db.Time(v.CanceledAt), v.CreditCents, asJSON(&v.Address), db.Time(v.CreatedAt), db.Time(v.RevisedAt))
	return err
}

func (s sqlStore) Update(ctx context.Context, v Subscription) error {
	_, err := s.db.Exec(ctx, `UPDATE subscription SET plan_type = $2, seats = $3, extra_storage_gb = $4, status = $5,
			sponsored = $6, trial_end_at = $7, period_start_at = $8, period_end_at = $9, canceled_at = $10,
			credit_cents = $11, address = $12, revised_at = $13
		WHERE organization_id = $1`,
		v.OrganizationID, v.PlanType, v.Seats, v.ExtraStorageGB, v.Status,
		v.Sponsored, db.Time(v.TrialEnd), db.Time(v.PeriodStart), db.Time(v.PeriodEnd), db.Time(v.CanceledAt),
		v.CreditCents, asJSON(&v.Address), db.Time(v.RevisedAt))
	return err
}

func (s sqlStore) NextNumber(ctx context.Context, year int) (int64, error) {
	return db.Value[int64](ctx, s.db, `INSERT INTO invoice_sequence (year, value) VALUES ($1, 1)
		ON CONFLICT (year) DO UPDATE SET value = invoice_sequence.value + 1 RETURNING value`, year)
}
