package event

import (
	"context"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// MaxCollected is how many events a client may tell at once.
const MaxCollected = 5_000

// reach is how far back a client's clock is believed: it tells what happened while
// it was offline.
const reach = 30 * 24 * time.Hour

// Told is what a client says has happened in it.
type Told struct {
	Type           Type
	At             time.Time
	CipherID       id.ID
	OrganizationID id.ID
}

// The types that only a client knows of.
const (
	firstSeen Type = 1107 // of an item: seen, shown, copied, filled in
	lastSeen  Type = 1132
	seed      Type = 1118 // among them, but not told
)

func (t Type) ofItem() bool {
	return t >= firstSeen && t <= lastSeen && t != CipherTrashed && t != CipherRestored && t != seed
}

func (t Type) ofMember() bool {
	switch t {
	case OrganizationExported, ItemMoveAccepted, ItemMoveDeclined, BannerClicked, AutoConfirmEnabled, AutoConfirmDisabled, InviteLinkCopied:
		return true
	}
	return false
}

var tooMany = fault.New(fault.Invalid, "event.tooMany").With("max", MaxCollected)

// Collect adds what a client tells. What nobody but the server can know, and what
// is about something that the caller cannot read, is passed over in silence. A date
// in the future, or longer ago than thirty days, becomes now.
func (l *Log) Collect(ctx context.Context, caller id.ID, told []Told) error {
	if len(told) > MaxCollected {
		return tooMany
	}
	events := []Event{}
	of, err := l.asker(ctx, caller, told)
	if err != nil {
		return err
	}
	for _, t := range told {
		some, err := of.events(ctx, t)
		if err != nil {
			return err
		}
		events = append(events, some...)
	}
	return l.Store.Insert(ctx, events)
}

// asker asks each question about a caller once.
type asker struct {
	*Log
	caller id.ID
	keeps  map[id.ID]bool // by organization, where the caller belongs
	items  map[id.ID]Item
}

func (l *Log) asker(ctx context.Context, caller id.ID, told []Told) (asker, error) {
	var about []id.ID
	for _, t := range told {
		if t.Type.ofItem() && !t.CipherID.IsZero() {
			about = append(about, t.CipherID)
		}
	}
	a := asker{l, caller, map[id.ID]bool{}, nil}
	if len(about) == 0 {
		return a, nil
	}
	var err error
	a.items, err = l.Items(ctx, caller, about)
	return a, err
}

func (a asker) events(ctx context.Context, t Told) ([]Event, error) {
	e := Event{Type: t.Type, At: t.At, ActorID: a.caller, OrganizationID: t.OrganizationID}
	if now := a.Now(); e.At.After(now) || e.At.Before(now.Add(-reach)) {
		e.At = now
	}
	switch {
	case t.Type == VaultExported:
		e.OrganizationID = id.ID{}
		return a.own(ctx, a.caller, e)
	case t.Type.ofMember():
		return a.ofOrganization(ctx, e)
	case t.Type.ofItem():
		found, there := a.items[t.CipherID]
		// Whoever looks after an organization sees items that are not given to them.
		asMember := !found.OrganizationID.IsZero() && found.OrganizationID == t.OrganizationID
		if !there || !found.Readable && !asMember {
			return nil, nil
		}
		e.CipherID, e.OrganizationID = t.CipherID, found.OrganizationID
		if e.OrganizationID.IsZero() {
			return []Event{a.completed(ctx, e)}, nil
		}
		return a.ofOrganization(ctx, e)
	}
	return nil, nil
}

func (a asker) ofOrganization(ctx context.Context, e Event) ([]Event, error) {
	keeps, known := a.keeps[e.OrganizationID]
	if !known {
		err := a.Belongs(ctx, a.caller, e.OrganizationID)
		if err == nil {
			keeps, err = a.Kept(ctx, e.OrganizationID)
		}
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		a.keeps[e.OrganizationID] = keeps
	}
	if !keeps {
		return nil, nil
	}
	return []Event{a.completed(ctx, e)}, nil
}
