package rotation

import (
	"context"

	"coffre/internal/cipher"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Ciphers is the Part of a person's own items. Those of organizations are encrypted
// under the keys of these, and stay.
type Ciphers struct{ Ciphers *cipher.Service }

const ciphersField = "accountData.ciphers"

var ciphersMissing = fault.New(fault.Invalid, "rotation.ciphers").On(ciphersField)

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
	return nil
}

// Apply implements [Part].
func (p Ciphers) Apply(ctx context.Context, accountID id.ID, r Rotation) error {
	return p.Ciphers.Rekey(ctx, accountID, r.Ciphers)
}
