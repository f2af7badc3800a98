// Package cipher keeps the items of vaults, which the protocol calls ciphers: the
// log-ins, notes, cards and so on of people and of organizations.
//
// An item belongs to one person, or to one organization, where those see it who have
// one of its collections. What it says is ciphertext. Who may do what with it is one
// pure function, [reach.see]; every change goes through one frame, [Service.change],
// which holds still what that function looks at.
package cipher

import (
	"time"

	"coffre/internal/collection"
	"coffre/internal/content"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Retention is how long an item stays in the trash.
const Retention = 30 * 24 * time.Hour

// tolerance is how far apart two clocks may be that mean the same revision.
const tolerance = time.Second

// Items, in the words of the package that reads and writes them.
type (
	Cipher   = content.Cipher
	Personal = content.Personal
	Access   = content.Access
	Item     = content.Item
)

// everything is what people may do with what is their own.
var everything = Access{Edit: true, ViewPassword: true, Manage: true, Delete: true}

// link is an item in a collection.
type link struct {
	CipherID       id.ID
	CollectionID   id.ID
	OrganizationID id.ID // of the collection
	Type           int   // of the collection
}

// through returns what a person may do with an item by having one of its collections.
func through(a collection.Access, limitDeletion bool) Access {
	edit := !a.ReadOnly
	return Access{
		Edit: edit, ViewPassword: !a.HidePasswords, Manage: a.Manage, Delete: a.Manage || edit && !limitDeletion,
	}
}

var (
	outOfDate             = fault.New(fault.Invalid, "cipher.outOfDate")
	organizationIsAnother = fault.New(fault.Invalid, "cipher.organizationIsAnother").On("organizationId")
	typeIsAnother         = fault.New(fault.Invalid, "cipher.typeIsAnother").On("type")
	oldClient             = fault.New(fault.Invalid, "cipher.oldClient")
	readOnly              = fault.New(fault.Invalid, "cipher.readOnly")
	notDeletable          = fault.New(fault.Invalid, "cipher.notDeletable")
)

// fits returns why d may not take the place of what the person sees.
func fits(it Item, d Draft) error {
	switch {
	case d.OrganizationID != it.OrganizationID:
		return organizationIsAnother
	case d.Type != it.Type:
		return typeIsAnother
	case d.NoPasskeys && content.HasPasskeys(it.Data):
		return oldClient
	}
	return fresh(it, d.Known)
}

// fresh returns a fault when the client knows another revision than there is; the
// zero one is of a client that does not say.
func fresh(it Item, known time.Time) error {
	if !known.IsZero() && it.RevisedAt.Sub(known).Abs() > tolerance {
		return outOfDate
	}
	return nil
}

// Draft is what an item is to be.
type Draft struct {
	ID             id.ID // of an item that there is, where a request has several
	Type           content.Type
	Data           string
	OrganizationID id.ID
	FolderID       id.ID
	Favorite       bool
	Archived       *time.Time // nil leaves it as it is
	Known          time.Time  // the revision on which a change is based; zero when the client does not say
	NoPasskeys     bool       // the client is too old to know of passkeys, and would lose them
	For            id.ID      // whom the client has encrypted it for; zero when it does not say
	KeyID          string     // of the user key with which it did; "" when it does not say
	Files          map[string]content.FileKey
}

// personal returns what a person wants an item to be for themselves.
func (d Draft) personal(was Personal) Personal {
	p := Personal{FolderID: d.FolderID, Favorite: d.Favorite, ArchivedAt: was.ArchivedAt}
	if d.Archived != nil {
		p.ArchivedAt = *d.Archived
	}
	return p
}

// Limits are how much one request may be about.
type Limits struct {
	AtOnce    int // items
	Import    int // items of one import
	Relations int // of items with folders or collections, of one import
	Folders   int // or collections, of one import
}

// The limits of a cloud, which many share, and those of a server of one's own.
var (
	CloudLimits = Limits{AtOnce: 500, Import: 40_000, Relations: 80_000, Folders: 2_000}
	HomeLimits  = Limits{AtOnce: 10_000, Import: 100_000, Relations: 200_000, Folders: 10_000}
)
