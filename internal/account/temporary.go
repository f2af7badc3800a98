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
