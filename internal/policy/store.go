package policy

import (
	"context"
	"encoding/json"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
)

// Store keeps policies. What is not there is fault.Gone.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error

	List(ctx context.Context, orgID id.ID) ([]Policy, error)
	Get(ctx context.Context, orgID id.ID, policyType Type) (Policy, error)
	// Of returns those of all organizations that an account has joined.
	Of(ctx context.Context, accountID id.ID) (Told, error)
	// Put writes p under its type and returns it with the id and the date of the
	// first time.
	Put(ctx context.Context, p Policy) (Policy, error)

	joins
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

const columns = `p.id, p.organization_id, p.type, p.enabled, p.data, p.created_at, p.revised_at`

type row struct {
	Policy
	data db.Optional
}

func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.OrganizationID, &r.Type, &r.Enabled, &r.data, (*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt),
	}
}

func (r row) policy() Policy {
	if r.data != "" {
		r.Data = json.RawMessage(r.data)
	}
	return r.Policy
}

func (s sqlStore) List(ctx context.Context, orgID id.ID) ([]Policy, error) {
	return s.list(ctx, `SELECT `+columns+` FROM policy p WHERE p.organization_id = $1 ORDER BY p.type`, orgID)
}

type toldRow struct {
	row
	status org.Status
}

func (r *toldRow) Columns() []any { return append(r.row.Columns(), &r.status) }

func (s sqlStore) Of(ctx context.Context, accountID id.ID) (Told, error) {
	rows, err := db.All[toldRow](ctx, s.db, `SELECT `+columns+`, m.status FROM policy p JOIN member m ON m.organization_id = p.organization_id
		WHERE m.account_id = $1 AND m.status IN ($2, $3) ORDER BY p.organization_id, p.type`, accountID, org.Accepted, org.Confirmed)
	var told Told
	for _, r := range rows {
		told.All = append(told.All, r.policy())
		if r.status == org.Confirmed {
			told.Confirmed = append(told.Confirmed, r.policy())
		}
	}
	return told, err
}

func (s sqlStore) list(ctx context.Context, query string, args ...any) ([]Policy, error) {
	rows, err := db.All[row](ctx, s.db, query, args...)
	list := make([]Policy, len(rows))
	for i, r := range rows {
		list[i] = r.policy()
	}
	return list, err
}

func (s sqlStore) Get(ctx context.Context, orgID id.ID, policyType Type) (Policy, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM policy p
		WHERE p.organization_id = $1 AND p.type = $2`, orgID, policyType)
	return r.policy(), err
}

func (s sqlStore) Put(ctx context.Context, p Policy) (Policy, error) {
	_, err := s.db.Exec(ctx, `INSERT INTO policy (id, organization_id, type, enabled, data, created_at, revised_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (organization_id, type) DO UPDATE
		SET enabled = excluded.enabled, data = excluded.data, revised_at = excluded.revised_at`,
		p.ID, p.OrganizationID, p.Type, p.Enabled, db.Optional(p.Data), db.Time(p.CreatedAt), db.Time(p.RevisedAt))
	if err != nil {
		return Policy{}, err
	}
	return s.Get(ctx, p.OrganizationID, p.Type)
}
