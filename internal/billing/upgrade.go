package billing

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

var (
	notUpgrade         = fault.New(fault.Invalid, "billing.notUpgrade").On("planType")
	toFree             = fault.New(fault.Invalid, "billing.toFree").On("planType")
	tooManySeats       = fault.New(fault.Invalid, "billing.tooManySeats").On("additionalSeats").Coded("plan-too-few-seats")
	tooManyCollections = fault.New(fault.Invalid, "billing.tooManyCollections").Coded("plan-too-few-collections")
	groupsInUse        = fault.New(fault.Invalid, "billing.groupsInUse").Coded("plan-without-groups")
	policiesInUse      = fault.New(fault.Invalid, "billing.policiesInUse").Coded("plan-without-policies")
	recoveryInUse      = fault.New(fault.Invalid, "billing.recoveryInUse").Coded("plan-without-reset-password")
	rolesInUse         = fault.New(fault.Invalid, "billing.rolesInUse").Coded("plan-without-custom-permissions")
)

// Fits returns the first thing in use that terms would take away, with both numbers,
// or nil. What is allowed without a limit always fits.
func Fits(use org.Use, terms org.Terms) error {
	f := terms.Features
	numbers := func(e *fault.Error, used, allowed int) error { return e.With("used", used).With("allowed", allowed) }
	switch {
	case terms.Seats != nil && use.OccupiedSeats > *terms.Seats:
		return numbers(tooManySeats, use.OccupiedSeats, *terms.Seats)
	case terms.MaxCollections != nil && use.Collections > *terms.MaxCollections:
		return numbers(tooManyCollections, use.Collections, *terms.MaxCollections)
	case use.Groups > 0 && !f.UseGroups:
		return numbers(groupsInUse, use.Groups, 0)
	case use.ResetPasswordPolicy && !f.UseResetPassword:
		return recoveryInUse
	case use.Policies > 0 && !f.UsePolicies:
		return policiesInUse
	case use.CustomMembers > 0 && !f.UseCustomPermissions:
		return numbers(rolesInUse, use.CustomMembers, 0)
	}
	return nil
}

// Upgrade puts an organization on a higher plan that is sold, for a confirmed owner.
// One on the free plan gets its first subscription, without a trial. A plan of the
// same interval keeps the period, another one begins a period. What is in use must
// fit.
func (s *Service) Upgrade(ctx context.Context, caller, orgID id.ID, p org.Purchase) error {
	return s.alone(ctx, Owner{OrganizationID: orgID}, func(ctx context.Context) error {
		o, err := s.Organizations.ForOwner(ctx, caller, orgID)
		if err != nil {
			return err
		}
		from, _ := plan.Of(o.PlanType)
		if to, ok := plan.Of(p.PlanType); ok && to.UpgradeSortOrder <= from.UpgradeSortOrder {
			return notUpgrade.With("from", from.Name).With("to", to.Name)
		}
		return s.ChangePlan(ctx, caller, orgID, p)
	})
}

// ChangePlan is Upgrade in any direction but to the free plan.
func (s *Service) ChangePlan(ctx context.Context, caller, orgID id.ID, p org.Purchase) error {
	owner := Owner{OrganizationID: orgID}
	return s.alone(ctx, owner, func(ctx context.Context) error {
		o, err := s.Organizations.ForOwner(ctx, caller, orgID)
		if err != nil {
			return err
		}
		terms, err := s.terms(ctx, orgID, p)
		if err != nil {
			return err
		}
		_, found, err := s.Find(ctx, orgID)
		if err != nil {
			return err
		}
		if found {
			return s.change(ctx, owner, func(ctx context.Context, c *Contract) error { return s.replan(ctx, c, p) })
		}
		if err := s.Organizations.Apply(ctx, orgID, terms); err != nil {
			return err
		}
		p.Trial = false
		return s.Start(ctx, o, p)
	})
}

// terms returns what an order would grant to an organization, or why it cannot be
// placed.
func (s *Service) terms(ctx context.Context, orgID id.ID, p org.Purchase) (org.Terms, error) {
	terms, err := p.Terms()
	if err == nil && p.PlanType == plan.Free {
		err = toFree
	}
	if err != nil {
		return terms, err
	}
	use, err := s.Organizations.Use(ctx, orgID)
	if err != nil {
		return terms, err
	}
	return terms, Fits(use, terms)
}

// replan puts a contract on the plan of an order. One that was over begins anew.
func (s *Service) replan(ctx context.Context, c *Contract, p org.Purchase) error {
	if c.Status == Unpaid {
		return unpaid
	}
	is := Contract{c.on(p), c.Customer}
	if c.Status == Canceled {
		if err := s.checkOpen(ctx, c.Subscription); err != nil {
			return err
		}
		return s.settle(ctx, c)(s.Provider.Subscribe(ctx, is, 0))
	}
	return s.settle(ctx, c)(s.Provider.Change(ctx, *c, is))
}

// on returns s with the items of an order.
func (s Subscription) on(p org.Purchase) Subscription {
	s.PlanType, s.Seats, s.ExtraStorageGB = p.PlanType, p.AdditionalSeats, p.AdditionalStorageGB
	if s.Sponsored && !p.PlanType.Sponsorable() {
		s.Sponsored = false
	}
	if !p.PlanType.Sponsorable() {
		s.Given = false
	}
	if p.Address != (org.Address{}) {
		s.Address = p.Address
	}
	return s
}

// PreviewPurchase returns what an order costs at once.
func (s *Service) PreviewPurchase(ctx context.Context, p org.Purchase, sponsored bool) (Quote, error) {
	if _, err := p.Terms(); err != nil {
		return Quote{}, err
	}
	is := Subscription{}.on(p)
	is.Sponsored = sponsored && p.PlanType.Sponsorable()
	return s.Provider.Preview(ctx, Subscription{}, is)
}

// PreviewPlan returns what another plan would cost an organization now, to a
// confirmed owner.
func (s *Service) PreviewPlan(ctx context.Context, caller, orgID id.ID, p org.Purchase) (Quote, error) {
	_, sub, err := s.ForOwner(ctx, caller, orgID)
	if err != nil {
		return Quote{}, err
	}
	if _, err := s.terms(ctx, orgID, p); err != nil {
		return Quote{}, err
	}
	was := Subscription{}
	if sub != nil && sub.Live() {
		was = *sub
	}
	if sub == nil {
		sub = &was
	}
	return s.Provider.Preview(ctx, was, sub.on(p))
}
