package collection

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

// GroupDraft is what a group is to be. Nil members stay as they are.
type GroupDraft struct {
	Name        string
	ExternalID  string
	Collections []Selection
	Members     *[]id.ID
}

// ListGroups returns the groups of an organization to whoever deals with members or
// collections.
func (s *Service) ListGroups(ctx context.Context, caller, orgID id.ID) ([]Group, error) {
	_, m, err := s.Organizations.Within(ctx, caller, orgID, org.Member.Confirmed)
	if err != nil {
		return nil, err
	}
	if !seesGroups(m) {
		own, err := s.accessOf(ctx, m.ID)
		if err == nil && !(rights{own: own}).managesOne() {
			err = fault.Gone
		}
		if err != nil {
			return nil, err
		}
	}
	return s.Store.Groups(ctx, orgID)
}

// ListGroupShares returns the groups of an organization with their collections, to
// whoever manages members or groups.
func (s *Service) ListGroupShares(ctx context.Context, caller, orgID id.ID) ([]GroupShares, error) {
	if _, _, err := s.Organizations.Within(ctx, caller, orgID, seesGroupAccess); err != nil {
		return nil, err
	}
	groups, err := s.Store.Groups(ctx, orgID)
	if err != nil {
		return nil, err
	}
	grants, err := s.Store.Grants(ctx, ByGroup, orgID)
	byGroup := map[id.ID][]Grant{}
	for _, g := range grants {
		byGroup[g.HolderID] = append(byGroup[g.HolderID], g)
	}
	list := make([]GroupShares, len(groups))
	for i, g := range groups {
		list[i] = GroupShares{g, byGroup[g.ID]}
	}
	return list, err
}

// GetGroup returns a group with its collections to whoever manages groups.
func (s *Service) GetGroup(ctx context.Context, caller, orgID, groupID id.ID) (GroupShares, error) {
	if _, _, err := s.Organizations.Within(ctx, caller, orgID, managesGroups); err != nil {
		return GroupShares{}, err
	}
	g, err := s.Store.Group(ctx, orgID, groupID)
	if err != nil {
		return GroupShares{}, err
	}
	grants, err := s.Store.GrantsTo(ctx, ByGroup, []id.ID{groupID})
	return GroupShares{g, grants}, err
}

// MembersOf returns who is in a group to whoever manages groups.
func (s *Service) MembersOf(ctx context.Context, caller, orgID, groupID id.ID) ([]id.ID, error) {
	if _, _, err := s.Organizations.Within(ctx, caller, orgID, managesGroups); err != nil {
		return nil, err
	}
	if _, err := s.Store.Group(ctx, orgID, groupID); err != nil {
		return nil, err
	}
	return s.membersIn(ctx, groupID)
}

func (s *Service) membersIn(ctx context.Context, groupID id.ID) ([]id.ID, error) {
	places, err := s.Store.PlacesIn(ctx, groupID)
	members := make([]id.ID, len(places))
	for i, p := range places {
		members[i] = p.MemberID
	}
	return members, err
}
