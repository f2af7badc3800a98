package device

import (
	"context"
	"slices"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Trust is what a trusted device opens the vault with. It has a key pair of its
// own, of which all is ciphertext to the server.
type Trust struct {
	UserKey    string // wrapped by the public key of the device
	PublicKey  string // under the user key
	PrivateKey string // under a key that only the device has
}

// TrustedDevice is what of a trusted device depends on the user key, and so is
// made anew with it.
type TrustedDevice struct {
	ID                 id.ID
	EncryptedPublicKey string
	EncryptedUserKey   string
}

var (
	notTrusted = fault.New(fault.Invalid, "device.notTrusted")
	otherTwice = fault.New(fault.Invalid, "device.otherTwice").On("otherDevices")
)

// SetTrust makes a device of a person a trusted one, or gives it other keys.
func (s *Service) SetTrust(ctx context.Context, accountID id.ID, identifier string, trust Trust) (d Device, err error) {
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err = s.Accounts.TouchOwn(ctx, accountID); err != nil {
			return err
		}
		if d, err = s.byIdentifier(ctx, accountID, identifier); err != nil {
			return err
		}
		d.Trust = trust
		return s.Store.SetTrust(ctx, d.ID, trust)
	})
	return d, err
}

// Trusted returns the trusted devices of a person.
func (s *Service) Trusted(ctx context.Context, accountID id.ID) ([]TrustedDevice, error) {
	devices, err := s.Store.List(ctx, accountID)
	trusted := []TrustedDevice{}
	for _, d := range devices {
		if d.Trusted() {
			trusted = append(trusted, TrustedDevice{d.ID, d.Trust.PublicKey, d.Trust.UserKey})
		}
	}
	return trusted, err
}

// Retrust gives trusted devices of a person what belongs to a new user key. A
// trusted device that is not among them loses its trust, because what it has
// belongs to the old key; what is no trusted device of the person is left out.
func (s *Service) Retrust(ctx context.Context, accountID id.ID, renewed []TrustedDevice) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		trusted, err := s.Trusted(ctx, accountID)
		if err != nil {
			return err
		}
		for _, old := range trusted {
			i := slices.IndexFunc(renewed, func(d TrustedDevice) bool { return d.ID == old.ID })
			if i < 0 {
				err = s.Store.DeleteTrust(ctx, old.ID)
			} else {
				err = s.Store.RenewTrust(ctx, renewed[i])
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// UpdateTrust is Retrust for a person who proves once more who they are, from a
// device that is trusted itself.
func (s *Service) UpdateTrust(ctx context.Context, accountID id.ID, secret account.Secret, current TrustedDevice, others []TrustedDevice) error {
	if err := s.Accounts.VerifySecret(ctx, accountID, secret); err != nil {
		return err
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Accounts.TouchOwn(ctx, accountID); err != nil {
			return err
		}
		d, err := s.Store.Get(ctx, accountID, current.ID)
		switch {
		case err != nil:
			return err
		case !d.Trusted():
			return notTrusted
		case slices.ContainsFunc(others, func(o TrustedDevice) bool { return o.ID == current.ID }):
			return otherTwice
		}
		return s.Retrust(ctx, accountID, append([]TrustedDevice{current}, others...))
	})
}

// Untrust ends the trust in devices of a person, or returns fault.Gone and ends
// none when one is not theirs.
func (s *Service) Untrust(ctx context.Context, accountID id.ID, deviceIDs []id.ID) error {
	seen := map[id.ID]bool{} // one that is named often is as much work as once
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		for _, deviceID := range deviceIDs {
			if seen[deviceID] {
				continue
			}
			seen[deviceID] = true
			if _, err := s.Store.Get(ctx, accountID, deviceID); err != nil {
				return err
			}
			if err := s.Store.DeleteTrust(ctx, deviceID); err != nil {
				return err
			}
		}
		return nil
	})
}
