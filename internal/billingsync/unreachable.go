package billingsync

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"syscall"

	"coffre/internal/fault"
)

// Codes of what this server finds out about its way to the cloud.
const (
	CodeOff          = "cloud-communication-off"
	CodeUnreachable  = "cloud-unreachable"
	CodeBusy         = "cloud-busy"
	CodeNotFound     = "cloud-not-found"
	CodeRefused      = "cloud-refused"
	CodeInstallation = "installation-refused"
	CodeRegion       = "region-mismatch"
)

// Codes of what the cloud answers about a key.
const (
	CodeKeyUnknown = "key-unknown"
	CodeKeyRevoked = "key-revoked"
	CodeNotBound   = "installation-not-bound"
)

var (
	communicationOff    = fault.New(fault.Invalid, "billingsync.communicationOff").Coded(CodeOff)
	noInstallation      = fault.New(fault.Invalid, "billingsync.noInstallation").Coded(CodeInstallation)
	installationRefused = fault.New(fault.Invalid, "billingsync.installationRefused").Coded(CodeInstallation)
	regionMismatch      = fault.New(fault.Invalid, "billingsync.regionMismatch").Coded(CodeRegion)
	cloudNotFound       = fault.New(fault.Invalid, "billingsync.cloudNotFound").Coded(CodeNotFound)
	notTheCloud         = fault.New(fault.Invalid, "billingsync.notTheCloud").Coded(CodeUnreachable)
	redirected          = fault.New(fault.Invalid, "billingsync.cloudRedirects").Coded(CodeUnreachable)
)

// ofCode returns the fault of a code that the cloud answered: our own text where
// there is one, so that a reader gets his language and a next step, else what the
// cloud said.
func ofCode(code, said string) error {
	key, ok := map[string]string{
		CodeKeyUnknown: "billingsync.keyRefused",
		CodeKeyRevoked: "billingsync.keyRevoked",
		CodeNotBound:   "billingsync.installationNotBound",
	}[code]
	if ok {
		return fault.New(fault.Invalid, key).Coded(code)
	}
	return fault.New(fault.Invalid, "billingsync.cloudRefused").Coded(code).With("reason", said)
}

// noAnswer is the fault of a status that no cloud gives on purpose, with the time that
// the cloud asks to be left alone. Below 500 it is somebody else who answers, or the
// cloud at an address that is not quite its own.
func noAnswer(address string, a answer) error {
	switch {
	case a.status == http.StatusTooManyRequests:
		busy := fault.New(fault.Invalid, "billingsync.cloudBusy").Coded(CodeBusy).With("address", hostPort(address))
		return &waitError{busy, a.wait}
	case a.status < http.StatusInternalServerError:
		return notTheCloud.With("address", hostPort(address))
	}
	fails := fault.New(fault.Invalid, "billingsync.cloudFails").Coded(CodeUnreachable).
		With("address", hostPort(address)).With("status", a.status)
	return &waitError{fails, a.wait}
}

// unreached is the fault of a call that got no answer. Operators open firewalls
// by host and port, so each text names them.
func unreached(address string, err error) error {
	key := "billingsync.cloudUnreachable"
	dns, isDNS := errors.AsType[*net.DNSError](err)
	_, isCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	timed, isTimed := errors.AsType[net.Error](err)
	switch {
	case isDNS && !dns.IsTimeout:
		key = "billingsync.cloudNameUnknown"
	case isCertificate:
		key = "billingsync.cloudCertificate"
	case errors.Is(err, http.ErrSchemeMismatch):
		key = "billingsync.cloudNotTLS"
	case errors.Is(err, syscall.ECONNREFUSED):
		key = "billingsync.cloudRefusesConnection"
	case isTimed && timed.Timeout():
		key = "billingsync.cloudSilent"
	}
	return fault.New(fault.Invalid, key).Coded(CodeUnreachable).With("address", hostPort(address))
}

// hostPort returns what a firewall needs to know of an address.
func hostPort(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}
