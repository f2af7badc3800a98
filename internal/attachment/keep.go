package attachment

import (
	"context"

	"coffre/internal/blob"
	"coffre/internal/content"
	"coffre/internal/id"
)

// What the room of the items asks of this one: see cipher.Files.

// On returns the files of some items.
func (s *Service) On(ctx context.Context, cipherIDs []id.ID) (map[id.ID][]content.Attachment, error) {
	list, err := s.Store.On(ctx, cipherIDs)
	return s.byItem(list), err
}

// Of returns the files of all items of some people and organizations.
func (s *Service) Of(ctx context.Context, owners []id.ID) (map[id.ID][]content.Attachment, error) {
	list, err := s.Store.Of(ctx, owners)
	return s.byItem(list), err
}

// In returns the files of the items in some collections.
func (s *Service) In(ctx context.Context, collectionIDs []id.ID) (map[id.ID][]content.Attachment, error) {
	list, err := s.Store.In(ctx, collectionIDs)
	return s.byItem(list), err
}

func (s *Service) byItem(list []Attachment) map[id.ID][]content.Attachment {
	by := make(map[id.ID][]content.Attachment, len(list))
	for _, a := range list {
		by[a.CipherID] = append(by[a.CipherID], s.shown(a))
	}
	return by
}

// shown returns a file as the item's readers see it.
func (s *Service) shown(a Attachment) content.Attachment {
	return content.Attachment{
		ID: a.ID, FileName: a.FileName, Key: a.Key, Size: a.Size,
		URL: s.VaultURL + "/api/ciphers/" + a.CipherID.String() + "/attachment/" + a.ID,
	}
}

// Rename gives files of items new names and keys, in the transaction of ctx. What is
// no file of the item is left out.
func (s *Service) Rename(ctx context.Context, keys map[id.ID]map[string]content.FileKey) error {
	list, err := s.named(ctx, keys)
	if err != nil {
		return err
	}
	changed := []Attachment{}
	for _, a := range list {
		if k, named := keys[a.CipherID][a.ID]; named {
			changed = append(changed, a.keyed(k))
		}
	}
	return s.Store.Put(ctx, changed...)
}

func (s *Service) named(ctx context.Context, keys map[id.ID]map[string]content.FileKey) ([]Attachment, error) {
	cipherIDs := make([]id.ID, 0, len(keys))
	for cipherID := range keys {
		cipherIDs = append(cipherIDs, cipherID)
	}
	return s.Store.On(ctx, cipherIDs)
}

// Share makes the files of items an organization's, of which the items have become, in
// the transaction of ctx. It is refused when the organization has no storage for them,
// unless it has claimed them, and when there is one that its members could not read.
func (s *Service) Share(ctx context.Context, orgID id.ID, claimed bool, keys map[id.ID]map[string]content.FileKey) error {
	list, err := s.named(ctx, keys)
	if err != nil || len(list) == 0 {
		return err
	}
	var moved, dropped []string
	for i, a := range list {
		was := a.BlobID
		a, former := a.taken(orgID)
		a = a.keyed(keys[a.CipherID][a.ID])
		if a.Key == "" {
			return notReady
		}
		if a.BlobID == was {
			moved = append(moved, was)
		}
		list[i], dropped = a, append(dropped, former...)
	}
	// Storage is held before what is kept of files, as whoever adds one does.
	if err := s.hand(ctx, orgID, claimed, moved); err != nil {
		return err
	}
	if err := s.Store.Put(ctx, list...); err != nil {
		return err
	}
	return s.Blobs.Drop(ctx, dropped...)
}

// hand makes contents an organization's.
func (s *Service) hand(ctx context.Context, orgID id.ID, claimed bool, blobIDs []string) error {
	owner := blob.Owner{OrganizationID: orgID}
	if claimed {
		return s.Blobs.Hand(ctx, blobIDs, owner)
	}
	if err := s.hasStorage(ctx, owner); err != nil {
		return err
	}
	return s.Blobs.Move(ctx, blobIDs, owner)
}

// Drop deletes the files of items that are about to be deleted, in the transaction of
// ctx.
func (s *Service) Drop(ctx context.Context, cipherIDs []id.ID) error {
	list, err := s.Store.On(ctx, cipherIDs)
	if err != nil {
		return err
	}
	var blobIDs []string
	for _, a := range list {
		blobIDs = append(blobIDs, a.blobs()...)
	}
	return s.Blobs.Drop(ctx, blobIDs...)
}

func (s *Service) hasStorage(ctx context.Context, o blob.Owner) error {
	quota, err := s.Blobs.Quota(ctx, o)
	if err == nil && quota == 0 {
		err = noStorage
	}
	return err
}
