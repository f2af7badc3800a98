package member

import (
	"context"
	"slices"

	"coffre/internal/collection"
	"coffre/internal/id"
	"coffre/internal/org"
)

// With says what a list of members is wanted with.
type With struct {
	Groups      bool
	Collections bool
}

// Details is a member with what other rooms know of them. Collections are those that
// the member has by name, not through a group.
type Details struct {
	org.Member
	TwoStep     bool // logs in in two steps
	Collections []collection.Assignment
	Groups      []id.ID
}

// List returns the members of an organization: all of them to whoever manages
// members, those who take part in account recovery to whoever only recovers accounts,
// and fault.Gone to everyone else. It asks no more of a large organization than of a
// small one.
func (s *Service) List(ctx context.Context, caller, orgID id.ID, with With) ([]Details, error) {
	_, actor, err := s.Organizations.Within(ctx, caller, orgID, func(m org.Member) bool {
		return m.MayManageUsers() || m.MayManageResetPassword()
	})
	if err != nil {
		return nil, err
	}
	members, err := s.Organizations.Members(ctx, orgID)
	if err != nil {
		return nil, err
	}
	if !actor.MayManageUsers() {
		members = slices.DeleteFunc(members, func(m org.Member) bool { return m.ResetPasswordKey == "" })
	}
	twoStep, err := s.HasTwoStep(ctx, accountsOf(members)...)
	if err != nil {
		return nil, err
	}
	list := make([]Details, len(members))
	for i, m := range members {
		list[i] = Details{Member: m, TwoStep: twoStep[m.AccountID]}
	}
	return list, s.complete(ctx, orgID, list, with)
}

func (s *Service) complete(ctx context.Context, orgID id.ID, list []Details, with With) error {
	var assigned map[id.ID][]collection.Assignment
	var groups map[id.ID][]id.ID
	var err error
	if with.Collections {
		if assigned, err = s.Collections.ByMember(ctx, orgID); err != nil {
			return err
		}
	}
	if with.Groups {
		if groups, err = s.Collections.GroupsByMember(ctx, orgID); err != nil {
			return err
		}
	}
	for i, m := range list {
		list[i].Collections, list[i].Groups = assigned[m.ID], groups[m.ID]
	}
	return nil
}

// Get returns one member to whoever manages members.
func (s *Service) Get(ctx context.Context, caller, orgID, memberID id.ID, with With) (Details, error) {
	o, _, err := s.Organizations.Within(ctx, caller, orgID, org.Member.MayManageUsers)
	if err != nil {
		return Details{}, err
	}
	m, err := s.member(ctx, o, memberID)
	if err != nil {
		return Details{}, err
	}
	d := Details{Member: m}
	if with.Collections {
		if d.Collections, err = s.Collections.AssignmentsOfMember(ctx, m.ID); err != nil {
			return Details{}, err
		}
	}
	if with.Groups {
		d.Groups, err = s.Collections.GroupsOfMember(ctx, m.ID)
	}
	return d, err
}

// GroupsOf returns the groups of one member to whoever manages groups.
func (s *Service) GroupsOf(ctx context.Context, caller, orgID, memberID id.ID) ([]id.ID, error) {
	o, _, err := s.Organizations.Within(ctx, caller, orgID, managesGroups)
	if err != nil {
		return nil, err
	}
	m, err := s.member(ctx, o, memberID)
	if err != nil {
		return nil, err
	}
	return s.Collections.GroupsOfMember(ctx, m.ID)
}

func managesGroups(m org.Member) bool {
	return m.May(func(p org.Permissions) bool { return p.ManageGroups })
}

// ListFellows returns the members of an organization to any confirmed one.
func (s *Service) ListFellows(ctx context.Context, caller, orgID id.ID) ([]org.Member, error) {
	if _, _, err := s.Organizations.Within(ctx, caller, orgID, org.Member.Confirmed); err != nil {
		return nil, err
	}
	return s.Organizations.Members(ctx, orgID)
}
