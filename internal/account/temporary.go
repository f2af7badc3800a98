package account

import (
	"cmp"
	"context"

	"coffre/internal/id"
)

// SetTemporaryPassword gives a person a master password that somebody else has
// chosen, and that their clients ask them to replace. Every session ends. It takes
// part in the caller's transaction; stored is what Passwords.Hash has made of the
// hash before it. The caller tells the person, and announces the log-out.
func (s *Service) SetTemporaryPassword(ctx context.Context, accountID id.ID, c Credentials, stored string) error {
	_, err := s.change(ctx, accountID, func(ctx context.Context, a *Account) error {
		if err := cmp.Or(c.checkKDF(*a), c.check(*a)); err != nil {
			return err
		}
		a.take(c, stored)
		a.PasswordHint = "" // it was for the password of before
		a.ForcePasswordReset, a.PasswordChangedAt = true, s.Now()
		return s.renewStamp(ctx, a)
	})
	return err
}

// TakeOver gives a person a master password that somebody else has chosen, who goes on
// using the account with it. Every session ends, and a new device is asked for no
// code, which would go to the person. It takes part in the caller's transaction; stored
// is as for SetTemporaryPassword.
func (s *Service) TakeOver(ctx context.Context, accountID id.ID, c Credentials, stored string) error {
	_, err := s.change(ctx, accountID, func(ctx context.Context, a *Account) error {
		if err := cmp.Or(c.checkKDF(*a), c.check(*a)); err != nil {
			return err
		}
		a.take(c, stored)
		a.PasswordHint, a.VerifyDevices = "", false
		a.ForcePasswordReset, a.PasswordChangedAt = false, s.Now()
		return s.renewStamp(ctx, a)
	})
	return err
}
