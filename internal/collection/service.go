package collection

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"coffre/internal/event"
	"coffre/internal/fault"
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
	return s.Store.PutGrants(ctx, ByMember, []Grant{{c.ID, owner.ID, Access{Manage: true}}})
}

// AssignmentsOf returns the collections that an account has, of all enabled
// organizations that have confirmed it. An owner has none that nobody gave him.
// What somebody was given in person counts, whatever groups would give; several
// groups together give what one of them allows.
func (s *Service) AssignmentsOf(ctx context.Context, accountID id.ID) ([]Assignment, error) {
	own, throughGroups, err := s.Store.Assignments(ctx, accountID)
	byID := make(map[id.ID]Assignment, len(own)+len(throughGroups))
	for _, a := range throughGroups {
		if before, there := byID[a.Collection.ID]; there {
			a.Access = a.Access.with(before.Access)
		}
		byID[a.Collection.ID] = a
	}
	for _, a := range own {
		byID[a.Collection.ID] = a
	}
	assignments := make([]Assignment, 0, len(byID))
	for _, a := range byID {
		assignments = append(assignments, a)
	}
	slices.SortFunc(assignments, func(a, b Assignment) int {
		return cmp.Or(a.Collection.CreatedAt.Compare(b.Collection.CreatedAt), bytes.Compare(a.Collection.ID[:], b.Collection.ID[:]))
	})
	return assignments, err
}

// List returns the collections of an organization that members share: all of them
// to whoever may see all, else those that the caller manages.
func (s *Service) List(ctx context.Context, caller, orgID id.ID) ([]Collection, error) {
	_, m, err := s.Organizations.Within(ctx, caller, orgID, org.Member.Confirmed)
	if err != nil {
		return nil, err
	}
	own, err := s.accessOf(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	return s.listShared(ctx, m, seesAllCollections(m), own)
}

func (s *Service) listShared(ctx context.Context, m org.Member, all bool, own map[id.ID]Access) ([]Collection, error) {
	collections, err := s.Store.List(ctx, m.OrganizationID)
	return slices.DeleteFunc(collections, func(c Collection) bool {
		return c.Type != Shared || !all && !own[c.ID].Manage
	}), err
}

// ListShares returns the collections of an organization that members share, with
// everyone who has them: all of them to whoever may see all access, else those
// that the caller manages.
func (s *Service) ListShares(ctx context.Context, caller, orgID id.ID) ([]Shares, error) {
	_, m, err := s.Organizations.Within(ctx, caller, orgID, org.Member.Confirmed)
	if err != nil {
		return nil, err
	}
	own, err := s.accessOf(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	all := seesAllAccess(m)
	collections, err := s.listShared(ctx, m, all, own)
	if err != nil {
		return nil, err
	}
	if !all {
		return s.sharesOf(ctx, collections, own)
	}
	members, err := s.Store.Grants(ctx, ByMember, orgID)
	if err != nil {
		return nil, err
	}
	groups, err := s.Store.Grants(ctx, ByGroup, orgID)
	return shares(collections, members, groups, own), err
}

// sharesOf returns collections with everyone who has them.
func (s *Service) sharesOf(ctx context.Context, collections []Collection, own map[id.ID]Access) ([]Shares, error) {
	ids := idsOf(collections)
	members, err := s.Store.GrantsOf(ctx, ByMember, ids)
	if err != nil {
		return nil, err
	}
	groups, err := s.Store.GrantsOf(ctx, ByGroup, ids)
	return shares(collections, members, groups, own), err
}

func shares(collections []Collection, members, groups []Grant, own map[id.ID]Access) []Shares {
	membersOf, groupsOf := byCollection(members), byCollection(groups)
	list := make([]Shares, len(collections))
	for i, c := range collections {
		list[i] = Shares{Collection: c, Members: membersOf[c.ID], Groups: groupsOf[c.ID]}
		if access, has := own[c.ID]; has {
			list[i].Own = &access
		}
	}
	return list
}

func byCollection(grants []Grant) map[id.ID][]Grant {
	byID := map[id.ID][]Grant{}
	for _, g := range grants {
		byID[g.CollectionID] = append(byID[g.CollectionID], g)
	}
	return byID
}

func idsOf(collections []Collection) []id.ID {
	ids := make([]id.ID, len(collections))
	for i, c := range collections {
		ids[i] = c.ID
	}
	return ids
}

// Get returns one collection with everyone who has it, to whoever manages it or may
// see every collection.
func (s *Service) Get(ctx context.Context, caller, orgID, collectionID id.ID) (Shares, error) {
	return s.get(ctx, caller, orgID, collectionID, rights.mayRead)
}

// GetAccess is Get for whoever may see who has it.
func (s *Service) GetAccess(ctx context.Context, caller, orgID, collectionID id.ID) (Shares, error) {
	return s.get(ctx, caller, orgID, collectionID, rights.mayReadAccess)
}

func (s *Service) get(ctx context.Context, caller, orgID, collectionID id.ID, allowed func(rights, id.ID) bool) (Shares, error) {
	o, m, err := s.Organizations.Within(ctx, caller, orgID, org.Member.Confirmed)
	if err != nil {
		return Shares{}, err
	}
	c, err := s.Store.Get(ctx, orgID, collectionID)
	if err != nil {
		return Shares{}, err
	}
	r, err := s.rightsOf(ctx, o, m, collectionID)
	if err == nil && !allowed(r, collectionID) {
		err = fault.Gone
	}
	if err != nil {
		return Shares{}, err
	}
	found, err := s.sharesOf(ctx, []Collection{c}, r.own)
	if err != nil {
		return Shares{}, err
	}
	return found[0], nil
}
