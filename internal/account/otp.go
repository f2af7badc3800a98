package account

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// SendCode mails a person a one-time code that stands for their master password.
func (s *Service) SendCode(ctx context.Context, accountID id.ID) error {
	a, err := s.Store.Get(ctx, accountID)
	if err != nil {
		return err
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		text, err := s.IssueCode(ctx, a.ID, CodeOTP, "")
		if err != nil {
			return err
		}
		return s.tell(ctx, a, a.Email, "one-time-code", map[string]string{"Code": text})
	})
}

// UseCode uses up the code of SendCode, or waits and returns a fault.
func (s *Service) UseCode(ctx context.Context, accountID id.ID, text string) error {
	_, err := s.guarded(ctx, accountID, wrongToken, func(Account) (bool, error) {
		return s.CheckCode(ctx, accountID, CodeOTP, "", text)
	})
	return err
}

var wrongToken = fault.New(fault.Invalid, "account.wrongCode").On("Token")
