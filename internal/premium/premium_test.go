package premium_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/license"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/premium"
)

func TestLicenseGivesAPersonPremium(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFlat(t, d)
		if f.has(t, f.alice) {
			t.Fatal("premium without a license")
		}
		before, err := f.Accounts.Get(t.Context(), f.alice)
		if err != nil {
			t.Fatal(err)
		}
		f.now = noon.Add(time.Hour)
		f.upload(t, issueUser(t))
		if !f.has(t, f.alice) {
			t.Error("no premium with a license")
		}
		if diff := cmp.Diff([]notice.Notice{notice.Premium(f.alice, true)}, f.told); diff != "" {
			t.Errorf("announced: %s", diff)
		}
		if a, err := f.Accounts.Get(t.Context(), f.alice); err != nil || !a.VaultRevisedAt.After(before.VaultRevisedAt) {
			t.Errorf("a sync would show nothing new: %v", err)
		}
		if f.has(t, f.person(t, "bob@example.com")) {
			t.Error("somebody else has premium")
		}
	})
}

// Scenarios 134, 119, 120, 121, 122 and 123 of dossier 01, for people.
func TestRefusedPremiumLicenseChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := asJSON(t, issueUser(t))
		foreign, err := license.NewUser(stranger(), userFacts(), userTerm())
		if err != nil {
			t.Fatal(err)
		}
		none := userLicense(t, func(f *license.UserFacts, _ *license.UserTerm) { f.Premium = false })
		mine := userLicense(t, func(f *license.UserFacts, _ *license.UserTerm) { f.Email = "bob@example.com" })
		tests := map[string]struct {
			raw          string
			now          time.Time
			verification bool
			code         string
		}{
			"not JSON":               {"<html>", noon, false, "license-unreadable"},
			"an organization's":      {string(file(t)), noon, false, "license-wrong-type"},
			"version 2":              {replaceMember(t, l, "version", "2"), noon, false, "license-version-unsupported"},
			"another signer":         {asJSON(t, foreign), noon, false, "license-signer-unknown"},
			"without premium":        {asJSON(t, none), noon, false, "license-without-premium"},
			"another address":        {asJSON(t, mine), noon, false, "license-email-mismatch"},
			"expired":                {l, noon.AddDate(2, 0, 0), false, "license-expired"},
			"too soon":               {l, noon.Add(-10 * time.Minute), false, "license-not-issued-yet"},
			"an unconfirmed address": {l, noon, true, "license-email-unverified"},
		}
		f := newFlat(t, d)
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				f.now, f.Verification = test.now, test.verification
				wantCode(t, f.Upload(t.Context(), f.alice, []byte(test.raw)), test.code)
				if f.has(t, f.alice) || f.copy(t) != "" || len(f.told) > 0 {
					t.Errorf("premium %v, copy %q, announced %v", f.has(t, f.alice), f.copy(t), f.told)
				}
			})
		}
	})
}

func TestAddressMayBeSpelledInAnyCaseAndConfirmed(t *testing.T) {
	f := newFlat(t, dbtest.SQLite(t))
	if err := f.Accounts.EmailVerified(t.Context(), f.alice); err != nil {
		t.Fatal(err)
	}
	f.Verification = true
	f.upload(t, userLicense(t, func(f *license.UserFacts, _ *license.UserTerm) { f.Email = "Alice@Example.COM" }))
	if !f.has(t, f.alice) {
		t.Error("no premium")
	}
}

// Scenarios 118 and 137 of dossier 01, for people.
func TestCopyIsExactlyTheNewLicense(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFlat(t, d)
		f.upload(t, userLicense(t, func(f *license.UserFacts, _ *license.UserTerm) { f.Name = strings.Repeat("A long name ", 9) }))
		edited := replaceMember(t, asJSON(t, issueUser(t)), "name", `"Mallory"`)
		if err := f.Upload(t.Context(), f.alice, []byte(edited)); err != nil {
			t.Fatal(err)
		}
		l, err := license.ParseUser([]byte(f.copy(t)))
		if err != nil || l.Name != userFacts().Name || !strings.Contains(f.copy(t), `"LicenseKey"`) {
			t.Errorf("%v: the copy is %s", err, f.copy(t))
		}
	})
}

func TestPremiumEndsWithTheLicense(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFlat(t, d)
		f.upload(t, issueUser(t))
		end := userTerm().NextInvoice.AddDate(0, 0, 7)
		f.now, f.told = end.Add(-time.Second), nil
		if err := f.End(t.Context()); err != nil || !f.has(t, f.alice) || len(f.told) > 0 {
			t.Errorf("before the end: %v, %v", f.told, err)
		}
		f.now = end.Add(license.Skew + time.Second)
		if f.has(t, f.alice) {
			t.Error("premium after the end")
		}
		for range 2 { // told once
			if err := f.End(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]notice.Notice{notice.Premium(f.alice, false)}, f.told); diff != "" {
			t.Errorf("announced: %s", diff)
		}
		f.upload(t, userLicense(t, func(_ *license.UserFacts, term *license.UserTerm) {
			term.Now, term.NextInvoice = f.now, f.now.AddDate(1, 0, 0)
		}))
		if !f.has(t, f.alice) {
			t.Error("no premium with the next license")
		}
	})
}

// A license that says no end ends with its token: a year after it was issued.
func TestPremiumEndsWithTheToken(t *testing.T) {
	f := newFlat(t, dbtest.SQLite(t))
	f.upload(t, userLicense(t, func(_ *license.UserFacts, term *license.UserTerm) { term.NextInvoice = time.Time{} }))
	f.now = noon.AddDate(0, 11, 0)
	if !f.has(t, f.alice) {
		t.Error("no premium after eleven months")
	}
	f.now = noon.AddDate(1, 0, 1)
	if f.has(t, f.alice) {
		t.Error("premium after a year")
	}
}

// Scenario 135 of dossier 01: what the license looks like does not matter any more.
func TestBrokenLicenseStopsNoLogin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFlat(t, d)
		f.upload(t, issueUser(t))
		held, err := f.Store.Get(t.Context(), f.alice)
		if err != nil {
			t.Fatal(err)
		}
		held.Document = `{"email":`
		if err := f.Store.Save(t.Context(), held); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(f.Directory, "user", f.alice.String()+".json"), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		if !f.has(t, f.alice) {
			t.Error("premium is lost with the file")
		}
		a, err := f.Accounts.Get(t.Context(), f.alice)
		if err != nil {
			t.Fatal(err)
		}
		_, _, found, err := f.Current(t.Context(), a)
		if wantCode(t, err, "license-unreadable"); !found {
			t.Error("the license is not found")
		}
	})
}

func TestOneLicenseServesOnePerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFlat(t, d)
		f.upload(t, issueUser(t))
		// Bob has the address that Alice had when she brought the license.
		bob := f.person(t, "bob@example.com")
		other := userLicense(t, func(f *license.UserFacts, _ *license.UserTerm) { f.Email = "bob@example.com" })
		wantCode(t, f.Upload(t.Context(), bob, []byte(asJSON(t, other))), "license-in-use")
		if f.has(t, bob) || !f.has(t, f.alice) {
			t.Errorf("premium of Bob %v, of Alice %v", f.has(t, bob), f.has(t, f.alice))
		}
	})
}

func TestAnotherAddressNeedsAnotherLicense(t *testing.T) {
	p := premium.Held{Email: "alice@example.com"}
	if !p.Holds("alice@example.com", noon) || p.Holds("new@example.com", noon) {
		t.Error("the license does not follow the address")
	}
}

func TestLicenseIsRemovedWithItsCopy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFlat(t, d)
		if err := f.Remove(t.Context(), f.alice); fault.KindOf(err) != fault.NotFound {
			t.Errorf("without a license: %v", err)
		}
		f.upload(t, issueUser(t))
		f.told = nil
		if err := f.Remove(t.Context(), f.alice); err != nil {
			t.Fatal(err)
		}
		if f.has(t, f.alice) || f.copy(t) != "" {
			t.Errorf("premium %v, copy %q", f.has(t, f.alice), f.copy(t))
		}
		if diff := cmp.Diff([]notice.Notice{notice.Premium(f.alice, false)}, f.told); diff != "" {
			t.Errorf("announced: %s", diff)
		}
		f.upload(t, issueUser(t))
		err := d.Tx(t.Context(), func(ctx context.Context) error { return f.Leaving(ctx, f.alice) })
		if err != nil || f.copy(t) != "" {
			t.Errorf("the copy of who has left is %q, %v", f.copy(t), err)
		}
	})
}

func TestSubscriptionOfAPersonIsTruthful(t *testing.T) {
	f := newFlat(t, dbtest.SQLite(t))
	r := f.router()
	page := func() string {
		t.Helper()
		status, answer := call(t, r, "GET", "/api/accounts/subscription", f.alice.String(), nil, "")
		if status != 200 {
			t.Fatalf("%d %s", status, answer)
		}
		return strings.TrimSpace(answer)
	}
	const nothing = `{"storageName":"0 Bytes","storageGb":0,"maxStorageGb":%s,"upcomingInvoice":null,"subscription":null,"license":null,` +
		`"expiration":%s,"object":"subscription","licenseIssued":%s,"licenseFault":%s}`
	want := func(storage, expiration, issued, trouble string) string {
		text := nothing
		for _, value := range []string{storage, expiration, issued, trouble} {
			text = strings.Replace(text, "%s", value, 1)
		}
		return text
	}
	if got := page(); got != want("null", "null", "null", "null") {
		t.Errorf("without a license: %s", got)
	}
	body, kind := upload(t, []byte(asJSON(t, issueUser(t))))
	if status, answer := call(t, r, "POST", "/api/accounts/license", f.alice.String(), body, kind); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	if got := page(); got != want("10240", `"2027-01-08T00:00:00Z"`, `"2026-03-01T12:00:00Z"`, "null") {
		t.Errorf("with a license: %s", got)
	}
	f.now = noon.AddDate(2, 0, 0)
	got := page()
	if !strings.HasPrefix(got, want("null", `"2027-01-08T00:00:00Z"`, `"2026-03-01T12:00:00Z"`, "")[:60]) || !strings.Contains(got, `"code":"license-expired"`) {
		t.Errorf("after its end: %s", got)
	}
}

// Scenario 138 of dossier 01, for people.
func TestPremiumUploadsAreAnswered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFlat(t, d)
		r := f.router()
		good := []byte(asJSON(t, issueUser(t)))
		big := append(bytes.Clone(good), bytes.Repeat([]byte(" "), license.MaxUpload)...)
		const path, present = "/api/accounts/license", "/api/account/billing/vnext/self-host/license"
		tests := []struct {
			name, method, path string
			file               []byte
			status             int
			contains           string
		}{
			{"remove nothing", "DELETE", path, nil, 404, "not found"},
			{"without license", "POST", path, nil, 400, "license is missing"},
			{"too large", "POST", path, big, 400, "license-unreadable"},
			{"an organization's", "POST", present, file(t), 400, "license-wrong-type"},
			{"upload", "POST", path, good, 200, ""},
			{"again, at the present address", "POST", present, good, 200, ""},
			{"replace", "PUT", path, good, 200, ""},
			{"remove", "DELETE", path, nil, 200, ""},
		}
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				body, kind := upload(t, test.file)
				status, answer := call(t, r, test.method, test.path, f.alice.String(), body, kind)
				if status != test.status || !strings.Contains(answer, test.contains) {
					t.Errorf("got %d %s, want %d with %q", status, answer, test.status, test.contains)
				}
			})
		}
	})
}

// Scenario 136 of spec 01.
func TestOneFaultyPremiumLicenseDoesNotKeepTheJobFromTheOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFlat(t, d)
		people := []id.ID{f.alice}
		f.upload(t, issueUser(t))
		for _, name := range []string{"bob", "carol", "dave"} {
			who := f.person(t, name+"@example.com")
			people = append(people, who)
			l := userLicense(t, func(u *license.UserFacts, _ *license.UserTerm) { u.Email, u.LicenseKey = name+"@example.com", name })
			if err := f.Upload(t.Context(), who, []byte(asJSON(t, l))); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortFunc(people, func(a, b id.ID) int { return strings.Compare(a.String(), b.String()) })
		faulty, err := f.Accounts.Get(t.Context(), people[0])
		if err != nil {
			t.Fatal(err)
		}
		send := f.Mail
		f.Mail = func(ctx context.Context, m mail.Message) error {
			if m.To == faulty.Email {
				return errors.New("no mail today")
			}
			return send(ctx, m)
		}
		if _, err := d.Exec(t.Context(), `UPDATE account_license SET document = '{' WHERE account_id = $1`, people[1]); err != nil {
			t.Fatal(err)
		}
		f.now, f.told = noon.AddDate(2, 0, 0), nil
		if err := f.End(t.Context()); err == nil || !strings.Contains(err.Error(), faulty.ID.String()) {
			t.Errorf("the job says %v, want whose license failed", err)
		}
		if len(f.mails) != 3 || len(f.told) != 3 || f.mails[0].Template != "premium-expired" {
			t.Errorf("%d mails and %d notices, want those of the three others", len(f.mails), len(f.told))
		}
		f.Mail = send
		for range 2 { // the next run makes up for it, once
			if err := f.End(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if len(f.mails) != 4 || f.mails[3].To != faulty.Email {
			t.Errorf("%d mails, want the missing one too", len(f.mails))
		}
	})
}

// Whoever brings a new license just before the job comes keeps it.
func TestEndOfALicenseDoesNotTouchTheNextOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := newFlat(t, d)
		f.upload(t, issueUser(t))
		f.now = noon.AddDate(2, 0, 0)
		next := userTerm()
		next.Now, next.NextInvoice = f.now, f.now.AddDate(1, 0, 0)
		f.upload(t, userLicense(t, func(_ *license.UserFacts, term *license.UserTerm) { *term = next }))
		if ended, err := f.Store.End(t.Context(), f.alice, f.now); err != nil || ended {
			t.Errorf("the new license has ended: %v, %v", ended, err)
		}
		if err := f.End(t.Context()); err != nil || len(f.mails) > 0 || !f.has(t, f.alice) {
			t.Errorf("%d mails, premium %v, %v", len(f.mails), f.has(t, f.alice), err)
		}
	})
}

func TestEndOfPremiumIsLookedForByItself(t *testing.T) {
	f := newFlat(t, dbtest.SQLite(t))
	f.upload(t, issueUser(t))
	f.now, f.told = noon.AddDate(2, 0, 0), nil
	done := make(chan struct{})
	f.Announce = func(context.Context, notice.Notice) { close(done) }
	q := &jobs.Queue{DB: f.db, Now: func() time.Time { return f.now }, Log: slog.New(slog.DiscardHandler), Workers: 1}
	f.Schedule(q)
	if err := q.Add(t.Context(), "premium-end", "", f.now); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { q.Run(ctx); close(ended) }()
	<-done
	cancel()
	<-ended
}
