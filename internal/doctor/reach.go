package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"coffre/internal/fault"
)

// Way is a way to an address, walked step by step: name, TCP, TLS, HTTP.
type Way struct {
	Client   *http.Client
	Patience time.Duration // with one step
}

// Reach walks the way and says at which step it ends, and what to open in a
// firewall. Date is what the other end says the time is; zero when it says nothing.
func (w Way) Reach(ctx context.Context, check Check, address string) (f Finding, date time.Time) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return Finding{Check: check, Subject: address}.fault(wrong("doctor.addressUnreadable", "address-unreadable")), date
	}
	f = at(check, u.Hostname(), portOf(u))
	proxy := w.proxy(ctx, address)
	steps := "DNS, TCP"
	if proxy != nil {
		steps = "proxy " + proxy.Host
		err = connect(ctx, proxy.Hostname(), portOf(proxy), w.Patience)
	} else {
		err = connect(ctx, f.Host, f.Port, w.Patience)
	}
	if err == nil && proxy == nil && u.Scheme == "https" {
		steps += ", TLS"
		err = w.handshake(ctx, f)
	}
	if err == nil {
		date, err = w.knock(ctx, f, address)
	}
	if err != nil {
		return f.fault(err), date
	}
	return f.ok(fine("doctor.reached").With("steps", steps+", HTTP")), date
}

// at begins the finding about a host and a port.
func at(check Check, host, port string) Finding {
	return Finding{Check: check, Subject: net.JoinHostPort(host, port), Host: host, Port: port}
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}

// proxy returns the one that the client goes through, or nil.
func (w Way) proxy(ctx context.Context, address string) *url.URL {
	transport, ok := w.Client.Transport.(*http.Transport)
	if !ok || transport.Proxy == nil {
		return nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil
	}
	proxy, err := transport.Proxy(request)
	if err != nil {
		return nil
	}
	return proxy
}

// connect looks a name up and opens a connection.
func connect(ctx context.Context, host, port string, patience time.Duration) error {
	to := func(key, code string) *fault.Error { return wrong(key, code).With("host", host).With("port", port) }
	lookup, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found, err := net.DefaultResolver.LookupHost(lookup, host)
	if err != nil {
		return to("doctor.nameUnknown", "name-unknown")
	}
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err == nil {
		return conn.Close()
	}
	addresses := strings.Join(found, ", ")
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return to("doctor.tcpRefused", "tcp-refused").With("addresses", addresses)
	case timedOut(err):
		return to("doctor.tcpSilent", "tcp-silent").With("addresses", addresses)
	}
	return to("doctor.tcpFailed", "tcp-failed").With("addresses", addresses).With("reason", reason(err))
}

func timedOut(err error) bool {
	late, ok := errors.AsType[net.Error](err)
	return ok && late.Timeout()
}

func (w Way) handshake(ctx context.Context, f Finding) error {
	ctx, cancel := context.WithTimeout(ctx, w.Patience)
	defer cancel()
	settings := &tls.Config{ServerName: f.Host, MinVersion: tls.VersionTLS12}
	if transport, ok := w.Client.Transport.(*http.Transport); ok && transport.TLSClientConfig != nil {
		settings.RootCAs = transport.TLSClientConfig.RootCAs
	}
	conn, err := (&tls.Dialer{Config: settings}).DialContext(ctx, "tcp", f.Subject)
	if err == nil {
		return conn.Close()
	}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, other := errors.AsType[tls.RecordHeaderError](err)
	to := func(key, code string) error {
		return wrong(key, code).With("host", f.Host).With("port", f.Port).With("reason", reason(err))
	}
	switch {
	case untrusted:
		return to("doctor.tlsUntrusted", "tls-untrusted")
	case other:
		return to("doctor.tlsNotSpoken", "tls-not-spoken")
	}
	return to("doctor.tlsFailed", "tls-failed")
}

// knock asks for the address over HTTP.
func (w Way) knock(ctx context.Context, f Finding, address string) (date time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.Patience)
	defer cancel()
	to := func(key, code string) *fault.Error { return wrong(key, code).With("host", f.Host).With("port", f.Port) }
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return date, err
	}
	response, err := w.Client.Do(request)
	switch {
	case err != nil && timedOut(err):
		return date, to("doctor.httpSilent", "http-silent")
	case err != nil:
		return date, to("doctor.httpFailed", "http-failed").With("reason", reason(err))
	}
	response.Body.Close()
	date, _ = http.ParseTime(response.Header.Get("Date")) // Zero when there is none.
	switch status := response.StatusCode; {
	case status == http.StatusProxyAuthRequired:
		return date, to("doctor.httpProxy", "http-proxy")
	case status >= http.StatusInternalServerError:
		return date, to("doctor.httpError", "http-error").With("status", status)
	}
	return date, nil
}
