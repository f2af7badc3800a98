package policy

import (
	"context"
	"encoding/json"
	"fmt"

	"coffre/internal/account"
	"coffre/internal/id"
)

// Password returns what the organizations that have confirmed a person demand
// together of their master password.
func (s *Service) Password(ctx context.Context, accountID id.ID) (account.PasswordPolicy, error) {
	policies, err := s.Store.Of(ctx, accountID)
	var all account.PasswordPolicy
	for _, p := range policies {
		if p.Type != MasterPassword || !p.Enabled || len(p.Data) == 0 {
			continue
		}
		var one account.PasswordPolicy
		if err := json.Unmarshal(p.Data, &one); err != nil {
			return all, fmt.Errorf("read policy %s: %w", p.ID, err)
		}
		all = all.With(one)
	}
	return all, err
}
