package billingsync_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/clock"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
)

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
		if mine, err := h.Store.Claim(t.Context(), billingsync.Run{OrganizationID: bad.ID, StartedAt: noon.Add(-time.Hour)}, noon.Add(-time.Minute)); err != nil || !mine {
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
		first, again := billingsync.Minute(v), billingsync.Minute(v)
		if first != again {
			t.Fatalf("the minute of %s changes from %d to %d", v, first, again)
		}
		hours[first/60]++
	}
	for hour := range 24 {
		if share := hours[hour]; share < n/24/2 || share > n/24*2 {
			t.Errorf("hour %d has %d of %d", hour, share, n)
		}
	}
}
