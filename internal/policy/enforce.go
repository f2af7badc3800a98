package policy

import (
	"context"
	"slices"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

var (
	wouldLockOut     = fault.New(fault.Invalid, "policy.wouldLockOut")
	membersElsewhere = fault.New(fault.Invalid, "policy.membersElsewhere")
)

// Joined is somebody who has accepted to be a member, or is one.
type Joined struct {
	MemberID    id.ID
	AccountID   id.ID
	Role        org.Type
	Status      org.Status
	HasPassword bool
	Elsewhere   bool // belongs to another organization too
}

// enforce does what a policy asks of those who have joined when it comes on, in the
// transaction of ctx: two shut out whom they find against them, one is refused for
// that.
func (s *Service) enforce(ctx context.Context, o org.Organization, actor id.ID, t Type, joined []Joined) error {
	switch t {
	case TwoStep:
		return s.enforceTwoStep(ctx, o, actor, joined)
	case SingleOrganization:
		breakers := breaking(joined, t, actor, func(m Joined) bool { return m.Elsewhere })
		return s.shutOut(ctx, o, breakers, t)
	case AutoConfirm:
		if len(breaking(joined, t, id.ID{}, func(m Joined) bool { return m.Elsewhere })) > 0 {
			return membersElsewhere
		}
		return s.endEmergency(ctx, joined)
	}
	return nil
}

// enforceTwoStep does not shut out who has no master password: that person could not
// come in to set a second step up.
func (s *Service) enforceTwoStep(ctx context.Context, o org.Organization, actor id.ID, joined []Joined) error {
	bound := breaking(joined, TwoStep, actor, func(Joined) bool { return true })
	accountIDs := make([]id.ID, len(bound))
	for i, m := range bound {
		accountIDs[i] = m.AccountID
	}
	has, err := s.HasTwoStep(ctx, accountIDs...)
	if err != nil {
		return err
	}
	breakers := breaking(bound, TwoStep, actor, func(m Joined) bool { return !has[m.AccountID] })
	if slices.ContainsFunc(breakers, func(m Joined) bool { return !m.HasPassword }) {
		return wouldLockOut
	}
	return s.shutOut(ctx, o, breakers, TwoStep)
}

// breaking returns those whom a policy binds and who are against it. Who sets the
// policy stays, to see to the others.
func breaking(joined []Joined, t Type, actor id.ID, against func(Joined) bool) []Joined {
	var list []Joined
	for _, m := range joined {
		if m.AccountID != actor && t.Binds(m.Role, m.Status) && against(m) {
			list = append(list, m)
		}
	}
	return list
}

func (s *Service) shutOut(ctx context.Context, o org.Organization, breakers []Joined, t Type) error {
	if len(breakers) == 0 {
		return nil
	}
	memberIDs := make([]id.ID, len(breakers))
	for i, m := range breakers {
		memberIDs[i] = m.MemberID
	}
	return s.ShutOut(ctx, o.ID, memberIDs, t)
}

// LostTwoStep shuts out a person who has no second step any more wherever that is
// asked of them, in the transaction of ctx. Under the locks nobody switches the
// policy on meanwhile.
func (s *Service) LostTwoStep(ctx context.Context, accountID id.ID) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Organizations.LockTied(ctx, accountID); err != nil {
			return err
		}
		held, err := s.Store.Held(ctx, []id.ID{accountID}, TwoStep)
		if err != nil {
			return err
		}
		for _, h := range held {
			if !h.binds() {
				continue
			}
			if err := s.ShutOut(ctx, h.Policy.OrganizationID, []id.ID{h.MemberID}, TwoStep); err != nil {
				return err
			}
		}
		return nil
	})
}
