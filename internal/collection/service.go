package collection

import (
	"context"
	"time"

	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
)

// Service is what the rest of the server may do with collections and groups.
type Service struct {
	Store         Store
	Organizations *org.Service
	Now           func() time.Time
	// Announce tells clients what happened, once the transaction of ctx is committed.
	Announce func(ctx context.Context, n notice.Notice)
	// Record adds events to the log, in the transaction of their cause.
	Record func(ctx context.Context, events ...event.Event) error
}

// CreateDefault makes the first collection of a new organization, which its owner
// manages, in the transaction of its creation.
func (s *Service) CreateDefault(ctx context.Context, owner org.Member, name string) error {
	c := Collection{
		ID: id.New(), OrganizationID: owner.OrganizationID, Name: name, Type: Shared,
		CreatedAt: owner.CreatedAt, RevisedAt: owner.CreatedAt,
	}
	if err := s.Store.Insert(ctx, c); err != nil {
		return err
	}
	return s.Store.SetAccess(ctx, c.ID, owner.ID, Access{Manage: true})
}

// AssignmentsOf returns the collections that an account has, of all enabled
// organizations that have confirmed it. An owner has none that nobody gave him.
func (s *Service) AssignmentsOf(ctx context.Context, accountID id.ID) ([]Assignment, error) {
	return s.Store.AssignmentsOf(ctx, accountID)
}

// List returns the collections of an organization: all of them to
// whoever may see all, else those that the caller manages.
func (s *Service) List(ctx context.Context, caller, orgID id.ID) ([]Collection, error) {
	_, m, err := s.Organizations.Within(ctx, caller, orgID, org.Member.Confirmed)
	if err != nil {
		return nil, err
	}
	shares, err := s.listShares(ctx, m, seesAllCollections(m))
	list := make([]Collection, len(shares))
	for i, share := range shares {
		list[i] = share.Collection
	}
	return list, err
}

// ListShares returns the collections of an organization with everyone who has
// them: all of them to whoever may see all access, else those that the caller
// manages.
func (s *Service) ListShares(ctx context.Context, caller, orgID id.ID) ([]Shares, error) {
	_, m, err := s.Organizations.Within(ctx, caller, orgID, org.Member.Confirmed)
	if err != nil {
		return nil, err
	}
	return s.listShares(ctx, m, seesAllAccess(m))
}

// ByMember returns what each member of an organization has; permission is the
// caller's to ask.
func (s *Service) ByMember(ctx context.Context, orgID id.ID) (map[id.ID][]Assignment, error) {
	all, err := s.Store.Assignments(ctx, orgID)
	byMember := map[id.ID][]Assignment{}
	for _, a := range all {
		byMember[a.MemberID] = append(byMember[a.MemberID], a)
	}
	return byMember, err
}

func (s *Service) listShares(ctx context.Context, m org.Member, all bool) ([]Shares, error) {
	collections, err := s.Store.List(ctx, m.OrganizationID)
	if err != nil {
		return nil, err
	}
	assignments, err := s.Store.Assignments(ctx, m.OrganizationID)
	if err != nil {
		return nil, err
	}
	byCollection := map[id.ID][]Assignment{}
	for _, a := range assignments {
		byCollection[a.Collection.ID] = append(byCollection[a.Collection.ID], a)
	}
	list := []Shares{}
	for _, c := range collections {
		share := Shares{Collection: c, Members: byCollection[c.ID]}
		for _, a := range share.Members {
			if a.MemberID == m.ID {
				share.Own = &a.Access
			}
		}
		if all || share.Own != nil && share.Own.Manage {
			list = append(list, share)
		}
	}
	return list, nil
}
