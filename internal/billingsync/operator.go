package billingsync

import (
	"context"

	"coffre/internal/account"
	"coffre/internal/id"
)

// SearchInstallations returns some of the installations whose address contains a text
// or whose id it is, the newest first, to the operator.
func (s *CloudEnd) SearchInstallations(ctx context.Context, text string, offset, limit int) ([]Installation, error) {
	return s.Store.SearchInstallations(ctx, text, offset, limit)
}

// Reissue is RotateInstallationKey for the operator.
func (s *CloudEnd) Reissue(ctx context.Context, installationID id.ID) (Installation, string, error) {
	i, language, err := s.forOperator(ctx, installationID)
	if err != nil {
		return Installation{}, "", err
	}
	return s.rotate(ctx, i, language)
}

// SetInstallationEnabled is EnableInstallation for the operator.
func (s *CloudEnd) SetInstallationEnabled(ctx context.Context, installationID id.ID, enabled bool) (Installation, error) {
	i, language, err := s.forOperator(ctx, installationID)
	if err != nil {
		return Installation{}, err
	}
	return s.enable(ctx, i, enabled, language)
}

// forOperator returns an installation, and in which language its address reads.
func (s *CloudEnd) forOperator(ctx context.Context, installationID id.ID) (Installation, string, error) {
	i, err := s.Store.Installation(ctx, installationID)
	if err != nil {
		return Installation{}, "", err
	}
	a, _, err := s.Accounts.FindByEmail(ctx, account.NormalizeEmail(i.Email))
	return i, a.Language(), err
}

// Syncing returns some of the billing sync keys, the one used last first, to the operator.
func (s *CloudEnd) Syncing(ctx context.Context, offset, limit int) ([]Key, error) {
	return s.Store.ListKeys(ctx, offset, limit)
}

// AllRuns returns some of the runs of all organizations, the newest first, to the
// operator.
func (s *SelfHostedEnd) AllRuns(ctx context.Context, offset, limit int) ([]Run, error) {
	return s.Store.AllRuns(ctx, offset, limit)
}
