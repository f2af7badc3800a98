package collection

import (
	"context"

	"coffre/internal/id"
	"coffre/internal/org"
)

// rights are what one member may do with some collections of an organization.
type rights struct {
	settings org.Settings
	member   org.Member
	own      map[id.ID]Access // what the member has, directly or through groups
	managed  map[id.ID]bool   // which collections somebody manages
}

// rightsOf returns the rights of a member over collections that are named. What the
// member has is known of every other one too.
func (s *Service) rightsOf(ctx context.Context, o org.Organization, m org.Member, collectionIDs ...id.ID) (rights, error) {
	r := rights{settings: o.Settings, member: m, managed: map[id.ID]bool{}}
	managed, err := s.Store.Managed(ctx, collectionIDs)
	if err != nil {
		return rights{}, err
	}
	for _, c := range managed {
		r.managed[c] = true
	}
	r.own, err = s.accessOf(ctx, m.ID)
	return r, err
}

// accessOf returns what a member may do in each collection that the member has.
func (s *Service) accessOf(ctx context.Context, memberID id.ID) (map[id.ID]Access, error) {
	own, throughGroups, err := s.Store.AccessOf(ctx, memberID)
	access := map[id.ID]Access{}
	for _, g := range throughGroups {
		if before, there := access[g.CollectionID]; there {
			g.Access = g.Access.with(before)
		}
		access[g.CollectionID] = g.Access
	}
	for _, g := range own {
		access[g.CollectionID] = g.Access
	}
	return access, err
}

// custom reports whether the member has a role of its own with a permission.
func (r rights) custom(allowed func(org.Permissions) bool) bool { return allowed(r.member.Granted()) }

func (r rights) editsAny() bool {
	return r.custom(func(p org.Permissions) bool { return p.EditAnyCollection })
}

// reachesAll reports whether the member has every collection by being an admin.
func (r rights) reachesAll() bool {
	return r.member.Administers() && r.settings.AdminsReachAllItems
}

func (r rights) manages(collectionID id.ID) bool { return r.own[collectionID].Manage }

// managesOne reports whether the member manages any collection.
func (r rights) managesOne() bool {
	for _, access := range r.own {
		if access.Manage {
			return true
		}
	}
	return false
}

// mayCreate reports whether the member may make collections.
func (r rights) mayCreate() bool {
	return !r.settings.LimitCollectionCreation || r.member.Administers() ||
		r.custom(func(p org.Permissions) bool { return p.CreateNewCollections })
}

// mayRead reports whether the member sees one collection.
func (r rights) mayRead(collectionID id.ID) bool {
	return r.manages(collectionID) || r.member.May(func(p org.Permissions) bool {
		return p.EditAnyCollection || p.DeleteAnyCollection
	})
}

// mayReadAccess reports whether the member sees who has one collection.
func (r rights) mayReadAccess(collectionID id.ID) bool {
	return r.mayRead(collectionID) || r.custom(func(p org.Permissions) bool { return p.ManageUsers })
}

// mayEdit reports whether the member may change a collection and who has it. One
// that nobody manages would be lost to everyone, so admins may take it up.
func (r rights) mayEdit(collectionID id.ID) bool {
	return r.editsAny() || r.reachesAll() || r.manages(collectionID) || r.member.Administers() && !r.managed[collectionID]
}

// mayGiveToMembers reports whether the member may change which members have a
// collection.
func (r rights) mayGiveToMembers(collectionID id.ID) bool {
	return r.mayEdit(collectionID) || r.settings.AdminsReachAllItems && r.custom(func(p org.Permissions) bool { return p.ManageUsers })
}

// mayGiveToGroups reports whether the member may change which groups have a
// collection.
func (r rights) mayGiveToGroups(collectionID id.ID) bool {
	return r.mayEdit(collectionID) || r.settings.AdminsReachAllItems && r.custom(func(p org.Permissions) bool { return p.ManageGroups })
}

// mayGive reports whether the member may change who has a collection at all.
func (r rights) mayGive(collectionID id.ID) bool {
	return r.mayGiveToMembers(collectionID) && r.mayGiveToGroups(collectionID)
}

// mayDelete reports whether the member may delete a collection.
func (r rights) mayDelete(collectionID id.ID) bool {
	open := !r.settings.LimitCollectionDeletion || r.member.Administers()
	return r.reachesAll() || r.manages(collectionID) && open || r.custom(func(p org.Permissions) bool { return p.DeleteAnyCollection })
}
