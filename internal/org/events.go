package org

import (
	"context"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// KeepsEvents reports whether an organization has an event log: it is enabled and
// its terms include one.
func (s *Service) KeepsEvents(ctx context.Context, orgID id.ID) (bool, error) {
	o, err := s.Store.Get(ctx, orgID)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return o.keepsEvents(), err
}

func (o Organization) keepsEvents() bool { return o.Enabled && o.Features.UseEvents }

// KeepingEvents returns the organizations with an event log that have confirmed an
// account; with pending also those that it has only accepted.
func (s *Service) KeepingEvents(ctx context.Context, accountID id.ID, pending bool) ([]id.ID, error) {
	statuses := []Status{Confirmed}
	if pending {
		statuses = append(statuses, Accepted)
	}
	memberships, err := s.Store.ListOf(ctx, accountID, statuses...)
	ids := []id.ID{}
	for _, m := range memberships {
		if m.Organization.keepsEvents() {
			ids = append(ids, m.Organization.ID)
		}
	}
	return ids, err
}
