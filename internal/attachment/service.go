package attachment

import (
	"context"
	"io"
	"net/http"
	"time"

	"coffre/internal/account"
	"coffre/internal/blob"
	"coffre/internal/cipher"
	"coffre/internal/content"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Service is what the rest of the server may do with the files of items.
type Service struct {
	Store    Store
	Ciphers  *cipher.Service
	Accounts *account.Service
	Blobs    *blob.Service
	Now      func() time.Time
	VaultURL string // the web vault, without a slash at the end
}

const (
	linkPurpose = "attachment"
	downloads   = "/api/ciphers/attachment/download?token=" // before the token
)

// Draft is a file that is to come.
type Draft struct {
	FileName, Key string
	Size          int64     // in bytes, about
	Known         time.Time // the revision of the item that the client knows; zero when it does not say
	AsAdmin       bool      // whether the caller adds it by right of a role
}

// Create adds a file to an item that the caller may edit. Its content follows: see
// Receive.
func (s *Service) Create(ctx context.Context, caller, cipherID id.ID, d Draft) (made Attachment, it cipher.Item, err error) {
	change := cipher.FileChange{What: event.AttachmentCreated, Known: d.Known, AsAdmin: d.AsAdmin}
	it, err = s.Ciphers.ChangeFiles(ctx, caller, cipherID, change, func(ctx context.Context, it cipher.Item) error {
		b, err := s.reserve(ctx, it, d.Size)
		if err != nil {
			return err
		}
		made = Attachment{ID: b.ID, CipherID: cipherID, BlobID: b.ID, FileName: d.FileName, Key: d.Key, Size: d.Size}
		return s.Store.Insert(ctx, made)
	})
	return made, it, err
}

// reserve makes room for a file of an item, on the account of whoever owns that.
func (s *Service) reserve(ctx context.Context, it cipher.Item, size int64) (blob.Blob, error) {
	owner := blob.Owner{AccountID: it.AccountID, OrganizationID: it.OrganizationID}
	if err := s.mayStore(ctx, owner); err != nil {
		return blob.Blob{}, err
	}
	return s.Blobs.Reserve(ctx, owner, size)
}

// mayStore reports why an owner has no files: a person lacks premium, an organization
// has a plan without storage.
func (s *Service) mayStore(ctx context.Context, o blob.Owner) error {
	if !o.AccountID.IsZero() {
		a, err := s.Accounts.Get(ctx, o.AccountID)
		if err != nil {
			return err
		}
		premium, err := s.Accounts.HasPremium(ctx, a)
		if err == nil && !premium {
			err = needsPremium
		}
		return err
	}
	return s.hasStorage(ctx, o)
}

// Receive takes the content of a file as it comes, once. When it is not as large as was
// announced, the file is deleted.
func (s *Service) Receive(ctx context.Context, caller, cipherID id.ID, attachmentID string, content io.Reader) error {
	a, err := s.editable(ctx, caller, cipherID, attachmentID)
	if err != nil {
		return err
	}
	_, err = s.Blobs.Receive(ctx, a.BlobID, content)
	if !blob.IsWrongSize(err) {
		return err
	}
	if failure := s.discard(ctx, a); failure != nil {
		return failure
	}
	return err
}

// editable returns a file of an item that the caller may edit.
func (s *Service) editable(ctx context.Context, caller, cipherID id.ID, attachmentID string) (Attachment, error) {
	if _, err := s.Ciphers.Editable(ctx, caller, cipherID); err != nil {
		return Attachment{}, err
	}
	return s.get(ctx, cipherID, attachmentID)
}

// get returns a file of an item. What nobody can have named is fault.Gone.
func (s *Service) get(ctx context.Context, cipherID id.ID, attachmentID string) (Attachment, error) {
	if !blob.IsID(attachmentID) {
		return Attachment{}, fault.Gone
	}
	return s.Store.Get(ctx, cipherID, attachmentID)
}

// discard deletes a file whose content has not come, and will not.
func (s *Service) discard(ctx context.Context, a Attachment) error {
	ctx = context.WithoutCancel(ctx)
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Ciphers.Revise(ctx, a.CipherID); err != nil {
			return err
		}
		_, err := s.Blobs.DropWaiting(ctx, a.BlobID)
		return err
	})
}

// Add adds a file with its content to an item, as old clients do. When the content does
// not come whole, there is no file.
func (s *Service) Add(ctx context.Context, caller, cipherID id.ID, d Draft, content io.Reader) (cipher.Item, error) {
	made, it, err := s.Create(ctx, caller, cipherID, d)
	if err != nil {
		return it, err
	}
	b, err := s.Blobs.Receive(ctx, made.BlobID, content)
	if err != nil {
		if failure := s.discard(ctx, made); failure != nil {
			return it, failure
		}
		return it, err
	}
	for i, shown := range it.Attachments {
		if shown.ID == made.ID {
			it.Attachments[i].Size = b.Size
		}
	}
	return it, nil
}

// Waiting returns a file, of an item that the caller may edit, whose content has not
// come yet.
func (s *Service) Waiting(ctx context.Context, caller, cipherID id.ID, attachmentID string) (Attachment, error) {
	a, err := s.editable(ctx, caller, cipherID, attachmentID)
	if err != nil {
		return a, err
	}
	b, err := s.Blobs.Get(ctx, a.BlobID)
	if err == nil && b.Uploaded() {
		err = fault.Gone
	}
	return a, err
}

// Get returns a file of an item that the caller has, with an address from which whoever
// knows it may fetch the content for a minute.
func (s *Service) Get(ctx context.Context, caller, cipherID id.ID, attachmentID string) (content.Attachment, error) {
	if _, err := s.Ciphers.Get(ctx, caller, cipherID); err != nil {
		return content.Attachment{}, err
	}
	return s.linked(ctx, cipherID, attachmentID)
}

// GetAsAdmin is Get for whoever may edit any collection.
func (s *Service) GetAsAdmin(ctx context.Context, caller, cipherID id.ID, attachmentID string) (content.Attachment, error) {
	if _, err := s.Ciphers.EditableAsAdmin(ctx, caller, cipherID); err != nil {
		return content.Attachment{}, err
	}
	return s.linked(ctx, cipherID, attachmentID)
}

// OfOwn is Get of an item of a person's own that is not in the trash, for somebody who
// may read it in an emergency.
func (s *Service) OfOwn(ctx context.Context, accountID, cipherID id.ID, attachmentID string) (content.Attachment, error) {
	it, err := s.Ciphers.Get(ctx, accountID, cipherID)
	if err == nil && (it.AccountID != accountID || !it.DeletedAt.IsZero()) {
		err = fault.Gone
	}
	if err != nil {
		return content.Attachment{}, err
	}
	return s.linked(ctx, cipherID, attachmentID)
}

func (s *Service) linked(ctx context.Context, cipherID id.ID, attachmentID string) (content.Attachment, error) {
	a, err := s.get(ctx, cipherID, attachmentID)
	if err != nil {
		return content.Attachment{}, err
	}
	b, err := s.Blobs.Get(ctx, a.BlobID)
	if err == nil && !b.Uploaded() {
		err = fault.Gone
	}
	if err != nil {
		return content.Attachment{}, err
	}
	token, err := s.Blobs.Link(linkPurpose, a.subject(), a.BlobID)
	shown := s.shown(a)
	shown.URL = s.VaultURL + downloads + token
	return shown, err
}

// serve answers whoever holds a link with the content, as long as the file is there.
func (s *Service) serve(w http.ResponseWriter, req *http.Request, token string) error {
	subject, blobID, err := s.Blobs.ReadLink(linkPurpose, token)
	if err != nil {
		return err
	}
	a, err := s.Store.ByBlob(req.Context(), blobID)
	if err == nil && (a.subject() != subject || a.BlobID != blobID) {
		err = fault.Gone
	}
	if err != nil {
		return err
	}
	return s.Blobs.Serve(w, req, blobID)
}

// Delete deletes a file of an item that the caller may edit, and returns the item.
func (s *Service) Delete(ctx context.Context, caller, cipherID id.ID, attachmentID string) (cipher.Item, error) {
	return s.delete(ctx, caller, cipherID, attachmentID, false)
}

// DeleteAsAdmin is Delete for whoever may edit any collection.
func (s *Service) DeleteAsAdmin(ctx context.Context, caller, cipherID id.ID, attachmentID string) (cipher.Item, error) {
	return s.delete(ctx, caller, cipherID, attachmentID, true)
}

func (s *Service) delete(ctx context.Context, caller, cipherID id.ID, attachmentID string, asAdmin bool) (cipher.Item, error) {
	change := cipher.FileChange{What: event.AttachmentDeleted, AsAdmin: asAdmin}
	return s.Ciphers.ChangeFiles(ctx, caller, cipherID, change, func(ctx context.Context, _ cipher.Item) error {
		a, err := s.get(ctx, cipherID, attachmentID)
		if err != nil {
			return err
		}
		return s.Blobs.Drop(ctx, a.blobs()...)
	})
}

// Abandoned notes on its item that a file goes whose content never came, in the
// transaction of ctx, in which the content's row goes as well.
func (s *Service) Abandoned(ctx context.Context, b blob.Blob) error {
	a, err := s.Store.ByBlob(ctx, b.ID)
	if fault.KindOf(err) == fault.NotFound || err == nil && a.BlobID != b.ID {
		return nil
	}
	if err != nil {
		return err
	}
	return s.Ciphers.Revise(ctx, a.CipherID)
}
