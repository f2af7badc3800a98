package event

import (
	"context"
	"time"

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
	e := Event{Type: what, AccountID: accountID, ActorID: accountID}
	organizations, err := l.Organizations(ctx, accountID, what.pending())
	if err != nil {
		return err
	}
	events := []Event{l.completed(ctx, e)}
	for _, e.OrganizationID = range organizations {
		events = append(events, l.completed(ctx, e))
	}
	return l.Store.Insert(ctx, events)
}

// pending reports whether an event is told to organizations that have yet to
// confirm the person.
func (t Type) pending() bool {
	return t == LoggedIn || t == LogInFailed || t == TwoStepFailed || t == TwoStepUpdated || t == TwoStepDisabled || t == TwoStepRecovered
}

func (l *Log) completed(ctx context.Context, e Event) Event {
	e.ID = id.New()
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
