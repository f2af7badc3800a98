package billing

import (
	"context"
	"slices"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
)

// Store keeps subscriptions, and knows who pays for them. What is not there is
// fault.Gone.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error
	Lock(ctx context.Context, name string) error

	Get(ctx context.Context, o Owner) (Subscription, error)
	// ListOf returns those of organizations.
	ListOf(ctx context.Context, orgIDs []id.ID) ([]Subscription, error)
	Insert(ctx context.Context, s Subscription) error
	Update(ctx context.Context, list ...Subscription) error
	// ListDue returns those about which something is to be done, the longest waiting
	// first, sponsored ones apart; with ids only those of them.
	ListDue(ctx context.Context, now time.Time, sponsored bool, limit int, ids ...id.ID) ([]Subscription, error)
	// WithCredit returns the subscriptions of invoices that have credit.
	WithCredit(ctx context.Context, invoices []Invoice) ([]Subscription, error)
	// Customers returns who pays, by owner. A mail for an organization goes to its
	// billing address, in the language of the owner whose address that is, or else of
	// its first owner; without a billing address it goes to that one.
	Customers(ctx context.Context, owners []Owner) (map[Owner]Customer, error)
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) Lock(ctx context.Context, name string) error { return s.db.Lock(ctx, name) }

const columns = `id, organization_id, account_id, plan_type, seats, extra_storage_gb, status, sponsored, given, trial_start_at, trial_end_at,
	period_start_at, period_end_at, anchor_day, cancel_at_end, canceled_at, reminders, credit_cents, address, created_at, revised_at`

type row struct{ Subscription }

func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.OrganizationID, &r.AccountID, &r.PlanType, &r.Seats, &r.ExtraStorageGB, &r.Status, &r.Sponsored, &r.Given,
		(*db.Time)(&r.TrialStart), (*db.Time)(&r.TrialEnd), (*db.Time)(&r.PeriodStart), (*db.Time)(&r.PeriodEnd), &r.AnchorDay,
		&r.CancelAtEnd, (*db.Time)(&r.CanceledAt), &r.Reminders, &r.CreditCents, asJSON(&r.Address),
		(*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt),
	}
}

func asJSON[T any](v *T) db.JSON[T] { return db.JSON[T]{V: v} }

func (s sqlStore) Get(ctx context.Context, o Owner) (Subscription, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM subscription WHERE organization_id = $1 OR account_id = $2`,
		o.OrganizationID, o.AccountID)
	return r.Subscription, err
}

func (s sqlStore) ListOf(ctx context.Context, orgIDs []id.ID) ([]Subscription, error) {
	list := []Subscription{}
	for part := range slices.Chunk(orgIDs, perQuestion) {
		args := make([]any, len(part))
		for i, orgID := range part {
			args[i] = orgID
		}
		rows, err := db.All[row](ctx, s.db, `SELECT `+columns+` FROM subscription
			WHERE organization_id IN (`+db.Placeholders(1, len(part))+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			list = append(list, r.Subscription)
		}
	}
	return list, nil
}

func (s sqlStore) Insert(ctx context.Context, v Subscription) error {
	_, err := s.db.Exec(ctx, `INSERT INTO subscription (`+columns+`, next_at) VALUES `+db.Rows(1, 22),
		v.ID, v.OrganizationID, v.AccountID, v.PlanType, v.Seats, v.ExtraStorageGB, v.Status, v.Sponsored, v.Given,
		db.Time(v.TrialStart), db.Time(v.TrialEnd), db.Time(v.PeriodStart), db.Time(v.PeriodEnd), v.AnchorDay,
		v.CancelAtEnd, db.Time(v.CanceledAt), v.Reminders, v.CreditCents, asJSON(&v.Address),
		db.Time(v.CreatedAt), db.Time(v.RevisedAt), db.Time(v.NextAt()))
	return err
}

func (s sqlStore) Update(ctx context.Context, list ...Subscription) error {
	for part := range slices.Chunk(list, perQuestion) {
		var args []any
		part = db.Padded(part)
		for _, v := range part {
			args = append(args, v.ID, v.PlanType, v.Seats, v.ExtraStorageGB, v.Status,
				v.Sponsored, v.Given, db.Time(v.TrialStart), db.Time(v.TrialEnd), db.Time(v.PeriodStart), db.Time(v.PeriodEnd),
				v.AnchorDay, v.CancelAtEnd, db.Time(v.CanceledAt), v.Reminders, v.CreditCents, asJSON(&v.Address),
				db.Time(v.RevisedAt), db.Time(v.NextAt()))
		}
		_, err := s.db.Exec(ctx, `UPDATE subscription SET plan_type = v.column2, seats = v.column3, extra_storage_gb = v.column4,
				status = v.column5, sponsored = v.column6, given = v.column7, trial_start_at = v.column8, trial_end_at = v.column9,
				period_start_at = v.column10, period_end_at = v.column11, anchor_day = v.column12, cancel_at_end = v.column13,
				canceled_at = v.column14, reminders = v.column15, credit_cents = v.column16, address = v.column17,
				revised_at = v.column18, next_at = v.column19
			FROM (VALUES `+db.Typed(len(part), changeable...)+`) AS v WHERE subscription.id = v.column1`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// changeable are the types of what Update writes.
var changeable = []string{
	"TEXT", "INTEGER", "INTEGER", "INTEGER", "TEXT", "BOOLEAN", "BOOLEAN", "BIGINT", "BIGINT", "BIGINT", "BIGINT",
	"INTEGER", "BOOLEAN", "BIGINT", "INTEGER", "BIGINT", "TEXT", "BIGINT", "BIGINT",
}

func (s sqlStore) ListDue(ctx context.Context, now time.Time, sponsored bool, limit int, ids ...id.ID) ([]Subscription, error) {
	where, args := `WHERE next_at <= $1 AND sponsored = $2`, []any{db.Time(now), sponsored, limit}
	if len(ids) > 0 {
		where += ` AND id IN (` + db.Placeholders(4, len(ids)) + `)`
		for _, subscriptionID := range ids {
			args = append(args, subscriptionID)
		}
	}
	rows, err := db.All[row](ctx, s.db, `SELECT `+columns+` FROM subscription `+where+` ORDER BY next_at, id LIMIT $3`, args...)
	list := make([]Subscription, len(rows))
	for i, r := range rows {
		list[i] = r.Subscription
	}
	return list, err
}

func (s sqlStore) WithCredit(ctx context.Context, invoices []Invoice) ([]Subscription, error) {
	ids := make([]any, len(invoices))
	for i, v := range invoices {
		ids[i] = v.SubscriptionID
	}
	var list []Subscription
	for part := range slices.Chunk(ids, perQuestion) {
		rows, err := db.All[row](ctx, s.db, `SELECT `+columns+` FROM subscription
			WHERE credit_cents > 0 AND id IN (`+db.Placeholders(1, len(part))+`) ORDER BY id`, part...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			list = append(list, r.Subscription)
		}
	}
	return list, nil
}

type customerRow struct {
	ownerID id.ID
	Customer
	businessName string
}

func (r *customerRow) Columns() []any {
	return []any{&r.ownerID, &r.Name, (*db.Optional)(&r.businessName), &r.Email, &r.Language}
}

func (s sqlStore) Customers(ctx context.Context, owners []Owner) (map[Owner]Customer, error) {
	var organizations, people []any
	for _, o := range owners {
		if o.AccountID.IsZero() {
			organizations = append(organizations, o.OrganizationID)
		} else {
			people = append(people, o.AccountID)
		}
	}
	found := map[Owner]Customer{}
	if err := s.people(ctx, people, found); err != nil {
		return nil, err
	}
	return found, s.organizations(ctx, organizations, found)
}

// perQuestion is how many owners one statement asks for.
const perQuestion = 250

func (s sqlStore) people(ctx context.Context, ids []any, found map[Owner]Customer) error {
	for part := range slices.Chunk(ids, perQuestion) {
		rows, err := db.All[customerRow](ctx, s.db, `SELECT id, COALESCE(name, ''), NULL, email, culture FROM account
			WHERE id IN (`+db.Placeholders(1, len(part))+`)`, part...)
		if err != nil {
			return err
		}
		for _, r := range rows {
			found[Owner{AccountID: r.ownerID}] = r.Customer
		}
	}
	return nil
}

func (s sqlStore) organizations(ctx context.Context, ids []any, found map[Owner]Customer) error {
	for part := range slices.Chunk(ids, perQuestion) {
		in := `IN (` + db.Placeholders(1, len(part)) + `)`
		rows, err := db.All[customerRow](ctx, s.db, `SELECT id, name, business_name, billing_email, '' FROM organization WHERE id `+in, part...)
		if err != nil {
			return err
		}
		n := len(part)
		owners, err := db.All[customerRow](ctx, s.db, `SELECT m.organization_id, '', NULL, a.email, a.culture
			FROM member m JOIN account a ON a.id = m.account_id
			WHERE m.organization_id `+in+` AND m.type = `+db.Placeholders(n+1, 1)+` AND m.status = `+db.Placeholders(n+2, 1)+`
			ORDER BY m.created_at, m.id`, append(slices.Clone(part), org.Owner, org.Confirmed)...)
		if err != nil {
			return err
		}
		for _, r := range rows {
			c := Customer{Organization: r.Name, Name: r.Name, Email: r.Email}
			if r.businessName != "" {
				c.Name = r.businessName
			}
			found[Owner{OrganizationID: r.ownerID}] = c.of(r.ownerID, owners)
		}
	}
	return nil
}

// of fills in from the owners of an organization what c lacks.
func (c Customer) of(organizationID id.ID, owners []customerRow) Customer {
	first := true
	for _, o := range owners {
		if o.ownerID != organizationID {
			continue
		}
		if first || o.Email == c.Email {
			c.Language = o.Language
		}
		if c.Email == "" {
			c.Email = o.Email
		}
		first = false
	}
	return c
}
