package license_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// Scenario 115.
func TestLicenseMakesAnOrganizationOfTheUploader(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		o, m, err := h.orgs.Membership(t.Context(), h.owner, made.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !m.Owns() || m.Key != wrapped {
			t.Errorf("the uploader is %+v, want the confirmed owner", m)
		}
		f := facts()
		if o.ID == f.ID {
			t.Error("the organization has the id that it has in the cloud")
		}
		if o.Name != f.Name || *o.Seats != *f.Seats || o.Features != f.Features || o.PlanType != f.PlanType || !o.Enabled {
			t.Errorf("the organization is %+v, want what the license grants", o)
		}
		if *o.MaxStorageGB != 10_240 || !o.ExpiresAt.Equal(time.Date(2027, 3, 2, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("storage %d, end %v", *o.MaxStorageGB, o.ExpiresAt)
		}
		held, err := h.Held(t.Context(), o.ID)
		if err != nil || held.CloudOrganizationID != f.ID || held.LicenseKey != f.LicenseKey {
			t.Errorf("held %+v (%v), want the license", held, err)
		}
	})
}

// Scenario 116.
func TestLicenseMakesOneOrganization(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.create(t)
		_, err := h.Create(t.Context(), h.owner, file(t), org.New{Key: wrapped})
		wantCode(t, err, "license-in-use")
		list, err := h.Store.List(t.Context())
		if err != nil || len(list) != 1 {
			t.Errorf("%d licenses (%v), want one", len(list), err)
		}
	})
}

// Scenarios 117, 119, 120, 121, 122, 123, 124, 138.
func TestRefusedLicenseMakesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		l := issue(t, license.Version)
		tests := map[string]struct {
			raw  string
			now  time.Time
			code string
		}{
			"not JSON":             {"<html>", noon, "license-unreadable"},
			"premium":              {asJSON(t, issueUser(t)), noon, "license-wrong-type"},
			"version 17":           {replaceMember(t, asJSON(t, l), "version", "17"), noon, "license-version-unsupported"},
			"version 17, no token": {replaceMember(t, asJSON(t, tokenless(l)), "version", "17"), noon, "license-version-unsupported"},
			"altered, no token":    {replaceMember(t, asJSON(t, tokenless(l)), "seats", "99"), noon, "license-not-verified"},
			"another installation": {string(file(t, func(f *license.Facts) { f.InstallationID = id.New() })), noon, "license-installation-mismatch"},
			"expired":              {asJSON(t, l), noon.AddDate(2, 0, 0), "license-expired"},
			"ten minutes too soon": {asJSON(t, l), noon.Add(-10 * time.Minute), "license-not-issued-yet"},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				h.now = test.now
				_, err := h.Create(t.Context(), h.owner, []byte(test.raw), org.New{Key: wrapped})
				wantCode(t, err, test.code)
				if list, err := h.orgs.ListOf(t.Context(), h.owner); err != nil || len(list) != 0 {
					t.Errorf("%d organizations (%v), want none", len(list), err)
				}
			})
		}
	})
}

// Scenario 121: the advice of the page, in both languages.
func TestUnsupportedVersionAdvisesAnUpdate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		_, err := h.Create(t.Context(), h.owner, []byte(replaceMember(t, string(file(t)), "version", "17")), org.New{})
		for language, words := range map[string][]string{
			"en": {"version 17", "Back up", "data folder", "update the server", "try again"},
			"fr": {"version 17", "Sauvegardez", "répertoire de données", "mettez le serveur à jour", "réessayez"},
		} {
			for _, word := range words {
				if text := fault.Text(err, language); !strings.Contains(text, word) {
					t.Errorf("%s: %q lacks %q", language, text, word)
				}
			}
		}
	})
}

// Scenario 118.
func TestEditedMembersHaveNoEffectAnywhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		raw := replaceMember(t, string(file(t)), "seats", "999")
		raw = replaceMember(t, raw, "name", `"Mallory"`)
		o, err := h.Create(t.Context(), h.owner, []byte(raw), org.New{Key: wrapped})
		if err != nil {
			t.Fatal(err)
		}
		if *o.Seats != 25 || o.Name != facts().Name {
			t.Errorf("the organization has %d seats and the name %q", *o.Seats, o.Name)
		}
		held, err := h.Held(t.Context(), o.ID)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := os.ReadFile(filepath.Join(h.Directory, "organization", o.ID.String()+".json"))
		if err != nil {
			t.Fatal(err)
		}
		for what, text := range map[string]string{"document": held.Document, "copy": string(stored)} {
			if strings.Contains(text, "999") || strings.Contains(text, "Mallory") {
				t.Errorf("the %s has what was edited: %s", what, text)
			}
			kept, err := license.ParseOrganization([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := gate().AdmitOrganization(kept, noon); err != nil {
				t.Errorf("the %s is not a license any more: %v", what, err)
			}
		}
	})
}

// Scenarios 133 and 137.
func TestNewLicenseTakesEffectAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t, func(f *license.Facts) { f.Name = strings.Repeat("A long name ", 4) })
		if err := h.Upload(t.Context(), h.owner, made.ID, file(t, func(f *license.Facts) { f.Name, f.Seats = "Short", new(40) })); err != nil {
			t.Fatal(err)
		}
		o, err := h.orgs.Get(t.Context(), made.ID)
		if err != nil || *o.Seats != 40 || o.Name != "Short" {
			t.Errorf("seats %v, name %q (%v), want 40 and Short", o.Seats, o.Name, err)
		}
		current, err := h.Current(t.Context(), made.ID)
		if err != nil || *current.Seats != 40 {
			t.Errorf("current license %+v (%v)", current.Facts, err)
		}
		stored, err := os.ReadFile(filepath.Join(h.Directory, "organization", made.ID.String()+".json"))
		if err != nil {
			t.Fatal(err)
		}
		want, err := current.Copy()
		if err != nil || string(stored) != string(want) {
			t.Errorf("the copy is not exactly the new license: %v\n%s", err, stored)
		}
	})
}

// Scenario 125.
func TestLicenseBelowTheUseIsRefusedWithBothNumbers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		h.members(t, made.ID, 10)
		err := h.Update(t.Context(), made.ID, file(t, func(f *license.Facts) { f.Seats = new(8) }))
		wantCode(t, err, "license-too-few-seats")
		if text := fault.Text(err, "en"); !strings.Contains(text, "10") || !strings.Contains(text, "8") {
			t.Errorf("%q lacks a number", text)
		}
		if o, err := h.orgs.Get(t.Context(), made.ID); err != nil || *o.Seats != 25 {
			t.Errorf("%d seats (%v), want 25 as before", *o.Seats, err)
		}
	})
}

// Scenario 125 of spec 01, for what an organization can use here.
func TestEachCapabilityInUseStandsAgainstALicenseWithoutIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		without := map[string]func(*license.Facts){
			"license-too-few-collections":        func(f *license.Facts) { f.MaxCollections = new(2) },
			"license-without-groups":             func(f *license.Facts) { f.UseGroups = false },
			"license-without-policies":           func(f *license.Facts) { f.UsePolicies = false },
			"license-without-custom-permissions": func(f *license.Facts) { f.UseCustomPermissions = false },
			"license-without-reset-password":     func(f *license.Facts) { f.UseResetPassword = false },
		}
		for code, edit := range without {
			if err := h.Update(t.Context(), made.ID, file(t, edit)); err != nil {
				t.Fatalf("%s while nothing is in use: %v", code, err)
			}
		}
		h.useAll(t, made.ID)
		for code, edit := range without {
			err := h.Update(t.Context(), made.ID, file(t, edit))
			wantCode(t, err, code)
			for _, number := range []string{" 3.", " 2."} {
				if text := fault.Text(err, "en"); code == "license-too-few-collections" && !strings.Contains(text, number) {
					t.Errorf("%q lacks %s", text, number)
				}
			}
		}
		if err := h.Update(t.Context(), made.ID, file(t)); err != nil {
			t.Errorf("the whole license again: %v", err)
		}
	})
}

// useAll has an organization use what a license may lack.
func (h *home) useAll(t *testing.T, organizationID id.ID) {
	t.Helper()
	h.join(t, organizationID, h.person(t, "custom@example.org"), org.Custom, org.Confirmed)
	now := db.Time(noon)
	for _, policy := range []int{8, 1} {
		if _, err := h.db.Exec(t.Context(), `INSERT INTO policy (id, organization_id, type, enabled, created_at, revised_at)
			VALUES ($1, $2, $3, $4, $5, $6)`, id.New(), organizationID, policy, true, now, now); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 3 {
		_, err1 := h.db.Exec(t.Context(), `INSERT INTO collection (id, organization_id, name, type, created_at, revised_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			id.New(), organizationID, encrypted, 0, now, now)
		_, err2 := h.db.Exec(t.Context(), `INSERT INTO organization_group (id, organization_id, name, created_at, revised_at) VALUES ($1, $2, $3, $4, $5)`,
			id.New(), organizationID, "Group "+string(rune('A'+n)), now, now)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
	}
}

func TestLicenseOfAnotherOrganizationIsRefused(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.create(t)
	second := h.create(t, func(f *license.Facts) { f.LicenseKey, f.ID = "another", id.New() })
	wantCode(t, h.Update(t.Context(), second.ID, file(t)), "license-in-use")
}

// The key that counts is the verified one, whatever stands beside the token.
func TestLicenseKeyBesideTheTokenIsIgnored(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.create(t)
	raw := replaceMember(t, string(file(t)), "licenseKey", `"somebody else's"`)
	_, err := h.Create(t.Context(), h.owner, []byte(raw), org.New{Key: wrapped})
	wantCode(t, err, "license-in-use")
}

// Scenario 139.
func TestOnlyOwnersUploadALicense(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		for name, who := range map[string]id.ID{"a stranger": h.person(t, "stranger@example.org"), "nobody": {}} {
			if err := h.Upload(t.Context(), who, made.ID, file(t)); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: got %v, want NotFound", name, err)
			}
		}
	})
}

func TestFolderThatCannotBeWrittenStopsNobody(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.Directory = filepath.Join(h.Directory, "file")
	if err := os.WriteFile(h.Directory, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h.create(t)
	if !strings.Contains(h.log.String(), "copy license") {
		t.Errorf("the log says %q, want that the copy failed", h.log)
	}
}

// Scenario 126, the second half.
func TestExpiredOrganizationIsEnabledByANewLicense(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		terms := made.Terms()
		terms.Enabled = false
		if err := h.orgs.Apply(t.Context(), made.ID, terms); err != nil {
			t.Fatal(err)
		}
		if err := h.Update(t.Context(), made.ID, file(t)); err != nil {
			t.Fatal(err)
		}
		if o, err := h.orgs.Get(t.Context(), made.ID); err != nil || !o.Enabled {
			t.Errorf("enabled %v (%v), want true", o.Enabled, err)
		}
	})
}

// Scenario 129.
func TestExamineReadsAsFarAsTheLicenseGoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		held, err := h.Held(t.Context(), made.ID)
		if err != nil {
			t.Fatal(err)
		}
		for document, code := range map[string]string{held.Document: "", "{": "license-unreadable", "{}": "license-version-unsupported"} {
			held.Document = document
			if err := h.Store.Save(t.Context(), held); err != nil {
				t.Fatal(err)
			}
			_, err := h.Examine(t.Context(), made.ID)
			wantCode(t, err, code)
		}
	})
}

func TestOrganizationWithoutLicenseHasNone(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	o := h.organization(t, h.owner, plan.EnterpriseAnnually)
	_, err := h.Held(t.Context(), o.ID)
	wantCode(t, err, "license-none")
}
