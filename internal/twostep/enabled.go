package twostep

import (
	"context"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Enabled returns which of some people log in in two steps, as Needed says of one.
func (s *Service) Enabled(ctx context.Context, accountIDs ...id.ID) (map[id.ID]bool, error) {
	having, err := s.Store.Having(ctx, accountIDs)
	enabled := make(map[id.ID]bool, len(having))
	for _, accountID := range having {
		enabled[accountID] = true
	}
	return enabled, err
}

// having looks people up in a list, which is JSON: one text of a statement for any
// length.
var having = db.Dialect{
	SQLite: `SELECT DISTINCT account_id FROM two_step_provider WHERE account_id IN (SELECT value FROM json_each($1))`,
	Postgres: `SELECT DISTINCT account_id FROM two_step_provider
		WHERE account_id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))`,
}

func (s sqlStore) Having(ctx context.Context, accountIDs []id.ID) ([]id.ID, error) {
	if len(accountIDs) == 0 {
		return nil, nil
	}
	return db.Values[id.ID](ctx, s.db, s.db.Pick(having), db.JSON[[]id.ID]{V: &accountIDs})
}
