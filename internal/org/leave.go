package org

import (
	"context"
	"slices"

	"coffre/internal/fault"
	"coffre/internal/id"
)

var onlyOwner = fault.New(fault.Invalid, "org.onlyOwner")

// Lock keeps whoever else changes the members, the seats or the terms of an
// organization waiting until the transaction of ctx ends.
func (s *Service) Lock(ctx context.Context, orgID id.ID) error {
	return s.Store.Lock(ctx, "org:"+orgID.String())
}

// LockTied is Lock for all organizations to which an account is tied. Whoever needs
// several takes them in the order of their ids, and before the account.
func (s *Service) LockTied(ctx context.Context, accountID id.ID) error {
	memberships, err := s.Ties(ctx, accountID)
	if err != nil {
		return err
	}
	slices.SortFunc(memberships, func(a, b Membership) int { return slices.Compare(a.Organization.ID[:], b.Organization.ID[:]) })
	for _, m := range memberships {
		if err := s.Lock(ctx, m.Organization.ID); err != nil {
			return err
		}
	}
	return nil
}

// Owners returns the members who are confirmed owners. The answer stays true under
// Lock.
func (s *Service) Owners(ctx context.Context, orgID id.ID) ([]id.ID, error) {
	return s.Store.Owners(ctx, orgID)
}

// Ties returns the organizations to which an account is tied in whatever way, to
// other rooms.
func (s *Service) Ties(ctx context.Context, accountID id.ID) ([]Membership, error) {
	return s.Store.ListOf(ctx, accountID, Revoked, Invited, Accepted, Confirmed, Staged)
}

// Confirmed returns the organizations that have confirmed an account, to other rooms.
// They may be disabled.
func (s *Service) Confirmed(ctx context.Context, accountID id.ID) ([]Membership, error) {
	return s.Store.ListConfirmed(ctx, accountID)
}

// Leaving prepares the removal of a person, in its transaction. The only owner of an
// organization cannot go, unless nobody else belongs to it and nothing is paid for
// it: then it goes along. Other memberships end with the person. All organizations are
// locked before the first goes, because other rooms take locks of theirs as it does.
func (s *Service) Leaving(ctx context.Context, accountID id.ID) error {
	if err := s.LockTied(ctx, accountID); err != nil {
		return err
	}
	memberships, err := s.Store.ListConfirmed(ctx, accountID)
	if err != nil {
		return err
	}
	for _, m := range memberships {
		if err := s.leave(ctx, m.Organization, m.Member); err != nil {
			return err
		}
	}
	return nil
}

// leave asks who owns the organization, which is locked, because two owners who go at
// once must not both see the other.
func (s *Service) leave(ctx context.Context, o Organization, m Member) error {
	owners, err := s.Owners(ctx, o.ID)
	if err != nil || len(owners) != 1 || owners[0] != m.ID {
		return err
	}
	members, err := s.Store.Members(ctx, o.ID)
	if err != nil {
		return err
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
	return s.close(ctx, o)
}

// HoldsKeys reports whether an organization has wrapped its key for a person's key
// pair.
func (s *Service) HoldsKeys(ctx context.Context, accountID id.ID) (bool, error) {
	return s.Store.HoldsKeys(ctx, accountID)
}
