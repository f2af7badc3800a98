package push

import (
	"sync"
	"time"
)

const (
	// crew is how many sockets are written to at a time, as long as they take what
	// they are sent.
	crew = 32
	// late is when a write takes too long for others to wait for.
	late = 50 * time.Millisecond
)

// writers send what sockets have queued. Ten thousand sockets with something to
// send do not need ten thousand goroutines, unless they block: a writer that is
// late is replaced, so that no client waits for another.
type writers struct {
	goroutines *sync.WaitGroup

	mu      sync.Mutex
	ready   []*socket
	working int // writers that are not late
}

// add has a socket written to.
func (w *writers) add(s *socket) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ready = append(w.ready, s)
	w.hire()
}

// hire starts a writer where one is missing.
func (w *writers) hire() {
	if w.working < crew && len(w.ready) > 0 {
		w.working++
		w.goroutines.Go(w.work)
	}
}

// work writes to one socket after the other until none is ready.
func (w *writers) work() {
	replaced := time.AfterFunc(late, w.replace)
	for replaced.Stop() {
		s := w.next()
		if s == nil {
			return
		}
		replaced.Reset(late)
		s.write()
	}
}

// next returns a socket that is ready; nil tells the writer to go.
func (w *writers) next() *socket {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.ready) == 0 {
		w.working--
		w.ready = nil // and the memory of a rush
		return nil
	}
	s := w.ready[0]
	w.ready[0], w.ready = nil, w.ready[1:]
	return s
}

// replace lets another writer take over from one that is late.
func (w *writers) replace() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.working--
	w.hire()
}
