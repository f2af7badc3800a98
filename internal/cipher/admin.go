package cipher

import (
	"context"

	"coffre/internal/collection"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

func editAny(p org.Permissions) bool { return p.EditAnyCollection }

func mayEditAny(m org.Member) bool { return m.May(editAny) }

// admin is what a member may do with the items of an organization by their role.
type admin struct {
	*work
	org.Membership
	// all says that the role reaches every item and collection; admins do only where
	// the organization lets them.
	all bool
}

func (w *work) admin(m org.Membership) admin {
	all := m.Member.Granted().EditAnyCollection || m.Member.Administers() && m.Organization.Settings.AdminsReachAllItems
	return admin{w, m, all}
}

// reaches reports whether the role is enough to change an item: any, or one that is
// in no collection and so would be lost.
func (a admin) reaches(it Item) bool {
	return a.all || mayEditAny(a.Member) && len(a.links[it.ID]) == 0
}

// writes reports whether items may be put into a collection and taken out of it.
// Nobody does that to one that is another member's own.
func (a admin) writes(collectionID id.ID, kind int) bool {
	return a.reach.writes(collectionID) || a.all && kind != collection.MyItems
}

// GetAsAdmin returns an item of an organization, with all of its collections, to
// whoever sees every collection.
func (s *Service) GetAsAdmin(ctx context.Context, caller, cipherID id.ID) (Item, error) {
	items, err := s.find(ctx, caller, cipherID)
	if err != nil {
		return Item{}, err
	}
	if len(items) == 0 || items[0].OrganizationID.IsZero() {
		return Item{}, fault.Gone
	}
	it := items[0]
	if _, _, err := s.Organizations.Within(ctx, caller, it.OrganizationID, seesAll); err != nil {
		return Item{}, err
	}
	links, err := s.Store.Links(ctx, []id.ID{cipherID})
	it.CollectionIDs = collectionsOf(links)
	return it, err
}

// seesAll reports whether m sees every collection of their organization.
func seesAll(m org.Member) bool {
	return m.May(func(p org.Permissions) bool { return p.EditAnyCollection || p.DeleteAnyCollection })
}

// CreateAsAdmin adds an item to an organization, in whichever collections, for whoever
// reaches all of them.
func (s *Service) CreateAsAdmin(ctx context.Context, caller id.ID, d Draft, collectionIDs []id.ID) (Item, error) {
	in := scope{organizations: []id.ID{d.OrganizationID}, collections: collectionIDs}
	return s.create(ctx, caller, d, in, func(ctx context.Context, w *work) ([]id.ID, error) {
		m, err := w.member(d.OrganizationID)
		if err == nil && !w.admin(m).all {
			err = fault.Gone
		}
		if err != nil {
			return nil, err
		}
		found, err := w.named(ctx, d.OrganizationID, collectionIDs)
		ids := make([]id.ID, len(found))
		for i, c := range found {
			ids[i] = c.ID
		}
		return ids, err
	})
}

// asAdmin runs fn with items of one organization, for whoever may edit any collection
// there and may do with each of the items what allowed says, or reaches it by the role.
func (s *Service) asAdmin(
	ctx context.Context, caller id.ID, in scope, orgID id.ID, allowed func(Access) bool,
	fn func(context.Context, *work, []Item) error,
) error {
	if err := s.checkMany(len(in.ciphers)); err != nil {
		return err
	}
	return s.change(ctx, caller, in, func(ctx context.Context, w *work) error {
		var items []Item
		for _, cipherID := range unique(in.ciphers) {
			it := w.items[cipherID]
			if orgID.IsZero() {
				orgID = it.OrganizationID
			}
			if it.OrganizationID.IsZero() || it.OrganizationID != orgID {
				return fault.Gone
			}
			items = append(items, it)
		}
		m, err := w.member(orgID)
		if err == nil && !mayEditAny(m.Member) {
			err = fault.Gone
		}
		if err != nil {
			return err
		}
		a := w.admin(m)
		for _, it := range items {
			if !a.reaches(it) && !(it.Seen && allowed(it.Access)) {
				return fault.Gone
			}
		}
		return fn(ctx, w, items)
	})
}

func edits(a Access) bool   { return a.Edit }
func deletes(a Access) bool { return a.Delete }

// UpdateAsAdmin is Update for whoever may edit any collection.
func (s *Service) UpdateAsAdmin(ctx context.Context, caller, cipherID id.ID, d Draft) (made Item, err error) {
	in := scope{ciphers: []id.ID{cipherID}}
	err = s.asAdmin(ctx, caller, in, id.ID{}, edits, func(ctx context.Context, w *work, items []Item) error {
		made, err = w.rewrite(ctx, items[0], d)
		return err
	})
	return made, err
}

// TrashAsAdmin, RestoreAsAdmin and DeleteAsAdmin do it to one item for whoever may
// edit any collection.
func (s *Service) TrashAsAdmin(ctx context.Context, caller, cipherID id.ID) error {
	_, err := s.removeAsAdmin(ctx, caller, cipherID, trashing)
	return err
}

// RestoreAsAdmin is described with TrashAsAdmin.
func (s *Service) RestoreAsAdmin(ctx context.Context, caller, cipherID id.ID) (Item, error) {
	return s.removeAsAdmin(ctx, caller, cipherID, restoring)
}

// DeleteAsAdmin is described with TrashAsAdmin.
func (s *Service) DeleteAsAdmin(ctx context.Context, caller, cipherID id.ID) error {
	_, err := s.removeAsAdmin(ctx, caller, cipherID, deleting)
	return err
}

func (s *Service) removeAsAdmin(ctx context.Context, caller, cipherID id.ID, r removal) (it Item, err error) {
	in := scope{ciphers: []id.ID{cipherID}}
	err = s.asAdmin(ctx, caller, in, id.ID{}, deletes, func(ctx context.Context, w *work, items []Item) error {
		it, err = w.removeOne(ctx, items[0], r)
		return err
	})
	return it, err
}

// TrashManyAsAdmin, RestoreManyAsAdmin and DeleteManyAsAdmin do it to all of some items
// of an organization, or to none.
func (s *Service) TrashManyAsAdmin(ctx context.Context, caller, orgID id.ID, cipherIDs []id.ID) error {
	_, err := s.removeManyAsAdmin(ctx, caller, orgID, cipherIDs, trashing)
	return err
}

// RestoreManyAsAdmin is described with TrashManyAsAdmin.
func (s *Service) RestoreManyAsAdmin(ctx context.Context, caller, orgID id.ID, cipherIDs []id.ID) ([]Item, error) {
	return s.removeManyAsAdmin(ctx, caller, orgID, cipherIDs, restoring)
}

// DeleteManyAsAdmin is described with TrashManyAsAdmin.
func (s *Service) DeleteManyAsAdmin(ctx context.Context, caller, orgID id.ID, cipherIDs []id.ID) error {
	_, err := s.removeManyAsAdmin(ctx, caller, orgID, cipherIDs, deleting)
	return err
}

func (s *Service) removeManyAsAdmin(ctx context.Context, caller, orgID id.ID, cipherIDs []id.ID, r removal) (done []Item, err error) {
	in := scope{ciphers: cipherIDs, organizations: []id.ID{orgID}}
	err = s.asAdmin(ctx, caller, in, orgID, deletes, func(ctx context.Context, w *work, items []Item) error {
		done, err = w.removeAll(ctx, items, r)
		return err
	})
	return done, err
}

// SetCollectionsAsAdmin has an item be in collections that the caller may all write.
// Those that are a member's own stay as they are.
func (s *Service) SetCollectionsAsAdmin(ctx context.Context, caller, cipherID id.ID, collectionIDs []id.ID) (made Item, err error) {
	in := scope{ciphers: []id.ID{cipherID}, collections: collectionIDs}
	err = s.asAdmin(ctx, caller, in, id.ID{}, edits, func(ctx context.Context, w *work, items []Item) error {
		it := items[0]
		a := w.admin(w.reach.organizations[it.OrganizationID])
		found, err := w.named(ctx, it.OrganizationID, collectionIDs)
		if err != nil {
			return err
		}
		for _, c := range found {
			if !a.writes(c.ID, c.Type) {
				return fault.Gone
			}
		}
		made, err = w.setCollections(ctx, it, collectionIDs, func(l link) bool {
			return l.Type != collection.MyItems && a.writes(l.CollectionID, l.Type)
		})
		if err != nil {
			return err
		}
		links, err := s.Store.Links(ctx, []id.ID{cipherID})
		made.CollectionIDs = collectionsOf(links)
		return err
	})
	return made, err
}
