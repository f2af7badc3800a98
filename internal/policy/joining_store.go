package policy

import (
	"context"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

type tieRow struct{ Tie }

func (r *tieRow) Columns() []any { return []any{&r.AccountID, &r.Exempt, &r.Elsewhere} }

// named looks a column up in a list of identifiers, which is JSON and the first
// argument: one text of a statement for any length.
var named = db.Dialect{
	SQLite:   ` IN (SELECT value FROM json_each($1))`,
	Postgres: ` = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))`,
}

func (s sqlStore) Ties(ctx context.Context, orgID id.ID, accountIDs []id.ID) ([]Tie, error) {
	rows, err := db.All[tieRow](ctx, s.db, `SELECT a.id,
			EXISTS (SELECT 1 FROM member m WHERE m.organization_id = $2 AND (m.account_id = a.id OR m.email = a.email) AND m.type IN ($3, $4)),
			EXISTS (SELECT 1 FROM member m WHERE m.account_id = a.id AND m.organization_id <> $2 AND m.status IN ($5, $6))
		FROM account a WHERE a.id`+s.db.Pick(named),
		db.JSON[[]id.ID]{V: &accountIDs}, orgID, org.Owner, org.Admin, org.Accepted, org.Confirmed)
	list := make([]Tie, len(rows))
	for i, r := range rows {
		list[i] = r.Tie
	}
	return list, err
}

type boundRow struct {
	accountID id.ID
	features  plan.Features
}

func (r *boundRow) Columns() []any {
	return []any{&r.accountID, db.JSON[plan.Features]{V: &r.features}}
}

func (s sqlStore) BoundElsewhere(ctx context.Context, orgID id.ID, accountIDs []id.ID) (map[id.ID]bool, error) {
	rows, err := db.All[boundRow](ctx, s.db, `SELECT m.account_id, o.features FROM member m
		JOIN organization o ON o.id = m.organization_id AND o.enabled
		JOIN policy p ON p.organization_id = o.id AND p.type = $2 AND p.enabled
		WHERE m.organization_id <> $3 AND m.status IN ($4, $5) AND m.type IN ($6, $7) AND m.account_id`+s.db.Pick(named),
		db.JSON[[]id.ID]{V: &accountIDs}, SingleOrganization, orgID, org.Accepted, org.Confirmed, org.User, org.Custom)
	found := map[id.ID]bool{}
	for _, r := range rows {
		if r.features.UsePolicies {
			found[r.accountID] = true
		}
	}
	return found, err
}
