package push

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"coffre/internal/bus"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/web"
)

// The topics on the bus.
const (
	topicNotice  = "notice"
	topicSession = "session"
)

// Service tells people's clients what happened.
type Service struct {
	Store       Store
	Bus         *bus.Bus
	Hub         *Hub
	Phones      *Phones
	AfterCommit func(ctx context.Context, fn func())
	Now         func() time.Time
	Log         *slog.Logger
}

// Announce sends a notice once the transaction of ctx is committed. The client
// that acts in ctx hears it as its own doing, which it ignores, unless the notice
// is for everywhere.
func (s *Service) Announce(ctx context.Context, n notice.Notice) {
	a := announcement{Notice: n}
	if caller := web.CallerOf(ctx); !n.Everywhere {
		a.Device, a.DeviceID = caller.Device, caller.DeviceID
	}
	raw, err := json.Marshal(a)
	if err != nil {
		s.Log.LogAttrs(ctx, slog.LevelError, "write notice", slog.Int("kind", int(n.Kind)), slog.Any("error", err))
		return
	}
	s.AfterCommit(ctx, func() {
		s.publish(ctx, topicNotice, raw)
		s.Phones.tell(ctx, a)
	})
}

// Recheck ends the sockets of a person's sessions that are over, once the
// transaction of ctx is committed: a device was removed, for example.
func (s *Service) Recheck(ctx context.Context, accountID id.ID) {
	s.AfterCommit(ctx, func() { s.publish(ctx, topicSession, []byte(accountID.String())) })
}

func (s *Service) publish(ctx context.Context, topic string, raw []byte) {
	if err := s.Bus.Publish(topic, raw); err != nil {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "tell other nodes", slog.Any("error", err))
	}
}

// Run delivers notices until ctx ends; then it closes the sockets.
func (s *Service) Run(ctx context.Context) {
	// What the bus brings while the end is near is still looked up.
	alive := context.WithoutCancel(ctx)
	cancelNotices := s.Bus.Subscribe(topicNotice, func(raw []byte) { s.hear(alive, raw) })
	cancelSessions := s.Bus.Subscribe(topicSession, func(raw []byte) { s.recheck(alive, raw) })
	var wg sync.WaitGroup
	wg.Go(func() { s.Phones.run(ctx) })
	s.Hub.run(ctx)
	cancelNotices()
	cancelSessions()
	s.Hub.close()
	wg.Wait()
}

// hear delivers what the bus brings to the sockets of this node.
func (s *Service) hear(ctx context.Context, raw []byte) {
	if raw == nil {
		s.catchUp(ctx)
		return
	}
	var a announcement
	err := json.Unmarshal(raw, &a)
	if err == nil {
		err = s.deliver(ctx, a)
	}
	if err != nil {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "deliver notice", slog.Int("kind", int(a.Kind)), slog.Any("error", err))
	}
}

// catchUp has every client here compare its revision date with the server's,
// because notices may have been lost.
func (s *Service) catchUp(ctx context.Context) {
	a := announcement{Notice: notice.Vault(s.Now(), s.Hub.connected()...)}
	if err := s.deliver(ctx, a); err != nil {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "catch up", slog.Any("error", err))
	}
}

func (s *Service) deliver(ctx context.Context, a announcement) error {
	people, err := s.audience(ctx, a)
	if err != nil {
		return err
	}
	sockets := s.Hub.of(people)
	if a.Kind == notice.LoggedOut {
		// Their sessions are over, which is what they are told.
		s.send(a, sockets)
		return s.end(ctx, sockets)
	}
	if err := s.end(ctx, s.Hub.stale(sockets)); err != nil {
		return err
	}
	s.send(a, sockets)
	if a.Kind == notice.AuthRequestAnswered && len(people) > 0 {
		s.answer(a, people[0])
	}
	return nil
}

// audience returns the people who hear a notice. An organization's are its members
// of this moment.
func (s *Service) audience(ctx context.Context, a announcement) ([]id.ID, error) {
	if len(a.People) > 0 || a.Organization.IsZero() {
		return a.People, nil
	}
	return s.Store.Members(ctx, a.Organization)
}

func (s *Service) send(a announcement, sockets []*socket) {
	messages := map[id.ID]*encoded{}
	for _, to := range sockets {
		person := to.caller.AccountID
		if !a.personal() {
			person = id.ID{}
		}
		m := messages[person]
		if m == nil {
			m = &encoded{call: call{target: receive, context: a.Device, kind: int(a.Kind), payload: a.payload(person)}}
			messages[person] = m
		}
		to.send(m)
	}
}

// answer tells whoever asked to be let in that somebody did.
func (s *Service) answer(a announcement, person id.ID) {
	m := &encoded{call: call{
		target: answered, context: a.Device, kind: int(a.Kind), payload: a.payload(person), person: person,
	}}
	for _, to := range s.Hub.waitingFor(a.ID) {
		to.send(m)
	}
}

func (s *Service) recheck(ctx context.Context, raw []byte) {
	people := s.Hub.connected()
	if raw != nil {
		person, err := id.Parse(string(raw))
		if err != nil {
			return
		}
		people = []id.ID{person}
	}
	if err := s.end(ctx, s.Hub.of(people)); err != nil {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "look at sessions", slog.Any("error", err))
	}
}

// end closes those sockets whose session is over.
func (s *Service) end(ctx context.Context, sockets []*socket) error {
	if len(sockets) == 0 {
		return nil
	}
	people := map[id.ID]struct{}{}
	for _, one := range sockets {
		people[one.caller.AccountID] = struct{}{}
	}
	live, err := s.Store.Sessions(ctx, people)
	if err != nil {
		return err
	}
	now := s.Hub.ticks.Load()
	for _, one := range sockets {
		if !live[Session{one.caller.AccountID, one.caller.Stamp, one.caller.Device}] {
			one.end()
			continue
		}
		one.checked.Store(now)
	}
	return nil
}
