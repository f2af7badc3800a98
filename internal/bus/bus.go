// Package bus tells every node of a server that something happened.
//
// A message is a hint, not a record: it may be lost when a node or the database
// fails, and then subscribers are told that something may be missing. Nobody who
// publishes ever waits.
package bus

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"

	"coffre/internal/db"
	"coffre/internal/id"
)

// waiting is how many messages wait for one subscriber, or for the other nodes.
const waiting = 1024

// ErrFull says that a message did not leave for other nodes, because too many wait.
var ErrFull = errors.New("bus: too many messages wait for the database")

// Bus carries messages within this node and, on PostgreSQL, to the others.
type Bus struct {
	db   *db.DB
	url  string
	log  *slog.Logger
	node string

	out     chan message // to the other nodes; nil on a database that has one node
	dropped atomic.Bool  // whether out was full since the last message that left

	mu     sync.RWMutex
	topics map[string]map[*subscription]struct{}
}

type message struct {
	topic   string
	payload []byte
}

// New returns the Bus of a database; postgresURL is unused where that is SQLite.
func New(d *db.DB, postgresURL string, log *slog.Logger) *Bus {
	b := &Bus{db: d, url: postgresURL, log: log, node: id.New().String(), topics: map[string]map[*subscription]struct{}{}}
	if d.Engine() == "postgresql" {
		b.out = make(chan message, waiting)
	}
	return b
}

// Publish hands a message to the subscribers of a topic, a word without spaces.
// It is called after the commit of what it tells, and returns at once: ErrFull
// when other nodes will not hear of it.
func (b *Bus) Publish(topic string, payload []byte) error {
	b.deliver(message{topic, payload})
	if b.out == nil {
		return nil
	}
	select {
	case b.out <- message{topic, payload}:
		return nil
	default:
		b.dropped.Store(true)
		return ErrFull
	}
}

// subscription is a queue with a goroutine that empties it.
type subscription struct {
	fn    func(payload []byte)
	queue chan []byte
	lost  atomic.Bool
	ended chan struct{}
}

// Subscribe calls fn with each message of a topic, one after the other. A nil
// payload says that messages may have been lost before it: the queue of the
// subscriber was full, or the node was cut off. Messages must not be changed. When
// cancel returns, fn is not called any more.
func (b *Bus) Subscribe(topic string, fn func(payload []byte)) (cancel func()) {
	s := &subscription{fn: fn, queue: make(chan []byte, waiting), ended: make(chan struct{})}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.topics[topic] == nil {
		b.topics[topic] = map[*subscription]struct{}{}
	}
	b.topics[topic][s] = struct{}{}
	go s.run()
	return func() {
		b.mu.Lock()
		delete(b.topics[topic], s)
		b.mu.Unlock()
		close(s.queue)
		<-s.ended
	}
}

func (s *subscription) run() {
	defer close(s.ended)
	for payload := range s.queue {
		s.fn(payload)
		if payload != nil && s.lost.Swap(false) {
			s.fn(nil)
		}
	}
}

func (s *subscription) offer(payload []byte) {
	select {
	case s.queue <- payload:
	default:
		s.lost.Store(true) // what is in the queue brings it up
	}
}

func (b *Bus) deliver(m message) {
	if m.payload == nil {
		m.payload = []byte{}
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	for s := range b.topics[m.topic] {
		s.offer(m.payload)
	}
}

// lose tells every subscriber that something may be missing.
func (b *Bus) lose() {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, subscriptions := range b.topics {
		for s := range subscriptions {
			s.offer(nil)
		}
	}
}

// Run carries messages between nodes until ctx ends.
func (b *Bus) Run(ctx context.Context) {
	if b.out == nil {
		<-ctx.Done()
		return
	}
	var wg sync.WaitGroup
	wg.Go(func() { b.send(ctx) })
	wg.Go(func() { b.listen(ctx) })
	wg.Wait()
}
