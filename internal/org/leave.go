package org

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
)

var onlyOwner = fault.New(fault.Invalid, "org.onlyOwner")

// Leaving prepares the removal of a person, in its transaction. The only owner of an
// organization cannot go, unless nobody else belongs to it and nothing is paid for
// it: then it goes along. Other memberships end with the person.
func (s *Service) Leaving(ctx context.Context, accountID id.ID) error {
	memberships, err := s.Store.ListConfirmed(ctx, accountID)
	if err != nil {
		return err
	}
	for _, m := range memberships {
		if !m.Member.Owns() {
			continue
		}
		if err := s.leave(ctx, m.Organization, m.Member); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) leave(ctx context.Context, o Organization, owner Member) error {
	// Two owners who go at once must not both see the other.
	if err := s.Store.Lock(ctx, "owners:"+o.ID.String()); err != nil {
		return err
	}
	members, err := s.Store.Members(ctx, o.ID)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.ID != owner.ID && m.Owns() {
			return nil
		}
	}
	if len(members) > 1 {
		return onlyOwner.With("name", o.Name)
	}
	if s.Paid != nil {
		paid, err := s.Paid(ctx, o.ID)
		if err == nil && paid {
			err = onlyOwner.With("name", o.Name)
		}
		if err != nil {
			return err
		}
	}
	return s.Store.Delete(ctx, o.ID)
}

// HoldsKeys reports whether an organization has wrapped its key for a person's key
// pair.
func (s *Service) HoldsKeys(ctx context.Context, accountID id.ID) (bool, error) {
	return s.Store.HoldsKeys(ctx, accountID)
}
