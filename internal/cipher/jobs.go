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
		ids, people := make([]id.ID, n), []id.ID{}
		for i, c := range overdue {
			if ids[i] = c.ID; !c.AccountID.IsZero() {
				people = append(people, c.AccountID)
			}
		}
		links, err := s.Store.Links(ctx, ids)
		if err != nil {
			return err
		}
		viewers, err := s.Collections.PeopleWith(ctx, collectionsOf(links))
		if err != nil {
			return err
		}
		people = unique(append(people, viewers...))
		// Whoever restores one meanwhile has the person first, and so keeps it.
		if err := s.Accounts.Touch(ctx, people...); err != nil {
			return err
		}
		if err := s.Store.DeleteOverdue(ctx, ids, s.Now().Add(-Retention)); err != nil {
			return err
		}
		s.Announce(ctx, notice.Ciphers(s.Now(), people...))
		return nil
	})
	return n, err
}
