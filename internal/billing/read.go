package billing

import (
	"context"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

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

// Of returns the subscriptions of organizations to the operator, by organization;
// one that has none is not there.
func (s *Service) Of(ctx context.Context, orgIDs []id.ID) (map[id.ID]Subscription, error) {
	list, err := s.Store.ListOf(ctx, orgIDs)
	found := map[id.ID]Subscription{}
	for _, sub := range list {
		found[sub.OrganizationID] = sub
	}
	return found, err
}

// Invoices returns the invoices of an organization to a confirmed owner, the
// newest first.
func (s *Service) Invoices(ctx context.Context, caller, orgID id.ID) ([]Invoice, error) {
	if _, err := s.Organizations.ForOwner(ctx, caller, orgID); err != nil {
		return nil, err
	}
	return s.Provider.Invoices(ctx, Owner{OrganizationID: orgID})
}

// PremiumInvoices returns a person's own invoices, the newest first.
func (s *Service) PremiumInvoices(ctx context.Context, caller id.ID) ([]Invoice, error) {
	return s.Provider.Invoices(ctx, Owner{AccountID: caller})
}

// Invoice returns one invoice to whom it is for, or to an owner of the organization
// that it is for, and fault.Gone to everyone else.
func (s *Service) Invoice(ctx context.Context, caller id.ID, number string) (Invoice, error) {
	v, err := s.Provider.Invoice(ctx, number)
	switch {
	case err != nil || v.AccountID == caller:
		return v, err
	case v.OrganizationID.IsZero():
		return Invoice{}, fault.Gone
	}
	if _, err := s.Organizations.ForOwner(ctx, caller, v.OrganizationID); err != nil {
		return Invoice{}, err
	}
	return v, nil
}

// Movements returns what has changed the account of an organization to a confirmed
// owner, the newest first.
func (s *Service) Movements(ctx context.Context, caller, orgID id.ID) ([]Movement, error) {
	if _, err := s.Organizations.ForOwner(ctx, caller, orgID); err != nil {
		return nil, err
	}
	return s.Provider.Movements(ctx, Owner{OrganizationID: orgID})
}

// PremiumMovements returns what has changed a person's own account.
func (s *Service) PremiumMovements(ctx context.Context, caller id.ID) ([]Movement, error) {
	return s.Provider.Movements(ctx, Owner{AccountID: caller})
}

// Credit returns what an organization has to its credit, in cents, to a confirmed
// owner.
func (s *Service) Credit(ctx context.Context, caller, orgID id.ID) (int64, error) {
	_, sub, err := s.ForOwner(ctx, caller, orgID)
	if err != nil || sub == nil {
		return 0, err
	}
	return sub.CreditCents, nil
}

// Address returns where the invoices of an organization go, to a confirmed owner.
func (s *Service) Address(ctx context.Context, caller, orgID id.ID) (org.Address, error) {
	_, sub, err := s.ForOwner(ctx, caller, orgID)
	if err != nil || sub == nil {
		return org.Address{}, err
	}
	return sub.Address, nil
}

// SetAddress has the next invoices of an organization go to another address, for a
// confirmed owner.
func (s *Service) SetAddress(ctx context.Context, caller, orgID id.ID, a org.Address) error {
	return s.owned(ctx, caller, orgID, func(ctx context.Context, c *Contract) error {
		is := *c
		is.Address = a
		return s.settle(ctx, c)(s.Provider.Change(ctx, *c, is))
	})
}

// owned is change for a confirmed owner of an organization, who still is one then.
func (s *Service) owned(ctx context.Context, caller, orgID id.ID, fn func(ctx context.Context, c *Contract) error) error {
	o := Owner{OrganizationID: orgID}
	return s.alone(ctx, o, func(ctx context.Context) error {
		if _, err := s.Organizations.ForOwner(ctx, caller, orgID); err != nil {
			return err
		}
		return s.change(ctx, o, fn)
	})
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
