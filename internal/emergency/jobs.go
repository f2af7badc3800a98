package emergency

import (
	"context"
	"time"

	"coffre/internal/fault"
	"coffre/internal/jobs"
)

// portion is how many accesses are looked at together.
const portion = 100

// Schedule has waits end when they are over, and grantors told shortly before.
func (s *Service) Schedule(q *jobs.Queue) {
	q.Every("approve-emergency-access", jobs.Interval(time.Hour), s.ApproveDue)
	q.Every("remind-of-emergency-access", jobs.Interval(time.Hour), s.Remind)
}

// ApproveDue lets in whose wait is over, once, and tells both.
func (s *Service) ApproveDue(ctx context.Context) error {
	return s.each(ctx, func(ctx context.Context) ([]Access, error) { return s.Store.Due(ctx, s.Now(), portion) },
		func(ctx context.Context, a Access) error {
			if s.Now().Before(a.EndsAt()) {
				return notValid
			}
			a.Status = Approved
			if err := s.change(ctx, a, Initiated); err != nil {
				return err
			}
			if err := s.tellGrantor(ctx, a, "emergency-over"); err != nil {
				return err
			}
			return s.tellGrantee(ctx, a, "emergency-approved")
		})
}

// Remind tells grantors, a day before a wait is over, that somebody waits.
func (s *Service) Remind(ctx context.Context) error {
	look := func(ctx context.Context) ([]Access, error) {
		return s.Store.ToRemind(ctx, s.Now().Add(reminderLead), s.Now().Add(-day), portion)
	}
	return s.each(ctx, look, func(ctx context.Context, a Access) error {
		if s.Now().Add(reminderLead).Before(a.EndsAt()) || a.RemindAt.After(s.Now().Add(-day)) {
			return notValid
		}
		a.RemindAt = s.Now()
		if err := s.change(ctx, a, Initiated); err != nil {
			return err
		}
		return s.tellGrantor(ctx, a, "emergency-reminder")
	})
}

// each does fn with every access that look finds, as it is now, each in a transaction of
// its own. One that has changed meanwhile needs it no more.
func (s *Service) each(ctx context.Context, look func(context.Context) ([]Access, error), fn func(context.Context, Access) error) error {
	for {
		list, err := look(ctx)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, a := range list {
			err := s.Store.Tx(ctx, func(ctx context.Context) error {
				now, err := s.hold(ctx, a.ID)
				if err == nil {
					err = now.is(Initiated)
				}
				if err != nil {
					return err
				}
				return fn(ctx, now)
			})
			if err != nil && fault.KindOf(err) != fault.Invalid {
				return err
			}
		}
	}
}
