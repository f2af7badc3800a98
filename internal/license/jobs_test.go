package license_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/license"
	"coffre/internal/mail"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// expires is when the license of facts and term does; what is paid ends sixty days
// before.
var expires = at("2027-03-02")

// review looks after the licenses at an instant, as the hourly job does.
func (h *home) review(t *testing.T, now time.Time) {
	t.Helper()
	h.now = now
	if err := h.Review(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// enabled returns whether an organization is.
func (h *home) enabled(t *testing.T, organizationID id.ID) bool {
	t.Helper()
	o, err := h.orgs.Get(t.Context(), organizationID)
	if err != nil {
		t.Fatal(err)
	}
	return o.Enabled
}

// Scenario 127 of spec 01.
func TestRemindersComeBeforeTheEndEachOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.create(t)
		days := []int{}
		for now := expires.AddDate(0, 0, -70); now.Before(expires); now = now.Add(6 * time.Hour) {
			h.mails = nil
			h.review(t, now)
			h.review(t, now) // another node, or a restart
			if len(h.mails) > 0 {
				days = append(days, int(expires.Sub(now).Hours()/24))
			}
			if len(h.mails) != 0 && len(h.mails) != 2 {
				t.Errorf("%v: %d mails, want one to the owner and one to the billing address", now, len(h.mails))
			}
		}
		if diff := cmp.Diff([]int{60, 30, 14, 7, 1}, days); diff != "" {
			t.Errorf("days before the end: %s", diff)
		}
	})
}

// Scenario 127 of spec 01, on several nodes at once.
func TestNodesTogetherRemindOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.create(t)
		h.now = expires.AddDate(0, 0, -30)
		var mu sync.Mutex
		send := h.Mail
		h.Mail = func(ctx context.Context, list ...mail.Message) error {
			mu.Lock()
			defer mu.Unlock()
			return send(ctx, list...)
		}
		var nodes sync.WaitGroup
		for range 4 {
			nodes.Go(func() {
				if err := h.Review(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		nodes.Wait()
		if len(h.mails) != 2 {
			t.Errorf("%d mails, want 2", len(h.mails))
		}
	})
}

func TestMissedRemindersAreMadeUpForByTheLast(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.create(t)
		h.review(t, expires.AddDate(0, 0, -10)) // the server was off for two months
		if len(h.mails) != 2 {
			t.Fatalf("%d mails, want 2", len(h.mails))
		}
		h.review(t, expires.AddDate(0, 0, -8))
		if len(h.mails) != 2 {
			t.Errorf("%d mails before the next reminder, want 2", len(h.mails))
		}
	})
}

func TestReminderIsWrittenInTheLanguageOfItsReader(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	made := h.create(t)
	french := h.person(t, "anne@example.org")
	if _, err := h.db.Exec(t.Context(), `UPDATE account SET culture = 'fr-FR' WHERE id = $1`, french); err != nil {
		t.Fatal(err)
	}
	h.join(t, made.ID, french, org.Owner, org.Confirmed)
	h.join(t, made.ID, h.person(t, "admin@example.org"), org.Admin, org.Confirmed)
	h.join(t, made.ID, h.person(t, "later@example.org"), org.Owner, org.Accepted)
	h.review(t, expires.AddDate(0, 0, -7))
	got := map[string]string{}
	for _, m := range h.mails {
		got[m.To] = m.Language
		want := map[string]string{
			"Organization": "Société Générique", "Ends": "2027-03-02T00:00:00Z", "Paid": "2027-01-01T00:00:00Z",
			"Link": "https://vault.example.org/#/organizations/" + made.ID.String() + "/billing/subscription",
		}
		if diff := cmp.Diff(want, m.Data); diff != "" || m.Template != "license-reminder" {
			t.Errorf("%s: %s %s", m.To, m.Template, diff)
		}
	}
	want := map[string]string{"anne@example.org": "fr", "owner@example.org": "en", facts().BillingEmail: "fr"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("readers and languages: %s", diff)
	}
}

func TestBillingAddressOfAnOwnerGetsOneMail(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.create(t, func(f *license.Facts) { f.BillingEmail = "Owner@Example.org" })
	h.review(t, expires.AddDate(0, 0, -7))
	if len(h.mails) != 1 {
		t.Errorf("%d mails, want one", len(h.mails))
	}
}

func TestNewEndBringsNewReminders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		h.review(t, expires.AddDate(0, 0, -14))
		// The same end again, as a daily sync brings it: nobody is reminded twice.
		h.renew(t, made.ID, term())
		h.review(t, h.now)
		if len(h.mails) != 2 {
			t.Fatalf("%d mails after the same license again, want 2", len(h.mails))
		}
		later := term()
		later.PeriodStart, later.PeriodEnd = later.PeriodEnd, later.PeriodEnd.AddDate(1, 0, 0)
		h.renew(t, made.ID, later)
		h.review(t, expires)
		if len(h.mails) != 2 || !h.enabled(t, made.ID) {
			t.Errorf("%d mails at the former end, want 2; enabled %v", len(h.mails), h.enabled(t, made.ID))
		}
		h.review(t, expires.AddDate(1, 0, -60))
		if len(h.mails) != 4 {
			t.Errorf("%d mails sixty days before the new end, want 4", len(h.mails))
		}
	})
}

// A trial of a week is not greeted with three reminders that its end is near.
func TestShortLicenseIsRemindedOfFromItsFirstDayOn(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	trial := license.Term{Now: noon, Subscribed: true, TrialEnd: noon.AddDate(0, 0, 5)}
	h.createOn(t, trial)
	h.review(t, noon.Add(time.Hour))
	if len(h.mails) != 0 {
		t.Errorf("%d mails on the first day, want none", len(h.mails))
	}
	h.review(t, noon.AddDate(0, 0, 4))
	if len(h.mails) != 2 {
		t.Errorf("%d mails a day before the end, want 2", len(h.mails))
	}
}

// Scenario 126 of spec 01.
func TestOrganizationEndsWithItsLicenseAndComesBackWithANewOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		h.members(t, made.ID, 3)
		h.review(t, expires.Add(license.Skew))
		if !h.enabled(t, made.ID) {
			t.Fatal("disabled while the clocks may still differ")
		}
		h.mails, h.events = nil, nil
		h.review(t, expires.Add(license.Skew+time.Second))
		if h.enabled(t, made.ID) {
			t.Fatal("enabled after the end of the license")
		}
		to := []string{}
		for _, m := range h.mails {
			to = append(to, m.To)
			if m.Template != "license-expired" {
				t.Errorf("mail %s", m.Template)
			}
		}
		if diff := cmp.Diff([]string{"owner@example.org", facts().BillingEmail}, to); diff != "" {
			t.Errorf("told: %s", diff)
		}
		if len(h.events) != 1 || h.events[0].Type != event.OrganizationUpdated || h.events[0].OrganizationID != made.ID {
			t.Errorf("events %+v, want one", h.events)
		}
		h.review(t, expires.AddDate(0, 1, 0))
		if len(h.mails) != 2 {
			t.Errorf("%d mails a month later, want no more", len(h.mails))
		}
		if members, err := h.orgs.Members(t.Context(), made.ID); err != nil || len(members) != 3 {
			t.Errorf("%d members (%v), want all three", len(members), err)
		}
		later := term()
		later.Now = h.now
		later.PeriodStart, later.PeriodEnd = later.PeriodEnd, later.PeriodEnd.AddDate(1, 0, 0)
		h.renew(t, made.ID, later)
		if !h.enabled(t, made.ID) {
			t.Error("not enabled with the new license")
		}
	})
}

// A suspension by the operator outlives the license, and a new license.
func TestNewLicenseDoesNotLiftASuspension(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	made := h.create(t)
	if _, err := h.orgs.Suspend(t.Context(), made.ID, true); err != nil {
		t.Fatal(err)
	}
	h.review(t, expires.AddDate(0, 0, 1))
	if len(h.mails) != 2 {
		t.Errorf("%d mails, want 2", len(h.mails))
	}
	later := term()
	later.Now = h.now
	later.PeriodStart, later.PeriodEnd = later.PeriodEnd, later.PeriodEnd.AddDate(1, 0, 0)
	h.renew(t, made.ID, later)
	if h.enabled(t, made.ID) {
		t.Error("the license has lifted the suspension")
	}
}

// Scenarios 128 and 131 of spec 01: only the date ends a license.
func TestNothingButItsEndDisablesAnOrganization(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		made := h.create(t)
		own := h.organization(t, h.owner, plan.EnterpriseAnnually)
		held, err := h.Held(t.Context(), made.ID)
		if err != nil {
			t.Fatal(err)
		}
		h.Trust = func() (license.Trust, error) { return license.Trust{}, nil }
		h.InstallationID = id.New()
		old := issue(t, 12)
		for what, document := range map[string]string{
			"as it came": held.Document, "cut off": held.Document[:100], "without newer members": replaceMember(t, asJSON(t, tokenless(old)), "useMyItems", ""),
			"edited": replaceMember(t, held.Document, "seats", "1"),
		} {
			held.Document = document
			held.NextAt = noon // something seems to be due
			if err := h.Store.Save(t.Context(), held); err != nil {
				t.Fatal(err)
			}
			h.review(t, expires.AddDate(0, 0, -1))
			if !h.enabled(t, made.ID) || !h.enabled(t, own.ID) {
				t.Errorf("%s: an organization is disabled", what)
			}
		}
	})
}

// Scenario 136 of spec 01, for organizations.
func TestOneFaultyLicenseDoesNotKeepTheJobFromTheOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		all := []id.ID{}
		for n := range 5 {
			o := h.create(t, func(f *license.Facts) { f.LicenseKey, f.ID = fmt.Sprint("key ", n), id.New() })
			all = append(all, o.ID)
		}
		slices.SortFunc(all, func(a, b id.ID) int { return strings.Compare(a.String(), b.String()) })
		faulty := all[1]
		send := h.Mail
		h.Mail = func(ctx context.Context, list ...mail.Message) error {
			if strings.Contains(list[0].Data["Link"], faulty.String()) {
				return errKey
			}
			return send(ctx, list...)
		}
		h.now = expires.AddDate(0, 0, 1)
		if err := h.Review(t.Context()); err == nil || !strings.Contains(err.Error(), faulty.String()) {
			t.Errorf("the job says %v, want which organization failed", err)
		}
		for _, one := range all {
			if h.enabled(t, one) != (one == faulty) {
				t.Errorf("%s: enabled %v", one, h.enabled(t, one))
			}
		}
		h.Mail = send
		h.review(t, h.now)
		if h.enabled(t, faulty) {
			t.Error("the next run does not make up for it")
		}
	})
}

func TestQueueLooksAfterLicenses(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	made := h.create(t)
	told, send := make(chan struct{}), h.Mail
	h.Mail = func(ctx context.Context, list ...mail.Message) error {
		close(told)
		return send(ctx, list...)
	}
	q := &jobs.Queue{DB: h.db, Now: func() time.Time { return h.now }, Log: slog.New(slog.DiscardHandler), Workers: 1}
	h.Schedule(q)
	h.now = expires.Add(time.Hour)
	err := errors.Join(os.RemoveAll(h.Directory),
		q.Add(t.Context(), "license-copies", "", noon), q.Add(t.Context(), "license-review", "", noon.Add(time.Hour)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var queue sync.WaitGroup
	queue.Go(func() { q.Run(ctx) })
	<-told
	stop()
	queue.Wait()
	if h.enabled(t, made.ID) {
		t.Error("the queue did not end the organization")
	}
	readFile(t, filepath.Join(h.Directory, "organization", made.ID.String()+".json"))
}
