// Package collection holds the collections of organizations, the groups that their
// members form, and who may do what in which collection.
package collection

import (
	"time"

	"coffre/internal/id"
	"coffre/internal/org"
)

// Shared is the type of a collection that members share, by the number
// that clients know.
const Shared = 0

// Collection is a part of an organization's vault that is given to members as
// one. Its name is encrypted with the organization's key.
type Collection struct {
	ID             id.ID
	OrganizationID id.ID
	Name           string
	ExternalID     string
	Type           int
	CreatedAt      time.Time
	RevisedAt      time.Time
}

// Access is what a member may do in a collection. Manage excludes the other two.
type Access struct {
	ReadOnly      bool
	HidePasswords bool
	Manage        bool
}

// Assignment is a collection as one member has it.
type Assignment struct {
	Collection Collection
	MemberID   id.ID
	Access     Access
}

// Shares is a collection with everyone who has it. Own is the caller's access,
// nil when nobody has given it to the caller.
type Shares struct {
	Collection Collection
	Members    []Assignment
	Own        *Access
}

// Managed reports whether somebody manages the collection.
func (s Shares) Managed() bool {
	for _, a := range s.Members {
		if a.Access.Manage {
			return true
		}
	}
	return false
}

// seesAllCollections reports whether m sees the names of collections that nobody
// has given to m.
func seesAllCollections(m org.Member) bool {
	return m.May(func(p org.Permissions) bool {
		return p.EditAnyCollection || p.DeleteAnyCollection || p.AccessImportExport || p.ManageGroups
	})
}

// seesAllAccess reports whether m sees who has which collection.
func seesAllAccess(m org.Member) bool {
	return m.May(func(p org.Permissions) bool {
		return p.EditAnyCollection || p.DeleteAnyCollection || p.ManageUsers || p.ManageGroups
	})
}
