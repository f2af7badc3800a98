// Package push tells people's clients what happened, as it happens: over their
// open sockets, and to their phones.
//
// A room announces a notice.Notice in the transaction of a change. After the commit
// it goes over the bus to every node, and each node hands it to the sockets that it
// holds. Phones hear of it from a Provider. Nothing here is ever waited for, and
// nothing is promised: a client that hears nothing finds out when it syncs.
package push

import (
	"cmp"
	"time"

	"coffre/internal/id"
	"coffre/internal/notice"
)

// announcement is a notice on its way to other nodes.
type announcement struct {
	notice.Notice
	Device   string // the identifier of the client that caused it, which knows; or ""
	DeviceID id.ID  // its own id, or zero
}

// member is one of the payload's, in the order in which it is written.
type member struct {
	name  string
	value any // nil, bool, int, string, time.Time, or what encoding/json makes of JSON
}

// payload returns what a person's clients are told. Only some kinds hold the
// person; the others are the same for everyone.
func (a announcement) payload(person id.ID) []member {
	var list []member
	put := func(name string, value any) { list = append(list, member{name, value}) }
	organization := cmp.Or(a.OrganizationID, a.Organization)
	switch a.Kind {
	case notice.CipherUpdated, notice.CipherCreated, notice.CipherDeleted:
		if !organization.IsZero() {
			person = id.ID{}
		}
		put("Id", text(a.ID))
		put("UserId", text(person))
		put("OrganizationId", text(organization))
		put("CollectionIds", texts(a.CollectionIDs))
		put("RevisionDate", a.At)
	case notice.FolderCreated, notice.FolderUpdated, notice.FolderDeleted,
		notice.SendCreated, notice.SendUpdated, notice.SendDeleted:
		put("Id", text(a.ID))
		put("UserId", text(person))
		put("RevisionDate", a.At)
	case notice.AuthRequestCreated, notice.AuthRequestAnswered:
		put("Id", text(a.ID))
		put("UserId", text(person))
	case notice.OrganizationStatus, notice.CollectionSettings, notice.PolicyChanged:
		put("OrganizationId", text(organization))
	case notice.PremiumChanged:
		put("UserId", text(person))
	default:
		put("UserId", text(person))
		put("Date", a.At)
	}
	if a.Reason != nil {
		put("Reason", int(*a.Reason))
	}
	return append(list, sorted(a.Members)...)
}

// personal reports whether the payload holds the person whom it is for.
func (a announcement) personal() bool {
	switch a.Kind {
	case notice.OrganizationStatus, notice.CollectionSettings, notice.PolicyChanged:
		return false
	case notice.CipherUpdated, notice.CipherCreated, notice.CipherDeleted:
		return a.OrganizationID.IsZero() && a.Organization.IsZero()
	default:
		return true
	}
}

func text(v id.ID) any {
	if v.IsZero() {
		return nil
	}
	return v.String()
}

func texts(list []id.ID) any {
	if len(list) == 0 {
		return nil
	}
	words := make([]any, len(list))
	for i, v := range list {
		words[i] = v.String()
	}
	return words
}

// stamp is how dates are written where there is no type for them.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
