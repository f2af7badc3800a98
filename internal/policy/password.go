package policy

import (
	"context"
	"encoding/json"
	"fmt"

	"coffre/internal/account"
	"coffre/internal/id"
)

// Password returns what the organizations whose policies bind a person demand
// together of their master password.
func (s *Service) Password(ctx context.Context, accountID id.ID) (account.PasswordPolicy, error) {
	held, err := s.Store.Held(ctx, []id.ID{accountID}, MasterPassword)
	var all account.PasswordPolicy
	for _, h := range held {
		if !h.binds() || len(h.Policy.Data) == 0 {
			continue
		}
		var one account.PasswordPolicy
		if err := json.Unmarshal(h.Policy.Data, &one); err != nil {
			return all, fmt.Errorf("read policy %s: %w", h.Policy.ID, err)
		}
		all = all.With(one)
	}
	return all, err
}
