package attachment

import (
	"context"
	"io"

	"coffre/internal/blob"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Prepare takes what a file of the caller's is to be once its item is an organization's
// of theirs. Very old clients encrypted files under the key of the vault, so these have
// to come anew; the size is about what is announced.
func (s *Service) Prepare(
	ctx context.Context, caller, cipherID, orgID id.ID, attachmentID string, n Next, size int64, content io.Reader,
) error {
	var err error
	if n.BlobID, err = s.reserveNext(ctx, caller, cipherID, orgID, attachmentID, n, size); err != nil {
		return err
	}
	if _, err = s.Blobs.Receive(ctx, n.BlobID, content); err != nil {
		if _, failure := s.Blobs.DropWaiting(context.WithoutCancel(ctx), n.BlobID); failure != nil {
			return failure
		}
	}
	return err
}

// reserveNext makes room for what a file is to be, in the place of what it was to be.
// Meanwhile the item does not become an organization's.
func (s *Service) reserveNext(
	ctx context.Context, caller, cipherID, orgID id.ID, attachmentID string, n Next, size int64,
) (blobID string, err error) {
	owner := blob.Owner{OrganizationID: orgID}
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Accounts.TouchOwn(ctx, caller); err != nil {
			return err
		}
		a, err := s.shareable(ctx, caller, cipherID, orgID, attachmentID)
		if err != nil {
			return err
		}
		if err := s.hasStorage(ctx, owner); err != nil {
			return err
		}
		b, err := s.Blobs.Reserve(ctx, owner, size)
		if err != nil {
			return err
		}
		blobID, n.BlobID = b.ID, b.ID
		if err := s.Store.Prepare(ctx, a.ID, n); err != nil || a.Next.BlobID == "" {
			return err
		}
		return s.Blobs.Drop(ctx, a.Next.BlobID)
	})
	return blobID, err
}

// shareable returns a file of the caller's own that has to come anew for an
// organization to which they may give its item.
func (s *Service) shareable(ctx context.Context, caller, cipherID, orgID id.ID, attachmentID string) (Attachment, error) {
	it, err := s.Ciphers.Get(ctx, caller, cipherID)
	if err == nil && it.AccountID != caller {
		err = fault.Gone
	}
	if err != nil {
		return Attachment{}, err
	}
	writes, err := s.Ciphers.WritesIn(ctx, caller, orgID)
	if err == nil && !writes {
		err = fault.Gone
	}
	if err != nil {
		return Attachment{}, err
	}
	a, err := s.get(ctx, cipherID, attachmentID)
	if err == nil && a.Key != "" {
		err = needsNone
	}
	return a, err
}
