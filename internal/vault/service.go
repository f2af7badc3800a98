package vault

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/cipher"
	"coffre/internal/collection"
	"coffre/internal/domain"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/passkey"
	"coffre/internal/policy"
	"coffre/internal/send"
)

// Service is what the rest of the server may do with vaults.
type Service struct {
	Store       Store
	Accounts    *account.Service
	Collections *collection.Service
	Ciphers     *cipher.Service
	Policies    *policy.Service
	// Passkeys returns the passkeys with which a person opens their vault.
	Passkeys func(ctx context.Context, accountID id.ID) ([]passkey.Passkey, error)
	// Sends returns a person's Sends as clients see them.
	Sends func(ctx context.Context, accountID id.ID) ([]send.View, error)
	// Domains returns what a person's clients take for one owner.
	Domains func(ctx context.Context, accountID id.ID) (domain.Domains, error)
	// Announce tells clients what happened, once the transaction of ctx is committed.
	Announce func(ctx context.Context, n notice.Notice)
	Now      func() time.Time
}

// Folder returns a folder of the caller, or fault.Gone.
func (s *Service) Folder(ctx context.Context, caller, folderID id.ID) (Folder, error) {
	return s.Store.Folder(ctx, caller, folderID)
}

// ListFolders returns the caller's folders.
func (s *Service) ListFolders(ctx context.Context, caller id.ID) ([]Folder, error) {
	return s.Store.Folders(ctx, caller)
}

// CreateFolder makes a folder for the caller. The name is ciphertext.
func (s *Service) CreateFolder(ctx context.Context, caller id.ID, name string) (Folder, error) {
	now := s.Now()
	f := Folder{ID: id.New(), AccountID: caller, Name: name, CreatedAt: now, RevisedAt: now}
	return f, s.change(ctx, caller, func(ctx context.Context) error {
		s.Announce(ctx, notice.Folder(notice.FolderCreated, caller, f.ID, now))
		return s.Store.InsertFolder(ctx, f)
	})
}

// AddFolders makes folders of an account in the transaction of the caller, who tells
// clients, and returns their ids in the order of the names.
func (s *Service) AddFolders(ctx context.Context, accountID id.ID, names []string) ([]id.ID, error) {
	now := s.Now()
	folders, ids := make([]Folder, len(names)), make([]id.ID, len(names))
	for i, name := range names {
		ids[i] = id.New()
		folders[i] = Folder{ID: ids[i], AccountID: accountID, Name: name, CreatedAt: now, RevisedAt: now}
	}
	return ids, s.Store.InsertFolders(ctx, folders)
}

// RenameFolder changes the name of a folder of the caller; another is fault.Gone.
func (s *Service) RenameFolder(ctx context.Context, caller, folderID id.ID, name string) (f Folder, err error) {
	err = s.change(ctx, caller, func(ctx context.Context) error {
		found, err := s.Store.RenameFolder(ctx, caller, folderID, name, s.Now())
		if err == nil && !found {
			err = fault.Gone
		}
		if err != nil {
			return err
		}
		f, err = s.Store.Folder(ctx, caller, folderID)
		s.Announce(ctx, notice.Folder(notice.FolderUpdated, caller, folderID, f.RevisedAt))
		return err
	})
	return f, err
}

// DeleteFolders deletes folders of the caller, all of them or, when one is not
// the caller's, none: fault.Gone. What lay in them stays.
func (s *Service) DeleteFolders(ctx context.Context, caller id.ID, folderIDs ...id.ID) error {
	return s.change(ctx, caller, func(ctx context.Context) error {
		deleted, err := s.Store.DeleteFolders(ctx, caller, folderIDs)
		if err == nil && deleted != int64(len(folderIDs)) {
			err = fault.Gone
		}
		for _, folderID := range folderIDs {
			s.Announce(ctx, notice.Folder(notice.FolderDeleted, caller, folderID, s.Now()))
		}
		return err
	})
}

// DeleteAllFolders deletes every folder of the caller.
func (s *Service) DeleteAllFolders(ctx context.Context, caller id.ID) error {
	return s.change(ctx, caller, func(ctx context.Context) error {
		s.Announce(ctx, notice.Vault(s.Now(), caller))
		return s.Store.DeleteAllFolders(ctx, caller)
	})
}

// Rekey gives the caller's folders their names under a new user key. It takes part
// in the transaction of the caller, who has made sure that none is missing. What is
// no folder of the person is left out.
func (s *Service) Rekey(ctx context.Context, accountID id.ID, names map[id.ID]string) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		for folderID, name := range names {
			if _, err := s.Store.RenameFolder(ctx, accountID, folderID, name, s.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// change makes a change together with the date by which other devices notice it.
func (s *Service) change(ctx context.Context, caller id.ID, fn func(context.Context) error) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Accounts.TouchOwn(ctx, caller); err != nil {
			return err
		}
		return fn(ctx)
	})
}
