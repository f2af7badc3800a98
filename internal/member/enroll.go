package member

import (
	"context"

	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/org"
)

// Enroll stores the key with which administrators recover a member's account, and
// logs it; an empty one takes the key away. It takes part in the caller's
// transaction, and asks nobody's permission. The key is the person's user key, so
// account.TouchOwn comes before it.
func (s *Service) Enroll(ctx context.Context, m org.Member, key string) error {
	what := event.RecoveryEnrolled
	if key == "" {
		what = event.RecoveryWithdrawn
	}
	if err := s.Rewrap(ctx, map[id.ID]string{m.ID: key}); err != nil {
		return err
	}
	return s.record(ctx, what, []org.Member{m})
}

// Rewrap replaces the keys with which administrators recover the accounts of members
// who have such keys, because the user keys in them have become others.
func (s *Service) Rewrap(ctx context.Context, keys map[id.ID]string) error {
	if len(keys) == 0 {
		return nil
	}
	return s.Store.Enroll(ctx, keys, s.Now())
}
