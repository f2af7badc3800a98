package cipher

import (
	"context"

	"coffre/internal/content"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Own returns the items of a person's own, which are encrypted under their user key.
func (s *Service) Own(ctx context.Context, accountID id.ID) ([]id.ID, error) {
	return s.Store.Own(ctx, accountID)
}

// Rekey replaces what a person's own items say, and the keys of their files, by what they say under a new user
// key. It takes part in the transaction of the caller, who has made sure that none is
// missing. What is no item of the person's own is left out.
func (s *Service) Rekey(ctx context.Context, accountID id.ID, drafts map[id.ID]Draft) error {
	own := make([]id.ID, 0, len(drafts))
	for cipherID := range drafts {
		own = append(own, cipherID)
	}
	found, err := s.Store.Find(ctx, accountID, own)
	if err != nil {
		return err
	}
	rewritten, files := make([]Cipher, 0, len(found)), make(map[id.ID]map[string]content.FileKey, len(found))
	for _, k := range found {
		if k.AccountID != accountID {
			continue
		}
		d := drafts[k.ID]
		if d.Type != k.Type {
			return fault.Malformed("accountData.ciphers.type")
		}
		k.Data, k.RevisedAt = d.Data, s.Now()
		rewritten, files[k.ID] = append(rewritten, k.Cipher), d.Files
	}
	if err := s.Store.Rewrite(ctx, rewritten...); err != nil {
		return err
	}
	return s.Files.Rename(ctx, files)
}
