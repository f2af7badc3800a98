package license_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/plan"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// signer and stranger are made once, because a key takes a while.
var (
	signer   = sync.OnceValue(func() *license.Signer { return newSigner("Test cloud") })
	stranger = sync.OnceValue(func() *license.Signer { return newSigner("Another cloud") })
)

func newSigner(name string) *license.Signer {
	s, err := license.NewSigner(name, noon)
	if err != nil {
		panic(err)
	}
	return s
}

func mustID(text string) id.ID {
	v, err := id.Parse(text)
	if err != nil {
		panic(err)
	}
	return v
}

// facts are those of the golden files in testdata.
func facts() license.Facts {
	p, _ := plan.Of(plan.EnterpriseAnnually)
	f := license.Facts{
		LicenseKey: "k3yk3yk3yk3yk3yk3yk3", InstallationID: mustID("8c7b6a59-4838-4727-a615-0f1e2d3c4b5a"),
		ID: mustID("1f0c5a3e-7d1b-4a57-9b8e-2a1c3d4e5f60"), Name: "Société Générique",
		BillingEmail: "billing@example.com", Enabled: true, Plan: p.Name, PlanType: p.Type,
		Seats: new(25), MaxStorageGB: new(1), SMSeats: new(3), SMServiceAccounts: new(4), Features: p.Features,
	}
	f.UseSecretsManager, f.UseKeyConnector, f.UseSCIM = true, false, false
	return f
}

func term() license.Term {
	return license.Term{
		Now: noon, Subscribed: true,
		PeriodStart: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		PeriodEnd:   time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

func userFacts() license.UserFacts {
	return license.UserFacts{
		LicenseKey: "p3yp3yp3yp3yp3yp3yp3", ID: mustID("5e1d2c3b-4a59-4687-b6a5-c4d3e2f10a1b"),
		Name: "Alice", Email: "alice@example.com", Premium: true,
	}
}

func userTerm() license.UserTerm {
	return license.UserTerm{Now: noon, NextInvoice: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// issue makes a license as the cloud does and reads it as a server does. The
// edits change the facts before it is issued.
func issue(t *testing.T, version int, edits ...func(*license.Facts)) license.Organization {
	t.Helper()
	f := facts()
	for _, edit := range edits {
		edit(&f)
	}
	l, err := license.NewOrganization(signer(), f, term(), version)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func issueUser(t *testing.T) license.User {
	t.Helper()
	l, err := license.NewUser(signer(), userFacts(), userTerm())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// tokenless takes the token from a license, as those of old clouds have none.
func tokenless(l license.Organization) license.Organization {
	l.Token = ""
	return l
}

func gate() license.Gate {
	return license.Gate{Trust: signer().Trust(), Installation: facts().InstallationID}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// wantSame compares two values as a reader of their JSON sees them.
func wantSame(t testing.TB, what string, got, want any) {
	t.Helper()
	var g, w map[string]any
	if err := errors.Join(json.Unmarshal([]byte(asJSON(t, got)), &g), json.Unmarshal([]byte(asJSON(t, want)), &w)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Errorf("%s: -want +got:\n%s", what, diff)
	}
}

func wantCode(t *testing.T, err error, want string) {
	t.Helper()
	if got := fault.CodeOf(err); got != want || (want != "" && fault.KindOf(err) != fault.Invalid) {
		t.Errorf("got code %q (%v), want %q", got, err, want)
	}
}

func TestIssuedLicenseIsAdmittedWithAllItsFacts(t *testing.T) {
	for version := license.MinVersion; version <= license.MaxVersion; version++ {
		l, err := gate().AdmitOrganization(issue(t, version), noon)
		if err != nil {
			t.Fatalf("version %d: %v", version, err)
		}
		wantSame(t, fmt.Sprint("version ", version), l.Facts, facts())
		if want := term().Dates(); !l.Expires.Equal(want.Expires) || !l.Refresh.Equal(want.Refresh) ||
			!l.Issued.Equal(noon) || !l.ExpirationWithoutGracePeriod.Equal(want.ExpirationWithoutGracePeriod) {
			t.Errorf("version %d: got dates %+v, want %+v", version, l.Stamp, want)
		}
	}
}

func TestIssuedPremiumLicenseIsAdmitted(t *testing.T) {
	l, _, err := gate().AdmitUser(issueUser(t), "Alice@Example.com", noon)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "facts", l.UserFacts, userFacts())
	if want := noon.AddDate(0, 10, 7); !l.Expires.Before(want) || l.Version != license.UserVersion {
		t.Errorf("got %+v", l.Stamp)
	}
}

func TestVersionsOutsideTheRangeAreNotWritten(t *testing.T) {
	for _, version := range []int{-1, 0, 17} {
		if _, err := license.NewOrganization(signer(), facts(), term(), version); err == nil {
			t.Errorf("version %d was written", version)
		}
	}
}

func TestStoredLicenseIsAdmittedAgain(t *testing.T) {
	for name, l := range map[string]license.Organization{
		"with token": issue(t, 15), "without token": tokenless(issue(t, 15)),
	} {
		t.Run(name, func(t *testing.T) {
			read, err := gate().AdmitOrganization(l, noon)
			if err != nil {
				t.Fatal(err)
			}
			kept, err := read.Copy()
			if err != nil {
				t.Fatal(err)
			}
			for form, raw := range map[string][]byte{"copy": kept, "download": []byte(asJSON(t, read))} {
				parsed, err := license.ParseOrganization(raw)
				if err != nil {
					t.Fatal(err)
				}
				again, err := gate().AdmitOrganization(parsed, noon)
				if err != nil {
					t.Fatalf("%s: %v", form, err)
				}
				wantSame(t, form, again, read)
			}
		})
	}
}

func TestFingerprintsAgreeWhenLicensesGrantTheSame(t *testing.T) {
	first := issue(t, 15)
	later := term()
	later.Now = noon.Add(48 * time.Hour)
	second, err := license.NewOrganization(stranger(), facts(), later, 16)
	if err != nil {
		t.Fatal(err)
	}
	if first.Fingerprint() != second.Fingerprint() || len(first.Fingerprint()) != 64 {
		t.Errorf("got %s and %s", first.Fingerprint(), second.Fingerprint())
	}
	held, err := gate().AdmitOrganization(first, noon)
	if err != nil || held.Fingerprint() != first.Fingerprint() {
		t.Errorf("held: got %s, want %s (%v)", held.Fingerprint(), first.Fingerprint(), err)
	}
	for name, edit := range map[string]func(*license.Facts){
		"seats":       func(f *license.Facts) { f.Seats = new(26) },
		"unsigned":    func(f *license.Facts) { f.UsePAM = true },
		"no limit":    func(f *license.Facts) { f.Seats = nil },
		"switched":    func(f *license.Facts) { f.Enabled = false },
		"another key": func(f *license.Facts) { f.LicenseKey = "other" },
	} {
		if issue(t, 15, edit).Fingerprint() == first.Fingerprint() {
			t.Errorf("%s: the fingerprint stays", name)
		}
	}
}
