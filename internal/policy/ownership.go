package policy

import (
	"context"

	"coffre/internal/id"
)

// DataOwnership reports to other rooms whether an organization owns all items of the
// members whom its policies bind.
func (s *Service) DataOwnership(ctx context.Context, orgID id.ID) (bool, error) {
	return s.Enabled(ctx, orgID, OwnsData)
}
