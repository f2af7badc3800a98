package walk_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"coffre/internal/id"
	"coffre/test/harness"
)

// state is what the subscription page shows of billing sync.
type state struct {
	Running             bool
	NextRunDate         *time.Time
	LastRun             *run
	LastSuccessDate     *time.Time
	LastLicenseSyncDate *time.Time
	Failures            int
}

// run is a row of the history.
type run struct {
	ID                    id.ID
	Cause                 string
	EndDate               *time.Time
	License, Sponsorships struct{ Result, Code, Message string }
}

func (w *walk) state(t *testing.T) (s state) {
	t.Helper()
	get(t, w.adaHome, "/api/organizations/"+w.acmeHome.String()+"/billing-sync", &s)
	return s
}

// runs returns the history, oldest first.
func (w *walk) runs(t *testing.T) []run {
	t.Helper()
	var list struct{ Data []run }
	get(t, w.adaHome, "/api/organizations/"+w.acmeHome.String()+"/billing-sync/runs", &list)
	slices.Reverse(list.Data)
	return list.Data
}

// causes returns why each run took place, oldest first.
func (w *walk) causes(t *testing.T) (causes []string) {
	t.Helper()
	for _, r := range w.runs(t) {
		causes = append(causes, r.Cause)
	}
	return causes
}

// ran waits until there was one run for each cause, and no other.
func (w *walk) ran(t *testing.T, causes ...string) {
	t.Helper()
	harness.Eventually(t, "a run", func(context.Context) (bool, error) {
		runs := w.runs(t)
		underWay := slices.ContainsFunc(runs, func(r run) bool { return r.EndDate == nil })
		return len(runs) >= len(causes) && !underWay, nil
	})
	if got := w.causes(t); !slices.Equal(got, causes) {
		t.Fatalf("the runs were %v, want %v", got, causes)
	}
}

// idle waits until what was due at a time has run.
func (w *walk) idle(t *testing.T, now time.Time) {
	t.Helper()
	harness.Eventually(t, "the end of what was due", func(context.Context) (bool, error) {
		s := w.state(t)
		return !s.Running && s.NextRunDate != nil && s.NextRunDate.After(now), nil
	})
}

// r10 holds the clock, and moves it from day to day.
func (w *walk) r10(t *testing.T) {
	w.SelfHosted.Set(t, map[string]string{harness.OnChange: "false"})
	w.SelfHosted.Restart(t)
	now := w.pass(t, 3*day)
	if s := w.state(t); s.LastRun != nil || s.NextRunDate != nil || s.LastLicenseSyncDate != nil || s.LastSuccessDate != nil {
		t.Fatalf("before the first sync the page says %+v, want never", s)
	}
	if c, err := w.adaHome.GetConnection(t.Context(), w.acmeHome); err != nil || c.Config.LastLicenseSync != nil {
		t.Errorf("the last sync was at %v, %v; want never", c.Config.LastLicenseSync, err)
	}
	w.Sync(t, w.acmeHome).Want(t, 0)
	w.ran(t, "person")
	next := w.nextRun(t, now, now.Add(day))

	// A minute before its time, the server is killed: it does not forget the time.
	w.pass(t, next.Sub(now)-2*time.Minute)
	w.SelfHosted.Kill(t)
	w.SelfHosted.Start(t)
	w.nextRun(t, next, next)
	w.ran(t, "person")
	w.pass(t, 4*time.Minute)
	w.ran(t, "person", "daily")
	w.nextRun(t, next.Add(day), next.Add(day))

	// Nothing more happens that day, and once the next, also across a restart.
	w.pass(t, day-time.Hour)
	w.SelfHosted.Restart(t)
	w.ran(t, "person", "daily")
	w.pass(t, time.Hour)
	w.ran(t, "person", "daily", "daily")

	// What was missed is made up for, once.
	w.SelfHosted.Set(t, map[string]string{harness.Communication: "false"})
	w.SelfHosted.Restart(t)
	w.pass(t, 3*day)
	w.ran(t, "person", "daily", "daily")
	w.SelfHosted.Set(t, map[string]string{harness.Communication: "true"})
	w.SelfHosted.Restart(t)
	w.pass(t, time.Minute)
	w.ran(t, "person", "daily", "daily", "daily")
	now = w.pass(t, time.Hour)
	next = w.nextRun(t, now, now.Add(day))
	w.pass(t, next.Sub(now)+time.Minute)
	w.ran(t, "person", "daily", "daily", "daily", "daily")
}

// nextRun returns when the next run is planned, which is not before a time and not
// after another.
func (w *walk) nextRun(t *testing.T, from, to time.Time) time.Time {
	t.Helper()
	s := w.state(t)
	if s.NextRunDate == nil || s.NextRunDate.Before(from) || s.NextRunDate.After(to) {
		t.Fatalf("the next run is at %v, want from %s to %s", s.NextRunDate, from, to)
	}
	return *s.NextRunDate
}

func (w *walk) r12(t *testing.T) {
	t.Run("by command and by button", func(t *testing.T) {
		before := len(w.causes(t))
		w.Sync(t, w.acmeHome).Want(t, 0, "license:", "sponsorships:")
		if got, err := w.adaHome.SyncLicense(t.Context(), w.acmeHome); err != nil || got.License.Result == "" || got.Sponsorships.Result == "" {
			t.Errorf("the button: %s, %v", got.Raw, err)
		}
		if got := w.causes(t)[before:]; !slices.Equal(got, []string{"person", "person"}) {
			t.Errorf("the history has %v", got)
		}
	})
	t.Run("by a change, seconds later", w.changed)
	t.Run("with a key that was rotated", w.rotatedKey)
	t.Run("with a cloud that is stopped", w.stoppedCloud)
}

// changed offers and withdraws with the setting that is on unless somebody turns it
// off, then turns it off again: the other statements want to see what is in between.
func (w *walk) changed(t *testing.T) {
	const friend = "gus@home.example"
	before := w.causes(t)
	w.SelfHosted.Set(t, map[string]string{harness.OnChange: ""})
	w.SelfHosted.Restart(t)
	if err := w.adaHome.OfferSelfHosted(t.Context(), w.acmeHome, friend); err != nil {
		t.Fatal(err)
	}
	w.Mail.Wait(t, friend, offerEnglish)
	w.ran(t, append(before, "change")...)
	w.shows(t, "Sent")
	if err := w.adaHome.RevokeSelfHosted(t.Context(), w.acmeHome); err != nil {
		t.Fatal(err)
	}
	w.ran(t, append(before, "change", "change")...)
	if got := gives(t, w.adaHome); len(got) > 0 {
		t.Errorf("after the withdrawal: %+v", got)
	}
	w.SelfHosted.Set(t, map[string]string{harness.OnChange: "false"})
	w.SelfHosted.Restart(t)
}

func (w *walk) rotatedKey(t *testing.T) {
	ctx := t.Context()
	rotated, err := w.ada.RotateBillingSyncKey(ctx, w.acme, harness.Password)
	if err != nil {
		t.Fatal(err)
	}
	w.Sync(t, w.acmeHome).Want(t, 1, "key-unknown", "Copy the present one")
	got, err := w.adaHome.SyncLicense(ctx, w.acmeHome)
	refused(t, err, 400, "key-unknown", "Copy the present one")
	if got.License.Code != "key-unknown" || got.Sponsorships.Code != "key-unknown" {
		t.Errorf("the parts: %s", got.Raw)
	}
	if err := w.save(t, rotated.APIKey); err != nil {
		t.Fatal(err)
	}
	w.key = rotated.APIKey
	w.Sync(t, w.acmeHome).Want(t, 0)
}

func (w *walk) stoppedCloud(t *testing.T) {
	address, err := url.Parse(w.Cloud.URL)
	if err != nil {
		t.Fatal(err)
	}
	w.Cloud.Stop(t)
	w.Sync(t, w.acmeHome).Want(t, 1, "cloud-unreachable", address.Host)
	_, err = w.adaHome.SyncLicense(t.Context(), w.acmeHome)
	refused(t, err, http.StatusBadRequest, "cloud-unreachable", address.Host)
	w.SelfHosted.Command(t, "doctor").Want(t, 1, address.Host)
	if s := w.state(t); s.Failures != 2 || s.LastRun.License.Code != "cloud-unreachable" {
		t.Errorf("the page says %+v", s)
	}
	before := w.causes(t)
	w.Cloud.Start(t)
	// The next run comes by itself, after a pause that grows with each failure.
	w.pass(t, 3*time.Minute)
	w.ran(t, append(before, "daily")...)
	if s := w.state(t); s.Failures != 0 || s.LastRun.License.Code != "" || s.LastRun.Sponsorships.Code != "" {
		t.Errorf("the page says %+v, want success", s)
	}
}
