package collection

import (
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

// Group is members of an organization who are given collections as one. Its name
// is not secret.
type Group struct {
	ID             id.ID
	OrganizationID id.ID
	Name           string
	ExternalID     string // what a directory calls the group
	CreatedAt      time.Time
	RevisedAt      time.Time
}

// GroupShares is a group with the collections that it has.
type GroupShares struct {
	Group  Group
	Grants []Grant
}

// Place is that of a member in a group.
type Place struct {
	GroupID  id.ID
	MemberID id.ID
}

var (
	groupsNotIncluded = fault.New(fault.Invalid, "collection.groupsNotIncluded")
	notYourselfGroup  = fault.New(fault.Invalid, "collection.notYourselfGroup")
)

// managesGroups reports whether m may make, change and delete groups.
func managesGroups(m org.Member) bool {
	return m.May(func(p org.Permissions) bool { return p.ManageGroups })
}

// seesGroupAccess reports whether m sees which collections groups have.
func seesGroupAccess(m org.Member) bool {
	return m.May(func(p org.Permissions) bool { return p.ManageUsers || p.ManageGroups })
}

// seesGroups reports whether m sees the names of groups by role; whoever manages a
// collection sees them too.
func seesGroups(m org.Member) bool {
	return m.May(func(p org.Permissions) bool {
		return p.ManageUsers || p.ManageGroups || p.CreateNewCollections || p.EditAnyCollection || p.DeleteAnyCollection
	})
}
