package billing

import (
	"context"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
)

var (
	notFamilies      = fault.New(fault.Invalid, "billing.notFamilies")
	alreadySponsored = fault.New(fault.Invalid, "billing.alreadySponsored")
)

// Sponsor makes the base price of a Families subscription nothing, credits what is
// left of a period that was charged, and returns up to when the organization is
// paid. A paid period keeps its end. A trial is over at once, and so is a period
// that nobody renewed: a sponsored year begins. It takes part in the transaction
// of ctx. Whether the sponsorship is deserved is for the caller to know.
func (s *Service) Sponsor(ctx context.Context, orgID id.ID) (validUntil time.Time, err error) {
	err = s.change(ctx, Owner{OrganizationID: orgID}, func(ctx context.Context, c *Contract) error {
		switch {
		case !c.PlanType.Sponsorable():
			return notFamilies
		case c.Status == Canceled:
			return canceled
		case c.Status == Unpaid:
			return unpaid
		case c.Sponsored:
			return alreadySponsored
		}
		is := *c
		is.Sponsored, is.CancelAtEnd, is.CanceledAt = true, false, time.Time{}
		change := func() (Outcome, error) { return s.Provider.Change(ctx, *c, is) }
		if c.Status == Trialing || !c.PeriodEnd.After(s.Now()) {
			change = func() (Outcome, error) { return s.Provider.Subscribe(ctx, is, 0) }
		}
		err := s.settle(ctx, c)(change())
		validUntil = c.PeriodEnd
		return err
	})
	return validUntil, err
}

// OnTrial reports to other rooms whether an organization is in its trial.
func (s *Service) OnTrial(ctx context.Context, orgID id.ID) (bool, error) {
	sub, _, err := s.Find(ctx, orgID)
	return sub.Status == Trialing, err
}

// EndSponsorship puts a subscription back on its normal price. What is left of the
// sponsored period was given and is not charged; once it is over, a period begins
// that is. A subscription that is not sponsored stays as it is.
func (s *Service) EndSponsorship(ctx context.Context, orgID id.ID) error {
	return s.change(ctx, Owner{OrganizationID: orgID}, func(ctx context.Context, c *Contract) error {
		if !c.Sponsored {
			return nil
		}
		is := *c
		is.Sponsored, is.Given = false, true
		if !c.Live() || c.CancelAtEnd || c.PeriodEnd.After(s.Now()) {
			return s.settle(ctx, c)(s.Provider.Change(ctx, *c, is))
		}
		return s.settle(ctx, c)(s.Provider.Subscribe(ctx, is, 0))
	})
}

// Afterwards is what follows for an organization when nobody sponsors it any more: who
// is written to, and what a period costs.
type Afterwards struct {
	Customer
	Cents  int64
	Annual bool
}

// Afterwards returns it for organizations that have a subscription, by their ids.
func (s *Service) Afterwards(ctx context.Context, orgIDs ...id.ID) (map[id.ID]Afterwards, error) {
	subs, err := s.Store.ListOf(ctx, orgIDs)
	if err != nil {
		return nil, err
	}
	contracts, err := s.contracts(ctx, subs)
	found := make(map[id.ID]Afterwards, len(contracts))
	for _, c := range contracts {
		c.Sponsored = false
		found[c.OrganizationID] = Afterwards{c.Customer, c.Cents(), c.Annual()}
	}
	return found, err
}

// Owed returns what an organization has to pay by its open invoices, and the first day
// on which one is due. Zero is nothing.
func (s *Service) Owed(ctx context.Context, orgID id.ID) (cents int64, due time.Time, err error) {
	list, err := s.Provider.Invoices(ctx, Owner{OrganizationID: orgID})
	for _, v := range list {
		if !v.Open() {
			continue
		}
		cents += v.OpenCents
		if due.IsZero() || v.DueAt.Before(due) {
			due = v.DueAt
		}
	}
	return cents, due, err
}
