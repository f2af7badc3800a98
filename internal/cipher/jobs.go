package cipher

import (
	"context"

	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/notice"
)

// swept is how many items one transaction deletes.
const swept = 1_000

// Schedule has the queue empty the trash.
func (s *Service) Schedule(q *jobs.Queue) {
	q.Every("empty-trash", jobs.Daily(1, 20), s.EmptyTrash)
}

// EmptyTrash deletes for good what has been in the trash for longer than Retention.
// Who saw it is told.
func (s *Service) EmptyTrash(ctx context.Context) error {
	for {
		n, err := s.sweep(ctx)
		if err != nil || n < swept {
			return err
		}
	}
}

func (s *Service) sweep(ctx context.Context) (n int, err error) {
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		overdue, err := s.Store.Overdue(ctx, s.Now().Add(-Retention), swept)
		if n = len(overdue); err != nil || n == 0 {
			return err
		}
		ids := make([]id.ID, n)
		for i, c := range overdue {
			ids[i] = c.ID
		}
		people, err := s.viewers(ctx, overdue)
		if err != nil {
			return err
		}
		// Whoever restores one meanwhile has the person first, and so keeps it.
		if err := s.Accounts.Touch(ctx, people...); err != nil {
			return err
		}
		if ids, err = s.Store.StillOverdue(ctx, ids, s.Now().Add(-Retention)); err != nil {
			return err
		}
		if err := s.erase(ctx, ids); err != nil {
			return err
		}
		s.Announce(ctx, notice.Ciphers(s.Now(), people...))
		return nil
	})
	return n, err
}
