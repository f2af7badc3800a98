package billingsync_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/clock"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// sync presses the button and expects that there is a run.
func (h *home) sync(t *testing.T) billingsync.Run {
	t.Helper()
	run, err := h.Sync(t.Context(), h.owner, h.org.ID)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// history returns the newest runs as they are stored.
func (h *home) history(t *testing.T) []billingsync.Run {
	t.Helper()
	runs, _, err := h.History(t.Context(), h.owner, h.org.ID, id.ID{})
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

// seats changes what the company pays for.
func (c *cloud) seats(t *testing.T, n int) {
	t.Helper()
	terms := c.company.Terms()
	terms.Seats = &n
	if err := c.orgs.Apply(t.Context(), c.company.ID, terms); err != nil {
		t.Fatal(err)
	}
}

// Scenarios 102, 107, 132 and 133.
func TestOneButtonSyncsLicenseAndSponsorships(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		h.cloud.seats(t, 40)
		want := billingsync.Counts{Sent: 3, Accepted: 2, Refused: 1}
		h.exchanges = func(s billingsync.Session) (billingsync.Counts, error) {
			if s.OrganizationID != h.org.ID || s.CloudOrganizationID != h.cloud.company.ID || s.Key != h.cloud.key(t) {
				t.Errorf("session %+v", s)
			}
			return want, nil
		}
		run := h.sync(t)
		stored := h.history(t)[0]
		for _, r := range []billingsync.Run{run, stored} {
			if r.License.Result != billingsync.Updated || r.Sponsorships.Result != billingsync.Updated || r.Counts != want || r.Err() != nil {
				t.Errorf("run %+v", r)
			}
			if r.Cause != billingsync.ByPerson || !r.StartedAt.Equal(noon) || !r.EndedAt.Equal(noon) {
				t.Errorf("run %+v", r)
			}
		}
		o, err := h.orgs.Get(t.Context(), h.org.ID)
		if err != nil || *o.Seats != 40 {
			t.Errorf("%v seats (%v), want 40", o.Seats, err)
		}
		c := h.stored(t)
		if !c.LicenseSyncedAt.Equal(noon) || !c.SucceededAt.Equal(noon) || c.Failures != 0 || c.Running(h.now) {
			t.Errorf("connection %+v", c)
		}
		if want := billingsync.Daily(h.org.ID, noon); !c.NextRunAt.Equal(want) {
			t.Errorf("next run %v, want %v", c.NextRunAt, want)
		}
		h.exchanges = func(billingsync.Session) (billingsync.Counts, error) { return billingsync.Counts{}, nil }
		if run := h.sync(t); run.License.Result != billingsync.Unchanged || run.Sponsorships.Result != billingsync.Unchanged {
			t.Errorf("second run %+v", run)
		}
	})
}

// Neither part waits for the other to succeed.
func TestEachPartIsTriedWhateverBecomesOfTheOther(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.connect(t)
	h.exchanges = func(billingsync.Session) (billingsync.Counts, error) {
		return billingsync.Counts{Sent: 2}, fault.New(fault.Conflict, "billingsync.cloudBusy").On("x").With("address", "a:1").Coded("lineage-forked")
	}
	run := h.sync(t)
	if run.License.Err != nil || run.Counts.Sent != 2 {
		t.Errorf("license %v, counts %+v", run.License.Err, run.Counts)
	}
	wantCode(t, run.Err(), "lineage-forked")
	if fault.KindOf(run.Err()) != fault.Invalid || run.Sponsorships.Err.Field != "" {
		t.Errorf("told as %+v, want plainly Invalid", run.Sponsorships.Err)
	}

	h.cloud.seats(t, 1)
	terms := h.org.Terms()
	terms.PlanType, terms.Features.SelfHost = h.cloud.company.PlanType, false
	if err := h.cloud.orgs.Apply(t.Context(), h.cloud.company.ID, terms); err != nil {
		t.Fatal(err)
	}
	h.exchanges = func(billingsync.Session) (billingsync.Counts, error) { return billingsync.Counts{Accepted: 1}, nil }
	run = h.sync(t)
	wantCode(t, run.License.Err, "license-self-host-not-allowed")
	if run.Sponsorships.Result != billingsync.Updated {
		t.Errorf("sponsorships %+v, want that they went through", run.Sponsorships)
	}
	wantCode(t, run.Err(), "license-self-host-not-allowed")
}

// Scenarios 93, 104 and 132.
func TestFailedRunIsRecordedAndTriedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		old := h.Cloud.Settings
		h.cloud.rotate(t)
		run := h.sync(t)
		wantCode(t, run.Err(), billingsync.CodeKeyUnknown)
		if run.Sponsorships.Result != billingsync.Failed {
			t.Errorf("sponsorships %+v", run.Sponsorships)
		}
		if text := fault.Text(h.history(t)[0].Err(), "fr"); !strings.Contains(text, "collez-le") {
			t.Errorf("the history says %q, want what to do next", text)
		}
		for failures, want := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute} {
			c := h.stored(t)
			wait := c.NextRunAt.Sub(h.now)
			if c.Failures != failures+1 || wait < want*8/10 || wait > want*12/10 {
				t.Errorf("after %d failures the next run is in %v, want about %v", c.Failures, wait, want)
			}
			h.sync(t)
		}
		settings := old
		settings.URL = "http://127.0.0.1:1"
		h.Cloud.Settings = settings
		h.Cloud.HTTP.CloseIdleConnections()
		fresh := newClient(t, h, settings)
		h.Cloud = fresh
		wantCode(t, h.sync(t).Err(), billingsync.CodeUnreachable)
		stored := h.history(t)[0]
		wantCode(t, stored.License.Err, billingsync.CodeUnreachable)
		if text := fault.Text(stored.Err(), "en"); !strings.Contains(text, "127.0.0.1:1") {
			t.Errorf("%q does not name host and port", text)
		}
	})
}

func TestDefectIsLoggedAndHidden(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.connect(t)
	h.exchanges = func(billingsync.Session) (billingsync.Counts, error) {
		return billingsync.Counts{}, errors.New("table is on fire")
	}
	run := h.sync(t)
	wantCode(t, run.Err(), "internal")
	if strings.Contains(run.Err().Error(), "fire") || !strings.Contains(h.log.String(), "table is on fire") {
		t.Errorf("told %q, logged %q", run.Err(), h.log)
	}
}

func TestOfficialCloudIsAskedInItsOwnWay(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.cloud.set(true, 0)
	h.connect(t)
	if err := h.sync(t).Err(); err != nil {
		t.Fatal(err)
	}
	if path := " /api/licenses/organization/" + h.cloud.company.ID.String(); h.cloud.called("GET"+path) != 1 || h.cloud.called("POST"+path) != 0 {
		t.Errorf("calls %v, want one GET for the license", h.cloud.calls)
	}
}

// Scenario 103.
func TestOneRunAtATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		h.exchanges = func(billingsync.Session) (billingsync.Counts, error) {
			_, err := h.Run(t.Context(), h.org.ID, billingsync.ByDay)
			wantCode(t, err, "sync-running")
			if !h.stored(t).Running(h.now) || len(h.history(t)) != 1 {
				t.Error("a second run began")
			}
			return billingsync.Counts{}, nil
		}
		wantCode(t, h.sync(t).Err(), "")
	})
}

func TestRunOfAServerThatDiedIsTakenOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		died := billingsync.Run{ID: id.NewOrdered(), OrganizationID: h.org.ID, Cause: billingsync.ByDay, StartedAt: noon}
		if mine, err := h.Store.Claim(t.Context(), h.org.ID, noon, noon.Add(time.Minute)); err != nil || !mine {
			t.Fatal(mine, err)
		}
		if err := h.Store.InsertRun(t.Context(), died); err != nil {
			t.Fatal(err)
		}
		h.now = noon.Add(time.Minute)
		wantCode(t, h.sync(t).Err(), "")
		runs := h.history(t)
		if len(runs) != 2 || runs[1].EndedAt.IsZero() {
			t.Fatalf("runs %+v", runs)
		}
		wantCode(t, runs[1].Err(), "interrupted")
	})
}

func TestUnconnectedOrganizationDoesNotRun(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	_, err := h.Run(t.Context(), h.org.ID, billingsync.ByPerson)
	wantCode(t, err, "not-connected")
	made := h.connect(t)
	if err := h.Disconnect(t.Context(), h.owner, made.ID); err != nil {
		t.Fatal(err)
	}
	_, err = h.Run(t.Context(), h.org.ID, billingsync.ByPerson)
	wantCode(t, err, "not-connected")
}

// work does jobs until enough is true.
func (h *home) work(t *testing.T, enough func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { h.Queue.Run(ctx) })
	for !enough() && ctx.Err() == nil {
		clock.Sleep(ctx, time.Millisecond)
	}
	cancel()
	wg.Wait()
	if !enough() {
		t.Fatal("not done after five seconds")
	}
}

// planLook has the queue plan the next look around, which no server is up to do.
func (h *home) planLook(t *testing.T) {
	t.Helper()
	h.work(t, func() bool {
		n, _ := db.Value[int](t.Context(), h.db, `SELECT count(*) FROM job WHERE kind = 'billing-sync'`)
		return n == 1
	})
}

func (h *home) jobs(t *testing.T) int {
	t.Helper()
	n, err := db.Value[int](t.Context(), h.db, `SELECT count(*) FROM job WHERE kind = 'billing-sync-run'`)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A change before the first run of an owner sends nothing.
func TestChangeWaitsForTheFirstRun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		for range 2 {
			if err := h.Changed(t.Context(), h.org.ID); err != nil {
				t.Fatal(err)
			}
			if n := h.jobs(t); n != 0 || len(h.history(t)) != 0 {
				t.Errorf("%d jobs before the first run", n)
			}
			if h.cloud.called(tokenCall) == 0 {
				h.connect(t)
			}
		}
		h.sync(t)
		if err := h.Changed(t.Context(), h.org.ID); err != nil {
			t.Fatal(err)
		}
		if c := h.stored(t); h.jobs(t) != 1 || !c.NextRunAt.Equal(noon.Add(3*time.Second)) {
			t.Errorf("%d jobs, next run %v, want one in three seconds", h.jobs(t), c.NextRunAt)
		}
	})
}

func TestChangesThatFollowEachOtherTravelTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		h.sync(t)
		for second := range 3 {
			h.now = noon.Add(time.Duration(second) * time.Second)
			if err := h.Changed(t.Context(), h.org.ID); err != nil {
				t.Fatal(err)
			}
		}
		h.now = noon.Add(10 * time.Second)
		h.work(t, func() bool { return h.jobs(t) == 0 })
		runs := h.history(t)
		if len(runs) != 2 || runs[0].Cause != billingsync.ByChange || runs[0].Err() != nil {
			t.Errorf("runs %+v, want one for the change", runs)
		}
	})
}

func TestChangeDuringARunGetsARunOfItsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		h.sync(t)
		h.exchanges = func(billingsync.Session) (billingsync.Counts, error) {
			return billingsync.Counts{}, h.Changed(t.Context(), h.org.ID)
		}
		wantCode(t, h.sync(t).Err(), "")
		if c := h.stored(t); !c.NextRunAt.Equal(noon.Add(3 * time.Second)) {
			t.Errorf("next run %v, want in three seconds", c.NextRunAt)
		}
	})
}

func TestChangeIsNotSentAtOnceWhenThatIsSwitchedOff(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.connect(t)
	h.sync(t)
	h.OnChange = false
	if err := h.Changed(t.Context(), h.org.ID); err != nil || h.jobs(t) != 0 {
		t.Errorf("%d jobs (%v), want none", h.jobs(t), err)
	}
}

func TestChangeThatIsRolledBackAsksForNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		h.sync(t)
		before := h.stored(t).NextRunAt
		failure := errors.New("no")
		err := d.Tx(t.Context(), func(ctx context.Context) error {
			return errors.Join(h.Changed(ctx, h.org.ID), failure)
		})
		if !errors.Is(err, failure) || h.jobs(t) != 0 || !h.stored(t).NextRunAt.Equal(before) {
			t.Errorf("%d jobs, next run %v", h.jobs(t), h.stored(t).NextRunAt)
		}
	})
}

// Scenario 101: the time of the next run is kept, and a server that was down at
// its minute makes up for it.
func TestDailyRunSurvivesRestarts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		h.sync(t)
		due := h.stored(t).NextRunAt
		h.now = due.Add(-time.Minute)
		h.planLook(t)
		if len(h.history(t)) != 1 {
			t.Error("ran before its minute")
		}
		h.now = due.Add(5 * time.Hour)
		h.work(t, func() bool { return len(h.history(t)) == 2 && h.jobs(t) == 0 })
		run := h.history(t)[0]
		if run.Cause != billingsync.ByDay || run.Err() != nil {
			t.Errorf("run %+v", run)
		}
		if want := billingsync.Daily(h.org.ID, h.now); !h.stored(t).NextRunAt.Equal(want) {
			t.Errorf("next run %v, want %v", h.stored(t).NextRunAt, want)
		}
	})
}

// Scenario 100.
func TestFailingOrganizationIsInNobodysWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		h.sync(t)
		bad := h.organization(t, h.owner, h.cloud.company.PlanType)
		c := h.stored(t)
		c.ID, c.OrganizationID = id.New(), bad.ID // the key was sealed for another place
		if err := h.Store.SaveConnection(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if mine, err := h.Store.Claim(t.Context(), bad.ID, noon.Add(-time.Hour), noon.Add(-time.Minute)); err != nil || !mine {
			t.Fatal(mine, err)
		}
		h.planLook(t)
		h.now = h.now.Add(25 * time.Hour)
		h.work(t, func() bool { return len(h.history(t)) == 2 && h.jobs(t) == 0 })
		if err := h.history(t)[0].Err(); err != nil {
			t.Errorf("the good one failed: %v", err)
		}
		runs, err := h.Store.Runs(t.Context(), bad.ID, id.ID{}, 9)
		if err != nil || len(runs) != 1 || runs[0].Err() == nil {
			t.Errorf("the bad one ran %+v (%v)", runs, err)
		}
	})
}

func TestMinutesSpreadOverTheDay(t *testing.T) {
	const n = 14_400
	hours := map[int]int{}
	for range n {
		v := id.New()
		if billingsync.Minute(v) != billingsync.Minute(v) {
			t.Fatal("the minute changes")
		}
		hours[billingsync.Minute(v)/60]++
	}
	for hour := range 24 {
		if share := hours[hour]; share < n/24/2 || share > n/24*2 {
			t.Errorf("hour %d has %d of %d", hour, share, n)
		}
	}
}

// Scenario 108: only differences on one clock count.
func TestClockThatIsOffChangesNothing(t *testing.T) {
	for _, off := range []time.Duration{-4 * time.Minute, 10 * time.Minute} {
		h := newHome(t, dbtest.SQLite(t))
		h.now = noon.Add(off)
		h.connect(t)
		wantCode(t, h.sync(t).Err(), "")
	}
}

// Scenario 109.
func TestConnectionGoesWithItsOrganization(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		h.sync(t)
		exec(t, h, `DELETE FROM organization WHERE id = $1`, h.org.ID)
		if _, err := h.Store.ConnectionOf(t.Context(), h.org.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("got %v, want NotFound", err)
		}
		if _, err := h.orgs.Get(t.Context(), h.org.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("got %v, want NotFound", err)
		}
	})
}
