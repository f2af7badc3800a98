package process

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// listener is one open address. Whether it speaks TLS is decided for each
// connection, so that a restart can change the certificate in place.
type listener struct {
	inner       net.Listener
	address     string // "" for the local socket
	server      *http.Server
	certificate atomic.Pointer[tls.Certificate]
}

// Accept returns the next connection, to be encrypted when there is a certificate.
func (l *listener) Accept() (net.Conn, error) {
	conn, err := l.inner.Accept()
	if certificate := l.certificate.Load(); err == nil && certificate != nil {
		conn = tls.Server(conn, &tls.Config{
			MinVersion:   tls.VersionTLS12,
			Certificates: []tls.Certificate{*certificate},
			NextProtos:   []string{"h2", "http/1.1"},
		})
	}
	return conn, err
}

// Close stops listening.
func (l *listener) Close() error { return l.inner.Close() }

// Addr returns the address.
func (l *listener) Addr() net.Addr { return l.inner.Addr() }

func (l *listener) serve(handler http.Handler, log *slog.Logger) {
	l.server = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	go func() {
		if err := l.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			log.LogAttrs(context.Background(), slog.LevelError, "listener ended", slog.String("address", l.address), slog.Any("error", err))
		}
	}()
}

// shutdown stops listening and waits for the requests under way, as long as ctx lasts.
func (l *listener) shutdown(ctx context.Context) {
	if err := l.server.Shutdown(ctx); err != nil {
		l.server.Close()
	}
}

// listenLocal opens the socket for the owner alone, in place of one that a
// killed process left behind.
func listenLocal(ctx context.Context, path string) (net.Listener, error) {
	if conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "unix", path); err == nil {
		conn.Close()
		return nil, fmt.Errorf("another server is running on this data folder (it answers at %s)", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make folder of the local socket: %w", err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove stale socket: %w", err)
	}
	inner, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen on the local socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, inner.Close())
	}
	return inner, nil
}
