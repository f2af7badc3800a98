package member

import (
	"context"
	"slices"
	"strings"

	"coffre/internal/account"
	"coffre/internal/collection"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/policy"
)

// Change is what to make of a member. Permissions count for the role Custom only.
// Collections and Groups that are nil stay as they are. MyItems names the collection
// of their own that members get where the organization owns all items; "" makes none.
type Change struct {
	Type        org.Type
	Permissions org.Permissions
	Collections *[]collection.Selection
	Groups      *[]id.ID
	MyItems     string

	// What only the owner of an account changes. Nil, empty and as it is are good.
	Email, Name *string
}

var (
	lastOwner  = fault.New(fault.Invalid, "member.lastOwner")
	ownProfile = fault.New(fault.Invalid, "member.ownProfile")
)

// Update gives a member another role, other collections and other groups, as far as
// the caller's own role goes. The organization keeps a confirmed owner.
func (s *Service) Update(ctx context.Context, caller, orgID, memberID id.ID, c Change) error {
	return s.within(ctx, caller, orgID, func(ctx context.Context, o org.Organization, actor org.Member) error {
		m, err := s.member(ctx, o, memberID)
		if err != nil {
			return err
		}
		changed := m
		changed.Type, changed.Permissions, changed.RevisedAt = c.Type, c.Permissions, s.Now()
		changed.Permissions = changed.Granted()
		if err = s.mayChange(ctx, o, actor, m, changed); err == nil {
			err = c.renames(m)
		}
		if err != nil {
			return err
		}
		if err := s.Store.Update(ctx, changed); err != nil {
			return err
		}
		regrouped, err := s.give(ctx, actor, o, changed, c)
		if err != nil {
			return err
		}
		if c.MyItems != "" && o.Features.UseMyItems {
			if err := s.createMyItems(ctx, orgID, []org.Member{changed}, c.MyItems); err != nil {
				return err
			}
		}
		what := event.MemberUpdated
		if regrouped && changed.Type == m.Type && changed.Permissions == m.Granted() {
			what = event.MemberGroupsUpdated
		}
		return s.changed(ctx, what, changed)
	})
}

// Regroup gives a member other groups, and leaves everything else.
func (s *Service) Regroup(ctx context.Context, caller, orgID, memberID id.ID, groups []id.ID) error {
	return s.within(ctx, caller, orgID, func(ctx context.Context, o org.Organization, actor org.Member) error {
		m, err := s.member(ctx, o, memberID)
		if err == nil {
			err = mayManage(actor, m)
		}
		if err == nil {
			_, err = s.give(ctx, actor, o, m, Change{Groups: &groups})
		}
		if err != nil {
			return err
		}
		return s.changed(ctx, event.MemberGroupsUpdated, m)
	})
}

// member returns a member of an organization, and fault.Gone for one of another.
func (s *Service) member(ctx context.Context, o org.Organization, memberID id.ID) (org.Member, error) {
	m, err := s.Organizations.MemberByID(ctx, memberID)
	if err == nil && m.OrganizationID != o.ID {
		err = fault.Gone
	}
	if err != nil {
		return org.Member{}, err
	}
	return m, nil
}

// renames reports why a change may not rename the account of m: it is not the
// organization's. What is as it was renames nothing.
func (c Change) renames(m org.Member) error {
	switch {
	case c.Email != nil && *c.Email != "" && account.NormalizeEmail(*c.Email) != m.Email:
		return ownProfile.On("email")
	case c.Name != nil && strings.TrimSpace(*c.Name) != "" && *c.Name != m.Name:
		return ownProfile.On("name")
	}
	return nil
}

// mayChange reports why actor may not make changed of was.
func (s *Service) mayChange(ctx context.Context, o org.Organization, actor, was, changed org.Member) error {
	if err := mayManage(actor, was); err != nil {
		return err
	}
	if err := mayGrant(o, actor, changed.Type, changed.Permissions); err != nil {
		return err
	}
	if was.Owns() && !changed.Owns() {
		return s.keepOwner(ctx, o)
	}
	if was.Type != org.Owner && was.Type != org.Admin {
		return s.mayAdminister(ctx, o, changed)
	}
	return nil
}

// keepOwner reports why one of the owners of an organization may not cease to be
// one: nobody else is. It counts under the organization's lock.
func (s *Service) keepOwner(ctx context.Context, o org.Organization) error {
	owners, err := s.Organizations.Owners(ctx, o.ID)
	if err == nil && len(owners) < 2 {
		err = lastOwner
	}
	return err
}

// mayAdminister reports why m may not be an owner or admin of a free organization,
// if m is to be one: a person has one such organization.
func (s *Service) mayAdminister(ctx context.Context, o org.Organization, m org.Member) error {
	if o.PlanType != plan.Free || m.AccountID.IsZero() || m.Type != org.Owner && m.Type != org.Admin {
		return nil
	}
	taken, err := s.Organizations.AdministersFree(ctx, m.AccountID)
	if err == nil && taken {
		err = freeTaken
	}
	return err
}

// give sets the collections and groups of a member, and reports whether the groups
// are all that changed.
func (s *Service) give(ctx context.Context, actor org.Member, o org.Organization, m org.Member, c Change) (bool, error) {
	if c.Collections == nil && c.Groups == nil {
		return false, nil
	}
	had, before, err := s.given(ctx, m)
	if err != nil {
		return false, err
	}
	want := had
	if c.Collections != nil {
		want = *c.Collections
	}
	if err := s.Collections.SetMemberAccess(ctx, actor, o, m, want, c.Groups); err != nil {
		return false, err
	}
	has, after, err := s.given(ctx, m)
	return sameSet(had, has) && !sameSet(before, after), err
}

// given returns the collections that m shares with others, and the groups of m.
func (s *Service) given(ctx context.Context, m org.Member) ([]collection.Selection, []id.ID, error) {
	assigned, err := s.Collections.AssignmentsOfMember(ctx, m.ID)
	if err != nil {
		return nil, nil, err
	}
	groups, err := s.Collections.GroupsOfMember(ctx, m.ID)
	return selectionsOf(assigned), groups, err
}

func selectionsOf(assigned []collection.Assignment) []collection.Selection {
	list := make([]collection.Selection, len(assigned))
	for i, a := range assigned {
		list[i] = collection.SelectionOf(a.Collection.ID, a.Access)
	}
	return list
}

func sameSet[T comparable](a, b []T) bool {
	within := func(list []T) func(T) bool {
		return func(v T) bool { return !slices.Contains(list, v) }
	}
	return !slices.ContainsFunc(a, within(b)) && !slices.ContainsFunc(b, within(a))
}

// createMyItems gives each of some confirmed members whom the policy binds a
// collection of their own, where the organization owns all items.
func (s *Service) createMyItems(ctx context.Context, orgID id.ID, members []org.Member, name string) error {
	owned, err := s.Policies.DataOwnership(ctx, orgID)
	if err != nil || !owned {
		return err
	}
	var bound []id.ID
	for _, m := range members {
		if m.Confirmed() && policy.OwnsData.Binds(m.Type, m.Status) {
			bound = append(bound, m.ID)
		}
	}
	return s.Collections.CreateMyItems(ctx, orgID, bound, name)
}

// GiveMyItems makes a collection of their own for each member of an organization that
// has begun to own all items, in the transaction of ctx, and has their clients fetch
// it.
func (s *Service) GiveMyItems(ctx context.Context, o org.Organization, name string) error {
	members, err := s.Organizations.Members(ctx, o.ID)
	if err != nil {
		return err
	}
	if err := s.createMyItems(ctx, o.ID, members, name); err != nil {
		return err
	}
	s.Announce(ctx, notice.Notice{Kind: notice.VaultChanged, Organization: o.ID, At: s.Now(), Everywhere: true})
	return nil
}

// changed logs that a member was changed, and has the member's clients fetch what the
// organization allows now.
func (s *Service) changed(ctx context.Context, what event.Type, m org.Member) error {
	if err := s.record(ctx, what, []org.Member{m}); err != nil || m.AccountID.IsZero() {
		return err
	}
	s.Announce(ctx, notice.Organizations(s.Now(), m.AccountID))
	return s.Organizations.Touch(ctx, m.AccountID)
}
