package collection

import (
	"context"
	"slices"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

// changeGroups is change for whoever manages groups.
func (s *Service) changeGroups(
	ctx context.Context, caller, orgID id.ID, fn func(context.Context, org.Organization, org.Member) error,
) error {
	return s.change(ctx, caller, orgID, func(ctx context.Context, o org.Organization, m org.Member) error {
		if !managesGroups(m) {
			return fault.Gone
		}
		return fn(ctx, o, m)
	})
}

// CreateGroup makes a group. The collections must be the caller's to give.
func (s *Service) CreateGroup(ctx context.Context, caller, orgID id.ID, d GroupDraft) (Group, error) {
	g := Group{
		ID: id.New(), OrganizationID: orgID, Name: d.Name, ExternalID: d.ExternalID, CreatedAt: s.Now(), RevisedAt: s.Now(),
	}
	err := s.changeGroups(ctx, caller, orgID, func(ctx context.Context, o org.Organization, m org.Member) error {
		if !o.Features.UseGroups {
			return groupsNotIncluded
		}
		if err := s.Store.InsertGroup(ctx, g); err != nil {
			return err
		}
		if err := s.equip(ctx, o, m, g, d, nil); err != nil {
			return err
		}
		return s.groupChanged(ctx, event.Event{OrganizationID: orgID, Type: event.GroupCreated, GroupID: g.ID}, nil)
	})
	return g, err
}

// UpdateGroup changes a group, who is in it, and which collections it has; those that
// are not the caller's to give stay.
func (s *Service) UpdateGroup(ctx context.Context, caller, orgID, groupID id.ID, d GroupDraft) (g Group, err error) {
	err = s.changeGroups(ctx, caller, orgID, func(ctx context.Context, o org.Organization, m org.Member) error {
		if g, err = s.Store.Group(ctx, orgID, groupID); err != nil {
			return err
		}
		if !o.Features.UseGroups {
			return groupsNotIncluded
		}
		before, err := s.Store.GroupAccounts(ctx, []id.ID{groupID})
		if err != nil {
			return err
		}
		g.Name, g.ExternalID, g.RevisedAt = d.Name, d.ExternalID, s.Now()
		if err := s.Store.UpdateGroup(ctx, g); err != nil {
			return err
		}
		held, err := s.Store.GrantsTo(ctx, ByGroup, []id.ID{groupID})
		if err != nil {
			return err
		}
		if err := s.notSelf(ctx, o, m, groupID, d.Members); err != nil {
			return err
		}
		if err := s.equip(ctx, o, m, g, d, held); err != nil {
			return err
		}
		return s.groupChanged(ctx, event.Event{OrganizationID: orgID, Type: event.GroupUpdated, GroupID: g.ID}, before)
	})
	return g, err
}

// notSelf refuses that m joins a group by m's own hand, where being an admin gives no
// access to everything.
func (s *Service) notSelf(ctx context.Context, o org.Organization, m org.Member, groupID id.ID, members *[]id.ID) error {
	if o.Settings.AdminsReachAllItems || members == nil || !slices.Contains(*members, m.ID) {
		return nil
	}
	in, err := s.membersIn(ctx, groupID)
	if err == nil && !slices.Contains(in, m.ID) {
		err = notYourselfGroup
	}
	return err
}

// equip gives a group its collections and its members.
func (s *Service) equip(ctx context.Context, o org.Organization, m org.Member, g Group, d GroupDraft, held []Grant) error {
	if err := s.replaceGrants(ctx, replacement{
		by: ByGroup, holders: []id.ID{g.ID}, held: held, want: chosen(d.Collections), mayGive: rights.mayGiveToGroups,
	}, o, m); err != nil {
		return err
	}
	if d.Members == nil {
		return nil
	}
	return s.fill(ctx, o, g.ID, unique(*d.Members))
}

// fill puts members into a group, and everyone else out.
func (s *Service) fill(ctx context.Context, o org.Organization, groupID id.ID, members []id.ID) error {
	known, err := s.Organizations.MembersByID(ctx, o.ID, members)
	if err == nil && len(known) != len(members) {
		err = fault.Gone
	}
	if err != nil {
		return err
	}
	if err := s.Store.RemovePlacesIn(ctx, groupID); err != nil {
		return err
	}
	places := make([]Place, len(members))
	for i, m := range members {
		places[i] = Place{groupID, m}
	}
	return s.Store.AddPlaces(ctx, places)
}

// groupChanged records what happened to a group, and tells who was in it before and
// who is in it now.
func (s *Service) groupChanged(ctx context.Context, e event.Event, before []id.ID) error {
	after, err := s.Store.GroupAccounts(ctx, []id.ID{e.GroupID})
	if err != nil {
		return err
	}
	if err := s.tell(ctx, append(before, after...)); err != nil {
		return err
	}
	return s.Record(ctx, e)
}

// Dismiss takes a member out of a group.
func (s *Service) Dismiss(ctx context.Context, caller, orgID id.ID, p Place) error {
	return s.changeGroups(ctx, caller, orgID, func(ctx context.Context, _ org.Organization, _ org.Member) error {
		if _, err := s.Store.Group(ctx, orgID, p.GroupID); err != nil {
			return err
		}
		found, err := s.Store.RemovePlace(ctx, p)
		if err == nil && !found {
			err = fault.Gone
		}
		if err != nil {
			return err
		}
		gone, err := s.Organizations.MemberByID(ctx, p.MemberID)
		if err == nil && gone.Confirmed() {
			err = s.tell(ctx, []id.ID{gone.AccountID})
		}
		if err != nil {
			return err
		}
		return s.Record(ctx, event.Event{
			OrganizationID: orgID, Type: event.MemberGroupsUpdated, MemberID: p.MemberID, AccountID: gone.AccountID, GroupID: p.GroupID,
		})
	})
}

// DeleteGroups removes groups, and with them the access that they gave.
func (s *Service) DeleteGroups(ctx context.Context, caller, orgID id.ID, groupIDs ...id.ID) error {
	ids := unique(groupIDs)
	return s.changeGroups(ctx, caller, orgID, func(ctx context.Context, _ org.Organization, _ org.Member) error {
		found, err := s.Store.GroupsByID(ctx, orgID, ids)
		if err == nil && len(found) != len(ids) {
			err = fault.Gone
		}
		if err != nil {
			return err
		}
		accounts, err := s.Store.GroupAccounts(ctx, ids)
		if err != nil {
			return err
		}
		if err := s.Store.DeleteGroups(ctx, ids); err != nil {
			return err
		}
		if err := s.tell(ctx, accounts); err != nil {
			return err
		}
		events := make([]event.Event, len(ids))
		for i, g := range ids {
			events[i] = event.Event{OrganizationID: orgID, Type: event.GroupDeleted, GroupID: g}
		}
		return s.Record(ctx, events...)
	})
}
