package cipher

import (
	"context"

	"coffre/internal/collection"
	"coffre/internal/content"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
)

var (
	noneWritable       = fault.New(fault.Invalid, "cipher.noneWritable").On("collectionIds")
	unknownCollections = fault.New(fault.Invalid, "cipher.unknownCollections").On("collectionIds")
	sharedAlready      = fault.New(fault.Invalid, "cipher.sharedAlready")
	manyOrganizations  = fault.New(fault.Invalid, "cipher.manyOrganizations").On("ciphers")
	notYours           = fault.New(fault.Invalid, "cipher.notYours").On("ciphers")
	intoMyItems        = fault.New(fault.Invalid, "cipher.intoMyItems").On("collectionIds")
)

// named returns collections of an organization, each once. One of somewhere else is a
// fault.
func (w *work) named(ctx context.Context, orgID id.ID, collectionIDs []id.ID) ([]collection.Collection, error) {
	ids := unique(collectionIDs)
	found, err := w.Collections.Named(ctx, orgID, ids)
	if err == nil && len(found) != len(ids) {
		err = unknownCollections
	}
	return found, err
}

// writable returns those of some collections of an organization into which the caller
// may put items. There must be one.
func (s *Service) writable(ctx context.Context, w *work, orgID id.ID, collectionIDs []id.ID) ([]id.ID, error) {
	found, err := w.named(ctx, orgID, collectionIDs)
	if err != nil {
		return nil, err
	}
	ids := []id.ID{}
	for _, c := range found {
		if w.reach.writes(c.ID) {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return nil, noneWritable
	}
	return ids, nil
}

// Share gives an item of the caller's to an organization of theirs: the draft is the
// item, encrypted for the organization. It goes into those of the collections into
// which the caller may put it, of which there must be one.
func (s *Service) Share(ctx context.Context, caller, cipherID id.ID, d Draft, collectionIDs []id.ID) (made Item, err error) {
	in := scope{ciphers: []id.ID{cipherID}, organizations: []id.ID{d.OrganizationID}, collections: collectionIDs}
	err = s.change(ctx, caller, in, func(ctx context.Context, w *work) error {
		it, err := w.one(cipherID)
		if err == nil {
			_, err = w.member(d.OrganizationID)
		}
		if err == nil && it.AccountID.IsZero() {
			err = sharedAlready
		}
		if err != nil {
			return err
		}
		d.ID = cipherID
		shared, into, err := w.share(ctx, collectionIDs, d)
		if err != nil {
			return err
		}
		if err := w.tell(ctx, notice.CipherUpdated, event.CipherShared, shared[0], into); err != nil {
			return err
		}
		made, err = w.again(ctx, cipherID)
		return err
	})
	return made, err
}

// ShareMany is Share for several items, all or none.
func (s *Service) ShareMany(ctx context.Context, caller id.ID, drafts []Draft, collectionIDs []id.ID) (made []Item, err error) {
	if err := s.checkMany(len(drafts)); err != nil {
		return nil, err
	}
	ids := make([]id.ID, len(drafts))
	for i, d := range drafts {
		if ids[i] = d.ID; d.OrganizationID != drafts[0].OrganizationID {
			return nil, manyOrganizations
		}
	}
	in := scope{ciphers: ids, organizations: []id.ID{drafts[0].OrganizationID}, collections: collectionIDs}
	err = s.change(ctx, caller, in, func(ctx context.Context, w *work) error {
		if _, err := w.member(drafts[0].OrganizationID); err != nil {
			return err
		}
		for _, cipherID := range ids {
			if it, err := w.one(cipherID); err != nil || it.AccountID.IsZero() {
				return notYours
			}
		}
		shared, _, err := w.share(ctx, collectionIDs, drafts...)
		if err != nil {
			return err
		}
		if err := w.tellMany(ctx, event.CipherShared, shared...); err != nil {
			return err
		}
		made, err = s.find(ctx, caller, ids...)
		return err
	})
	return made, err
}

// share gives items of the caller's to an organization of theirs, and returns them
// with the collections in which they are.
func (w *work) share(ctx context.Context, collectionIDs []id.ID, drafts ...Draft) ([]Cipher, []id.ID, error) {
	orgID := drafts[0].OrganizationID
	into, err := w.writable(ctx, w, orgID, collectionIDs)
	if err != nil {
		return nil, nil, err
	}
	shared, links, files := make([]Cipher, len(drafts)), []link{}, make(map[id.ID]map[string]content.FileKey, len(drafts))
	for i, d := range drafts {
		it := w.items[d.ID]
		it.OrganizationID = orgID // which is what changes
		if err := fits(it, d); err != nil {
			return nil, nil, err
		}
		if !d.For.IsZero() && d.For != w.reach.caller {
			return nil, nil, forAnother
		}
		c := it.Cipher
		c.AccountID, c.Data, c.RevisedAt = id.ID{}, d.Data, w.at
		shared[i], files[c.ID] = c, d.Files
		links = append(links, linksTo(into, c.ID)...)
	}
	if err := w.Store.Rewrite(ctx, shared...); err != nil {
		return nil, nil, err
	}
	claimed, err := w.Policies.Claims(ctx, orgID, w.reach.caller)
	if err != nil {
		return nil, nil, err
	}
	if err := w.Files.Share(ctx, orgID, claimed, files); err != nil {
		return nil, nil, err
	}
	return shared, into, w.Store.AddLinks(ctx, links...)
}

// SetCollections puts an item into collections and takes it out of others, as far as
// the caller may write them; all others stay. It needs the right to edit the item and
// to see its passwords. The item afterwards may be one that the caller does not see.
func (s *Service) SetCollections(ctx context.Context, caller, cipherID id.ID, collectionIDs []id.ID) (made Item, err error) {
	in := scope{ciphers: []id.ID{cipherID}, collections: collectionIDs}
	err = s.change(ctx, caller, in, func(ctx context.Context, w *work) error {
		it, err := w.one(cipherID)
		if err == nil && (it.OrganizationID.IsZero() || !it.Access.Edit || !it.Access.ViewPassword) {
			err = fault.Gone
		}
		if err != nil {
			return err
		}
		made, err = w.setCollections(ctx, it, collectionIDs, func(l link) bool { return w.reach.writes(l.CollectionID) })
		return err
	})
	return made, err
}

// setCollections has an item be in those of the collections that may be written, and
// stay where they may not.
func (w *work) setCollections(ctx context.Context, it Item, collectionIDs []id.ID, writes func(link) bool) (Item, error) {
	found, err := w.named(ctx, it.OrganizationID, collectionIDs)
	if err != nil {
		return Item{}, err
	}
	var added, removed []link
	wanted := map[id.ID]bool{}
	for _, c := range found {
		l := link{CipherID: it.ID, CollectionID: c.ID, OrganizationID: c.OrganizationID, Type: c.Type}
		wanted[c.ID] = true
		if writes(l) {
			added = append(added, l)
		}
	}
	for _, l := range w.links[it.ID] {
		if !wanted[l.CollectionID] && writes(l) {
			removed = append(removed, l)
		}
	}
	if err := w.checkMyItems(it.ID, added); err != nil {
		return Item{}, err
	}
	if err := w.Store.RemoveLinks(ctx, []id.ID{it.ID}, collectionsOf(removed)); err != nil {
		return Item{}, err
	}
	if err := w.Store.AddLinks(ctx, added...); err != nil {
		return Item{}, err
	}
	if err := w.moved(ctx, it.ID); err != nil {
		return Item{}, err
	}
	return w.again(ctx, it.ID)
}

// moved notes that one item is in other collections than before, and tells everyone
// who saw it or sees it now.
func (w *work) moved(ctx context.Context, cipherID id.ID) error {
	if err := w.Store.Revise(ctx, []id.ID{cipherID}, w.at); err != nil {
		return err
	}
	links, err := w.Store.Links(ctx, []id.ID{cipherID})
	if err != nil {
		return err
	}
	return w.tell(ctx, notice.CipherUpdated, event.CipherCollections, w.items[cipherID].Cipher, collectionsOf(links))
}

// checkMyItems refuses to make one member's own what members share.
func (w *work) checkMyItems(cipherID id.ID, added []link) error {
	for _, l := range w.links[cipherID] {
		if l.Type == collection.MyItems {
			return nil
		}
	}
	for _, l := range added {
		if l.Type == collection.MyItems && len(w.links[cipherID]) > 0 {
			return intoMyItems
		}
	}
	return nil
}

// Assign puts items of an organization into collections, or takes them out. The
// caller must be able to edit each item with its passwords, and to write each
// collection, or nothing happens.
func (s *Service) Assign(ctx context.Context, caller, orgID id.ID, cipherIDs, collectionIDs []id.ID, remove bool) error {
	if err := s.checkMany(len(cipherIDs)); err != nil {
		return err
	}
	in := scope{ciphers: cipherIDs, organizations: []id.ID{orgID}, collections: collectionIDs}
	return s.change(ctx, caller, in, func(ctx context.Context, w *work) error {
		found, err := w.mayAssign(ctx, orgID, cipherIDs, collectionIDs)
		if err != nil {
			return err
		}
		ids := unique(cipherIDs)
		var links []link
		for _, cipherID := range ids {
			for _, c := range found {
				links = append(links, link{cipherID, c.ID, c.OrganizationID, c.Type})
			}
			if err := w.checkMyItems(cipherID, links); err != nil && !remove {
				return err
			}
		}
		if remove {
			err = w.Store.RemoveLinks(ctx, ids, collectionsOf(links))
		} else {
			err = w.Store.AddLinks(ctx, links...)
		}
		if err != nil {
			return err
		}
		if err := w.Store.Revise(ctx, ids, w.at); err != nil {
			return err
		}
		changed := make([]Cipher, len(ids))
		for i, cipherID := range ids {
			changed[i] = w.items[cipherID].Cipher
		}
		return w.tellMany(ctx, event.CipherCollections, changed...)
	})
}

func (w *work) mayAssign(ctx context.Context, orgID id.ID, cipherIDs, collectionIDs []id.ID) ([]collection.Collection, error) {
	m, err := w.member(orgID)
	if err != nil {
		return nil, err
	}
	a := w.admin(m)
	for _, cipherID := range cipherIDs {
		it := w.items[cipherID]
		own := it.Seen && it.Access.Edit && it.Access.ViewPassword
		if it.OrganizationID != orgID || !own && !a.reaches(it) {
			return nil, fault.Gone
		}
	}
	found, err := w.named(ctx, orgID, collectionIDs)
	if err != nil {
		return nil, err
	}
	for _, c := range found {
		if !a.writes(c.ID, c.Type) {
			return nil, fault.Gone
		}
	}
	return found, nil
}
