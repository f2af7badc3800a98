package org

import (
	"context"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// RecordUpdate logs that something about an organization itself has changed, in the
// transaction of that: its names, its keys.
func (s *Service) RecordUpdate(ctx context.Context, orgID id.ID) error {
	return s.Record(ctx, event.Event{OrganizationID: orgID, Type: event.OrganizationUpdated})
}

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

// MayReadEvents returns fault.Gone to everyone who may not read the event log of an
// organization, and when there is none.
func (s *Service) MayReadEvents(ctx context.Context, caller, orgID id.ID) error {
	o, _, err := s.Within(ctx, caller, orgID, Member.MayReadEvents)
	if err == nil && !o.keepsEvents() {
		err = fault.Gone
	}
	return err
}

// Belongs returns fault.Gone to everyone whom an organization has not confirmed.
func (s *Service) Belongs(ctx context.Context, caller, orgID id.ID) error {
	_, _, err := s.ForMember(ctx, caller, orgID)
	return err
}

// AccountOf returns the account behind a member of an organization, zero while
// there is none, or fault.Gone.
func (s *Service) AccountOf(ctx context.Context, orgID, memberID id.ID) (id.ID, error) {
	m, err := s.Store.Member(ctx, memberID)
	if err == nil && m.OrganizationID != orgID {
		err = fault.Gone
	}
	if err != nil {
		return id.ID{}, err
	}
	return m.AccountID, nil
}
