package attachment

import (
	"context"
	"time"

	"coffre/internal/jobs"
)

// Schedule has files deleted that were ready for an organization in vain.
func (s *Service) Schedule(q *jobs.Queue) {
	q.Every("drop-prepared-files", jobs.Interval(time.Hour), s.DropPrepared)
}

// DropPrepared deletes contents that have waited for a day for their item to become an
// organization's.
func (s *Service) DropPrepared(ctx context.Context) error {
	for {
		list, err := s.Store.Prepared(ctx, s.Now().Add(-shareLife), portion)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, blobID := range list {
			if err := s.dropPrepared(ctx, blobID); err != nil {
				return err
			}
		}
	}
}

// dropPrepared deletes a content, unless its item has become an organization's since.
func (s *Service) dropPrepared(ctx context.Context, blobID string) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		waited, err := s.Store.Unprepare(ctx, blobID)
		if err != nil || !waited {
			return err
		}
		return s.Blobs.Drop(ctx, blobID)
	})
}
