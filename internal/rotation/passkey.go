package rotation

import (
	"context"
	"slices"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/passkey"
)

// Passkeys is the Part of the passkeys with which a person opens their vault.
type Passkeys struct{ Passkeys *passkey.Service }

const passkeysField = "accountUnlockData.passkeyUnlockData"

var (
	passkeysMissing    = fault.New(fault.Invalid, "rotation.passkeys").On(passkeysField)
	passkeyNoUserKey   = fault.New(fault.Invalid, "rotation.passkeyUserKey").On(passkeysField)
	passkeyNoPublicKey = fault.New(fault.Invalid, "rotation.passkeyPublicKey").On(passkeysField)
)

// Check implements [Part].
func (p Passkeys) Check(ctx context.Context, accountID id.ID, r Rotation) error {
	enabled, err := p.Passkeys.Enabled(ctx, accountID)
	if err != nil {
		return err
	}
	for _, e := range enabled {
		i := slices.IndexFunc(r.Passkeys, func(renewed passkey.Renewed) bool { return renewed.ID == e.ID })
		switch {
		case i < 0:
			return passkeysMissing
		case r.Passkeys[i].EncryptedUserKey == "":
			return passkeyNoUserKey
		case r.Passkeys[i].EncryptedPublicKey == "":
			return passkeyNoPublicKey
		}
	}
	return nil
}

// Apply implements [Part].
func (p Passkeys) Apply(ctx context.Context, accountID id.ID, r Rotation) error {
	return p.Passkeys.Rotate(ctx, accountID, r.Passkeys)
}

// Tell implements [Teller].
func (p Passkeys) Tell(ctx context.Context, accountID id.ID, d *Data) (err error) {
	d.Passkeys, err = p.Passkeys.Enabled(ctx, accountID)
	return err
}
