package push

import (
	"context"
	"io"
	"sync"
	"sync/atomic"

	"github.com/coder/websocket"

	"coffre/internal/web"
)

const (
	maxMessage  = 4 << 10 // bytes that a client may send at once; it has little to say
	maxMessages = 100     // that a client may send in a window
	window      = 10      // in ticks
	maxQueue    = 100     // messages that wait for one socket
	maxBytes    = 1 << 20 // of them
	writeTime   = 10      // ticks for what is written at once
)

// socket is one connection of a client. Nothing but its reader waits for it: what
// is sent is put into the queue, and a writer comes only while there is something
// in it.
type socket struct {
	hub    *Hub
	conn   *websocket.Conn
	caller web.Caller // zero for an anonymous one
	slot   int64      // the tick of a round in which it is pinged

	heard   atomic.Int64 // the tick in which the client was last heard
	began   atomic.Int64 // the tick after the one in which a write began; 0 while there is none
	checked atomic.Int64 // the tick in which its session was last found to be alive

	mu       sync.Mutex
	encoding encoding // none until the handshake is over
	queue    [][]byte
	bytes    int
	writing  bool // a writer is there or will come
	closing  bool // nothing is queued any more; what is in the queue still leaves

	// Of the reader alone.
	since int64 // the tick in which the window began
	count int   // messages since
}

// cut ends the connection without a word. It may have ended already.
func (s *socket) cut() { _ = s.conn.CloseNow() }

// read takes what the client sends until the connection ends.
func (s *socket) read() {
	defer s.cut()
	for {
		_, reader, err := s.conn.Reader(context.Background())
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, reader); err != nil || !s.note() {
			return
		}
	}
}

// greet does the handshake. What is sent to the socket from then on waits until
// the answer has left.
func (s *socket) greet() bool {
	s.conn.SetReadLimit(maxMessage)
	ctx, cancel := context.WithTimeout(context.Background(), s.hub.handshakeTime())
	defer cancel()
	kind, raw, err := s.conn.Read(ctx)
	if err != nil {
		return false
	}
	wish, err := handshake(raw)
	if err != nil {
		// The client is told why, if it still listens.
		_ = s.conn.Write(ctx, kind, refusal)
		return false
	}
	s.mu.Lock()
	s.encoding, s.writing = wish, true
	s.mu.Unlock()
	if s.conn.Write(ctx, kind, welcome) != nil {
		return false
	}
	s.write()
	return true
}

// note counts a message of the client and reports whether it may send more.
func (s *socket) note() bool {
	now := s.hub.ticks.Load()
	s.heard.Store(now)
	if now-s.since >= window {
		s.since, s.count = now, 0
	}
	s.count++
	return s.count <= maxMessages
}

// send queues a message. A client that does not read loses its connection rather
// than make others wait or fill the memory.
func (s *socket) send(m *encoded) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.encoding == none || s.closing {
		return
	}
	raw := m.as(s.encoding)
	if len(s.queue) >= maxQueue || s.bytes+len(raw) > maxBytes && len(s.queue) > 0 {
		s.closing, s.queue = true, nil
		s.hub.goroutines.Go(s.cut)
		return
	}
	s.queue = append(s.queue, raw)
	s.bytes += len(raw)
	s.wake()
}

// end says goodbye after what is queued: the client may come again.
func (s *socket) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return
	}
	s.closing = true
	if farewell := closings[s.encoding]; farewell != nil {
		s.queue = append(s.queue, farewell)
	}
	s.wake()
}

func (s *socket) wake() {
	if !s.writing {
		s.writing = true
		s.hub.writers.add(s)
	}
}

// write sends what is queued. It has no clock of its own: the hub ends a connection
// that takes too long, as far as a client can make it.
func (s *socket) write() {
	defer s.began.Store(0)
	for {
		batch, kind, last := s.take()
		s.began.Store(s.hub.ticks.Load() + 1)
		for _, raw := range batch {
			if s.conn.Write(context.Background(), kind, raw) != nil {
				s.cut()
				return
			}
		}
		switch {
		case last:
			s.conn.Close(websocket.StatusGoingAway, "")
			return
		case len(batch) == 0:
			return
		}
	}
}

// take empties the queue for the writer; an empty one ends it. last is whether the
// connection ends after it.
func (s *socket) take() (batch [][]byte, kind websocket.MessageType, last bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	batch, s.queue, s.bytes = s.queue, nil, 0
	kind = websocket.MessageBinary
	if s.encoding == texted {
		kind = websocket.MessageText
	}
	s.writing = len(batch) > 0
	return batch, kind, s.closing
}

// encoded is a message that is written once for each encoding, whoever asks first.
type encoded struct {
	call call
	ping bool // it is a ping, not a call
	once [texted + 1]sync.Once
	raw  [texted + 1][]byte
}

func (m *encoded) as(e encoding) []byte {
	if m.ping {
		return pings[e]
	}
	m.once[e].Do(func() { m.raw[e] = m.call.encode(e) })
	return m.raw[e]
}
