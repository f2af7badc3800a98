package collection

import (
	"context"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
)

// Draft is what a collection is to be. Nil lists leave things as they are.
type Draft struct {
	Name       string // "" leaves the name as it is
	ExternalID string
	Members    *[]Selection
	Groups     *[]Selection // counts only where the terms include groups
}

var (
	full          = fault.New(fault.Invalid, "collection.tooMany")
	nobodyManages = fault.New(fault.Invalid, "collection.nobodyManages")
	personal      = fault.New(fault.Invalid, "collection.personal")
	notYourself   = fault.New(fault.Invalid, "collection.notYourself")
)

// change runs fn in a transaction that alone changes an organization's collections,
// groups and members, for a confirmed member of an enabled one.
func (s *Service) change(
	ctx context.Context, caller, orgID id.ID, fn func(context.Context, org.Organization, org.Member) error,
) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.Lock(ctx, "org:"+orgID.String()); err != nil {
			return err
		}
		o, m, err := s.Organizations.Within(ctx, caller, orgID, org.Member.Confirmed)
		if err != nil {
			return err
		}
		return fn(ctx, o, m)
	})
}

// Create makes a collection that members share.
func (s *Service) Create(ctx context.Context, caller, orgID id.ID, d Draft) (made Shares, err error) {
	err = s.change(ctx, caller, orgID, func(ctx context.Context, o org.Organization, m org.Member) error {
		r, err := s.rightsOf(ctx, o, m)
		if err == nil && !r.mayCreate() {
			err = fault.Gone
		}
		if err != nil {
			return err
		}
		if err := s.checkRoom(ctx, o); err != nil {
			return err
		}
		c := Collection{
			ID: id.New(), OrganizationID: o.ID, Name: d.Name, ExternalID: d.ExternalID, Type: Shared,
			CreatedAt: s.Now(), RevisedAt: s.Now(),
		}
		if err := s.Store.Insert(ctx, c); err != nil {
			return err
		}
		if err := s.share(ctx, o, d, c.ID); err != nil {
			return err
		}
		if err := s.checkManaged(ctx, o, c.ID); err != nil {
			return err
		}
		made, err = s.changed(ctx, m, c, event.CollectionCreated, nil)
		return err
	})
	return made, err
}

// checkRoom refuses one collection more than the terms include.
func (s *Service) checkRoom(ctx context.Context, o org.Organization) error {
	if o.MaxCollections == nil {
		return nil
	}
	n, err := s.Store.CountShared(ctx, o.ID)
	if err == nil && n >= *o.MaxCollections {
		err = full.With("limit", *o.MaxCollections)
	}
	return err
}

// share gives collections to the members and groups of a draft, in addition to those
// who have them.
func (s *Service) share(ctx context.Context, o org.Organization, d Draft, collectionIDs ...id.ID) error {
	if d.Members != nil {
		members := chosen(*d.Members)
		known, err := s.Organizations.MembersByID(ctx, o.ID, keys(members))
		if err != nil {
			return err
		}
		if len(known) != len(members) {
			return fault.Gone
		}
		if err := s.Store.PutGrants(ctx, ByMember, grants(collectionIDs, members)); err != nil {
			return err
		}
	}
	if d.Groups != nil && o.Features.UseGroups {
		groups := chosen(*d.Groups)
		known, err := s.Store.GroupsByID(ctx, o.ID, keys(groups))
		if err != nil {
			return err
		}
		if len(known) != len(groups) {
			return fault.Gone
		}
		return s.Store.PutGrants(ctx, ByGroup, grants(collectionIDs, groups))
	}
	return nil
}

func keys(chosen map[id.ID]Access) []id.ID {
	ids := make([]id.ID, 0, len(chosen))
	for k := range chosen {
		ids = append(ids, k)
	}
	return ids
}

func grants(collectionIDs []id.ID, to map[id.ID]Access) []Grant {
	list := make([]Grant, 0, len(collectionIDs)*len(to))
	for _, c := range collectionIDs {
		for holder, access := range to {
			list = append(list, Grant{c, holder, access})
		}
	}
	return list
}

// checkManaged refuses collections that nobody manages, where being an admin is not
// enough to.
func (s *Service) checkManaged(ctx context.Context, o org.Organization, collectionIDs ...id.ID) error {
	if o.Settings.AdminsReachAllItems {
		return nil
	}
	managed, err := s.Store.Managed(ctx, collectionIDs)
	if err == nil && len(managed) != len(collectionIDs) {
		err = nobodyManages
	}
	return err
}

// changed records what happened to one collection, tells those who had it before and
// those who have it now, and returns it as m sees it.
func (s *Service) changed(ctx context.Context, m org.Member, c Collection, what event.Type, before []id.ID) (Shares, error) {
	after, err := s.Store.Accounts(ctx, []id.ID{c.ID})
	if err != nil {
		return Shares{}, err
	}
	if err := s.tell(ctx, append(before, after...)); err != nil {
		return Shares{}, err
	}
	if err := s.Record(ctx, event.Event{OrganizationID: c.OrganizationID, Type: what, CollectionID: c.ID}); err != nil {
		return Shares{}, err
	}
	own, err := s.accessOf(ctx, m.ID)
	if err != nil {
		return Shares{}, err
	}
	found, err := s.sharesOf(ctx, []Collection{c}, own)
	if err != nil {
		return Shares{}, err
	}
	return found[0], nil
}

// tell has the clients of people fetch what they have now.
func (s *Service) tell(ctx context.Context, accounts []id.ID) error {
	accounts = unique(accounts)
	if len(accounts) == 0 {
		return nil
	}
	s.Announce(ctx, notice.Vault(s.Now(), accounts...))
	return s.Organizations.Touch(ctx, accounts...)
}

// Update changes a collection and who has it, for whoever may change it.
func (s *Service) Update(ctx context.Context, caller, orgID, collectionID id.ID, d Draft) (made Shares, err error) {
	err = s.change(ctx, caller, orgID, func(ctx context.Context, o org.Organization, m org.Member) error {
		c, err := s.open(ctx, o, m, collectionID)
		if err != nil {
			return err
		}
		before, err := s.Store.Accounts(ctx, []id.ID{c.ID})
		if err != nil {
			return err
		}
		if d.Name != "" {
			c.Name = d.Name
		}
		c.ExternalID, c.RevisedAt = d.ExternalID, s.Now()
		if err := s.Store.Update(ctx, c); err != nil {
			return err
		}
		if err := s.replaceShares(ctx, o, d, c.ID); err != nil {
			return err
		}
		made, err = s.changed(ctx, m, c, event.CollectionUpdated, before)
		return err
	})
	return made, err
}

// open returns a collection that m may change.
func (s *Service) open(ctx context.Context, o org.Organization, m org.Member, collectionID id.ID) (Collection, error) {
	c, err := s.Store.Get(ctx, o.ID, collectionID)
	if err != nil {
		return Collection{}, err
	}
	r, err := s.rightsOf(ctx, o, m, c.ID)
	switch {
	case err != nil:
		return Collection{}, err
	case !r.mayEdit(c.ID):
		return Collection{}, fault.Gone
	case c.Type != Shared:
		return Collection{}, personal
	}
	return c, nil
}

// replaceShares gives a collection to the members and groups of a draft alone.
func (s *Service) replaceShares(ctx context.Context, o org.Organization, d Draft, collectionID id.ID) error {
	if d.Members == nil && d.Groups == nil {
		return nil
	}
	ids := []id.ID{collectionID}
	if d.Members != nil {
		if err := s.Store.RemoveGrants(ctx, ByMember, ids); err != nil {
			return err
		}
	}
	if d.Groups != nil && o.Features.UseGroups {
		if err := s.Store.RemoveGrants(ctx, ByGroup, ids); err != nil {
			return err
		}
	}
	if err := s.share(ctx, o, d, collectionID); err != nil {
		return err
	}
	return s.checkManaged(ctx, o, collectionID)
}
