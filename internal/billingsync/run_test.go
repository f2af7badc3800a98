package billingsync_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"coffre/internal/billingsync"
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
			if wait := c.NextRunAt.Sub(h.now); c.Failures != failures+1 || wait != want {
				t.Errorf("after %d failures the next run is in %v, want %v", c.Failures, wait, want)
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
		if mine, err := h.Store.Claim(t.Context(), died, noon.Add(time.Minute)); err != nil || !mine {
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

// Scenario 103, on several nodes: of those that begin at once one runs.
func TestNodesThatBeginAtOnceRunOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		const nodes = 6
		var exchanges atomic.Int32
		refusals, release := make(chan struct{}, nodes), make(chan struct{})
		h.exchanges = func(billingsync.Session) (billingsync.Counts, error) {
			exchanges.Add(1)
			<-release
			return billingsync.Counts{}, nil
		}
		results := make([]error, nodes)
		var wg sync.WaitGroup
		for i := range nodes {
			node := *h.SelfHostedEnd // what nodes share is the database alone
			wg.Go(func() {
				_, results[i] = node.Run(t.Context(), h.org.ID, billingsync.ByDay)
				if results[i] != nil {
					refusals <- struct{}{}
				}
			})
		}
		for range nodes - 1 {
			<-refusals
		}
		close(release)
		wg.Wait()
		refused := 0
		for _, err := range results {
			if fault.CodeOf(err) == "sync-running" {
				refused++
			}
		}
		if refused != nodes-1 || exchanges.Load() != 1 || len(h.history(t)) != 1 {
			t.Errorf("%d refused, %d exchanges, %d runs; want %d, 1, 1", refused, exchanges.Load(), len(h.history(t)), nodes-1)
		}
	})
}
