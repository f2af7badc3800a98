package org

import (
	"context"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Listed is an organization in the list of all.
type Listed struct {
	Organization
	Members int // in whatever status
}

// ListAll returns every organization to the operator, by name.
func (s *Service) ListAll(ctx context.Context) ([]Listed, error) { return s.Store.ListAll(ctx) }

// Search returns some of the organizations whose name contains a text or whose id it
// is, by name, to the operator.
func (s *Service) Search(ctx context.Context, text string, offset, limit int) ([]Listed, error) {
	return s.Store.Search(ctx, text, offset, limit)
}

// Shown is what the operator sees of one organization.
type Shown struct {
	Organization
	Members int // in whatever status
	Use     Use
	Owners  []account.Account
}

// Show returns an organization to the operator.
func (s *Service) Show(ctx context.Context, orgID id.ID) (Shown, error) {
	o, err := s.Store.Get(ctx, orgID)
	if err != nil {
		return Shown{}, err
	}
	members, err := s.Store.Members(ctx, orgID)
	if err != nil {
		return Shown{}, err
	}
	use, err := s.Use(ctx, orgID)
	if err != nil {
		return Shown{}, err
	}
	owners, err := s.owners(ctx, members)
	return Shown{Organization: o, Members: len(members), Use: use, Owners: owners}, err
}

var (
	sponsorsNobody   = fault.New(fault.Invalid, "org.sponsorsNobody")
	featureByLicense = fault.New(fault.Invalid, "org.featureByLicense")
)

// AllowAdminSponsorships lets the admins of an organization sponsor people who are no
// members, or no longer, for the operator. It is a fault for one whose plan sponsors
// nobody, and for one whose license decides.
func (s *Service) AllowAdminSponsorships(ctx context.Context, orgID id.ID, on bool) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Lock(ctx, orgID); err != nil {
			return err
		}
		o, err := s.Store.Get(ctx, orgID)
		switch {
		case err != nil:
			return err
		case o.Basis == License:
			return featureByLicense
		case !o.Sponsors():
			return sponsorsNobody
		}
		terms := o.Terms()
		terms.Features.UseAdminSponsoredFamilies = on
		return s.put(ctx, &o, terms)
	})
}

// Suspend disables an organization, or no longer, for the operator. While it is
// suspended nothing that its terms say enables it: no payment, no license. Once it
// is not, it is enabled if they say so.
func (s *Service) Suspend(ctx context.Context, orgID id.ID, suspended bool) (o Organization, err error) {
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Lock(ctx, orgID); err != nil {
			return err
		}
		if o, err = s.Store.Get(ctx, orgID); err != nil {
			return err
		}
		o.Suspended = suspended
		return s.put(ctx, &o, o.Terms())
	})
	return o, err
}
