package billing

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/org"
)

var (
	premiumOwned = fault.New(fault.Invalid, "billing.premiumOwned")
	noPremium    = fault.New(fault.Invalid, "billing.noPremium")
)

// BuyPremium gives a person the premium features for a year that is invoiced at
// once. Who has had them before begins anew.
func (s *Service) BuyPremium(ctx context.Context, caller id.ID, storageGB int, a org.Address) error {
	if storageGB < 0 || storageGB > org.MaxAdditionalStorageGB {
		return storageRange.On("additionalStorageGb").With("max", org.MaxAdditionalStorageGB)
	}
	o := Owner{AccountID: caller}
	return s.alone(ctx, o, func(ctx context.Context) error {
		sub, found, err := s.find(ctx, o)
		switch {
		case err != nil:
			return err
		case !found:
			return s.open(ctx, Subscription{AccountID: caller, ExtraStorageGB: storageGB, Address: a}, 0)
		case sub.Live():
			return premiumOwned
		}
		return s.change(ctx, o, func(ctx context.Context, c *Contract) error {
			c.ExtraStorageGB, c.Address = storageGB, a
			return s.restart(ctx, c)
		})
	})
}

// PreviewPremium returns what premium costs at once.
func (s *Service) PreviewPremium(ctx context.Context, storageGB int) (Quote, error) {
	if storageGB < 0 || storageGB > org.MaxAdditionalStorageGB {
		return Quote{}, storageRange.On("additionalStorageGb").With("max", org.MaxAdditionalStorageGB)
	}
	// Only that it is a person's matters for the price.
	return s.Provider.Preview(ctx, Subscription{}, Subscription{AccountID: id.New(), ExtraStorageGB: storageGB})
}

// ChangePremiumStorage buys storage for a person or gives some back.
func (s *Service) ChangePremiumStorage(ctx context.Context, caller id.ID, gb int) error {
	return s.premium(ctx, caller, func(ctx context.Context, c *Contract) error { return s.amend(ctx, c, adjustment{storage: gb}) })
}

// CancelPremium has a person's premium end with its year.
func (s *Service) CancelPremium(ctx context.Context, caller id.ID) error {
	return s.premium(ctx, caller, s.cancel)
}

// ReinstatePremium takes that back.
func (s *Service) ReinstatePremium(ctx context.Context, caller id.ID) error {
	return s.premium(ctx, caller, s.reinstate)
}

// SetPremiumAddress has the next invoices of a person go to another address.
func (s *Service) SetPremiumAddress(ctx context.Context, caller id.ID, a org.Address) error {
	return s.premium(ctx, caller, func(ctx context.Context, c *Contract) error {
		is := *c
		is.Address = a
		return s.settle(ctx, c)(s.Provider.Change(ctx, *c, is))
	})
}

func (s *Service) premium(ctx context.Context, caller id.ID, fn func(ctx context.Context, c *Contract) error) error {
	return s.change(ctx, Owner{AccountID: caller}, fn)
}

// Premium returns a person's own subscription, and whether there is one.
func (s *Service) Premium(ctx context.Context, caller id.ID) (Subscription, bool, error) {
	return s.find(ctx, Owner{AccountID: caller})
}

// HasPremium reports whether a person has the premium features by a subscription of
// their own.
func (s *Service) HasPremium(ctx context.Context, accountID id.ID) (bool, error) {
	sub, found, err := s.Premium(ctx, accountID)
	return found && sub.Live(), err
}

// PremiumTerm returns what the dates of a premium license follow from; they are all
// zero for a person whose premium comes from elsewhere.
func (s *Service) PremiumTerm(ctx context.Context, accountID id.ID) (license.UserTerm, error) {
	sub, found, err := s.Premium(ctx, accountID)
	switch {
	case err != nil || !found || !sub.Live():
		return license.UserTerm{}, err
	case sub.CancelAtEnd:
		return license.UserTerm{PremiumExpires: sub.PeriodEnd}, nil
	}
	return license.UserTerm{PremiumExpires: sub.PeriodEnd, NextInvoice: sub.PeriodEnd}, nil
}
