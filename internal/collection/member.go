package collection

import (
	"context"
	"slices"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

// What other rooms ask about members; permission is theirs to ask, and so is the
// transaction, with the lock of the organization where they write.

// ByMember returns the shared collections that each member of an organization was
// given in person.
func (s *Service) ByMember(ctx context.Context, orgID id.ID) (map[id.ID][]Assignment, error) {
	grants, err := s.Store.Grants(ctx, ByMember, orgID)
	if err != nil {
		return nil, err
	}
	collections, err := s.Store.List(ctx, orgID)
	return assigned(grants, collections), err
}

// AssignmentsOfMember returns the shared collections that a member was given in
// person.
func (s *Service) AssignmentsOfMember(ctx context.Context, memberID id.ID) ([]Assignment, error) {
	m, err := s.Organizations.MemberByID(ctx, memberID)
	if err != nil {
		return nil, err
	}
	grants, err := s.Store.GrantsTo(ctx, ByMember, []id.ID{memberID})
	if err != nil {
		return nil, err
	}
	ids := make([]id.ID, len(grants))
	for i, g := range grants {
		ids[i] = g.CollectionID
	}
	collections, err := s.Store.ListByID(ctx, m.OrganizationID, ids)
	return assigned(grants, collections)[memberID], err
}

// assigned joins grants with their collections, where these are shared, by member.
func assigned(grants []Grant, collections []Collection) map[id.ID][]Assignment {
	byID := make(map[id.ID]Collection, len(collections))
	for _, c := range collections {
		byID[c.ID] = c
	}
	byMember := map[id.ID][]Assignment{}
	for _, g := range grants {
		if c, there := byID[g.CollectionID]; there && c.Type == Shared {
			byMember[g.HolderID] = append(byMember[g.HolderID], Assignment{c, g.HolderID, g.Access})
		}
	}
	return byMember
}

// GroupsByMember returns the groups in which each member of an organization is.
func (s *Service) GroupsByMember(ctx context.Context, orgID id.ID) (map[id.ID][]id.ID, error) {
	places, err := s.Store.Places(ctx, orgID)
	byMember := map[id.ID][]id.ID{}
	for _, p := range places {
		byMember[p.MemberID] = append(byMember[p.MemberID], p.GroupID)
	}
	return byMember, err
}

// GroupsOfMember returns the groups in which a member is.
func (s *Service) GroupsOfMember(ctx context.Context, memberID id.ID) ([]id.ID, error) {
	places, err := s.Store.PlacesOf(ctx, []id.ID{memberID})
	groups := make([]id.ID, len(places))
	for i, p := range places {
		groups[i] = p.GroupID
	}
	return groups, err
}

// SetMemberAccess is SetMembersAccess for one member.
func (s *Service) SetMemberAccess(
	ctx context.Context, actor org.Member, o org.Organization, target org.Member, want []Selection, groups *[]id.ID,
) error {
	return s.SetMembersAccess(ctx, actor, o, []org.Member{target}, want, groups)
}

// SetMembersAccess gives members of o the collections that are wanted, and takes
// away all others but those that the actor may not give and what members have for
// themselves. Nil groups stay as they are. A collection or group of somewhere else,
// and a collection that the actor may not give, is fault.Gone, and then nothing has
// changed.
func (s *Service) SetMembersAccess(
	ctx context.Context, actor org.Member, o org.Organization, targets []org.Member, want []Selection, groups *[]id.ID,
) error {
	if err := checkSize(len(targets), want, groups); err != nil {
		return err
	}
	held, err := s.Store.GrantsTo(ctx, ByMember, memberIDs(targets))
	if err != nil {
		return err
	}
	closed := !o.Settings.AdminsReachAllItems && slices.ContainsFunc(targets, func(m org.Member) bool { return m.ID == actor.ID })
	if err := s.replaceGrants(ctx, replacement{
		by: ByMember, holders: memberIDs(targets), held: held, want: chosen(want), mayGive: rights.mayGiveToMembers, noMore: closed,
	}, o, actor); err != nil {
		return err
	}
	if groups == nil || !o.Features.UseGroups || closed {
		return nil // nobody takes more for themselves than the organization gives them
	}
	return s.setPlaces(ctx, o.ID, memberIDs(targets), unique(*groups))
}

// checkSize refuses what would make more grants or places than one request may.
func checkSize(targets int, want []Selection, groups *[]id.ID) error {
	if err := CheckSelections("collections", want); err != nil {
		return err
	}
	if targets*len(want) > maxGrants {
		return tooMany.On("collections").With("limit", maxGrants/targets)
	}
	if groups != nil && targets*len(*groups) > maxGrants {
		return tooMany.On("groups").With("limit", maxGrants/targets)
	}
	return nil
}

func memberIDs(members []org.Member) []id.ID {
	ids := make([]id.ID, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	return ids
}

// setPlaces puts members into groups and takes them out of all others.
func (s *Service) setPlaces(ctx context.Context, orgID id.ID, members, groups []id.ID) error {
	found, err := s.Store.GroupsByID(ctx, orgID, groups)
	if err == nil && len(found) != len(groups) {
		err = fault.Gone
	}
	if err != nil {
		return err
	}
	if err := s.Store.RemovePlacesOf(ctx, members); err != nil {
		return err
	}
	places := make([]Place, 0, len(members)*len(groups))
	for _, m := range members {
		for _, g := range groups {
			places = append(places, Place{GroupID: g, MemberID: m})
		}
	}
	return s.Store.AddPlaces(ctx, places)
}

// CreateMyItems makes for each member a collection that only they manage, with a
// name that was encrypted for the organization. Who has one gets no other.
func (s *Service) CreateMyItems(ctx context.Context, orgID id.ID, members []id.ID, name string) error {
	keepers, err := s.Store.Keepers(ctx, members)
	if err != nil {
		return err
	}
	has := make(map[id.ID]bool, len(keepers))
	for _, m := range keepers {
		has[m] = true
	}
	var collections []Collection
	var grants []Grant
	for _, m := range unique(members) {
		if has[m] {
			continue
		}
		c := Collection{ID: id.New(), OrganizationID: orgID, Name: name, Type: MyItems, CreatedAt: s.Now(), RevisedAt: s.Now()}
		collections = append(collections, c)
		grants = append(grants, Grant{c.ID, m, Access{Manage: true}})
	}
	if err := s.Store.Insert(ctx, collections...); err != nil {
		return err
	}
	return s.Store.PutGrants(ctx, ByMember, grants)
}

// KeepMyItems saves what members have for themselves before their membership ends:
// the collections stay with the organization under the addresses of the members.
func (s *Service) KeepMyItems(ctx context.Context, members ...org.Member) error {
	return s.Store.Release(ctx, memberIDs(members), s.Now())
}

// PeopleWith returns the confirmed people who have one of some collections, of
// whichever organization, themselves or through groups.
func (s *Service) PeopleWith(ctx context.Context, collectionIDs []id.ID) ([]id.ID, error) {
	if len(collectionIDs) == 0 {
		return nil, nil
	}
	return s.Store.Accounts(ctx, collectionIDs)
}

// Named returns those of some collections that are of an organization.
func (s *Service) Named(ctx context.Context, orgID id.ID, collectionIDs []id.ID) ([]Collection, error) {
	return s.Store.ListByID(ctx, orgID, collectionIDs)
}
