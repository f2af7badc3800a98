package cipher

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
)

// What people do with items for themselves changes nothing for others, nor the
// revision of the item. It takes no more than to see it.

var (
	archivedAlready = fault.New(fault.Invalid, "cipher.archivedAlready")
	notArchived     = fault.New(fault.Invalid, "cipher.notArchived")
)

// SetPersonal puts an item into a folder of the caller's, and makes it a favorite or
// not.
func (s *Service) SetPersonal(ctx context.Context, caller, cipherID, folderID id.ID, favorite bool) (it Item, err error) {
	err = s.change(ctx, caller, scope{ciphers: []id.ID{cipherID}, own: true}, func(ctx context.Context, w *work) error {
		if it, err = w.one(cipherID); err != nil {
			return err
		}
		if err := s.checkFolder(ctx, caller, folderID); err != nil {
			return err
		}
		is := Personal{FolderID: folderID, Favorite: favorite, ArchivedAt: it.ArchivedAt}
		err := s.putPersonal(ctx, caller, it.ID, it.Personal, is)
		it.Personal = is
		s.Announce(ctx, notice.Ciphers(w.at, caller))
		return err
	})
	return it, err
}

// Move puts items into a folder of the caller's, or out of any when it is zero. What
// the caller does not see is passed over.
func (s *Service) Move(ctx context.Context, caller id.ID, cipherIDs []id.ID, folderID id.ID) error {
	if err := s.checkMany(len(cipherIDs)); err != nil {
		return err
	}
	return s.change(ctx, caller, scope{ciphers: cipherIDs, own: true}, func(ctx context.Context, w *work) error {
		if err := s.checkFolder(ctx, caller, folderID); err != nil {
			return err
		}
		_, err := w.setAll(ctx, func(p Personal) (Personal, bool) {
			p.FolderID = folderID
			return p, true
		})
		return err
	})
}

// setAll changes what the caller's own is of each item that they see, and returns
// those that changed.
func (w *work) setAll(ctx context.Context, change func(Personal) (Personal, bool)) ([]Item, error) {
	changed, by := []Item{}, map[id.ID]Personal{}
	for _, cipherID := range w.order {
		it := w.items[cipherID]
		if is, needed := change(it.Personal); it.Seen && needed {
			it.Personal, by[it.ID] = is, is
			changed = append(changed, it)
		}
	}
	if len(changed) > 0 {
		w.Announce(ctx, notice.Ciphers(w.at, w.reach.caller))
	}
	return changed, w.Store.PutPersonal(ctx, w.reach.caller, by)
}

// Archive hides items from the caller's lists; Unarchive shows them again. When there
// is none with which that can be done, it is a fault, and of one that the caller does
// not see fault.Gone.
func (s *Service) Archive(ctx context.Context, caller id.ID, cipherIDs []id.ID) ([]Item, error) {
	now := s.Now()
	return s.archive(ctx, caller, cipherIDs, archivedAlready, func(p Personal) (Personal, bool) {
		was := p.ArchivedAt
		p.ArchivedAt = now
		return p, was.IsZero()
	})
}

// Unarchive is described with Archive.
func (s *Service) Unarchive(ctx context.Context, caller id.ID, cipherIDs []id.ID) ([]Item, error) {
	return s.archive(ctx, caller, cipherIDs, notArchived, func(p Personal) (Personal, bool) {
		was := p.ArchivedAt
		p.ArchivedAt = time.Time{}
		return p, !was.IsZero()
	})
}

func (s *Service) archive(
	ctx context.Context, caller id.ID, cipherIDs []id.ID, nothing error, change func(Personal) (Personal, bool),
) (changed []Item, err error) {
	if err := s.checkMany(len(cipherIDs)); err != nil {
		return nil, err
	}
	err = s.change(ctx, caller, scope{ciphers: cipherIDs, own: true}, func(ctx context.Context, w *work) error {
		if len(cipherIDs) == 1 {
			if _, err := w.one(cipherIDs[0]); err != nil {
				return err
			}
		}
		changed, err = w.setAll(ctx, change)
		if err == nil && len(changed) == 0 {
			err = nothing
		}
		return err
	})
	return changed, err
}

// Purge deletes all items and folders of the caller, who proves to be the one.
func (s *Service) Purge(ctx context.Context, caller id.ID, proof account.Secret) error {
	if err := s.Accounts.VerifySecret(ctx, caller, proof); err != nil {
		return err
	}
	return s.change(ctx, caller, scope{}, func(ctx context.Context, w *work) error {
		own, err := s.Store.Own(ctx, caller)
		if err != nil {
			return err
		}
		if err := s.erase(ctx, own); err != nil {
			return err
		}
		s.Announce(ctx, notice.Vault(w.at, caller))
		return s.DropFolders(ctx, caller)
	})
}

// PurgeOrganization deletes the items of an organization, for whoever may edit any
// collection and proves to be the one. What is in a collection of a member's own
// stays there.
func (s *Service) PurgeOrganization(ctx context.Context, caller, orgID id.ID, proof account.Secret) error {
	if _, _, err := s.Organizations.Within(ctx, caller, orgID, mayEditAny); err != nil {
		return err
	}
	if err := s.Accounts.VerifySecret(ctx, caller, proof); err != nil {
		return err
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Organizations.Lock(ctx, orgID); err != nil {
			return err
		}
		if _, _, err := s.Organizations.Within(ctx, caller, orgID, mayEditAny); err != nil {
			return err
		}
		shared, err := s.Store.Shared(ctx, orgID)
		if err != nil {
			return err
		}
		if err := s.erase(ctx, shared); err != nil {
			return err
		}
		if err := s.Store.Unshare(ctx, orgID); err != nil {
			return err
		}
		s.Announce(ctx, notice.Notice{Kind: notice.VaultChanged, Organization: orgID, At: s.Now()})
		if err := s.Organizations.TouchMembers(ctx, orgID); err != nil {
			return err
		}
		return s.Record(ctx, event.Event{OrganizationID: orgID, Type: event.VaultPurged})
	})
}
