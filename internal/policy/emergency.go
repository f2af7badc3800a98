package policy

import (
	"context"
	"slices"

	"coffre/internal/id"
	"coffre/internal/org"
)

// BarsEmergency reports whether an organization keeps a person from having and being
// an emergency contact: one whose members are confirmed automatically does.
func (s *Service) BarsEmergency(ctx context.Context, accountID id.ID) (bool, error) {
	held, err := s.Store.Held(ctx, []id.ID{accountID}, AutoConfirm)
	return slices.ContainsFunc(held, Hold.binds), err
}

// OfOwner returns what was set in the organizations that a person owns.
func (s *Service) OfOwner(ctx context.Context, accountID id.ID) ([]Policy, error) {
	memberships, err := s.Organizations.ListOf(ctx, accountID)
	if err != nil {
		return nil, err
	}
	var all []Policy
	for _, m := range memberships {
		if m.Member.Type != org.Owner || m.Member.Status != org.Confirmed {
			continue
		}
		list, err := s.Store.List(ctx, m.Organization.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// endEmergency ends what the members of an organization have of emergency access.
func (s *Service) endEmergency(ctx context.Context, joined []Joined) error {
	if s.EndEmergency == nil {
		return nil
	}
	accountIDs := make([]id.ID, len(joined))
	for i, m := range joined {
		accountIDs[i] = m.AccountID
	}
	return s.EndEmergency(ctx, accountIDs)
}
