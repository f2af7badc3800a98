package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/license"
	"coffre/internal/premium"
	"coffre/internal/seal"
)

// LicenseStory is what `coffre license show` tells.
type LicenseStory struct {
	Trusted       []string // fingerprints of the signers that this server accepts
	Signer        string   // of this cloud, when it has published one
	Organizations []string // a line for each license
	People        []string // a line for each premium license
}

// ShowLicenses describes the licenses of the database that the settings name, and
// whose licenses the server accepts or signs.
func ShowLicenses(ctx context.Context, cfg config.Config, now time.Time) (story LicenseStory, err error) {
	trust, err := license.ReadTrust(cfg.License.TrustedCertificates)
	if err != nil {
		return story, err
	}
	own, err := license.ReadTrust(cfg.Data.SignerCertificate())
	if err != nil {
		return story, err
	}
	story.Trusted, story.Signer = trust.Fingerprints(), strings.Join(own.Fingerprints(), ", ")
	d, err := OpenDatabase(cfg)
	if err != nil {
		return story, err
	}
	defer d.Close()
	if err := d.Migrate(ctx); err != nil {
		return story, err
	}
	return story, story.read(ctx, d, now)
}

func (s *LicenseStory) read(ctx context.Context, d *db.DB, now time.Time) error {
	held, err := license.NewStore(d).List(ctx)
	if err != nil {
		return err
	}
	for _, h := range held {
		l, err := license.ParseOrganization([]byte(h.Document))
		line := fmt.Sprintf("organization %s  issued %s  expires %s", h.OrganizationID, h.IssuedAt.Format(time.DateOnly), dayOf(h.ExpiresAt))
		if err != nil {
			s.Organizations = append(s.Organizations, line+"  "+err.Error())
			continue
		}
		s.Organizations = append(s.Organizations, line+"  "+string(l.State(now))+"  "+describe(l))
	}
	people, err := premium.NewStore(d).List(ctx)
	for _, p := range people {
		s.People = append(s.People, fmt.Sprintf("premium %s  issued %s  expires %s", p.Email, p.IssuedAt.Format(time.DateOnly), dayOf(p.ExpiresAt)))
	}
	return err
}

// dayOf returns a day, or "never" for the zero time.
func dayOf(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.DateOnly)
}

// describe says in a line what a license is for.
func describe(l license.Organization) string {
	seats := "without a limit of seats"
	if l.Seats != nil {
		seats = fmt.Sprintf("%d seats", *l.Seats)
	}
	return l.Name + ", " + l.Plan + ", " + seats
}

// VerifyLicense makes the checks that an upload begins with, and says in a line
// what the license is for and until when. It takes both sorts.
func VerifyLicense(cfg config.Config, raw []byte, now time.Time) (string, error) {
	trust, err := license.ReadTrust(cfg.License.TrustedCertificates)
	if err != nil {
		return "", err
	}
	parsed, err := license.ParseOrganization(raw)
	if err != nil {
		return "", err
	}
	if parsed.Kind == license.ForUser {
		return verifyPremium(trust, raw, now)
	}
	gate := license.Gate{Trust: trust, Installation: cfg.Cloud.InstallationID}
	held, err := gate.AdmitOrganization(parsed, now)
	if err != nil {
		return "", err
	}
	return describe(held) + ", expires " + dayOf(held.Expires), nil
}

func verifyPremium(trust license.Trust, raw []byte, now time.Time) (string, error) {
	parsed, err := license.ParseUser(raw)
	if err != nil {
		return "", err
	}
	held, _, err := license.Gate{Trust: trust}.AdmitUser(parsed, parsed.Email, now)
	if err != nil {
		return "", err
	}
	return "premium of " + held.Email + ", expires " + dayOf(held.Expires), nil
}

// Signer is a license signer that a person may decide to trust.
type Signer struct {
	Fingerprint   string
	signers       license.Trust
	announcements []license.Announcement
}

// ReadSigner reads one certificate in PEM, with the announcements that lead to it.
func ReadSigner(raw []byte) (Signer, error) {
	signers, err := license.ParseTrust(raw)
	if err != nil {
		return Signer{}, err
	}
	prints := signers.Fingerprints()
	if len(prints) != 1 {
		return Signer{}, fault.New(fault.Invalid, "app.oneSigner").With("number", len(prints))
	}
	announcements, err := license.ParseAnnouncements(raw)
	return Signer{prints[0], signers, announcements}, err
}

// maxCertificate bounds what is read of a certificate, in bytes.
const maxCertificate = 1 << 16

// FetchSigner is ReadSigner for a file or the address of a cloud. The authorities of
// the settings count here too.
func FetchSigner(ctx context.Context, cfg config.Config, source string, now func() time.Time) (Signer, error) {
	if !strings.HasPrefix(source, "https://") && !strings.HasPrefix(source, "http://") {
		raw, err := os.ReadFile(source)
		if err != nil {
			return Signer{}, err
		}
		return ReadSigner(raw)
	}
	if !strings.HasSuffix(source, "/licensing/certificate") {
		source = config.Join(source, "api/licensing/certificate")
	}
	cloud, err := billingsync.NewCloud(cfg.Cloud, now)
	if err != nil {
		return Signer{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, source, nil)
	if err != nil {
		return Signer{}, err
	}
	res, err := cloud.HTTP.Do(req)
	if err != nil {
		return Signer{}, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return Signer{}, fmt.Errorf("%s answered %s: is it a Coffre cloud?", source, res.Status)
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxCertificate))
	if err != nil {
		return Signer{}, err
	}
	return ReadSigner(raw)
}

// Is reports whether fingerprint, in any spelling, is that of the signer.
func (s Signer) Is(fingerprint string) bool {
	return license.SameFingerprint(fingerprint, s.Fingerprint)
}

// Known reports whether the server trusts the signer already, or trusts one that has
// announced it.
func (s Signer) Known(cfg config.Config) (trusted, announced bool, err error) {
	trust, err := license.ReadTrust(cfg.License.TrustedCertificates)
	return trust.Includes(s.signers), trust.Following(s.announcements).Includes(s.signers), err
}

// Trust accepts the licenses of the signer from now on.
func (s Signer) Trust(cfg config.Config) error {
	return license.AddTrust(cfg.License.TrustedCertificates, s.signers)
}

// RotateSigner gives a cloud another license signer, which the one before announces,
// and returns its fingerprint. The cloud signs with it from its next restart on.
func RotateSigner(ctx context.Context, cfg config.Config, now func() time.Time) (string, error) {
	switch {
	case cfg.SelfHosted:
		return "", fault.New(fault.Invalid, "app.noSigner")
	case cfg.License.CertificatePath != "":
		return "", fault.New(fault.Invalid, "app.signerOfAFile")
	}
	d, err := OpenDatabase(cfg)
	if err != nil {
		return "", err
	}
	defer d.Close()
	if err := d.Migrate(ctx); err != nil {
		return "", err
	}
	root, err := seal.Root(string(cfg.Keys.Root), cfg.Data.RootKey())
	if err != nil {
		return "", err
	}
	keys, err := seal.Open(ctx, d, root, now)
	if err != nil {
		return "", err
	}
	next, err := license.RotateSigner(ctx, keys, "Coffre license signer "+cfg.Server.VaultURL(), now())
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.Invalid, "app.signerNotMade")
	}
	if err != nil {
		return "", err
	}
	return next.Fingerprint(), nil
}
