package send

import (
	"context"
	"io"
	"net/http"

	"coffre/internal/blob"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
)

const (
	linkPurpose = "send"
	downloads   = "/api/sends/download/" // before the token
)

var uploadOver = fault.Gone

// Receive takes the content of a Send's file as it comes, once. When it is not as
// large as was announced, the Send is deleted, unless another upload was faster.
func (s *Service) Receive(ctx context.Context, caller, sendID id.ID, blobID string, content io.Reader) error {
	v, err := s.ofFile(ctx, caller, sendID, blobID)
	if err != nil {
		return err
	}
	_, err = s.Blobs.Receive(ctx, v.BlobID, content)
	if !blob.IsWrongSize(err) {
		return err
	}
	failure := s.change(context.WithoutCancel(ctx), caller, func(ctx context.Context) error { return s.dropWaiting(ctx, v) })
	if failure != nil && fault.KindOf(failure) != fault.NotFound {
		return failure
	}
	return err
}

// Waiting returns a Send of the caller's whose file has not come yet.
func (s *Service) Waiting(ctx context.Context, caller, sendID id.ID, blobID string) (Send, error) {
	v, err := s.ofFile(ctx, caller, sendID, blobID)
	if err != nil {
		return Send{}, err
	}
	b, err := s.Blobs.Get(ctx, v.BlobID)
	if err == nil && b.Uploaded() {
		err = uploadOver
	}
	return v, err
}

func (s *Service) ofFile(ctx context.Context, caller, sendID id.ID, blobID string) (Send, error) {
	v, err := s.Store.Own(ctx, caller, sendID)
	if err == nil && (v.BlobID == "" || v.BlobID != blobID) {
		err = fault.Gone
	}
	return v, err
}

// serve answers whoever holds a link of Fetch with the file, as long as the Send is
// there: an owner who deletes it or switches it off means at once.
func (s *Service) serve(w http.ResponseWriter, req *http.Request, token string) error {
	subject, blobID, err := s.Blobs.ReadLink(linkPurpose, token)
	if err != nil {
		return err
	}
	v, err := s.Store.ByBlob(req.Context(), blobID)
	v.MaxAccesses = nil // this access has been counted
	if err == nil && (v.ID.String() != subject || !v.IsOpen(s.Now())) {
		err = fault.Gone
	}
	if err != nil {
		return err
	}
	return s.Blobs.Serve(w, req, blobID)
}

// Abandoned deletes the Send whose file never came, in the transaction of ctx, in
// which the file's row goes as well.
func (s *Service) Abandoned(ctx context.Context, b blob.Blob) error {
	v, err := s.Store.ByBlob(ctx, b.ID)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.Accounts.Touch(ctx, v.AccountID); err != nil {
		return err
	}
	return s.dropWaiting(ctx, v)
}

// dropWaiting deletes a Send with its file, in the transaction of ctx, unless the
// content has come, and tells its owner's clients.
func (s *Service) dropWaiting(ctx context.Context, v Send) error {
	gone, err := s.Blobs.DropWaiting(ctx, v.BlobID)
	if err == nil && gone {
		s.Announce(ctx, notice.Send(notice.SendDeleted, v.AccountID, v.ID, s.Now()))
	}
	return err
}

// Views returns the caller's Sends as clients see them, with two questions to the
// database.
func (s *Service) Views(ctx context.Context, caller id.ID) ([]View, error) {
	list, err := s.Store.ListOf(ctx, caller)
	if err != nil {
		return nil, err
	}
	var blobIDs []string
	for _, v := range list {
		if v.BlobID != "" {
			blobIDs = append(blobIDs, v.BlobID)
		}
	}
	blobs, err := s.Blobs.List(ctx, blobIDs)
	views := make([]View, len(list))
	for i, v := range list {
		views[i] = viewOf(v, blobs[v.BlobID])
	}
	return views, err
}
