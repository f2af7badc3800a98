package billing

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

var (
	seatsFixed      = fault.New(fault.Invalid, "billing.seatsFixed")
	seatsRange      = fault.New(fault.Invalid, "billing.seatsRange").On("seatAdjustment")
	seatsOccupied   = fault.New(fault.Invalid, "billing.seatsOccupied").On("seatAdjustment")
	autoscaleTooLow = fault.New(fault.Invalid, "billing.autoscaleTooLow").On("maxAutoscaleSeats")
	autoscaleOver   = fault.New(fault.Invalid, "billing.autoscaleOver").Coded("seats-over-limit")
	storageRange    = fault.New(fault.Invalid, "billing.storageRange").On("storageGbAdjustment")
	storageNotSold  = fault.New(fault.Invalid, "billing.storageNotSold").On("storageGbAdjustment")
)

// change of the items of a subscription, as it is asked for.
type adjustment struct{ seats, storage int }

// apply returns the subscription with more or fewer seats and storage, or why not.
func (a adjustment) apply(sub Subscription, occupied int) (Subscription, error) {
	p := sub.prices()
	included := sub.included()
	sub.Seats += a.seats
	sub.ExtraStorageGB += a.storage
	total := included + sub.Seats
	switch {
	case sub.Status == Canceled:
		return sub, canceled
	case sub.Status == Unpaid:
		return sub, unpaid
	case a.seats != 0 && p.seat == 0:
		return sub, seatsFixed.With("seats", included)
	case a.seats != 0 && (sub.Seats < 0 || total < 1 || sub.Seats > org.MaxAdditionalSeats):
		return sub, seatsRange.With("min", max(1, included)).With("max", included+org.MaxAdditionalSeats)
	case a.seats < 0 && total < occupied:
		return sub, seatsOccupied.With("used", occupied).With("allowed", total)
	case a.storage != 0 && p.storage == 0:
		return sub, storageNotSold
	case a.storage != 0 && (sub.ExtraStorageGB < 0 || sub.ExtraStorageGB > org.MaxAdditionalStorageGB):
		return sub, storageRange.With("max", org.MaxAdditionalStorageGB)
	}
	return sub, nil
}

// included returns the seats that are part of the plan.
func (s Subscription) included() int {
	p, _ := plan.Of(s.PlanType)
	return p.BaseSeats
}

// ChangeSeats buys seats for an organization or gives some back, for a confirmed
// owner. Occupied seats cannot be given back.
func (s *Service) ChangeSeats(ctx context.Context, caller, orgID id.ID, n int) error {
	return s.adjust(ctx, caller, orgID, adjustment{seats: n})
}

// ChangeStorage buys storage for an organization or gives some back, for a
// confirmed owner.
func (s *Service) ChangeStorage(ctx context.Context, caller, orgID id.ID, gb int) error {
	return s.adjust(ctx, caller, orgID, adjustment{storage: gb})
}

func (s *Service) adjust(ctx context.Context, caller, orgID id.ID, a adjustment) error {
	return s.owned(ctx, caller, orgID, func(ctx context.Context, c *Contract) error { return s.amend(ctx, c, a) })
}

// amend changes the items of a contract.
func (s *Service) amend(ctx context.Context, c *Contract, a adjustment) error {
	use := org.Use{}
	if a.seats < 0 {
		var err error
		if use, err = s.Organizations.Use(ctx, c.OrganizationID); err != nil {
			return err
		}
	}
	is, err := a.apply(c.Subscription, use.OccupiedSeats)
	if err != nil {
		return err
	}
	return s.settle(ctx, c)(s.Provider.Change(ctx, *c, Contract{is, c.Customer}))
}

// ChangeSubscription is ChangeSeats, and sets up to how many seats invitations may
// buy by themselves; nil is no limit. The limit cannot be below the seats.
func (s *Service) ChangeSubscription(ctx context.Context, caller, orgID id.ID, n int, maxAutoscale *int) error {
	return s.owned(ctx, caller, orgID, func(ctx context.Context, c *Contract) error {
		total, most := c.included()+c.Seats+n, c.included()+org.MaxAdditionalSeats
		if maxAutoscale != nil && *maxAutoscale < total {
			return autoscaleTooLow.With("seats", total).With("max", *maxAutoscale)
		}
		if maxAutoscale != nil && *maxAutoscale > most {
			return seatsRange.On("maxAutoscaleSeats").With("min", total).With("max", most)
		}
		if c.prices().seat == 0 {
			return seatsFixed.With("seats", c.included())
		}
		if n != 0 {
			if err := s.amend(ctx, c, adjustment{seats: n}); err != nil {
				return err
			}
		}
		return s.Organizations.SetAutoscale(ctx, orgID, maxAutoscale)
	})
}

// AddSeats buys seats because somebody is invited, in the transaction of that, as
// far as the owner allows. It asks nobody's permission.
func (s *Service) AddSeats(ctx context.Context, orgID id.ID, n int) error {
	o, err := s.Organizations.Get(ctx, orgID)
	if err != nil {
		return err
	}
	if bought, _ := plan.Of(o.PlanType); bought.SeatPrice == 0 && o.Seats != nil {
		return seatsFixed.With("seats", *o.Seats)
	}
	return s.change(ctx, Owner{OrganizationID: orgID}, func(ctx context.Context, c *Contract) error {
		if total := c.included() + c.Seats + n; o.MaxAutoscaleSeats != nil && *o.MaxAutoscaleSeats < total {
			return autoscaleOver.With("seats", total).With("max", *o.MaxAutoscaleSeats)
		}
		return s.amend(ctx, c, adjustment{seats: n})
	})
}

// PreviewChange returns what more or fewer seats and storage would cost an
// organization now, to a confirmed owner.
func (s *Service) PreviewChange(ctx context.Context, caller, orgID id.ID, seats, storage int) (Quote, error) {
	_, sub, err := s.ForOwner(ctx, caller, orgID)
	if err == nil && sub == nil {
		err = noSubscription
	}
	if err != nil {
		return Quote{}, err
	}
	use, err := s.Organizations.Use(ctx, orgID)
	if err != nil {
		return Quote{}, err
	}
	is, err := adjustment{seats, storage}.apply(*sub, use.OccupiedSeats)
	if err != nil {
		return Quote{}, err
	}
	return s.Provider.Preview(ctx, *sub, is)
}
