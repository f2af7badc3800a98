package blob

import (
	"context"
	"time"

	"coffre/internal/jobs"
)

// deletion is the kind of job that deletes one content.
const deletion = "delete-blob"

// Queue is what Service needs of jobs.Queue.
type Queue interface {
	AddAll(ctx context.Context, kind string, list []string, at time.Time) error
}

// portion is how many rows or contents are looked at together.
const portion = 500

// Schedule has content deleted, and what never found its other half.
func (s *Service) Schedule(q *jobs.Queue) {
	q.Handle(deletion, s.Bucket.Delete)
	q.Every("sweep-blobs", jobs.Interval(time.Hour), s.Sweep)
}

// Sweep drops rows whose content has not come within a day, and deletes content
// that for a day no row has known.
func (s *Service) Sweep(ctx context.Context) error {
	if err := s.dropWaiting(ctx); err != nil {
		return err
	}
	before := s.Now().Add(-waiting)
	var old []string
	err := s.Bucket.List(ctx, func(name string, at time.Time) error {
		if at.Before(before) {
			old = append(old, name)
		}
		if len(old) < portion {
			return nil
		}
		err := s.deleteUnknown(ctx, old)
		old = old[:0]
		return err
	})
	if err != nil {
		return err
	}
	return s.deleteUnknown(ctx, old)
}

func (s *Service) dropWaiting(ctx context.Context) error {
	for {
		list, err := s.Store.Waiting(ctx, s.Now().Add(-waiting), portion)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, b := range list {
			err := s.Store.Tx(ctx, func(ctx context.Context) error {
				if err := s.Abandoned(ctx, b); err != nil {
					return err
				}
				_, err := s.DropWaiting(ctx, b.ID) // unless the content has come since
				return err
			})
			if err != nil {
				return err
			}
		}
	}
}

func (s *Service) deleteUnknown(ctx context.Context, names []string) error {
	known, err := s.Store.Known(ctx, names)
	if err != nil {
		return err
	}
	for _, name := range names {
		if known[name] {
			continue
		}
		if err := s.Bucket.Delete(ctx, name); err != nil {
			return err
		}
	}
	return nil
}
