// Package collection holds the collections of organizations, the groups that their
// members form, and who may do what in which collection.
//
// Somebody has a collection because it was given to them, or to a group that they
// are in. What they were given themselves counts alone; what several groups give
// adds up.
package collection

import (
	"bytes"
	"slices"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

// The types of collections, by the numbers that clients know: those that members
// share, and the one that each member has for themselves.
const (
	Shared  = 0
	MyItems = 1
)

// Collection is a part of an organization's vault that is given to members as
// one. Its name is encrypted with the organization's key.
type Collection struct {
	ID             id.ID
	OrganizationID id.ID
	Name           string
	ExternalID     string
	Type           int
	// FormerEmail is the address of the member who had it for themselves and has
	// gone; "" for every other one.
	FormerEmail string
	CreatedAt   time.Time
	RevisedAt   time.Time
}

// Access is what a member may do in a collection. Manage excludes the other two.
type Access struct {
	ReadOnly      bool
	HidePasswords bool
	Manage        bool
}

// with returns what two groups give together: whatever one of them allows.
func (a Access) with(b Access) Access {
	if a.Manage || b.Manage {
		return Access{Manage: true}
	}
	return Access{ReadOnly: a.ReadOnly && b.ReadOnly, HidePasswords: a.HidePasswords && b.HidePasswords}
}

// Assignment is a collection as one member has it.
type Assignment struct {
	Collection Collection
	MemberID   id.ID
	Access     Access
}

// Grant is access to a collection that was given to a member or to a group.
type Grant struct {
	CollectionID id.ID
	HolderID     id.ID
	Access       Access
}

// Shares is a collection with everyone to whom it was given. Own is what the
// caller may do, nil when the caller does not have it.
type Shares struct {
	Collection Collection
	Members    []Grant
	Groups     []Grant
	Own        *Access
}

// Managed reports whether somebody manages the collection.
func (s Shares) Managed() bool {
	manages := func(g Grant) bool { return g.Access.Manage }
	return slices.ContainsFunc(s.Members, manages) || slices.ContainsFunc(s.Groups, manages)
}

// Selection is somebody's access to a collection, in a request or an answer: the
// id is that of the other side.
type Selection struct {
	ID            id.ID `json:"id"`
	ReadOnly      bool  `json:"readOnly"`
	HidePasswords bool  `json:"hidePasswords"`
	Manage        bool  `json:"manage"`
}

// SelectionOf returns the access of a member or group, or to a collection.
func SelectionOf(of id.ID, a Access) Selection {
	return Selection{of, a.ReadOnly, a.HidePasswords, a.Manage}
}

func (s Selection) access() Access { return Access{s.ReadOnly, s.HidePasswords, s.Manage} }

// MaxAtOnce is how many ids one request may name.
const MaxAtOnce = 10_000

var (
	exclusive = fault.New(fault.Invalid, "collection.manageExcludes")
	tooMany   = fault.New(fault.Invalid, "collection.tooManyAtOnce").With("limit", MaxAtOnce)
)

// CheckSelections refuses too many of them, and access that both manages and is
// restricted. The field is theirs in the request.
func CheckSelections(field string, selections []Selection) error {
	if len(selections) > MaxAtOnce {
		return tooMany.On(field)
	}
	for _, s := range selections {
		if s.Manage && (s.ReadOnly || s.HidePasswords) {
			return exclusive.On(field)
		}
	}
	return nil
}

// checkMany refuses a request about nothing, and one about too much.
func checkMany(field string, n int) error {
	switch {
	case n == 0:
		return fault.Required(field)
	case n > MaxAtOnce:
		return tooMany.On(field)
	}
	return nil
}

// chosen returns selections by their ids; of those that name the same, the last.
func chosen(selections []Selection) map[id.ID]Access {
	byID := make(map[id.ID]Access, len(selections))
	for _, s := range selections {
		byID[s.ID] = s.access()
	}
	return byID
}

// unique returns ids in order, each once.
func unique(ids []id.ID) []id.ID {
	sorted := slices.SortedFunc(slices.Values(ids), func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(sorted)
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
