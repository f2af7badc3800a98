package member

import (
	"context"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

var notClaimed = fault.New(fault.Invalid, "member.notClaimed")

// Remove ends memberships. What a member kept in a collection of their own stays with
// the organization. Nobody removes themselves: that is Leave.
func (s *Service) Remove(ctx context.Context, caller, orgID id.ID, memberIDs []id.ID) (outcomes []Outcome, err error) {
	err = s.within(ctx, caller, orgID, func(ctx context.Context, o org.Organization, actor org.Member) error {
		judged, members, err := s.judge(ctx, o, memberIDs, func(m org.Member) error {
			if m.ID == actor.ID {
				return notYourself
			}
			return mayManage(actor, m)
		})
		if err != nil {
			return err
		}
		outcomes = judged
		return s.end(ctx, event.MemberRemoved, members)
	})
	return outcomes, err
}

// Leave ends the caller's own membership, of a disabled organization too. The only
// confirmed owner stays.
func (s *Service) Leave(ctx context.Context, caller, orgID id.ID) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Organizations.Lock(ctx, orgID); err != nil {
			return err
		}
		o, m, err := s.Organizations.ForMember(ctx, caller, orgID)
		if err == nil && m.Owns() {
			err = s.keepOwner(ctx, o)
		}
		if err != nil {
			return err
		}
		return s.end(ctx, event.MemberLeft, []org.Member{m})
	})
}

// EndAll ends those memberships of a person that ends says, in the transaction of ctx,
// which holds the locks of all organizations to which the person is tied.
func (s *Service) EndAll(ctx context.Context, accountID id.ID, ends func(m org.Member) bool) error {
	ties, err := s.Organizations.Ties(ctx, accountID)
	if err != nil {
		return err
	}
	for _, t := range ties {
		if !ends(t.Member) {
			continue
		}
		if err := s.end(ctx, event.MemberRemoved, []org.Member{t.Member}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) end(ctx context.Context, what event.Type, members []org.Member) error {
	if len(members) == 0 {
		return nil
	}
	if err := s.depart(ctx, members...); err != nil {
		return err
	}
	if err := s.Collections.KeepMyItems(ctx, members...); err != nil {
		return err
	}
	if err := s.Store.Delete(ctx, idsOf(members)); err != nil {
		return err
	}
	if err := s.record(ctx, what, members); err != nil {
		return err
	}
	return s.tell(ctx, members)
}

// depart has another room end what it keeps for members of one organization.
func (s *Service) depart(ctx context.Context, members ...org.Member) error {
	if s.Departing == nil {
		return nil
	}
	return s.Departing(ctx, members[0].OrganizationID, idsOf(members))
}

// Leaving keeps, in the transaction in which a person is deleted, what the person's
// memberships leave to organizations.
func (s *Service) Leaving(ctx context.Context, accountID id.ID) error {
	memberships, err := s.Organizations.Ties(ctx, accountID)
	if err != nil || len(memberships) == 0 {
		return err
	}
	members := make([]org.Member, len(memberships))
	for i, m := range memberships {
		members[i] = m.Member
		if err := s.depart(ctx, m.Member); err != nil {
			return err
		}
	}
	return s.Collections.KeepMyItems(ctx, members...)
}

// DeleteAccounts would delete the accounts of members that the organization claims by
// the domain of their address. No domain is claimed here, so it refuses each.
func (s *Service) DeleteAccounts(ctx context.Context, caller, orgID id.ID, memberIDs []id.ID) (outcomes []Outcome, err error) {
	err = s.within(ctx, caller, orgID, func(ctx context.Context, o org.Organization, actor org.Member) error {
		judged, _, err := s.judge(ctx, o, memberIDs, func(m org.Member) error {
			if err := mayManage(actor, m); err != nil {
				return err
			}
			return notClaimed.With("email", m.Email)
		})
		outcomes = judged
		return err
	})
	return outcomes, err
}
