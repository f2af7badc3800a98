package license_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/seal"
)

var errKey = errors.New("not this key")

// shop is a cloud that sells one organization.
type shop struct {
	*license.CloudEnd
	*server
	owner        id.ID
	company      org.Organization
	installation id.ID
	term         license.Term
	termErr      error
	userTerm     license.UserTerm
	downloaded   []id.ID
	slept        time.Duration
}

func newShop(t *testing.T, d *db.DB, planType plan.Type) *shop {
	t.Helper()
	s := &shop{server: newServer(t, d), installation: id.New(), term: term()}
	s.owner = s.person(t, "owner@example.com")
	s.company = s.organization(t, s.owner, planType)
	s.CloudEnd = &license.CloudEnd{
		Organizations: s.orgs, Signer: signer(), Keys: s.keys, Now: func() time.Time { return s.now },
		Term:         func(context.Context, id.ID) (license.Term, error) { return s.term, s.termErr },
		PremiumTerm:  func(context.Context, id.ID) (license.UserTerm, error) { return s.userTerm, nil },
		Installation: func(_ context.Context, i id.ID) (bool, error) { return i == s.installation, nil },
		CheckKey: func(_ context.Context, _, _ id.ID, key string) error {
			if key != "good" {
				return errKey
			}
			return nil
		},
		Downloaded: func(_ context.Context, _, i id.ID) error { s.downloaded = append(s.downloaded, i); return nil },
		Sleep:      func(_ context.Context, d time.Duration) { s.slept += d },
	}
	return s
}

// Scenarios 112 and 114.
func TestOwnerDownloadsALicenseForOneInstallation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, plan.EnterpriseAnnually)
		l, err := s.Download(t.Context(), s.owner, s.company.ID, s.installation)
		if err != nil {
			t.Fatal(err)
		}
		gate := license.Gate{Trust: signer().Trust(), Installation: s.installation}
		admitted, err := gate.AdmitOrganization(l, noon)
		if err != nil {
			t.Fatal(err)
		}
		if admitted.ID != s.company.ID || *admitted.Seats != 25 || admitted.LicenseKey != s.company.LicenseKey {
			t.Errorf("the license says %+v", admitted.Facts)
		}
		if want := term().PeriodEnd.AddDate(0, 0, 60); !admitted.Expires.Equal(want) || !admitted.ExpirationWithoutGracePeriod.Equal(term().PeriodEnd) {
			t.Errorf("expires %v and %v, want %v", admitted.Expires, admitted.ExpirationWithoutGracePeriod, want)
		}
		if len(s.downloaded) != 1 || s.downloaded[0] != s.installation {
			t.Errorf("recorded %v, want the installation", s.downloaded)
		}
	})
}

// Scenarios 112 and 113.
func TestLicenseIsRefusedWithoutItsReasons(t *testing.T) {
	tests := map[string]struct {
		plan         plan.Type
		term         license.Term
		err          error
		installation bool
		code         string
	}{
		"unknown installation": {plan.EnterpriseAnnually, term(), nil, false, "license-installation-unknown"},
		"free plan":            {plan.Free, term(), nil, true, "license-self-host-not-allowed"},
		"no subscription":      {plan.EnterpriseAnnually, license.Term{}, nil, true, "license-no-subscription"},
		"canceled":             {plan.EnterpriseAnnually, license.Term{}, license.Unpaid, true, "license-unpaid"},
		"families":             {plan.FamiliesAnnually, term(), nil, true, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := newShop(t, d, test.plan)
				s.term, s.termErr = test.term, test.err
				installation := s.installation
				if !test.installation {
					installation = id.New()
				}
				_, err := s.Issue(t.Context(), s.company.ID, installation)
				wantCode(t, err, test.code)
			})
		})
	}
}

func TestOnlyOwnersDownloadALicense(t *testing.T) {
	s := newShop(t, dbtest.SQLite(t), plan.EnterpriseAnnually)
	_, err := s.Download(t.Context(), s.person(t, "member@example.com"), s.company.ID, s.installation)
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v, want NotFound", err)
	}
}

// Scenario 132.
func TestRenewalNeedsBothKeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d, plan.EnterpriseAnnually)
		l, err := s.Renew(t.Context(), s.installation, s.company.ID, s.company.LicenseKey, "good")
		if err != nil || l.InstallationID != s.installation {
			t.Errorf("got a license for %v (%v), want %v", l.InstallationID, err, s.installation)
		}
		if _, err := s.Renew(t.Context(), s.installation, s.company.ID, s.company.LicenseKey, "bad"); !errors.Is(err, errKey) {
			t.Errorf("wrong billing sync key: got %v", err)
		}
		_, err = s.Renew(t.Context(), s.installation, s.company.ID, "bad", "good")
		wantCode(t, err, "license-key-wrong")
		if s.slept != 2*time.Second {
			t.Errorf("slept %v after a wrong license key, want 2 s", s.slept)
		}
		if _, err := s.Renew(t.Context(), s.installation, id.New(), "", ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("unknown organization: got %v, want NotFound", err)
		}
	})
}

func TestSignerIsMadeOnceForAllNodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		keys, err := seal.Open(t.Context(), d, make([]byte, seal.KeySize), func() time.Time { return noon })
		if err != nil {
			t.Fatal(err)
		}
		first, err := license.OpenSigner(t.Context(), keys, "", "", "Cloud", noon)
		if err != nil {
			t.Fatal(err)
		}
		second, err := license.OpenSigner(t.Context(), keys, "", "", "Cloud", noon)
		if err != nil || first.Fingerprint() != second.Fingerprint() {
			t.Errorf("the second node signs with another key (%v)", err)
		}
		file := filepath.Join(t.TempDir(), "licensing", "licensing.pem")
		if err := first.Publish(file); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(file)
		if err != nil || string(raw) != string(first.CertificatePEM()) {
			t.Errorf("published %q (%v), want the certificate", raw, err)
		}
	})
}

func TestSignerOfAFileIsUsed(t *testing.T) {
	s, err := license.OpenSigner(t.Context(), nil, filepath.Join("testdata", "signer.pfx"), "secret", "", noon)
	if err != nil {
		t.Fatal(err)
	}
	want, err := license.ParseTrust(read(t, "signer.crt"))
	if err != nil || want.Fingerprints()[0] != s.Fingerprint() {
		t.Errorf("signs as %s (%v), want %v", s.Fingerprint(), err, want.Fingerprints())
	}
}
