package push

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// All durations here are counted in ticks, of a second each.
const (
	tick         = time.Second
	pingEvery    = 12  // clients give up after 30
	silence      = 120 // clients say something every 15
	greeting     = 15  // for the handshake
	trusted      = 60  // before a session is looked at again
	maxAnonymous = 20 * 60
)

// How many sockets a node holds.
const (
	perPerson      = 100
	perNetwork     = 25    // anonymous ones
	anonymousLimit = 5_000 // of all networks together
)

var (
	tooManySockets = fault.New(fault.TooMany, "push.tooManySockets")
	notASocket     = fault.New(fault.Invalid, "push.notASocket")
)

// Hub holds the sockets of one node. The zero Hub is ready.
type Hub struct {
	Tick time.Duration // of real time; zero means a second

	ticks      atomic.Int64
	goroutines sync.WaitGroup
	writers    writers

	mu        sync.RWMutex
	closed    bool
	people    map[id.ID][]*socket // by account
	waiting   map[id.ID][]*socket // anonymous, by what they wait for
	networks  map[string]int      // of anonymous sockets
	anonymous int
	next      int64 // slot
}

func (h *Hub) handshakeTime() time.Duration { return greeting * h.tick() }

func (h *Hub) tick() time.Duration {
	if h.Tick != 0 {
		return h.Tick
	}
	return tick
}

// place is what a socket takes up in the hub.
type place struct {
	person id.ID  // or zero
	token  id.ID  // of an anonymous socket
	from   string // its network
}

// take reserves a place, or refuses one too many.
func (h *Hub) take(p place) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !p.person.IsZero() {
		if len(h.people[p.person]) >= perPerson {
			return tooManySockets
		}
		return nil
	}
	if h.networks[p.from] >= perNetwork || h.anonymous >= anonymousLimit {
		return tooManySockets
	}
	if h.networks == nil {
		h.networks = map[string]int{}
	}
	h.networks[p.from]++
	h.anonymous++
	return nil
}

// leave gives the place back.
func (h *Hub) leave(p place) {
	if !p.person.IsZero() {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.anonymous--
	if h.networks[p.from]--; h.networks[p.from] == 0 {
		delete(h.networks, p.from)
	}
}

// open lets a socket in, until its connection ends.
func (h *Hub) open(s *socket, p place) {
	now := h.ticks.Load()
	s.heard.Store(now)
	s.checked.Store(now)
	if !h.add(s, p) {
		h.leave(p)
		s.conn.Close(websocket.StatusGoingAway, "")
	}
}

// serve is the life of a socket. The handshake has a goroutine of its own, because it
// needs a stack that is larger than reading does, which goes on for days.
func (h *Hub) serve(s *socket, p place) {
	if !s.greet() {
		s.cut()
		h.drop(s, p)
		return
	}
	h.goroutines.Go(func() {
		s.read()
		h.drop(s, p)
	})
}

// add starts a socket, unless the hub is closed.
func (h *Hub) add(s *socket, p place) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	if h.people == nil {
		h.people, h.waiting = map[id.ID][]*socket{}, map[id.ID][]*socket{}
		h.writers.goroutines = &h.goroutines
	}
	s.slot = h.next % pingEvery
	h.next++
	if p.person.IsZero() {
		h.waiting[p.token] = append(h.waiting[p.token], s)
	} else {
		h.people[p.person] = append(h.people[p.person], s)
	}
	h.goroutines.Go(func() { h.serve(s, p) })
	return true
}

// drop forgets a socket and gives its place back.
func (h *Hub) drop(s *socket, p place) {
	h.remove(s, p)
	h.leave(p)
}

func (h *Hub) remove(s *socket, p place) {
	h.mu.Lock()
	defer h.mu.Unlock()
	sockets, key := h.people, p.person
	if p.person.IsZero() {
		sockets, key = h.waiting, p.token
	}
	left := slices.DeleteFunc(sockets[key], func(other *socket) bool { return other == s })
	if len(left) == 0 {
		delete(sockets, key)
		return
	}
	sockets[key] = left
}

// of returns the sockets of people.
func (h *Hub) of(people []id.ID) []*socket {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var list []*socket
	for _, person := range people {
		list = append(list, h.people[person]...)
	}
	return list
}

// connected returns the people who have a socket here.
func (h *Hub) connected() []id.ID {
	h.mu.RLock()
	defer h.mu.RUnlock()
	list := make([]id.ID, 0, len(h.people))
	for person := range h.people {
		list = append(list, person)
	}
	return list
}

// waitingFor returns the anonymous sockets that wait for a request.
func (h *Hub) waitingFor(token id.ID) []*socket {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return slices.Clone(h.waiting[token])
}

func (h *Hub) all() []*socket {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var list []*socket
	for _, sockets := range []map[id.ID][]*socket{h.people, h.waiting} {
		for _, some := range sockets {
			list = append(list, some...)
		}
	}
	return list
}

// run pings the sockets until ctx ends.
func (h *Hub) run(ctx context.Context) {
	ticker := time.NewTicker(h.tick())
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			h.beat()
		}
	}
}

// beat pings a part of the sockets, and gives up those that are silent and those
// that have waited too long.
func (h *Hub) beat() {
	now := h.ticks.Add(1)
	beat := &encoded{ping: true}
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, sockets := range h.people {
		for _, s := range sockets {
			s.beat(now, beat)
		}
	}
	for _, sockets := range h.waiting {
		for _, s := range sockets {
			s.beat(now, beat)
			if now-s.checked.Load() > maxAnonymous {
				s.end()
			}
		}
	}
}

func (s *socket) beat(now int64, beat *encoded) {
	began := s.began.Load()
	switch {
	case began != 0 && now-began > writeTime:
		s.hub.goroutines.Go(s.cut)
	case now-s.heard.Load() > silence:
		s.end()
	case now%pingEvery == s.slot:
		s.send(beat)
	}
}

// close ends every socket and waits for them; clients are told to come again. Nothing
// may be sent any more.
func (h *Hub) close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	for _, s := range h.all() {
		s.end()
	}
	h.goroutines.Wait()
}

// stale returns those sockets whose session was not looked at for a while.
func (h *Hub) stale(sockets []*socket) []*socket {
	now := h.ticks.Load()
	var list []*socket
	for _, s := range sockets {
		if now-s.checked.Load() >= trusted {
			list = append(list, s)
		}
	}
	return list
}
