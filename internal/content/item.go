package content

import (
	"time"

	"coffre/internal/id"
)

// Cipher is an item as it is kept. One of AccountID and OrganizationID is zero.
type Cipher struct {
	ID             id.ID
	AccountID      id.ID
	OrganizationID id.ID
	Type           Type
	Data           string // what [Body.Stored] writes
	CreatedAt      time.Time
	RevisedAt      time.Time
	DeletedAt      time.Time // zero unless in the trash
}

// Personal is what one person did with an item, for themselves.
type Personal struct {
	FolderID   id.ID
	Favorite   bool
	ArchivedAt time.Time
}

// Access is what a person may do with an item. Hidden passwords are sent all the
// same: clients hide them.
type Access struct {
	Edit         bool
	ViewPassword bool
	Manage       bool
	Delete       bool // and restore
}

// Or returns what two collections allow together.
func (a Access) Or(b Access) Access {
	return Access{
		Edit: a.Edit || b.Edit, ViewPassword: a.ViewPassword || b.ViewPassword, Manage: a.Manage || b.Manage, Delete: a.Delete || b.Delete,
	}
}

// Item is an item as one person has it.
type Item struct {
	Cipher
	Personal
	Access        Access
	Seen          bool    // whether the person has it at all, rather than administers it
	CollectionIDs []id.ID // that the person sees
	TOTP          bool    // whether the organization includes one-time codes
	Attachments   []Attachment
}
