package rotation

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/id"
	"coffre/internal/notice"
)

// Service is what the rest of the server may ask for.
type Service struct {
	Accounts *account.Service
	Parts    []Part
	Now      func() time.Time
	// Tx runs fn in a transaction, as db.DB does.
	Tx func(ctx context.Context, fn func(context.Context) error) error
	// Announce tells a person's clients, in the transaction of the change.
	Announce func(ctx context.Context, n notice.Notice)
}

// Rotate replaces the user key of a person who knows their master password, and all
// that depends on it. Every session ends; the client that acts is not told, for it
// knows.
func (s *Service) Rotate(ctx context.Context, accountID id.ID, r Rotation) error {
	was, err := s.Accounts.VerifyPassword(ctx, accountID, r.OldHash)
	if err != nil {
		return err
	}
	if err := r.check(was); err != nil {
		return err
	}
	stored, err := s.Accounts.Passwords.Hash(ctx, r.NewHash)
	if err != nil {
		return err
	}
	return s.Tx(ctx, func(ctx context.Context) error {
		if err := s.hold(ctx, accountID); err != nil {
			return err
		}
		// Whoever else changes what the person has waits from here on.
		if err := s.Accounts.TouchOwn(ctx, accountID); err != nil {
			return err
		}
		err := s.Accounts.Rekey(ctx, accountID, account.Rekey{
			Stamp: was.SecurityStamp, StoredHash: stored, NewPassword: r.NewHash != r.OldHash, Hint: r.hint(),
			Key: r.Key, PrivateKey: r.PrivateKey, KeyID: r.KeyID,
		})
		if err != nil {
			return err
		}
		if err := s.apply(ctx, accountID, r); err != nil {
			return err
		}
		s.Announce(ctx, notice.LogOut(accountID, s.Now()))
		return nil
	})
}

func (s *Service) hold(ctx context.Context, accountID id.ID) error {
	for _, part := range s.Parts {
		if holder, ok := part.(Holder); ok {
			if err := holder.Hold(ctx, accountID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) apply(ctx context.Context, accountID id.ID, r Rotation) error {
	for _, part := range s.Parts {
		if err := part.Check(ctx, accountID, r); err != nil {
			return err
		}
	}
	for _, part := range s.Parts {
		if err := part.Apply(ctx, accountID, r); err != nil {
			return err
		}
	}
	return nil
}

// Data returns what a client must know before it can rotate.
func (s *Service) Data(ctx context.Context, accountID id.ID) (d Data, err error) {
	for _, part := range s.Parts {
		if teller, ok := part.(Teller); ok {
			if err := teller.Tell(ctx, accountID, &d); err != nil {
				return Data{}, err
			}
		}
	}
	return d, nil
}
