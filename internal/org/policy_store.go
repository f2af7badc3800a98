package org

import (
	"context"
	"encoding/json"

	"coffre/internal/db"
	"coffre/internal/id"
)

const policyColumns = `p.id, p.organization_id, p.type, p.enabled, p.data, p.created_at, p.revised_at`

type policyRow struct {
	Policy
	data db.Optional
}

func (r *policyRow) Columns() []any {
	return []any{
		&r.ID, &r.OrganizationID, &r.Type, &r.Enabled, &r.data, (*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt),
	}
}

func (r policyRow) policy() Policy {
	if r.data != "" {
		r.Data = json.RawMessage(r.data)
	}
	return r.Policy
}

func (s sqlStore) Policies(ctx context.Context, orgID id.ID) ([]Policy, error) {
	return s.policies(ctx, `SELECT `+policyColumns+` FROM policy p WHERE p.organization_id = $1 ORDER BY p.type`, orgID)
}

func (s sqlStore) PoliciesOf(ctx context.Context, accountID id.ID) ([]Policy, error) {
	return s.policies(ctx, `SELECT `+policyColumns+` FROM policy p JOIN member m ON m.organization_id = p.organization_id
		WHERE m.account_id = $1 AND m.status = $2 ORDER BY p.organization_id, p.type`, accountID, Confirmed)
}

func (s sqlStore) policies(ctx context.Context, query string, args ...any) ([]Policy, error) {
	rows, err := db.All[policyRow](ctx, s.db, query, args...)
	list := make([]Policy, len(rows))
	for i, r := range rows {
		list[i] = r.policy()
	}
	return list, err
}

func (s sqlStore) Policy(ctx context.Context, orgID id.ID, policyType PolicyType) (Policy, error) {
	r, err := db.One[policyRow](ctx, s.db, `SELECT `+policyColumns+` FROM policy p
		WHERE p.organization_id = $1 AND p.type = $2`, orgID, policyType)
	return r.policy(), err
}

func (s sqlStore) PutPolicy(ctx context.Context, p Policy) (Policy, error) {
	_, err := s.db.Exec(ctx, `INSERT INTO policy (id, organization_id, type, enabled, data, created_at, revised_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (organization_id, type) DO UPDATE
		SET enabled = excluded.enabled, data = excluded.data, revised_at = excluded.revised_at`,
		p.ID, p.OrganizationID, p.Type, p.Enabled, db.Optional(p.Data), db.Time(p.CreatedAt), db.Time(p.RevisedAt))
	if err != nil {
		return Policy{}, err
	}
	return s.Policy(ctx, p.OrganizationID, p.Type)
}
