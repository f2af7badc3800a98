package org

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// ProfileOf returns one organization as it stands in the profile of a confirmed
// member, and fault.Gone to everyone else.
func (s *Service) ProfileOf(ctx context.Context, accountID, orgID id.ID) (ProfileView, error) {
	memberships, err := s.ListOf(ctx, accountID)
	if err != nil {
		return ProfileView{}, err
	}
	for _, m := range memberships {
		if m.Organization.ID == orgID {
			return profileView(m), nil
		}
	}
	return ProfileView{}, fault.Gone
}
