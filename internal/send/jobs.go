package send

import (
	"context"
	"time"

	"coffre/internal/fault"
	"coffre/internal/jobs"
)

// portion is how many Sends are deleted before others are looked for.
const portion = 200

// Schedule has Sends deleted whose date has come.
func (s *Service) Schedule(q *jobs.Queue) {
	q.Every("delete-sends", jobs.Interval(5*time.Minute), s.DeleteDue)
}

// DeleteDue deletes the Sends whose deletion date has come, and codes that are over.
func (s *Service) DeleteDue(ctx context.Context) error {
	for {
		due, err := s.Store.Due(ctx, s.Now(), portion)
		if err != nil {
			return err
		}
		for _, v := range due {
			err := s.Store.Tx(ctx, func(ctx context.Context) error {
				if err := s.Accounts.Touch(ctx, v.AccountID); err != nil {
					return err
				}
				return s.remove(ctx, v)
			})
			if err != nil && fault.KindOf(err) != fault.NotFound { // its owner was faster
				return err
			}
		}
		if len(due) < portion {
			return s.Store.DeleteCodes(ctx, s.Now().Add(-codeLife))
		}
	}
}
