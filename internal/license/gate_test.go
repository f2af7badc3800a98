package license_test

import (
	"strings"
	"testing"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/license"
)

// reread sends a license through a file whose member has another value.
func reread(t testing.TB, l license.Organization, name, value string) license.Organization {
	t.Helper()
	edited, err := license.ParseOrganization([]byte(replaceMember(t, asJSON(t, l), name, value)))
	if err != nil {
		t.Fatal(err)
	}
	return edited
}

func TestEachReasonToRefuseHasItsCode(t *testing.T) {
	disabled := func(f *license.Facts) { f.Enabled = false }
	elsewhere := func(f *license.Facts) { f.InstallationID = id.New() }
	hosted := func(f *license.Facts) { f.SelfHost = false }
	tests := map[string]struct {
		make func(*testing.T) license.Organization
		now  time.Time
		code string
	}{
		"fine":            {func(t *testing.T) license.Organization { return issue(t, 15) }, noon, ""},
		"premium license": {func(t *testing.T) license.Organization { return reread(t, issue(t, 15), "licenseType", "0") }, noon, "license-wrong-type"},
		"version 17":      {func(t *testing.T) license.Organization { return reread(t, issue(t, 15), "version", "17") }, noon, "license-version-unsupported"},
		"version 0":       {func(t *testing.T) license.Organization { return reread(t, issue(t, 15), "version", "0") }, noon, "license-version-unsupported"},
		"no version":      {func(t *testing.T) license.Organization { return reread(t, issue(t, 15), "version", "") }, noon, "license-version-unsupported"},
		"type before version": {func(t *testing.T) license.Organization {
			return license.Organization{Stamp: license.Stamp{Kind: license.ForUser, Version: 17}}
		}, noon, "license-wrong-type"},
		"version before signature": {func(t *testing.T) license.Organization {
			return license.Organization{Stamp: license.Stamp{Version: 17}}
		}, noon, "license-version-unsupported"},
		"nothing signed": {func(t *testing.T) license.Organization {
			return license.Organization{Stamp: license.Stamp{Version: 15}}
		}, noon, "license-not-verified"},
		"switched off":         {func(t *testing.T) license.Organization { return issue(t, 15, disabled, elsewhere) }, noon, "license-organization-disabled"},
		"another installation": {func(t *testing.T) license.Organization { return issue(t, 15, elsewhere, hosted) }, noon, "license-installation-mismatch"},
		"no self-hosting":      {func(t *testing.T) license.Organization { return issue(t, 15, hosted) }, noon.AddDate(2, 0, 0), "license-self-host-not-allowed"},
		"issued in 3 minutes":  {func(t *testing.T) license.Organization { return issue(t, 15) }, noon.Add(-3 * time.Minute), ""},
		"issued in 10 minutes": {func(t *testing.T) license.Organization { return issue(t, 15) }, noon.Add(-10 * time.Minute), "license-not-issued-yet"},
		"last day":             {func(t *testing.T) license.Organization { return issue(t, 15) }, at("2027-03-02"), ""},
		"expired":              {func(t *testing.T) license.Organization { return issue(t, 15) }, at("2027-03-02").Add(6 * time.Minute), "license-expired"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := test.make(t)
			got, err := gate().AdmitOrganization(l, test.now)
			wantCode(t, err, test.code)
			if err != nil && got.LicenseKey != "" {
				t.Error("a refused license is returned")
			}
			if l.Signature == "" || test.code == "license-wrong-type" || strings.HasSuffix(test.code, "unsupported") {
				return
			}
			_, err = gate().AdmitOrganization(tokenless(l), test.now)
			wantCode(t, err, test.code)
		})
	}
}

func TestVersionIsCheckedWithoutTokenToo(t *testing.T) {
	for _, version := range []string{"0", "17", "-1"} {
		_, err := gate().AdmitOrganization(reread(t, tokenless(issue(t, 15)), "version", version), noon)
		wantCode(t, err, "license-version-unsupported")
	}
}

func TestServerWithoutInstallationIsTold(t *testing.T) {
	_, err := license.Gate{Trust: signer().Trust()}.AdmitOrganization(issue(t, 15), noon)
	wantCode(t, err, "license-installation-missing")
}

func TestForeignSignerIsToldFromAlteredLicense(t *testing.T) {
	l := issue(t, 15)
	foreign := license.Gate{Trust: stranger().Trust(), Installation: facts().InstallationID}
	_, err := foreign.AdmitOrganization(l, noon)
	wantCode(t, err, "license-signer-unknown")
	if !strings.Contains(err.Error(), signer().Fingerprint()) {
		t.Errorf("the text does not name the signer: %v", err)
	}
	_, err = foreign.AdmitOrganization(tokenless(l), noon)
	wantCode(t, err, "license-not-verified")
	for name, one := range map[string]license.Organization{"with token": l, "without token": tokenless(l)} {
		_, err = license.Gate{Installation: facts().InstallationID}.AdmitOrganization(one, noon)
		wantCode(t, err, "license-signer-unknown")
		if !strings.Contains(err.Error(), "license trust") {
			t.Errorf("%s: the text does not say what to do: %v", name, err)
		}
	}
}

func TestEditBesideATokenHasNoEffect(t *testing.T) {
	l := issue(t, 15)
	for member, value := range map[string]string{
		"seats": "9999", "planType": "22", "expires": `"2099-01-01T00:00:00Z"`, "usePam": "true", "licenseKey": `"other"`,
		"installationId": `"00000000-0000-0000-0000-000000000001"`, "enabled": "false", "hash": `"x"`, "signature": `"x"`,
	} {
		read, err := gate().AdmitOrganization(reread(t, l, member, value), noon)
		if err != nil {
			t.Fatalf("%s: %v", member, err)
		}
		wantSame(t, member, read.Facts, facts())
		if !read.Expires.Equal(l.Expires) || read.Hash != "" || read.Signature != "" || read.Token != l.Token {
			t.Errorf("%s: got %+v", member, read.Stamp)
		}
	}
	_, err := gate().AdmitOrganization(reread(t, l, "id", `"00000000-0000-0000-0000-000000000001"`), noon)
	wantCode(t, err, "license-not-verified")
}

func TestWhatTheSignatureDoesNotCoverIsLeftOut(t *testing.T) {
	l := tokenless(issue(t, 12, func(f *license.Facts) { f.UsePAM, f.UseSecretsManager = true, true }))
	l = reread(t, reread(t, l, "usePasswordManager", "false"), "smSeats", "500")
	read, err := gate().AdmitOrganization(l, noon)
	if err != nil {
		t.Fatal(err)
	}
	if read.UsePAM || read.UseSecretsManager || read.UseMyItems || read.SMSeats != nil {
		t.Errorf("unsigned grants: got %+v", read.Facts)
	}
	if !read.UsePasswordManager || !read.LimitCollectionCreationDeletion || !read.AllowAdminAccessToAllCollectionItems {
		t.Errorf("defaults: got %+v", read.Facts)
	}
	if read.States("UsePam") || !read.States("UseSso") || read.Kind != license.ForOrganization {
		t.Errorf("got kind %v", read.Kind)
	}
}

func TestReasonsToRefusePremiumHaveTheirCode(t *testing.T) {
	issued := func(edit func(*license.UserFacts)) license.User {
		f := userFacts()
		edit(&f)
		l, err := license.NewUser(signer(), f, userTerm())
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	same := func(*license.UserFacts) {}
	tests := map[string]struct {
		license license.User
		email   string
		now     time.Time
		code    string
	}{
		"fine":           {issued(same), "alice@example.com", noon, ""},
		"organization's": {license.User{Stamp: license.Stamp{Kind: license.ForOrganization}}, "alice@example.com", noon, "license-wrong-type"},
		"version 2":      {license.User{Stamp: license.Stamp{Version: 2}}, "alice@example.com", noon, "license-version-unsupported"},
		"not signed":     {license.User{Stamp: license.Stamp{Version: 1}}, "alice@example.com", noon, "license-not-verified"},
		"no premium":     {issued(func(f *license.UserFacts) { f.Premium = false }), "bob@example.com", noon, "license-without-premium"},
		"another person": {issued(same), "bob@example.com", noon, "license-email-mismatch"},
		"not yet":        {issued(same), "alice@example.com", noon.Add(-time.Hour), "license-not-issued-yet"},
		"expired":        {issued(same), "alice@example.com", noon.AddDate(1, 0, 0), "license-expired"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := gate().AdmitUser(test.license, test.email, test.now)
			wantCode(t, err, test.code)
			if test.license.Token != "" {
				test.license.Token = ""
				_, _, err = gate().AdmitUser(test.license, test.email, test.now)
				wantCode(t, err, test.code)
			}
		})
	}
}

func TestLicenseOfOneKindIsNotBelievedAsTheOther(t *testing.T) {
	l, u := issue(t, 15), issueUser(t)
	asUser, err := license.ParseUser([]byte(replaceMember(t, asJSON(t, l), "licenseType", "")))
	if err != nil {
		t.Fatal(err)
	}
	asUser.Version = 1
	_, err = signer().Trust().VerifyUser(asUser, noon)
	wantCode(t, err, "license-not-verified")
	asOrganization, err := license.ParseOrganization([]byte(replaceMember(t, asJSON(t, u), "licenseType", "")))
	if err != nil {
		t.Fatal(err)
	}
	_, err = signer().Trust().Verify(asOrganization, noon)
	wantCode(t, err, "license-not-verified")
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	_, early := gate().AdmitOrganization(issue(t, 15), noon.Add(-time.Hour))
	_, late := gate().AdmitOrganization(issue(t, 15), noon.AddDate(2, 0, 0))
	other := id.New()
	_, foreign := license.Gate{Trust: signer().Trust(), Installation: other}.AdmitOrganization(issue(t, 15), noon)
	_, version := gate().AdmitOrganization(reread(t, issue(t, 15), "version", "17"), noon)
	tests := map[string]struct {
		err    error
		en, fr []string
	}{
		"clock":        {early, []string{"clock", "2026-03-01 12:00 UTC", "2026-03-01 11:00 UTC"}, []string{"horloge", "2026-03-01 12:00 UTC"}},
		"expired":      {late, []string{"expired on 2027-03-02"}, []string{"expiré le 2027-03-02"}},
		"installation": {foreign, []string{facts().InstallationID.String(), other.String()}, []string{other.String()}},
		"version":      {version, []string{"version 17", "Back up", "update the server", "try again"}, []string{"Sauvegardez", "mettez le serveur à jour", "réessayez"}},
	}
	for name, test := range tests {
		for language, parts := range map[string][]string{"en": test.en, "fr": test.fr} {
			text := fault.Text(test.err, language)
			for _, part := range parts {
				if !strings.Contains(text, part) {
					t.Errorf("%s: %q does not contain %q", name, text, part)
				}
			}
		}
	}
}
