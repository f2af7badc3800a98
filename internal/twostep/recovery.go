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
		if err := s.Store.DeleteAll(ctx, a.ID); err != nil {
			return err
		}
		if err := s.RecordOwn(ctx, a.ID, event.TwoStepRecovered); err != nil {
			return err
		}
		if err := s.tell(ctx, a, "two-step-recovered", id.New().String(), nil); err != nil {
			return err
		}
		return s.LastRemoved(ctx, a.ID)
	})
	return used && err == nil, err
}
