package billingsync

import "context"

// Syncing returns some of the billing sync keys, the one used last first, to the operator.
func (s *CloudEnd) Syncing(ctx context.Context, offset, limit int) ([]Key, error) {
	return s.Store.ListKeys(ctx, offset, limit)
}

// AllRuns returns some of the runs of all organizations, the newest first, to the
// operator.
func (s *SelfHostedEnd) AllRuns(ctx context.Context, offset, limit int) ([]Run, error) {
	return s.Store.AllRuns(ctx, offset, limit)
}
