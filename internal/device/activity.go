package device

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
)

// LastActive returns when some people were last seen on any device, by person;
// whoever has none is not there.
func (s *Service) LastActive(ctx context.Context, accountIDs ...id.ID) (map[id.ID]time.Time, error) {
	return s.Store.LastActive(ctx, accountIDs)
}

type activityRow struct {
	accountID id.ID
	at        time.Time
}

func (r *activityRow) Columns() []any { return []any{&r.accountID, (*db.Time)(&r.at)} }

func (s sqlStore) LastActive(ctx context.Context, accountIDs []id.ID) (map[id.ID]time.Time, error) {
	last := map[id.ID]time.Time{}
	if len(accountIDs) == 0 {
		return last, nil
	}
	args := make([]any, len(accountIDs))
	for i, accountID := range accountIDs {
		args[i] = accountID
	}
	rows, err := db.All[activityRow](ctx, s.db, `SELECT account_id, max(active_at) FROM device
		WHERE account_id IN (`+db.Placeholders(1, len(args))+`) GROUP BY account_id`, args...)
	for _, r := range rows {
		last[r.accountID] = r.at
	}
	return last, err
}
