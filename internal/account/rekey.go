package account

import (
	"context"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// RenewStamp ends every session of a person and voids their one-time codes. It
// takes part in the caller's transaction; the caller announces the log-out.
func (s *Service) RenewStamp(ctx context.Context, accountID id.ID) error {
	_, err := s.change(ctx, accountID, s.renewStamp)
	return err
}

// renewStamp is RenewStamp within a change.
func (s *Service) renewStamp(ctx context.Context, a *Account) error {
	a.SecurityStamp = id.New().String()
	if err := s.Store.DeleteCodes(ctx, a.ID); err != nil {
		return err
	}
	return s.EndSessions(ctx, a.ID)
}

// Rekey is what a rotation of the user key replaces.
type Rekey struct {
	// Stamp is the security stamp of the person whose password was verified.
	Stamp string
	// StoredHash is what Passwords.Hash makes of the client's new hash. It is made
	// before the transaction, which must not wait for a free core.
	StoredHash string
	// NewPassword says that the hash is of another master password than before.
	NewPassword bool
	Hint        *string // nil leaves the hint
	Key         string  // the new user key, wrapped under the master key
	PrivateKey  string  // wrapped under the new user key
	KeyID       string  // of the new user key; empty when the client does not tell
}

// Rekey replaces what a person's user key wraps, and ends every session. It takes
// part in the caller's transaction; the caller announces the log-out. When the
// stamp has become another, somebody was faster: fault.SignIn.
func (s *Service) Rekey(ctx context.Context, accountID id.ID, r Rekey) error {
	_, err := s.change(ctx, accountID, func(ctx context.Context, a *Account) error {
		if a.SecurityStamp != r.Stamp {
			return fault.SignIn
		}
		if r.Hint != nil {
			a.PasswordHint = clean(*r.Hint)
		}
		a.PasswordHash, a.Key, a.PrivateKey, a.KeyID = r.StoredHash, r.Key, r.PrivateKey, r.KeyID
		a.KeyRotatedAt = s.Now()
		if r.NewPassword {
			a.PasswordChangedAt = s.Now()
			if err := s.RecordOwn(ctx, a.ID, event.PasswordChanged); err != nil {
				return err
			}
			if err := s.tell(ctx, *a, a.Email, "password-changed", nil); err != nil {
				return err
			}
		}
		return s.renewStamp(ctx, a)
	})
	return err
}

// TouchOwn is Touch for a person who changes something that is encrypted under
// their user key. It comes first in the transaction of the change: from then on the
// key stays. When it has become another since the request began, so that the change
// is under the old one, the session that asks has ended too: fault.SignIn. Others who
// see the change are touched along, because whoever touches several does it at once.
func (s *Service) TouchOwn(ctx context.Context, accountID id.ID, others ...id.ID) error {
	if err := s.Touch(ctx, append(others, accountID)...); err != nil {
		return err
	}
	if !actsForSelf(ctx, accountID) {
		return nil
	}
	a, err := s.Store.Get(ctx, accountID)
	if err == nil && sessionEnded(ctx, a) {
		err = fault.SignIn
	}
	return err
}

// actsForSelf reports whether a session of the person asks.
func actsForSelf(ctx context.Context, accountID id.ID) bool {
	caller := web.CallerOf(ctx)
	return caller.AccountID == accountID && caller.Stamp != ""
}

// sessionEnded reports whether a session of the person asks that has ended since
// the request began.
func sessionEnded(ctx context.Context, a Account) bool {
	return actsForSelf(ctx, a.ID) && web.CallerOf(ctx).Stamp != a.SecurityStamp
}

// EmailVerified notes that a person has proved their address.
func (s *Service) EmailVerified(ctx context.Context, accountID id.ID) error {
	_, err := s.change(ctx, accountID, func(_ context.Context, a *Account) error {
		a.EmailVerified = true
		return nil
	})
	return err
}
