package rotation

import (
	"context"

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
// key, and not under one of its item.
func (p Ciphers) checkFiles(ctx context.Context, accountID id.ID, r Rotation) error {
	files, err := p.Ciphers.Files.Of(ctx, []id.ID{accountID})
	if err != nil {
		return err
	}
	for cipherID, of := range files {
		d := r.Ciphers[cipherID]
		for _, file := range of {
			if d.Files[file.ID].Key == "" && !content.HasKey(d.Data) {
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
