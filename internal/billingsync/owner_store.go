package billingsync

import (
	"context"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
)

// Owner is whom to write to about an organization.
type Owner struct {
	MemberID id.ID
	Email    string
	Language string // "en" or "fr"
}

type ownerRow struct {
	Owner
	culture string
}

func (r *ownerRow) Columns() []any { return []any{&r.MemberID, &r.Email, &r.culture} }

// owners lists those of an organization.
func owners(ctx context.Context, d *db.DB, organizationID id.ID) ([]Owner, error) {
	rows, err := db.All[ownerRow](ctx, d, `SELECT m.id, a.email, a.culture FROM member m JOIN account a ON a.id = m.account_id
		WHERE m.organization_id = $1 AND m.status = $2 AND m.type = $3 ORDER BY m.id`, organizationID, org.Confirmed, org.Owner)
	list := make([]Owner, len(rows))
	for i, r := range rows {
		list[i] = r.Owner
		list[i].Language = account.Account{Culture: r.culture}.Language()
	}
	return list, err
}

func (s cloudStore) Owners(ctx context.Context, organizationID id.ID) ([]Owner, error) {
	return owners(ctx, s.DB, organizationID)
}

func (s selfHostedStore) Owners(ctx context.Context, organizationID id.ID) ([]Owner, error) {
	return owners(ctx, s.DB, organizationID)
}
