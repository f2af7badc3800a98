package policy

import (
	"context"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// joins is what Store asks about people and the organizations that they join.
type joins interface {
	// Ties returns what binds each of some people who are to join an organization.
	Ties(ctx context.Context, orgID id.ID, accountIDs []id.ID) ([]Tie, error)
	// Held returns the policies of some types that are in force where some people have
	// accepted or are confirmed.
	Held(ctx context.Context, accountIDs []id.ID, types ...Type) ([]Hold, error)
	// Joined returns those who have accepted or are confirmed in an organization.
	Joined(ctx context.Context, orgID id.ID) ([]Joined, error)
}

type tieRow struct{ Tie }

func (r *tieRow) Columns() []any { return []any{&r.AccountID, &r.Role, &r.Elsewhere} }

// named looks a column up in a list of identifiers, which is JSON and the first
// argument: one text of a statement for any length.
var named = db.Dialect{
	SQLite:   ` IN (SELECT value FROM json_each($1))`,
	Postgres: ` = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))`,
}

// The lowest number is the highest role.
func (s sqlStore) Ties(ctx context.Context, orgID id.ID, accountIDs []id.ID) ([]Tie, error) {
	rows, err := db.All[tieRow](ctx, s.db, `SELECT a.id,
			COALESCE((SELECT MIN(m.type) FROM member m WHERE m.organization_id = $2 AND (m.account_id = a.id OR m.email = a.email)), $3),
			EXISTS (SELECT 1 FROM member m WHERE m.account_id = a.id AND m.organization_id <> $2 AND m.status IN ($4, $5))
		FROM account a WHERE a.id`+s.db.Pick(named),
		db.JSON[[]id.ID]{V: &accountIDs}, orgID, org.User, org.Accepted, org.Confirmed)
	list := make([]Tie, len(rows))
	for i, r := range rows {
		list[i] = r.Tie
	}
	return list, err
}

type heldRow struct {
	row
	hold     Hold
	features plan.Features
}

func (r *heldRow) Columns() []any {
	return append(r.row.Columns(), &r.hold.MemberID, &r.hold.AccountID, &r.hold.Role, &r.hold.Status, db.JSON[plan.Features]{V: &r.features})
}

func (s sqlStore) Held(ctx context.Context, accountIDs []id.ID, types ...Type) ([]Hold, error) {
	args := []any{db.JSON[[]id.ID]{V: &accountIDs}, org.Accepted, org.Confirmed}
	for _, t := range types {
		args = append(args, t)
	}
	rows, err := db.All[heldRow](ctx, s.db, `SELECT `+columns+`, m.id, m.account_id, m.type, m.status, o.features FROM member m
		JOIN organization o ON o.id = m.organization_id AND o.enabled
		JOIN policy p ON p.organization_id = o.id AND p.enabled
		WHERE m.status IN ($2, $3) AND p.type IN (`+db.Placeholders(4, len(types))+`) AND m.account_id`+s.db.Pick(named)+`
		ORDER BY p.organization_id, p.type`, args...)
	var held []Hold
	for _, r := range rows {
		if r.features.UsePolicies {
			r.hold.Policy = r.policy()
			held = append(held, r.hold)
		}
	}
	return held, err
}

type joinedRow struct{ Joined }

func (r *joinedRow) Columns() []any {
	return []any{&r.MemberID, &r.AccountID, &r.Role, &r.Status, &r.HasPassword, &r.Elsewhere}
}

func (s sqlStore) Joined(ctx context.Context, orgID id.ID) ([]Joined, error) {
	rows, err := db.All[joinedRow](ctx, s.db, `SELECT m.id, m.account_id, m.type, m.status, a.password_hash IS NOT NULL,
			EXISTS (SELECT 1 FROM member e WHERE e.account_id = a.id AND e.organization_id <> $1 AND e.status IN ($2, $3))
		FROM member m JOIN account a ON a.id = m.account_id WHERE m.organization_id = $1 AND m.status IN ($2, $3) ORDER BY m.id`,
		orgID, org.Accepted, org.Confirmed)
	list := make([]Joined, len(rows))
	for i, r := range rows {
		list[i] = r.Joined
	}
	return list, err
}
