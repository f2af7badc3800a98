package member

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/org"
)

// takeSeats makes sure that an organization has seats for n more members: it buys
// those that are missing where seats are sold, and otherwise refuses all of them.
// The caller holds the organization's lock.
func (s *Service) takeSeats(ctx context.Context, o org.Organization, n int) error {
	if o.Seats == nil || n == 0 {
		return nil
	}
	use, err := s.Organizations.Use(ctx, o.ID)
	missing := use.OccupiedSeats + n - *o.Seats
	switch {
	case err != nil || missing <= 0:
		return err
	case s.AddSeats == nil:
		return fault.New(fault.Invalid, "member.noSeats").With("seats", *o.Seats).With("missing", missing)
	}
	return s.AddSeats(ctx, o.ID, missing)
}
