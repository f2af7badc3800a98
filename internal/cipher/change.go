package cipher

import (
	"context"
	"slices"
	"time"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
)

// scope is what a change may be about.
type scope struct {
	ciphers       []id.ID
	organizations []id.ID // besides those of the items
	collections   []id.ID // besides those in which the items are
	// own says that the change is about the caller alone: nobody else is told.
	own bool
}

// work is a change under way. Until it ends nobody else changes the items, nor who
// has which collection in their organizations.
type work struct {
	*Service
	reach   reach
	items   map[id.ID]Item // those that are the caller's or of an organization of theirs
	order   []id.ID
	links   map[id.ID][]link // of the items
	viewers []id.ID          // confirmed people who have one of the collections
	at      time.Time
}

// change runs fn in a transaction with all that it needs to decide. The organizations
// of the items and their people are held in that order, so that no two changes wait
// for each other.
func (s *Service) change(ctx context.Context, caller id.ID, in scope, fn func(context.Context, *work) error) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		w := &work{Service: s, reach: reach{caller: caller}, items: map[id.ID]Item{}, at: s.Now()}
		if err := w.hold(ctx, in); err != nil {
			return err
		}
		if err := s.Accounts.TouchOwn(ctx, caller, w.viewers...); err != nil {
			return err
		}
		found, err := s.Store.Find(ctx, caller, in.ciphers)
		if err != nil {
			return err
		}
		if w.reach.files, err = s.Files.On(ctx, in.ciphers); err != nil {
			return err
		}
		for _, k := range found {
			it := w.reach.see(k, w.links[k.ID])
			if _, member := w.reach.organizations[it.OrganizationID]; it.Seen || member {
				w.items[it.ID] = it
				w.order = append(w.order, it.ID)
			}
		}
		return fn(ctx, w)
	})
}

// hold locks the organizations of the scope in which the caller is confirmed, and
// finds out what the caller gets at there and who else sees it.
func (w *work) hold(ctx context.Context, in scope) error {
	orgIDs, err := w.Store.Homes(ctx, w.reach.caller, in.ciphers, in.organizations)
	if err != nil || len(orgIDs) == 0 {
		return err
	}
	if !in.own {
		for _, orgID := range orgIDs {
			if err := w.Organizations.Lock(ctx, orgID); err != nil {
				return err
			}
		}
	}
	if w.reach, err = w.reachOf(ctx, w.reach.caller); err != nil {
		return err
	}
	links, err := w.Store.Links(ctx, in.ciphers)
	if err != nil {
		return err
	}
	links = slices.DeleteFunc(links, func(l link) bool {
		_, member := w.reach.organizations[l.OrganizationID]
		return !member
	})
	w.links = byCipher(links)
	if !in.own {
		w.viewers, err = w.Collections.PeopleWith(ctx, unique(append(collectionsOf(links), in.collections...)))
	}
	return err
}

// one returns an item that the caller has, or fault.Gone.
func (w *work) one(cipherID id.ID) (Item, error) {
	it, found := w.items[cipherID]
	if !found || !it.Seen {
		return Item{}, fault.Gone
	}
	return it, nil
}

// again returns an item as the caller has it after a change.
func (w *work) again(ctx context.Context, cipherID id.ID) (Item, error) {
	items, err := w.find(ctx, w.reach.caller, cipherID)
	if err == nil && len(items) == 0 {
		err = fault.Gone
	}
	if err != nil {
		return Item{}, err
	}
	return items[0], nil
}

// collections returns where an item was at the beginning of the change.
func (w *work) collections(cipherID id.ID) []id.ID { return collectionsOf(w.links[cipherID]) }

// member returns the caller's membership of an organization, or fault.Gone.
func (w *work) member(orgID id.ID) (org.Membership, error) {
	m, found := w.reach.organizations[orgID]
	if !found {
		return org.Membership{}, fault.Gone
	}
	return m, nil
}

// tell records what happened to one item, and announces it to everyone who sees it.
func (w *work) tell(ctx context.Context, kind notice.Kind, what event.Type, c Cipher, collectionIDs []id.ID) error {
	w.Announce(ctx, notice.Cipher(kind, c.ID, c.OrganizationID, collectionIDs, w.at, w.audience()...))
	return w.record(ctx, what, c)
}

// tellMany records what happened to items, and has everyone who sees them look.
func (w *work) tellMany(ctx context.Context, what event.Type, ciphers ...Cipher) error {
	w.Announce(ctx, notice.Ciphers(w.at, w.audience()...))
	return w.record(ctx, what, ciphers...)
}

func (w *work) audience() []id.ID { return unique(append(w.viewers, w.reach.caller)) }

// record logs what happened to items of organizations. What people do with their own
// is nobody's business.
func (s *Service) record(ctx context.Context, what event.Type, ciphers ...Cipher) error {
	events := make([]event.Event, 0, len(ciphers))
	for _, c := range ciphers {
		if !c.OrganizationID.IsZero() {
			events = append(events, event.Event{OrganizationID: c.OrganizationID, Type: what, CipherID: c.ID})
		}
	}
	if len(events) == 0 {
		return nil
	}
	return s.Record(ctx, events...)
}
