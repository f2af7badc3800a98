// Package emergency lets a person name others who may come into their vault when
// they themselves cannot.
//
// The grantor wraps their user key for the grantee's key pair; the server keeps it
// until the grantee asks, and the grantor has let a time of waiting pass without
// saying no. Then the grantee reads the vault, or gives the account a new master
// password. The server opens nothing itself.
package emergency

import (
	"math"
	"slices"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// Type is what a grantee may do, in the numbers of the protocol.
type Type int

// What grantees may do.
const (
	View     Type = 0
	Takeover Type = 1
)

// Status is how far an access has come, in the numbers of the protocol.
type Status int

// The states, one after the other. Rejecting leads back to Confirmed.
const (
	Invited   Status = 0
	Accepted  Status = 1
	Confirmed Status = 2
	Initiated Status = 3 // the grantee waits
	Approved  Status = 4
)

const (
	day          = 24 * time.Hour
	maxWait      = math.MaxInt16 // days
	inviteLife   = 5 * day
	reminderLead = day // before the wait is over
)

// Access is what one person grants another.
type Access struct {
	ID        id.ID
	GrantorID id.ID
	GranteeID id.ID  // zero until the invitation is accepted
	Email     string // who is invited; empty afterwards
	Type      Type
	Status    Status
	WaitDays  int
	Key       string // the grantor's user key, wrapped for the grantee; empty until confirmed
	BeganAt   time.Time
	RemindAt  time.Time // when the grantor was last told that somebody waits
	CreatedAt time.Time
	RevisedAt time.Time
}

// notValid is the one answer to whatever does not fit: who asks, and how far it is.
var notValid = fault.New(fault.Invalid, "emergency.notValid")

// isFor returns nil when the grantee may do now what a type allows.
func (a Access) isFor(grantee id.ID, t Type) error {
	if a.GranteeID != grantee || a.Status != Approved || a.Type != t {
		return notValid
	}
	return nil
}

// is returns nil in one of some states.
func (a Access) is(states ...Status) error {
	if !slices.Contains(states, a.Status) {
		return notValid
	}
	return nil
}

// EndsAt returns when the wait is over.
func (a Access) EndsAt() time.Time { return a.BeganAt.Add(time.Duration(a.WaitDays) * day) }

// Terms are what a grantor says of an access.
type Terms struct {
	Type     Type
	WaitDays int
}

func (t Terms) check() error {
	switch {
	case t.Type != View && t.Type != Takeover:
		return fault.Malformed("type")
	case t.WaitDays < 1 || t.WaitDays > maxWait:
		return fault.New(fault.Invalid, "emergency.wait").On("waitTimeDays").With("most", maxWait)
	}
	return nil
}

// Contact is an access with the person at its other end.
type Contact struct {
	Access
	Person Person
}

// Person is who that is. An invited stranger has an address alone.
type Person struct {
	ID        id.ID
	Name      string
	Email     string
	Color     string
	PublicKey string
}
