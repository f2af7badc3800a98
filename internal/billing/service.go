package billing

import (
	"context"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// Service is what the rest of a cloud may do with subscriptions.
type Service struct {
	Store         Store
	Organizations *org.Service
	Now           func() time.Time
}

var (
	noSubscription   = fault.New(fault.Invalid, "billing.noSubscription")
	canceled         = fault.New(fault.Invalid, "billing.canceled")
	notFamilies      = fault.New(fault.Invalid, "billing.notFamilies")
	alreadySponsored = fault.New(fault.Invalid, "billing.alreadySponsored")
)

// Start opens the subscription of an organization that was just ordered, in the
// transaction of its creation: a trial when the order wants one and the plan has
// it, else a period with its invoice.
func (s *Service) Start(ctx context.Context, o org.Organization, p org.Purchase) error {
	now := s.Now()
	sub := Subscription{
		OrganizationID: o.ID, PlanType: p.PlanType, Seats: p.AdditionalSeats, ExtraStorageGB: p.AdditionalStorageGB,
		Address: p.Address, CreatedAt: now, RevisedAt: now,
	}
	bought, _ := plan.Of(p.PlanType)
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if p.Trial && bought.TrialDays > 0 {
			sub.try(now, bought.TrialDays)
		} else if err := s.begin(ctx, o, &sub); err != nil {
			return err
		}
		if err := s.Store.Insert(ctx, sub); err != nil {
			return err
		}
		return s.extend(ctx, o, sub)
	})
}

// begin starts a period of sub now, and issues the invoice for it unless there is
// nothing to pay.
func (s *Service) begin(ctx context.Context, o org.Organization, sub *Subscription) error {
	sub.begin(s.Now())
	if sub.Cents() == 0 {
		return nil
	}
	invoice, credit := sub.bill(o, s.Now())
	n, err := s.Store.NextNumber(ctx, invoice.IssuedAt.Year())
	if err != nil {
		return err
	}
	invoice.Number, sub.CreditCents = numbered(invoice.IssuedAt.Year(), n), credit
	return s.Store.InsertInvoice(ctx, invoice)
}

// extend lets the organization live as long as its subscription is paid.
func (s *Service) extend(ctx context.Context, o org.Organization, sub Subscription) error {
	terms := o.Terms()
	terms.ExpiresAt = sub.PeriodEnd
	return s.Organizations.Apply(ctx, o.ID, terms)
}

// Find returns the subscription of an organization; one on the free plan has none.
func (s *Service) Find(ctx context.Context, orgID id.ID) (Subscription, bool, error) {
	sub, err := s.Store.Get(ctx, orgID)
	if fault.KindOf(err) == fault.NotFound {
		return Subscription{}, false, nil
	}
	return sub, err == nil, err
}

// Paid reports whether an organization has a subscription that costs something.
func (s *Service) Paid(ctx context.Context, orgID id.ID) (bool, error) {
	sub, found, err := s.Find(ctx, orgID)
	return found && sub.Status != Canceled && sub.Cents() > 0, err
}

// Sponsor makes the base price of a Families subscription nothing, credits what is
// left of a period that was charged, and returns up to when the organization is
// paid. A paid period keeps its end. A trial is over at once, and so is a period
// that nobody renewed: a sponsored year begins. It takes part in the transaction
// of ctx. Whether the sponsorship is deserved is for the caller to know.
func (s *Service) Sponsor(ctx context.Context, orgID id.ID) (validUntil time.Time, err error) {
	err = s.change(ctx, orgID, func(ctx context.Context, o org.Organization, sub *Subscription) error {
		switch {
		case !sub.PlanType.Sponsorable():
			return notFamilies
		case sub.Status == Canceled:
			return canceled
		case sub.Sponsored:
			return alreadySponsored
		}
		sub.CreditCents += sub.UnusedCents(s.Now())
		sub.Sponsored = true
		if sub.Status == Trialing || !sub.PeriodEnd.After(s.Now()) {
			if err := s.begin(ctx, o, sub); err != nil {
				return err
			}
		}
		validUntil = sub.PeriodEnd
		return nil
	})
	return validUntil, err
}

// EndSponsorship puts a subscription back on its normal price. What is left of the
// sponsored period was given and is not charged; once it is over, a period begins
// that is. A subscription that is not sponsored stays as it is.
func (s *Service) EndSponsorship(ctx context.Context, orgID id.ID) error {
	return s.change(ctx, orgID, func(ctx context.Context, o org.Organization, sub *Subscription) error {
		if !sub.Sponsored {
			return nil
		}
		sub.Sponsored = false
		if sub.Status == Canceled || sub.PeriodEnd.After(s.Now()) {
			return nil
		}
		return s.begin(ctx, o, sub)
	})
}

// change reads a subscription, lets fn change it, and writes it, alone.
func (s *Service) change(ctx context.Context, orgID id.ID, fn func(context.Context, org.Organization, *Subscription) error) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.Lock(ctx, "org:"+orgID.String()); err != nil {
			return err
		}
		sub, found, err := s.Find(ctx, orgID)
		if err == nil && !found {
			err = noSubscription
		}
		if err != nil {
			return err
		}
		o, err := s.Organizations.Get(ctx, orgID)
		if err != nil {
			return err
		}
		if err := fn(ctx, o, &sub); err != nil {
			return err
		}
		sub.RevisedAt = s.Now()
		if err := s.Store.Update(ctx, sub); err != nil {
			return err
		}
		return s.extend(ctx, o, sub)
	})
}

// Term returns what the dates of a license follow from, or license.Unpaid when the
// subscription was canceled.
func (s *Service) Term(ctx context.Context, orgID id.ID) (license.Term, error) {
	sub, found, err := s.Find(ctx, orgID)
	switch {
	case err != nil || !found:
		return license.Term{}, err
	case sub.Status == Canceled:
		return license.Term{}, license.Unpaid
	}
	return license.Term{Subscribed: true, TrialEnd: sub.TrialEnd, PeriodStart: sub.PeriodStart, PeriodEnd: sub.PeriodEnd}, nil
}

// ForOwner returns an organization with its subscription, nil when it has none, to
// a confirmed owner.
func (s *Service) ForOwner(ctx context.Context, caller, orgID id.ID) (org.Organization, *Subscription, error) {
	o, err := s.Organizations.ForOwner(ctx, caller, orgID)
	if err != nil {
		return org.Organization{}, nil, err
	}
	sub, found, err := s.Find(ctx, orgID)
	if !found {
		return o, nil, err
	}
	return o, &sub, err
}

// Invoices returns the invoices of an organization to a confirmed owner, the
// newest first.
func (s *Service) Invoices(ctx context.Context, caller, orgID id.ID) ([]Invoice, error) {
	if _, err := s.Organizations.ForOwner(ctx, caller, orgID); err != nil {
		return nil, err
	}
	return s.Store.Invoices(ctx, orgID)
}

// TrialLeft returns how many days a trial still has, the one that has begun
// included, to any confirmed member. It returns zero when there is no trial.
func (s *Service) TrialLeft(ctx context.Context, caller, orgID id.ID) (int, error) {
	if _, _, err := s.Organizations.ForMember(ctx, caller, orgID); err != nil {
		return 0, err
	}
	sub, _, err := s.Find(ctx, orgID)
	left := sub.TrialEnd.Sub(s.Now())
	if err != nil || sub.Status != Trialing || left <= 0 {
		return 0, err
	}
	const day = 24 * time.Hour
	return int((left + day - 1) / day), nil
}
