package collection

import (
	"context"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
)

// Give gives members and groups access to many collections, and takes none away.
// All of the collections must be the caller's to give.
func (s *Service) Give(ctx context.Context, caller, orgID id.ID, collectionIDs []id.ID, d Draft) error {
	ids := unique(collectionIDs)
	return s.change(ctx, caller, orgID, func(ctx context.Context, o org.Organization, m org.Member) error {
		if err := s.checkAll(ctx, o, m, ids, rights.mayGive); err != nil {
			return err
		}
		before, err := s.Store.Accounts(ctx, ids)
		if err != nil {
			return err
		}
		if err := s.share(ctx, o, d, ids...); err != nil {
			return err
		}
		if err := s.checkManaged(ctx, o, ids...); err != nil {
			return err
		}
		if err := s.Store.Revise(ctx, ids, s.Now()); err != nil {
			return err
		}
		after, err := s.Store.Accounts(ctx, ids)
		if err != nil {
			return err
		}
		if err := s.tell(ctx, append(before, after...)); err != nil {
			return err
		}
		return s.record(ctx, o.ID, event.CollectionUpdated, ids)
	})
}

// Delete removes collections, all of which must be the caller's to delete. Items in
// them stay with the organization.
func (s *Service) Delete(ctx context.Context, caller, orgID id.ID, collectionIDs ...id.ID) error {
	ids := unique(collectionIDs)
	return s.change(ctx, caller, orgID, func(ctx context.Context, o org.Organization, m org.Member) error {
		if err := s.checkAll(ctx, o, m, ids, rights.mayDelete); err != nil {
			return err
		}
		if err := s.Store.Delete(ctx, ids); err != nil {
			return err
		}
		s.Announce(ctx, notice.Notice{Kind: notice.VaultChanged, Organization: o.ID, At: s.Now()})
		if err := s.Organizations.TouchMembers(ctx, o.ID); err != nil {
			return err
		}
		return s.record(ctx, o.ID, event.CollectionDeleted, ids)
	})
}

// checkAll refuses collections of which one is of somewhere else, or not m's to do
// something with, or a member's own.
func (s *Service) checkAll(
	ctx context.Context, o org.Organization, m org.Member, ids []id.ID, allowed func(rights, id.ID) bool,
) error {
	collections, err := s.Store.ListByID(ctx, o.ID, ids)
	if err == nil && len(collections) != len(ids) {
		err = fault.Gone
	}
	if err != nil {
		return err
	}
	r, err := s.rightsOf(ctx, o, m, ids...)
	if err != nil {
		return err
	}
	for _, c := range collections {
		if !allowed(r, c.ID) {
			return fault.Gone
		}
	}
	for _, c := range collections {
		if c.Type != Shared {
			return personal
		}
	}
	return nil
}

func (s *Service) record(ctx context.Context, orgID id.ID, what event.Type, collectionIDs []id.ID) error {
	events := make([]event.Event, len(collectionIDs))
	for i, c := range collectionIDs {
		events[i] = event.Event{OrganizationID: orgID, Type: what, CollectionID: c}
	}
	return s.Record(ctx, events...)
}
