package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
)

var errBusy = errors.New("requests are still under way after half a minute: try again when less is going on")

// Exchange changes what instances stand on, their database above all, while none is
// at work. Requests that come wait; those under way and the background work are
// finished; then change is called, and an instance that is built after it takes
// over. Nothing has happened when change was not called or has failed. When there
// is nothing to build from what change made, requests are refused until a Restart
// succeeds. Exchange may be called from the local socket.
func (p *Process) Exchange(ctx context.Context, change func(context.Context) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.hold()()
	old := p.current
	failure := p.exchange(ctx, old, change)
	err := p.replace(context.WithoutCancel(ctx))
	switch {
	case err == nil:
		return failure
	case failure != nil:
		old.begin(ctx)
	default:
		p.refuse(ctx, old)
	}
	return errors.Join(failure, fmt.Errorf("start the server anew: %w", err))
}

func (p *Process) exchange(ctx context.Context, old *generation, change func(context.Context) error) error {
	patience, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	if !old.rest(patience, &old.requests) {
		return errBusy
	}
	return change(ctx)
}

// hold makes requests wait until the returned function is called.
func (p *Process) hold() (release func()) {
	held := make(chan struct{})
	p.state.Lock()
	p.held = held
	p.state.Unlock()
	return func() {
		p.state.Lock()
		p.held = nil
		p.state.Unlock()
		close(held)
	}
}

// refuse has nothing answered but the local socket.
func (p *Process) refuse(ctx context.Context, old *generation) {
	instance := *old.Instance
	instance.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, `{"message":"The server is being repaired. Try again later.","object":"error"}`)
	})
	instance.Run = func(ctx context.Context) { <-ctx.Done() }
	next := &generation{Instance: &instance}
	next.begin(ctx)
	p.state.Lock()
	p.current = next
	p.state.Unlock()
	instance.Log.LogAttrs(ctx, slog.LevelError, "the server cannot be started anew: see what the command says, then run coffre restart")
}
