package org

import (
	"context"
	"time"

	"coffre/internal/id"
)

// Extend has organizations live longer, and changes nothing else: their members need
// not hear of it.
func (s *Service) Extend(ctx context.Context, until map[id.ID]time.Time) error {
	return s.Store.Extend(ctx, until, s.Now())
}

// SetAutoscale sets up to how many seats invitations may buy by themselves; nil is
// no limit. It asks nobody's permission.
func (s *Service) SetAutoscale(ctx context.Context, orgID id.ID, seats *int) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.Lock(ctx, "org:"+orgID.String()); err != nil {
			return err
		}
		o, err := s.Store.Get(ctx, orgID)
		if err != nil {
			return err
		}
		o.MaxAutoscaleSeats, o.RevisedAt = seats, s.Now()
		if err := s.Store.Update(ctx, o); err != nil {
			return err
		}
		return s.TellMembers(ctx, orgID)
	})
}
