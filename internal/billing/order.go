package billing

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

var notFrequency = fault.New(fault.Invalid, "billing.notFrequency").On("newPlanType")

// UpgradeWith is Upgrade, and takes over what the order says of the organization: its
// business, and keys when it has none.
func (s *Service) UpgradeWith(ctx context.Context, caller, orgID id.ID, p org.Purchase, d org.Details) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if d != (org.Details{}) { // first: the invoice bears the name
			if _, err := s.Organizations.Update(ctx, caller, orgID, d); err != nil {
				return err
			}
		}
		return s.Upgrade(ctx, caller, orgID, p)
	})
}

// RestartAt is Restart, with another address unless that is empty.
func (s *Service) RestartAt(ctx context.Context, caller, orgID id.ID, a org.Address) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if a != (org.Address{}) {
			if err := s.SetAddress(ctx, caller, orgID, a); err != nil {
				return err
			}
		}
		return s.Restart(ctx, caller, orgID)
	})
}

// ChangeFrequency puts an organization on the same plan with another interval, for a
// confirmed owner. A period begins, and what is left of the old one is credited.
func (s *Service) ChangeFrequency(ctx context.Context, caller, orgID id.ID, to plan.Type) error {
	return s.alone(ctx, Owner{OrganizationID: orgID}, func(ctx context.Context) error {
		_, sub, err := s.ForOwner(ctx, caller, orgID)
		if err != nil {
			return err
		}
		if sub == nil {
			return noSubscription
		}
		if p, ok := plan.Of(to); !ok || p.Tier != sub.PlanType.Tier() || p.Annual == sub.Annual() {
			return notFrequency
		}
		return s.ChangePlan(ctx, caller, orgID, org.Purchase{PlanType: to, AdditionalSeats: sub.Seats, AdditionalStorageGB: sub.ExtraStorageGB})
	})
}

// SetPremiumStorage has a person's storage be so much beyond what premium includes.
func (s *Service) SetPremiumStorage(ctx context.Context, caller id.ID, gb int) error {
	if gb < 0 || gb > org.MaxAdditionalStorageGB {
		return storageRange.On("additionalStorageGb").With("max", org.MaxAdditionalStorageGB)
	}
	return s.premium(ctx, caller, func(ctx context.Context, c *Contract) error {
		return s.amend(ctx, c, adjustment{storage: gb - c.ExtraStorageGB})
	})
}

// PreviewTier returns what another plan would cost an organization now that keeps its
// seats and storage as far as that plan sells them, to a confirmed owner.
func (s *Service) PreviewTier(ctx context.Context, caller, orgID id.ID, to plan.Type) (Quote, error) {
	o, sub, err := s.ForOwner(ctx, caller, orgID)
	if err != nil {
		return Quote{}, err
	}
	p := org.Purchase{PlanType: to}
	sold, _ := plan.Of(to)
	if sold.SeatPrice > 0 {
		p.AdditionalSeats = 1
		if o.Seats != nil {
			p.AdditionalSeats = max(1, *o.Seats-sold.BaseSeats)
		}
	}
	if sub != nil && sold.StoragePrice > 0 {
		p.AdditionalStorageGB = sub.ExtraStorageGB
	}
	return s.PreviewPlan(ctx, caller, orgID, p)
}

// PreviewTotals is PreviewChange by what there shall be in the end: seats in all, and
// storage beyond what the plan includes. What is nil stays as it is.
func (s *Service) PreviewTotals(ctx context.Context, caller, orgID id.ID, seats, storageGB *int) (Quote, error) {
	_, sub, err := s.ForOwner(ctx, caller, orgID)
	if err == nil && sub == nil {
		err = noSubscription
	}
	if err != nil {
		return Quote{}, err
	}
	var by adjustment
	if seats != nil {
		by.seats = *seats - sub.included() - sub.Seats
	}
	if storageGB != nil {
		by.storage = *storageGB - sub.ExtraStorageGB
	}
	return s.PreviewChange(ctx, caller, orgID, by.seats, by.storage)
}
