package installation

import (
	"context"

	"coffre/internal/account"
	"coffre/internal/id"
)

// Search returns some of the installations whose address contains a text
// or whose id it is, the newest first, to the operator.
func (s *Service) Search(ctx context.Context, text string, offset, limit int) ([]Installation, error) {
	return s.Store.Search(ctx, text, offset, limit)
}

// Reissue is RotateKey for the operator.
func (s *Service) Reissue(ctx context.Context, installationID id.ID) (Installation, string, error) {
	i, language, err := s.forOperator(ctx, installationID)
	if err != nil {
		return Installation{}, "", err
	}
	return s.rotate(ctx, i, language)
}

// SetEnabled is Enable for the operator.
func (s *Service) SetEnabled(ctx context.Context, installationID id.ID, enabled bool) (Installation, error) {
	i, language, err := s.forOperator(ctx, installationID)
	if err != nil {
		return Installation{}, err
	}
	return s.enable(ctx, i, enabled, language)
}

// forOperator returns an installation, and in which language its address reads.
func (s *Service) forOperator(ctx context.Context, installationID id.ID) (Installation, string, error) {
	i, err := s.Store.Get(ctx, installationID)
	if err != nil {
		return Installation{}, "", err
	}
	a, _, err := s.Accounts.FindByEmail(ctx, account.NormalizeEmail(i.Email))
	return i, a.Language(), err
}
