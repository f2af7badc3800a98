package member

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
)

// changes is what Store does with members once they are there.
type changes interface {
	// Update writes the role of a member with its permissions, and when.
	Update(ctx context.Context, m org.Member) error
	Revoke(ctx context.Context, memberIDs []id.ID, why org.Revocation, at time.Time) error
	// Restore gives members the status that Former names.
	Restore(ctx context.Context, memberIDs []id.ID, at time.Time) error
	Delete(ctx context.Context, memberIDs []id.ID) error
}

func (s sqlStore) Update(ctx context.Context, m org.Member) error {
	_, err := s.db.Exec(ctx, `UPDATE member SET type = $2, permissions = $3, revised_at = $4 WHERE id = $1`,
		m.ID, m.Type, asJSON(m.Permissions), db.Time(m.RevisedAt))
	return err
}

// each runs a statement that ends with a column, for those of its rows in which that
// is one of some identifiers.
func (s sqlStore) each(ctx context.Context, memberIDs []id.ID, statement string, args ...any) error {
	_, err := s.db.Exec(ctx, statement+s.db.Pick(firstList), append([]any{asJSON(memberIDs)}, args...)...)
	return err
}

func (s sqlStore) Revoke(ctx context.Context, memberIDs []id.ID, why org.Revocation, at time.Time) error {
	return s.each(ctx, memberIDs, `UPDATE member SET status = $2, revocation_reason = $3, revised_at = $4 WHERE id`,
		org.Revoked, why, db.Time(at))
}

func (s sqlStore) Restore(ctx context.Context, memberIDs []id.ID, at time.Time) error {
	return s.each(ctx, memberIDs, `UPDATE member SET revocation_reason = NULL, revised_at = $2,
			status = CASE WHEN account_id IS NULL THEN CAST($3 AS INTEGER)
				WHEN encrypted_key IS NULL THEN CAST($4 AS INTEGER) ELSE CAST($5 AS INTEGER) END
		WHERE status = $6 AND id`, db.Time(at), org.Invited, org.Accepted, org.Confirmed, org.Revoked)
}

func (s sqlStore) Delete(ctx context.Context, memberIDs []id.ID) error {
	return s.each(ctx, memberIDs, `DELETE FROM member WHERE id`)
}
