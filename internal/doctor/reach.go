package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// patience is how long one step on the way to an address may take.
const patience = 5 * time.Second

// Reach walks the way to an address step by step (name, TCP, TLS, HTTP) and says
// at which step it ends, and what to open in a firewall.
func Reach(ctx context.Context, client *http.Client, name, address string) Finding {
	f := Finding{Name: name, Subject: address}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return f.fault("the address cannot be read", "Write it as https://host or https://host:port/path.")
	}
	host, port := u.Hostname(), portOf(u)
	f.Subject = net.JoinHostPort(host, port)
	ctx, cancel := context.WithTimeout(ctx, 3*patience)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return f.fault("the name "+host+" does not resolve", "Check the spelling and the DNS server of this machine.")
	}
	open := fmt.Sprintf("Allow outbound TCP from this machine to %s port %s (%s) in the firewall.", host, port, strings.Join(addresses, ", "))
	conn, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "tcp", f.Subject)
	if err != nil {
		return f.fault("TCP: "+plain(err), open)
	}
	conn.Close()
	steps := "name, TCP"
	if u.Scheme == "https" {
		if err := handshake(ctx, client, host, f.Subject); err != nil {
			return f.fault("TLS: "+plain(err), "If the cloud has a certificate of a private authority, name it in coffre__cloud__caFile.")
		}
		steps += ", TLS"
	}
	status, err := knock(ctx, client, address)
	if err != nil {
		return f.fault("HTTP: "+plain(err), open)
	}
	if status >= http.StatusInternalServerError {
		return f.fault(fmt.Sprintf("HTTP answers %d", status), "The cloud has a fault of its own: try again later or tell its operator.")
	}
	return f.ok(steps + ", HTTP")
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

func handshake(ctx context.Context, client *http.Client, host, address string) error {
	settings := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if transport, ok := client.Transport.(*http.Transport); ok && transport.TLSClientConfig != nil {
		settings.RootCAs = transport.TLSClientConfig.RootCAs
	}
	conn, err := (&tls.Dialer{NetDialer: &net.Dialer{Timeout: patience}, Config: settings}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}

func knock(ctx context.Context, client *http.Client, address string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	res.Body.Close()
	return res.StatusCode, nil
}

// plain takes the addresses and the call off the front of a network error.
func plain(err error) string {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return err.Error()
}
