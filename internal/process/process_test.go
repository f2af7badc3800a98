package process_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"coffre/internal/process"
)

// world is a process whose next instance a test chooses.
type world struct {
	*process.Process
	socket, address string
	name            string
	fail            error
	slow            chan struct{} // a request for /slow waits for it
	entered         chan struct{}
	closed          chan string
}

func newWorld(t *testing.T) *world {
	w := &world{
		socket: filepath.Join(t.TempDir(), "run", "s.sock"), address: freeAddress(t), name: "first",
		slow: make(chan struct{}), entered: make(chan struct{}), closed: make(chan string, 9),
	}
	w.Process = &process.Process{Build: w.build}
	ctx, cancel := context.WithCancel(t.Context())
	ready := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := w.Run(ctx, func() { close(ready) }); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
	<-ready
	return w
}

func (w *world) build(context.Context) (*process.Instance, error) {
	if w.fail != nil {
		return nil, w.fail
	}
	name := w.name
	return &process.Instance{
		Handler: http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
			if req.URL.Path == "/slow" {
				w.entered <- struct{}{}
				<-w.slow
			}
			io.WriteString(rw, name)
		}),
		Control: http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
			rw.Header().Set("Content-Type", "application/json")
			if req.URL.Path == "/language" {
				io.WriteString(rw, req.Header.Get("Accept-Language"))
				return
			}
			if req.URL.Path == "/refused" {
				rw.WriteHeader(http.StatusBadRequest)
				io.WriteString(rw, `{"message":"No."}`)
				return
			}
			if req.URL.Path == "/lines" {
				io.WriteString(rw, "one\n")
				rw.(http.Flusher).Flush()
				<-w.slow
				io.WriteString(rw, "two\n")
				return
			}
			io.WriteString(rw, `"`+name+`"`)
		}),
		Endpoints: []process.Endpoint{{Address: w.address}},
		Socket:    w.socket,
		Run:       func(ctx context.Context) { <-ctx.Done() },
		Close:     func() error { w.closed <- name; return nil },
		Log:       slog.New(slog.DiscardHandler),
	}, nil
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func get(t *testing.T, address, path string) string {
	res, err := http.Get("http://" + address + path)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return string(body)
}

func TestRestartLetsTheOldServerFinish(t *testing.T) {
	w := newWorld(t)
	got := make(chan string)
	go func() { got <- get(t, w.address, "/slow") }()
	<-w.entered
	w.name = "second"
	if err := w.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if answer := get(t, w.address, "/"); answer != "second" {
		t.Errorf("a new request got %q, want second", answer)
	}
	close(w.slow)
	if answer := <-got; answer != "first" {
		t.Errorf("the request under way got %q, want first", answer)
	}
	if name := <-w.closed; name != "first" {
		t.Errorf("closed %q, want first", name)
	}
}

func TestBadSettingsKeepTheOldServer(t *testing.T) {
	w := newWorld(t)
	w.fail = errors.New("bad settings")
	if err := w.Restart(t.Context()); !errors.Is(err, w.fail) {
		t.Errorf("got %v, want %v", err, w.fail)
	}
	if answer := get(t, w.address, "/"); answer != "first" {
		t.Errorf("got %q, want first", answer)
	}
}

func TestNewAddressReplacesTheOld(t *testing.T) {
	w := newWorld(t)
	old := w.address
	w.name, w.address = "second", freeAddress(t)
	if err := w.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if answer := get(t, w.address, "/"); answer != "second" {
		t.Errorf("the new address answers %q, want second", answer)
	}
	for { // the old one closes in the background
		conn, err := net.Dial("tcp", old)
		if err != nil {
			break
		}
		conn.Close()
	}
}

func TestAddressInUseKeepsTheOldServer(t *testing.T) {
	w := newWorld(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	old := w.address
	w.address = taken.Addr().String()
	if err := w.Restart(t.Context()); err == nil {
		t.Error("no error for an address in use")
	}
	if answer := get(t, old, "/"); answer != "first" {
		t.Errorf("got %q, want first", answer)
	}
}

func TestLocalSocketIsForTheOwner(t *testing.T) {
	w := newWorld(t)
	info, err := os.Stat(w.socket)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	body, err := process.Ask(t.Context(), w.socket, "/status", struct{}{})
	if err != nil || string(body) != `"first"` {
		t.Errorf("got %s, %v", body, err)
	}
	if body, err := process.AskIn(t.Context(), "fr", w.socket, "/language", nil); err != nil || string(body) != "fr" {
		t.Errorf("asked in French: %q, %v", body, err)
	}
	if _, err := process.Ask(t.Context(), w.socket, "/refused", nil); err == nil || err.Error() != "No." {
		t.Errorf("refused: got %v", err)
	}
	if _, err := process.Ask(t.Context(), w.socket+"x", "/status", nil); !errors.Is(err, process.ErrNotRunning) {
		t.Errorf("no server: got %v, want ErrNotRunning", err)
	}
}
