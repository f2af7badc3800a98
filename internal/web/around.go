package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"coffre/internal/clock"
	"coffre/internal/id"
)

type arrivalKey struct{}

// arrival is what is known of a request before it is read.
type arrival struct {
	request string // identifier
	address netip.Addr
}

func arrivalOf(ctx context.Context) arrival {
	a, _ := ctx.Value(arrivalKey{}).(arrival)
	return a
}

// RequestID returns the identifier under which the log knows the request of ctx,
// or "" outside of one.
func RequestID(ctx context.Context) string { return arrivalOf(ctx).request }

// observe gives each request an identifier, answers with it and logs one line.
// The line has the route, never what was asked for: that carries tokens. It has
// the network address of the caller, for whoever keeps attackers out.
func (r *Router) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		a := arrival{request: id.New().String(), address: r.addressOf(req)}
		w.Header().Set("X-Request-Id", a.request)
		watched := middleware.NewWrapResponseWriter(w, req.ProtoMajor)
		elapsed := clock.Stopwatch()
		req = req.WithContext(context.WithValue(req.Context(), arrivalKey{}, a))
		next.ServeHTTP(watched, req)
		r.Log.LogAttrs(req.Context(), slog.LevelInfo, "request",
			slog.String("request", a.request), slog.String("method", req.Method),
			slog.String("route", chi.RouteContext(req.Context()).RoutePattern()),
			slog.Int("status", max(watched.Status(), http.StatusOK)), slog.Int("bytes", watched.BytesWritten()),
			slog.Duration("took", elapsed()), slog.String("address", a.text()))
	})
}

func (a arrival) text() string {
	if !a.address.IsValid() {
		return ""
	}
	return a.address.String()
}

func (r *Router) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		defer func() {
			value := recover()
			if value == nil {
				return
			}
			if err, ok := value.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(value)
			}
			r.fail(w, &Call{Request: req}, fmt.Errorf("panic: %v\n%s", value, debug.Stack()))
		}()
		next.ServeHTTP(w, req)
	})
}

// allowedOrigins may call from another origin; extensions and the desktop
// application have these, browsers' extensions need no permission at all.
var allowedOrigins = map[string]bool{"file://": true, "bw-desktop-file://bundle": true}

func isExtension(origin string) bool {
	scheme, _, found := strings.Cut(origin, "-extension://")
	return found && (scheme == "chrome" || scheme == "moz" || scheme == "safari-web" || scheme == "ms-browser")
}

func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache, no-store, max-age=0")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if origin := req.Header.Get("Origin"); allowedOrigins[origin] || isExtension(origin) {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Vary", "Origin")
			if req.Method == http.MethodOptions && req.Header.Get("Access-Control-Request-Method") != "" {
				h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, PATCH")
				h.Set("Access-Control-Allow-Headers", req.Header.Get("Access-Control-Request-Headers"))
				h.Set("Access-Control-Max-Age", "3600")
				w.WriteHeader(http.StatusOK)
				return
			}
		}
		next.ServeHTTP(w, req)
	})
}
