package twostep

import (
	"context"
	"strings"

	"coffre/internal/account"
	"coffre/internal/event"
	"coffre/internal/id"
)

func (s *Service) sealRecovery(accountID id.ID, code string) recovery {
	return recovery{s.Keys.Seal("two_step_recovery", "sealed_code", accountID, code), s.Now()}
}

// RecoveryCode returns what a person logs in with who has lost every provider; ""
// until the first one is set up.
func (s *Service) RecoveryCode(ctx context.Context, accountID id.ID) (string, error) {
	stored, ok, err := s.Store.Recovery(ctx, accountID)
	if err != nil || !ok {
		return "", err
	}
	return s.Keys.Open("two_step_recovery", "sealed_code", accountID, stored.sealed)
}

// recover accepts the recovery code, in any case and with spaces, and then removes
// every provider and makes a new code.
func (s *Service) recover(ctx context.Context, a account.Account, code string) (bool, error) {
	stored, ok, err := s.Store.Recovery(ctx, a.ID)
	if err != nil || !ok {
		return false, err
	}
	want, err := s.Keys.Open("two_step_recovery", "sealed_code", a.ID, stored.sealed)
	if err != nil || !equal(strings.ToLower(squeeze(code)), want) {
		return false, err
	}
	used := false
	err = s.change(ctx, a.ID, func(ctx context.Context) error {
		used, err = s.Store.SwapRecovery(ctx, a.ID, stored, s.sealRecovery(a.ID, newRecoveryCode()))
		if err != nil || !used {
			return err
		}
		if err := s.RecordOwn(ctx, a.ID, event.TwoStepRecovered); err != nil {
			return err
		}
		if err := s.tell(ctx, a, "two-step-recovered", id.New().String(), nil); err != nil {
			return err
		}
		return s.removeAll(ctx, a.ID)
	})
	return used && err == nil, err
}

// removeAll removes every provider, in a change.
func (s *Service) removeAll(ctx context.Context, accountID id.ID) error {
	if err := s.Store.DeleteAll(ctx, accountID); err != nil {
		return err
	}
	return s.LastRemoved(ctx, accountID)
}

// Hold keeps whoever else changes the second steps of a person waiting until the
// transaction of ctx ends. It comes before the locks of organizations, which
// LastRemoved takes.
func (s *Service) Hold(ctx context.Context, accountID id.ID) error {
	return s.Store.Lock(ctx, accountID)
}

// Reset removes every provider of a person whom somebody else lets in again, and
// with them the recovery code. It reports whether there was one. It takes part in
// the caller's transaction, and tells the person's clients; the caller writes to the
// person.
func (s *Service) Reset(ctx context.Context, accountID id.ID) (removed bool, err error) {
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Hold(ctx, accountID); err != nil {
			return err
		}
		list, err := s.Store.List(ctx, accountID)
		if removed = len(list) > 0; err != nil || !removed {
			return err
		}
		return s.change(ctx, accountID, func(ctx context.Context) error {
			if err := s.Store.DeleteRecovery(ctx, accountID); err != nil {
				return err
			}
			return s.removeAll(ctx, accountID)
		})
	})
	return removed && err == nil, err
}
