package cipher

import (
	"context"
	"time"

	"coffre/internal/content"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
)

// Files is what this room asks of the one that keeps the files of items. What changes
// does so in the transaction of ctx.
type Files interface {
	// On returns the files of some items.
	On(ctx context.Context, cipherIDs []id.ID) (map[id.ID][]content.Attachment, error)
	// Of returns the files of all items of some people and organizations.
	Of(ctx context.Context, owners []id.ID) (map[id.ID][]content.Attachment, error)
	// In returns the files of the items in some collections.
	In(ctx context.Context, collectionIDs []id.ID) (map[id.ID][]content.Attachment, error)
	// Rename gives files of items new names and keys. What is no file of the item is
	// left out.
	Rename(ctx context.Context, keys map[id.ID]map[string]content.FileKey) error
	// Share makes the files of items an organization's, of which items have become. What
	// it has claimed may be more than it has storage for.
	Share(ctx context.Context, orgID id.ID, claimed bool, keys map[id.ID]map[string]content.FileKey) error
	// Drop deletes the files of items that are about to be deleted.
	Drop(ctx context.Context, cipherIDs []id.ID) error
}

// FileChange is a change of the files of an item.
type FileChange struct {
	What    event.Type
	Known   time.Time // the revision on which it is based; zero when the client does not say
	AsAdmin bool      // whether it is by right of a role
}

// ChangeFiles runs fn with an item that the caller may edit, in a transaction in which
// the item gets its new revision, and returns the item as it is afterwards.
func (s *Service) ChangeFiles(
	ctx context.Context, caller, cipherID id.ID, c FileChange, fn func(context.Context, Item) error,
) (made Item, err error) {
	do := func(ctx context.Context, w *work, it Item) error {
		if err := fresh(it, c.Known); err != nil {
			return err
		}
		if err := fn(ctx, it); err != nil {
			return err
		}
		if err := s.Store.Revise(ctx, []id.ID{cipherID}, w.at); err != nil {
			return err
		}
		if err := w.tell(ctx, notice.CipherUpdated, c.What, it.Cipher, w.collections(cipherID)); err != nil {
			return err
		}
		made, err = w.again(ctx, cipherID)
		return err
	}
	in := scope{ciphers: []id.ID{cipherID}}
	if c.AsAdmin {
		err = s.asAdmin(ctx, caller, in, id.ID{}, edits, func(ctx context.Context, w *work, items []Item) error {
			return do(ctx, w, items[0])
		})
		return made, err
	}
	err = s.change(ctx, caller, in, func(ctx context.Context, w *work) error {
		it, err := w.one(cipherID)
		if err == nil && !it.Access.Edit {
			err = readOnly
		}
		if err != nil {
			return err
		}
		return do(ctx, w, it)
	})
	return made, err
}

// WritesIn reports whether a person may put items into a collection of an organization.
func (s *Service) WritesIn(ctx context.Context, accountID, orgID id.ID) (bool, error) {
	r, err := s.reachOf(ctx, accountID)
	for _, a := range r.collections {
		if a.Collection.OrganizationID == orgID && r.writes(a.Collection.ID) {
			return true, err
		}
	}
	return false, err
}

// Editable returns an item that the caller may edit, by having it or by their role.
func (s *Service) Editable(ctx context.Context, caller, cipherID id.ID) (Item, error) {
	it, err := s.Get(ctx, caller, cipherID)
	if err == nil && it.Access.Edit {
		return it, nil
	}
	byRole, failure := s.EditableAsAdmin(ctx, caller, cipherID)
	if err == nil && fault.KindOf(failure) == fault.NotFound {
		failure = readOnly // of which the caller knows
	}
	return byRole, failure
}

// EditableAsAdmin returns an item that the caller may edit, who may edit any
// collection.
func (s *Service) EditableAsAdmin(ctx context.Context, caller, cipherID id.ID) (Item, error) {
	items, err := s.find(ctx, caller, cipherID)
	if err != nil {
		return Item{}, err
	}
	r, err := s.reachOf(ctx, caller)
	if err != nil {
		return Item{}, err
	}
	links, err := s.Store.Links(ctx, []id.ID{cipherID})
	if err != nil {
		return Item{}, err
	}
	w := &work{Service: s, reach: r, links: byCipher(links)}
	for _, it := range items {
		m, member := r.organizations[it.OrganizationID]
		if member && mayEditAny(m.Member) && (w.admin(m).reaches(it) || it.Seen && it.Access.Edit) {
			return it, nil
		}
	}
	return Item{}, fault.Gone
}

// Revise gives items that changed by nobody's hand a new revision, in the transaction
// of ctx, and has whoever sees them look.
func (s *Service) Revise(ctx context.Context, cipherIDs ...id.ID) error {
	found, err := s.Store.Find(ctx, id.ID{}, cipherIDs)
	if err != nil || len(found) == 0 {
		return err
	}
	ciphers := make([]Cipher, len(found))
	for i, k := range found {
		ciphers[i] = k.Cipher
	}
	people, err := s.viewers(ctx, ciphers)
	if err != nil {
		return err
	}
	if err := s.Accounts.Touch(ctx, people...); err != nil {
		return err
	}
	s.Announce(ctx, notice.Ciphers(s.Now(), people...))
	return s.Store.Revise(ctx, cipherIDs, s.Now())
}

// viewers returns the people who see some items.
func (s *Service) viewers(ctx context.Context, ciphers []Cipher) ([]id.ID, error) {
	ids, people := make([]id.ID, len(ciphers)), []id.ID{}
	for i, c := range ciphers {
		if ids[i] = c.ID; !c.AccountID.IsZero() {
			people = append(people, c.AccountID)
		}
	}
	links, err := s.Store.Links(ctx, ids)
	if err != nil {
		return nil, err
	}
	members, err := s.Collections.PeopleWith(ctx, collectionsOf(links))
	return unique(append(people, members...)), err
}

// erase deletes items for good, with their files.
func (s *Service) erase(ctx context.Context, cipherIDs []id.ID) error {
	if err := s.Files.Drop(ctx, cipherIDs); err != nil {
		return err
	}
	return s.Store.Delete(ctx, cipherIDs)
}
