package org

import (
	"time"

	"coffre/internal/id"
)

// SharedCollection is the type of a collection that members share, by the number
// that clients know.
const SharedCollection = 0

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
