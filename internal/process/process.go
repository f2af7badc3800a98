// Package process is one running program: it listens, and it swaps the server
// behind its listeners for a new one without dropping a request.
package process

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// drainTime is how long requests under way may take once a server is to end.
const drainTime = 30 * time.Second

// Instance is a server built from one reading of the settings.
type Instance struct {
	Handler   http.Handler              // answers on every endpoint
	Control   http.Handler              // answers on the local socket
	Endpoints []Endpoint                // where to listen
	Socket    string                    // the local socket; "" for none
	Run       func(ctx context.Context) // works in the background until ctx ends
	Close     func() error              // called once nothing uses the instance
	Log       *slog.Logger
}

// Endpoint is an address to listen on, with HTTPS when there is a certificate.
type Endpoint struct {
	Address     string // host:port
	Certificate *tls.Certificate
}

// Process keeps an Instance running. Build makes one from the settings as they
// are now; when it fails while an older instance runs, that one stays.
type Process struct {
	Build func(ctx context.Context) (*Instance, error)

	mu        sync.Mutex // one restart at a time
	state     sync.RWMutex
	current   *generation
	held      chan struct{} // closed once requests need not wait any more; nil while none waits
	listeners map[string]*listener
	socket    *listener
}

// generation is an instance with the requests that it still answers, those of the
// local socket apart from the others.
type generation struct {
	*Instance
	requests, commands sync.WaitGroup
	stop               context.CancelFunc
	stopped            chan struct{}
}

// begin starts the work in the background.
func (g *generation) begin(ctx context.Context) {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	stopped := make(chan struct{})
	g.stop, g.stopped = stop, stopped
	go func() {
		defer close(stopped)
		g.Run(background)
	}()
}

// Run starts the first instance and keeps the process up until ctx ends; then it
// finishes what is under way. Ready is called once every endpoint listens.
func (p *Process) Run(ctx context.Context, ready func()) error {
	p.listeners = map[string]*listener{}
	if err := p.Restart(ctx); err != nil {
		return err
	}
	ready()
	<-ctx.Done()
	// The program is told to end: what remains has its own time.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.listeners {
		l.shutdown(ctx)
	}
	if p.socket != nil {
		p.socket.shutdown(ctx)
	}
	return p.current.end(ctx)
}

// Restart builds a new instance beside the running one and puts it in its place.
// New addresses are open before old ones close. On an error nothing has changed.
func (p *Process) Restart(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.replace(ctx)
}

func (p *Process) replace(ctx context.Context) error {
	instance, err := p.Build(ctx)
	if err != nil {
		return err
	}
	opened, err := p.open(ctx, instance)
	if err != nil {
		return errors.Join(err, instance.Close())
	}
	next := &generation{Instance: instance}
	next.begin(ctx)
	p.state.Lock()
	old := p.current
	p.current = next
	p.state.Unlock()
	p.settle(context.WithoutCancel(ctx), instance, opened)
	if old != nil {
		go p.retire(context.WithoutCancel(ctx), old)
	}
	return nil
}

// open listens on the addresses that are new; on an error it closes them again.
func (p *Process) open(ctx context.Context, instance *Instance) (opened []*listener, err error) {
	defer func() {
		if err != nil {
			for _, l := range opened {
				l.inner.Close()
			}
		}
	}()
	for _, endpoint := range instance.Endpoints {
		if p.listeners[endpoint.Address] != nil {
			continue
		}
		inner, err := (&net.ListenConfig{}).Listen(ctx, "tcp", endpoint.Address)
		if err != nil {
			return opened, fmt.Errorf("listen on %s: %w", endpoint.Address, err)
		}
		opened = append(opened, &listener{inner: inner, address: endpoint.Address})
	}
	if instance.Socket != "" && p.socket == nil {
		inner, err := listenLocal(ctx, instance.Socket)
		if err != nil {
			return opened, err
		}
		opened = append(opened, &listener{inner: inner})
	}
	return opened, nil
}

// settle serves on what open opened, gives every address its certificate, and
// closes addresses that are no longer wanted.
func (p *Process) settle(ctx context.Context, instance *Instance, opened []*listener) {
	for _, l := range opened {
		if l.address == "" {
			p.socket = l
			l.serve(http.HandlerFunc(p.command), instance.Log)
			continue
		}
		p.listeners[l.address] = l
	}
	wanted := map[string]bool{}
	for _, endpoint := range instance.Endpoints {
		wanted[endpoint.Address] = true
		p.listeners[endpoint.Address].certificate.Store(endpoint.Certificate)
	}
	for _, l := range opened {
		if l.address != "" {
			l.serve(http.HandlerFunc(p.answer), instance.Log)
		}
	}
	for address, l := range p.listeners {
		if !wanted[address] {
			delete(p.listeners, address)
			go l.shutdown(ctx)
		}
	}
}

// answer answers a request with the instance that is current when it comes.
func (p *Process) answer(w http.ResponseWriter, req *http.Request) {
	for {
		p.state.RLock()
		g, held := p.current, p.held
		if held == nil {
			g.requests.Add(1)
		}
		p.state.RUnlock()
		if held == nil {
			defer g.requests.Done()
			g.Handler.ServeHTTP(w, req)
			return
		}
		select {
		case <-held:
		case <-req.Context().Done():
			return
		}
	}
}

// command answers a request of the local socket, which never waits: it may be the
// one that the others wait for.
func (p *Process) command(w http.ResponseWriter, req *http.Request) {
	p.state.RLock()
	g := p.current
	g.commands.Add(1)
	p.state.RUnlock()
	defer g.commands.Done()
	g.Control.ServeHTTP(w, req)
}

func (p *Process) retire(ctx context.Context, g *generation) {
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	if err := g.end(ctx); err != nil {
		g.Log.LogAttrs(ctx, slog.LevelError, "end of the replaced server", slog.Any("error", err))
	}
}

// end waits for requests and background work, then closes the instance.
func (g *generation) end(ctx context.Context) error {
	g.rest(ctx, &g.requests, &g.commands)
	return g.Close()
}

// rest ends the background work, waits for it and for requests, as long as ctx
// lasts, and reports whether none is left.
func (g *generation) rest(ctx context.Context, requests ...*sync.WaitGroup) bool {
	g.stop()
	idle, stopped := make(chan struct{}), g.stopped
	go func() {
		for _, r := range requests {
			r.Wait()
		}
		<-stopped
		close(idle)
	}()
	select {
	case <-idle:
		return true
	case <-ctx.Done():
		return false
	}
}
