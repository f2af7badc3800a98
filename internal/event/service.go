package event

import (
	"context"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// Log is what the rest of the server may do with events.
type Log struct {
	Store Store
	Now   func() time.Time
	// Kept reports whether an organization keeps events: it is enabled and its terms
	// include them.
	Kept func(ctx context.Context, orgID id.ID) (bool, error)
	// Organizations returns the organizations that have confirmed an account and keep
	// events; with pending also those that it has only accepted.
	Organizations func(ctx context.Context, accountID id.ID, pending bool) ([]id.ID, error)
	// MayRead returns fault.Gone to everyone who may not read the events of an
	// organization, and when it keeps none.
	MayRead func(ctx context.Context, caller, orgID id.ID) error
	// Belongs returns fault.Gone to everyone whom an organization has not confirmed.
	Belongs func(ctx context.Context, caller, orgID id.ID) error
	// Member returns the account behind a member of an organization, zero while there
	// is none, or fault.Gone.
	Member func(ctx context.Context, orgID, memberID id.ID) (accountID id.ID, err error)
	// Items says of some items that there are whose each is.
	Items func(ctx context.Context, accountID id.ID, cipherIDs []id.ID) (map[id.ID]Item, error)
}

// Item is whose an item is. OrganizationID is zero for a person's own.
type Item struct {
	OrganizationID id.ID
	Readable       bool // by the account that asks
}

// Record adds events of organizations, in the transaction of ctx. Those of an
// organization that keeps none are dropped. What an event does not say is filled in:
// its ID, the time, and who acts, from where, by the request of ctx.
func (l *Log) Record(ctx context.Context, events ...Event) error {
	kept := map[id.ID]bool{}
	keep := make([]Event, 0, len(events))
	for _, e := range events {
		open, known := kept[e.OrganizationID]
		if !known {
			var err error
			if open, err = l.Kept(ctx, e.OrganizationID); err != nil {
				return err
			}
			kept[e.OrganizationID] = open
		}
		if open {
			keep = append(keep, l.completed(ctx, e))
		}
	}
	return l.Store.Insert(ctx, keep)
}

// RecordOwn adds what somebody did with their own account, or what was tried with
// it: once for themselves, and once for each organization that has confirmed them
// and keeps events. Log-ins are told to those that wait for confirmation too.
func (l *Log) RecordOwn(ctx context.Context, accountID id.ID, what Type) error {
	events, err := l.own(ctx, accountID, Event{Type: what})
	if err != nil {
		return err
	}
	return l.Store.Insert(ctx, events)
}

// RecordAbout is RecordOwn for an event that is about something of an account's, such
// as a Send, and that somebody else may have caused.
func (l *Log) RecordAbout(ctx context.Context, accountID id.ID, e Event) error {
	events, err := l.own(ctx, accountID, e)
	if err != nil {
		return err
	}
	if e.Type == TextSendAccessed || e.Type == FileSendAccessed {
		for i := range events[1:] {
			events[1+i].ActorID = id.ID{} // a visitor, of whom nothing is known
		}
	}
	return l.Store.Insert(ctx, events)
}

func (l *Log) own(ctx context.Context, accountID id.ID, e Event) ([]Event, error) {
	e.AccountID, e.ActorID = accountID, accountID
	organizations, err := l.Organizations(ctx, accountID, e.Type.pending())
	events := []Event{l.completed(ctx, e)}
	for _, e.OrganizationID = range organizations {
		events = append(events, l.completed(ctx, e))
	}
	return events, err
}

// pending reports whether an event is told to organizations that have yet to
// confirm the person.
func (t Type) pending() bool {
	return t == LoggedIn || t == LogInFailed || t == TwoStepFailed || t == TwoStepUpdated || t == TwoStepDisabled || t == TwoStepRecovered
}

func (l *Log) completed(ctx context.Context, e Event) Event {
	e.ID = id.NewOrdered()
	if e.At.IsZero() {
		e.At = l.Now()
	}
	caller := web.CallerOf(ctx)
	if e.ActorID.IsZero() && e.SystemUser == 0 {
		e.ActorID = caller.AccountID
	}
	e.Address, e.DeviceType = caller.Address, caller.DeviceType
	return e
}

// PageSize is how many events are read at once.
const PageSize = 50

// Page is a part of a log, the newest events first. Next leads to the one after it,
// and is nil on the last.
type Page struct {
	Events []Event
	Next   *Cursor
}

// ListOwn returns what the caller did with their own account.
func (l *Log) ListOwn(ctx context.Context, caller id.ID, s Span) (Page, error) {
	return l.list(ctx, Filter{ActorID: caller, Own: true}, s)
}

// ListOf returns what happened in an organization, to whoever may read its log.
func (l *Log) ListOf(ctx context.Context, caller, orgID id.ID, s Span) (Page, error) {
	if err := l.MayRead(ctx, caller, orgID); err != nil {
		return Page{}, err
	}
	return l.list(ctx, Filter{OrganizationID: orgID}, s)
}

// ListByMember returns what a member did in an organization, to whoever may read its
// log.
func (l *Log) ListByMember(ctx context.Context, caller, orgID, memberID id.ID, s Span) (Page, error) {
	if err := l.MayRead(ctx, caller, orgID); err != nil {
		return Page{}, err
	}
	accountID, err := l.Member(ctx, orgID, memberID)
	if err != nil || accountID.IsZero() {
		return Page{}, err
	}
	return l.list(ctx, Filter{OrganizationID: orgID, ActorID: accountID}, s)
}

// ListOfSend returns what happened to a Send of an organization's member, to whoever
// may read the log. A Send without events is like one that is not there.
func (l *Log) ListOfSend(ctx context.Context, caller, orgID, sendID id.ID, s Span) (Page, error) {
	if err := l.MayRead(ctx, caller, orgID); err != nil {
		return Page{}, err
	}
	of := Filter{OrganizationID: orgID, SendID: sendID}
	found, err := l.Store.Has(ctx, of)
	if err == nil && (!found || sendID.IsZero()) {
		err = fault.Gone
	}
	if err != nil {
		return Page{}, err
	}
	return l.list(ctx, of, s)
}

// ListOfItem returns what happened to an item: to its owner, or to whoever may read
// the log of its organization. The log itself says which that is, so that one can
// ask about an item that is gone; of one that was shared, the organization comes
// before its first owner. An item without events is like one that is not there.
func (l *Log) ListOfItem(ctx context.Context, caller, cipherID id.ID, s Span) (Page, error) {
	owners, err := l.Store.Owners(ctx, cipherID)
	if err != nil {
		return Page{}, err
	}
	own := false
	for _, owner := range owners {
		if owner.OrganizationID.IsZero() {
			own = own || owner.ActorID == caller
			continue
		}
		err := l.MayRead(ctx, caller, owner.OrganizationID)
		if err == nil {
			return l.list(ctx, Filter{CipherID: cipherID, OrganizationID: owner.OrganizationID}, s)
		}
		if fault.KindOf(err) != fault.NotFound {
			return Page{}, err
		}
	}
	if !own {
		return Page{}, fault.Gone
	}
	return l.list(ctx, Filter{CipherID: cipherID, ActorID: caller, Own: true}, s)
}

func (l *Log) list(ctx context.Context, f Filter, s Span) (Page, error) {
	events, err := l.Store.List(ctx, f, s, PageSize+1)
	page := Page{Events: events}
	if len(events) > PageSize {
		last := events[PageSize-1]
		page.Events, page.Next = events[:PageSize], &Cursor{At: last.At, ID: last.ID}
	}
	return page, err
}
