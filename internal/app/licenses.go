package app

import (
	"context"
	"fmt"
	"time"

	"coffre/internal/config"
	"coffre/internal/fault"
	"coffre/internal/license"
)

// HeldLicenses describes the licenses of the database that the settings name, a
// line each.
func HeldLicenses(ctx context.Context, cfg config.Config) ([]string, error) {
	d, err := OpenDatabase(cfg)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if err := d.Migrate(ctx); err != nil {
		return nil, err
	}
	held, err := license.NewStore(d).List(ctx)
	lines := make([]string, len(held))
	for i, h := range held {
		expires := "never"
		if !h.ExpiresAt.IsZero() {
			expires = h.ExpiresAt.Format(time.DateOnly)
		}
		lines[i] = fmt.Sprintf("organization %s  issued %s  expires %s", h.OrganizationID, h.IssuedAt.Format(time.DateOnly), expires)
	}
	return lines, err
}

// VerifyLicense makes the checks that an upload begins with, and says in a line
// what the license is for.
func VerifyLicense(cfg config.Config, raw []byte, now time.Time) (string, error) {
	trust, err := license.ReadTrust(cfg.License.TrustedCertificates)
	if err != nil {
		return "", err
	}
	parsed, err := license.ParseOrganization(raw)
	if err != nil {
		return "", err
	}
	gate := license.Gate{Trust: trust, Installation: cfg.Cloud.InstallationID}
	held, err := gate.AdmitOrganization(parsed, now)
	return held.Name + ", " + held.Plan, err
}

// Signer is a license signer that a person may decide to trust.
type Signer struct {
	Fingerprint string
	signers     license.Trust
}

// ReadSigner reads one certificate in PEM.
func ReadSigner(raw []byte) (Signer, error) {
	signers, err := license.ParseTrust(raw)
	if err != nil {
		return Signer{}, err
	}
	prints := signers.Fingerprints()
	if len(prints) != 1 {
		return Signer{}, fault.New(fault.Invalid, "app.oneSigner").With("number", len(prints))
	}
	return Signer{Fingerprint: prints[0], signers: signers}, nil
}

// Is reports whether fingerprint, in any spelling, is that of the signer.
func (s Signer) Is(fingerprint string) bool {
	return license.SameFingerprint(fingerprint, s.Fingerprint)
}

// Trust accepts the licenses of the signer from now on.
func (s Signer) Trust(cfg config.Config) error {
	return license.AddTrust(cfg.License.TrustedCertificates, s.signers)
}
