package license

import (
	"strings"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// Skew is how far two clocks may be apart before a license is refused for it.
const Skew = 5 * time.Minute

var (
	premiumGiven      = fault.New(fault.Invalid, "license.premiumGiven").Coded("license-wrong-type")
	organizationGiven = fault.New(fault.Invalid, "license.organizationGiven").Coded("license-wrong-type")
	unsupported       = fault.New(fault.Invalid, "license.versionUnsupported").Coded("license-version-unsupported")
	disabled          = fault.New(fault.Invalid, "license.organizationDisabled").Coded("license-organization-disabled")
	noInstallation    = fault.New(fault.Invalid, "license.noInstallation").Coded("license-installation-missing")
	otherInstallation = fault.New(fault.Invalid, "license.installationMismatch").Coded("license-installation-mismatch")
	notSelfHosted     = fault.New(fault.Invalid, "license.selfHostNotAllowed").Coded("license-self-host-not-allowed")
	notYet            = fault.New(fault.Invalid, "license.notIssuedYet").Coded("license-not-issued-yet")
	expired           = fault.New(fault.Invalid, "license.expired").Coded("license-expired")
	notPremium        = fault.New(fault.Invalid, "license.notPremium").Coded("license-without-premium")
	otherEmail        = fault.New(fault.Invalid, "license.emailMismatch").Coded("license-email-mismatch")
)

// Gate is what a self-hosted server holds a license against.
type Gate struct {
	Trust        Trust
	Installation id.ID
}

// AdmitOrganization judges an organization's license that a person brings. It
// returns the license with nothing but what a trusted signer vouches for, or the
// first fault in this order, each with its own code: license-wrong-type,
// license-version-unsupported, license-signer-unknown or license-not-verified,
// license-organization-disabled, license-installation-missing (this server has
// none) or license-installation-mismatch, license-self-host-not-allowed,
// license-not-issued-yet, license-expired.
func (g Gate) AdmitOrganization(l Organization, now time.Time) (Organization, error) {
	read, valid, err := organizations.read(g.Trust, l)
	switch {
	case err != nil:
		return Organization{}, err
	case !read.Enabled:
		return Organization{}, disabled
	case g.Installation.IsZero():
		return Organization{}, noInstallation
	case read.InstallationID != g.Installation:
		return Organization{}, otherInstallation.With("licensed", read.InstallationID).With("installation", g.Installation)
	case !read.SelfHost:
		return Organization{}, notSelfHosted
	}
	return whenValid(read, valid, now)
}

// AdmitUser judges a premium license that the person with this address brings,
// as AdmitOrganization does, and tells until when it holds; zero is for good. Its own
// faults are license-without-premium and license-email-mismatch; whether the address
// is verified is for the caller.
func (g Gate) AdmitUser(l User, email string, now time.Time) (User, time.Time, error) {
	read, valid, err := users.read(g.Trust, l)
	switch {
	case err != nil:
		return User{}, time.Time{}, err
	case !read.Premium:
		return User{}, time.Time{}, notPremium
	case !strings.EqualFold(read.Email, email):
		return User{}, time.Time{}, otherEmail
	}
	read, err = whenValid(read, valid, now)
	return read, valid.until, err
}

// Verify returns what a trusted signer vouches for in l, if it holds now: the
// part of AdmitOrganization that does not depend on the server.
func (t Trust) Verify(l Organization, now time.Time) (Organization, error) {
	read, valid, err := organizations.read(t, l)
	if err != nil {
		return Organization{}, err
	}
	return whenValid(read, valid, now)
}

// VerifyUser is Verify for a premium license.
func (t Trust) VerifyUser(l User, now time.Time) (User, error) {
	read, valid, err := users.read(t, l)
	if err != nil {
		return User{}, err
	}
	return whenValid(read, valid, now)
}

// read believes a license: its token when it has one, else its signature. The
// span is when it holds, which the caller checks.
func (f form[T]) read(t Trust, l T) (T, span, error) {
	if err := f.checkKind(&l); err != nil {
		return f.blank(), span{}, err
	}
	if err := f.checkVersion(&l); err != nil {
		return f.blank(), span{}, err
	}
	read, valid, err := f.verified(t, l)
	if err != nil {
		return f.blank(), span{}, err
	}
	// The word before the signed data and the audience prove the kind.
	stamp := f.stamp(&read)
	stamp.Kind = f.kind
	f.vouch(&read, "LicenseType")
	if stamp.Issued.After(valid.from) {
		valid.from = stamp.Issued
	}
	if valid.until.IsZero() || !stamp.Expires.IsZero() && stamp.Expires.Before(valid.until) {
		valid.until = stamp.Expires
	}
	return read, valid, nil
}

func (f form[T]) verified(t Trust, l T) (T, span, error) {
	if f.stamp(&l).Token != "" {
		return f.readToken(t, l)
	}
	read, err := f.readSigned(t, l)
	return read, span{}, err
}

// checkKind points a person who took the wrong file to the page where it belongs.
// Old licenses do not say what they are: then the signature decides.
func (f form[T]) checkKind(l *T) error {
	switch kind := f.stamp(l).Kind; {
	case kind == Unstated || kind == f.kind:
		return nil
	case kind == ForUser:
		return premiumGiven
	default:
		return organizationGiven
	}
}

func (f form[T]) checkVersion(l *T) error {
	last := MaxVersion
	if f.kind == ForUser {
		last = UserVersion
	}
	if version := f.stamp(l).Version; version < MinVersion || version > last {
		return unsupported.With("version", version)
	}
	return nil
}

func whenValid[T any](l T, valid span, now time.Time) (T, error) {
	if err := valid.check(now); err != nil {
		var none T
		return none, err
	}
	return l, nil
}

// check reports whether the span includes now, within Skew. A zero end is none.
func (s span) check(now time.Time) error {
	const minute = "2006-01-02 15:04 UTC"
	switch {
	case s.from.After(now.Add(Skew)):
		return notYet.With("issued", s.from.UTC().Format(minute)).With("now", now.UTC().Format(minute))
	case !s.until.IsZero() && s.until.Before(now.Add(-Skew)):
		return expired.With("date", s.until.UTC().Format("2006-01-02"))
	default:
		return nil
	}
}
