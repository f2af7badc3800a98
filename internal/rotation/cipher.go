package rotation

import (
	"context"
	"maps"
	"slices"

	"coffre/internal/cipher"
	"coffre/internal/content"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Ciphers is the Part of a person's own items. Those of organizations are encrypted
// under the keys of these, and stay.
type Ciphers struct{ Ciphers *cipher.Service }

const ciphersField = "accountData.ciphers"

var (
	ciphersMissing = fault.New(fault.Invalid, "rotation.ciphers").On(ciphersField)
	filesMissing   = fault.New(fault.Invalid, "rotation.files").On(ciphersField)
)

// Check implements [Part].
func (p Ciphers) Check(ctx context.Context, accountID id.ID, r Rotation) error {
	own, err := p.Ciphers.Own(ctx, accountID)
	if err != nil {
		return err
	}
	for _, cipherID := range own {
		if _, there := r.Ciphers[cipherID]; !there {
			return ciphersMissing
		}
	}
	return p.checkFiles(ctx, accountID, r)
}

// checkFiles returns a fault when a file's key is missing that is wrapped under the user
// key, and not under one that its item had and has. A file without a key is encrypted
// under the user key itself: no new key opens it.
func (p Ciphers) checkFiles(ctx context.Context, accountID id.ID, r Rotation) error {
	files, err := p.Ciphers.Files.Of(ctx, []id.ID{accountID})
	if err != nil || len(files) == 0 {
		return err
	}
	found, err := p.Ciphers.Store.Find(ctx, accountID, slices.Collect(maps.Keys(files)))
	if err != nil {
		return err
	}
	for _, was := range found {
		d := r.Ciphers[was.ID]
		keyed := content.HasKey(was.Data) && content.HasKey(d.Data)
		for _, file := range files[was.ID] {
			if file.Key == "" || d.Files[file.ID].Key == "" && !keyed {
				return filesMissing
			}
		}
	}
	return nil
}

// Apply implements [Part].
func (p Ciphers) Apply(ctx context.Context, accountID id.ID, r Rotation) error {
	return p.Ciphers.Rekey(ctx, accountID, r.Ciphers)
}
