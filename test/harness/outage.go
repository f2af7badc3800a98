package harness

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Line is the way from a server to its PostgreSQL, which a test can cut.
type Line struct {
	listener net.Listener
	target   string

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]bool
}

// NewLine leads to the PostgreSQL of a connection string, and returns the string
// with the line's address in it.
func NewLine(t testing.TB, connection string) (line *Line, through string) {
	t.Helper()
	address, err := url.Parse(connection)
	if err != nil {
		t.Fatal(err)
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	line = &Line{listener: listener, target: address.Host, conns: map[net.Conn]bool{}}
	var wg sync.WaitGroup
	wg.Go(func() { line.accept(&wg) })
	t.Cleanup(func() {
		listener.Close()
		line.Cut()
		wg.Wait()
	})
	address.Host = listener.Addr().String()
	return line, address.String()
}

// Cut ends every connection, and every new one at once.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = true
	for conn := range l.conns {
		conn.Close()
	}
	clear(l.conns)
}

// Mend lets connections through again.
func (l *Line) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = false
}

func (l *Line) accept(wg *sync.WaitGroup) {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return // closed
		}
		far, err := net.Dial("tcp", l.target)
		if err != nil || !l.keep(near, far) {
			near.Close()
			if far != nil {
				far.Close()
			}
			continue
		}
		for from, to := range map[net.Conn]net.Conn{near: far, far: near} {
			wg.Go(func() {
				_, _ = io.Copy(to, from) // It ends when either side does.
				near.Close()
				far.Close()
			})
		}
	}
}

// keep remembers two ends for Cut; false while the line is cut.
func (l *Line) keep(ends ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, end := range ends {
		l.conns[end] = !l.cut
	}
	if l.cut {
		clear(l.conns)
	}
	return !l.cut
}
