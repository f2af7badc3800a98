// Package web turns typed functions into HTTP handlers and remembers their
// shapes, so that the router, the tests and the API description cannot disagree.
//
// A route is closed: it asks for a person's token unless it says Anonymous, Machine
// or Operator. Who may do what is decided in the services, never here.
package web

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"coffre/internal/clock"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/throttle"
)

// ScopePerson is the scope of a person's access token.
const ScopePerson = "api"

// ScopeOperator is the scope of whoever runs the server, on the operator page.
const ScopeOperator = "operator"

// DefaultLimit is the largest body in bytes of a route that sets no other.
const DefaultLimit = 5 << 20

// Caller is who sent a request, as the verified token says.
type Caller struct {
	AccountID      id.ID // zero for a machine
	DeviceID       id.ID
	Device         string     // what the client calls itself: its identifier
	Address        netip.Addr // where the request came from, behind trusted proxies too
	DeviceType     *int       // what kind of client it says it is; nil when it does not
	InstallationID id.ID      // zero for everyone but an installation
	OrganizationID id.ID      // zero for everyone but an organization's own program
	Operator       string     // the name of an operator, for the log; "" for everyone else
	SendID         id.ID      // zero for everyone but a visitor of a Send
	ClientID       string
	Scope          string
	Stamp          string // the security stamp under which a person's token was given
	Language       string // "en", "fr", or "" when the profile says nothing
}

type callerKey struct{}

// CallerOf returns who sent the request of ctx; nobody outside of one.
func CallerOf(ctx context.Context) Caller {
	caller, _ := ctx.Value(callerKey{}).(Caller)
	return caller
}

// Route is what is known of a handler.
type Route struct {
	Method, Path string
	In, Out      reflect.Type // nil for a Raw route
	Scope        string       // the token scope it asks for; "" is open to everyone
	Limit        int64        // largest body, in bytes
	QueryToken   bool         // whether the token may stand in the address
	Rates        []throttle.Rule
}

// Router collects routes. Auth verifies a bearer token; its faults are shown.
type Router struct {
	Auth   func(ctx context.Context, token string) (Caller, error)
	Log    *slog.Logger
	Routes []Route
	// Limits counts the calls of routes that have a Rate, and its factor is that of
	// the flood guard; without it no call is one too many.
	Limits *throttle.Limits
	// Proxies are the networks whose X-Forwarded-For is believed.
	Proxies []netip.Prefix

	mux    *chi.Mux
	flood  flood
	warned sync.Once
}

// NewRouter returns a Router without routes. Whoever reads a path that no route has
// is answered by fallback; 404 is for all else, and for all when fallback is nil.
func NewRouter(log *slog.Logger, auth func(context.Context, string) (Caller, error), fallback http.Handler) *Router {
	r := &Router{Auth: auth, Log: log, mux: chi.NewRouter()}
	absent := func(w http.ResponseWriter, req *http.Request) { r.fail(w, &Call{Request: req}, fault.Gone) }
	r.mux.Use(r.observe, r.recover, secure, middleware.StripSlashes)
	otherwise := func(w http.ResponseWriter, req *http.Request) {
		reads := req.Method == http.MethodGet || req.Method == http.MethodHead
		if fallback == nil || !reads || isAPI(req.URL.Path) {
			absent(w, req)
			return
		}
		fallback.ServeHTTP(w, req)
	}
	r.mux.MethodNotAllowed(otherwise)
	r.mux.NotFound(otherwise)
	return r
}

// apiPrefixes never fall back to a page.
var apiPrefixes = []string{"/api", "/identity", "/notifications", "/icons", "/events", "/scim", "/push", "/admin", "/demo", "/docs", "/alive", "/ready"}

func isAPI(path string) bool {
	for _, prefix := range apiPrefixes {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			return true
		}
	}
	return false
}

// ServeHTTP answers. A body that no route reads has a minute as well: the server waits
// for a small one before it sends the answer.
func (r *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(clock.Deadline(maxSilence))
	}
	r.mux.ServeHTTP(w, req)
}

// Option changes how a route is served.
type Option func(*Route)

// Anonymous opens a route to callers without a token.
func Anonymous(r *Route) { r.Scope = "" }

// Machine opens a route to a machine's token of one scope, and to no person.
func Machine(scope string) Option { return func(r *Route) { r.Scope = scope } }

// Operator opens a route to operators alone; to a person it is not there.
func Operator(r *Route) { r.Scope = ScopeOperator }

// QueryToken lets the token stand in the parameter access_token, for callers that
// cannot set a header: browsers that open a socket.
func QueryToken(r *Route) { r.QueryToken = true }

// Limit sets the largest body in bytes.
func Limit(bytes int64) Option { return func(r *Route) { r.Limit = bytes } }

// Rate refuses calls over a rule with 429. They are counted by the caller where
// the route asks for a token, and else by the network that they come from. A route
// may have several, of which each has a name of its own.
func Rate(rule throttle.Rule) Option {
	return func(r *Route) { r.Rates = append(r.Rates, rule) }
}

// Handle registers fn for a "METHOD /path" pattern. The body is read into In: as
// JSON, as a form when In is Form, as an upload when In is Upload, and not at all
// when In is struct{}. An In with a Check method is checked before fn is called.
func Handle[In, Out any](r *Router, pattern string, fn func(*Call, In) (Out, error), opts ...Option) {
	route := newRoute(pattern, opts)
	route.In, route.Out = reflect.TypeFor[In](), reflect.TypeFor[Out]()
	r.add(route, func(w http.ResponseWriter, call *Call) error {
		var in In
		if err := read(w, call.Request, route.Limit, &in); err != nil {
			return err
		}
		out, err := fn(call, in)
		if err == nil {
			write(w, call.Request, out)
		}
		return err
	})
}

// Raw registers a handler that writes its own answer: a page, a file, a stream.
// It must not have written anything when it returns an error.
func Raw(r *Router, pattern string, fn func(http.ResponseWriter, *Call) error, opts ...Option) {
	r.add(newRoute(pattern, opts), func(w http.ResponseWriter, call *Call) error {
		if call.ContentLength != 0 {
			call.Body = newPatient(w, call.Body)
		}
		return fn(w, call)
	})
}

func newRoute(pattern string, opts []Option) Route {
	method, path, _ := strings.Cut(pattern, " ")
	route := Route{Method: method, Path: path, Scope: ScopePerson, Limit: DefaultLimit}
	for _, opt := range opts {
		opt(&route)
	}
	return route
}

func (r *Router) add(route Route, serve func(http.ResponseWriter, *Call) error) {
	r.Routes = append(r.Routes, route)
	r.mux.Method(route.Method, route.Path, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		call := &Call{Request: req}
		address := arrivalOf(req.Context()).address
		err := r.flooded(req.Method, address)
		if err == nil {
			err = r.admit(call, route)
		}
		call.Caller.Address, call.Caller.DeviceType = address, deviceType(req)
		call.Request = req.WithContext(context.WithValue(req.Context(), callerKey{}, call.Caller))
		if err == nil {
			err = r.take(call, route)
		}
		if err == nil && req.ContentLength > route.Limit {
			err = tooLarge
		}
		if err == nil {
			err = serve(w, call)
		}
		if err != nil {
			r.fail(w, call, err)
		}
	}))
}

// deviceType reads the header in which official clients number their kind.
func deviceType(req *http.Request) *int {
	n, err := strconv.Atoi(req.Header.Get("Device-Type"))
	if err != nil || n < 0 || n > math.MaxInt16 {
		return nil
	}
	return &n
}

// admit finds out who calls and whether the route is meant for that kind of
// caller. A person on a machine's route gets 404, because clients log out on 403.
func (r *Router) admit(call *Call, route Route) error {
	if route.Scope == "" {
		return nil
	}
	token, ok := strings.CutPrefix(call.Header.Get("Authorization"), "Bearer ")
	if !ok && route.QueryToken {
		token, ok = call.Query("access_token"), true
	}
	if !ok || token == "" {
		return fault.SignIn
	}
	caller, err := r.Auth(call.Context(), token)
	if err != nil {
		return err
	}
	call.Caller = caller
	switch {
	case caller.Scope == route.Scope:
		return nil
	case caller.Scope == ScopePerson:
		return fault.Gone
	}
	return fault.New(fault.Forbidden, "scope")
}
