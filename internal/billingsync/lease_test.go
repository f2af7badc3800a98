package billingsync_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/db"
	"coffre/internal/dbtest"
)

// overtaken has a node begin a run that stands still until its lease is over, while
// meanwhile happens, and returns what became of it.
func (h *home) overtaken(t *testing.T, meanwhile func(node *billingsync.SelfHostedEnd)) (billingsync.Run, error) {
	t.Helper()
	late, other := *h.SelfHostedEnd, *h.SelfHostedEnd // what nodes share is the database alone
	late.Sponsorships = func(ctx context.Context, s billingsync.Session) (billingsync.Counts, error) {
		if err := s.Guard(ctx); err != nil {
			t.Errorf("a run that holds its lease: %v", err)
		}
		h.now = h.now.Add(3 * time.Minute)
		meanwhile(&other)
		return billingsync.Counts{Sent: 1}, s.Guard(ctx)
	}
	return late.Run(t.Context(), h.org.ID, billingsync.ByDay)
}

func TestRunThatWasTakenOverStops(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		want := billingsync.Counts{Sent: 3, Accepted: 3}
		h.exchanges = func(billingsync.Session) (billingsync.Counts, error) { return want, nil }
		run, err := h.overtaken(t, func(node *billingsync.SelfHostedEnd) {
			if _, err := node.Run(t.Context(), h.org.ID, billingsync.ByDay); err != nil {
				t.Fatal(err)
			}
		})
		wantCode(t, err, "sync-running")
		wantCode(t, run.Sponsorships.Err, "interrupted")
		c, runs := h.stored(t), h.history(t)
		if len(runs) != 2 || runs[0].Err() != nil || runs[0].Counts != want {
			t.Errorf("runs %+v, want the other's to count", runs)
		}
		wantCode(t, runs[1].Err(), "interrupted")
		if runs[1].Counts.Sent != 0 || c.Failures != 0 || c.Running(h.now) || !c.NextRunAt.Equal(billingsync.Daily(h.org.ID, h.now)) {
			t.Errorf("run %+v, connection %+v, want what the other left", runs[1], c)
		}
	})
}

func TestRunThatWasTakenOverLeavesTheLeaseAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		release, begun := make(chan struct{}), make(chan struct{})
		h.exchanges = func(s billingsync.Session) (billingsync.Counts, error) {
			close(begun)
			<-release
			return billingsync.Counts{}, s.Guard(t.Context())
		}
		ended := make(chan error)
		_, err := h.overtaken(t, func(node *billingsync.SelfHostedEnd) {
			go func() {
				run, err := node.Run(t.Context(), h.org.ID, billingsync.ByDay)
				if err == nil {
					err = run.Err()
				}
				ended <- err
			}()
			<-begun
		})
		wantCode(t, err, "sync-running")
		if !h.stored(t).Running(h.now) || !h.history(t)[0].EndedAt.IsZero() {
			t.Error("the late run ended the other")
		}
		close(release)
		wantCode(t, <-ended, "")
	})
}

func TestLicenseOfARunThatWasTakenOverIsNotKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		h.cloud.seats(t, 40)
		direct := h.Cloud.HTTP.Transport
		h.Cloud.HTTP.Transport = road(func(call *http.Request) (*http.Response, error) {
			if strings.HasPrefix(call.URL.Path, "/api/licenses/") {
				h.now = h.now.Add(3 * time.Minute)
				other := billingsync.Run{OrganizationID: h.org.ID, StartedAt: h.now}
				if mine, err := h.Store.Claim(t.Context(), other, h.now.Add(time.Minute)); err != nil || !mine {
					t.Error(mine, err)
				}
			}
			return direct.RoundTrip(call)
		})
		_, err := h.Run(t.Context(), h.org.ID, billingsync.ByDay)
		wantCode(t, err, "sync-running")
		if o, err := h.orgs.Get(t.Context(), h.org.ID); err != nil || *o.Seats != 25 {
			t.Errorf("%v seats (%v), want those of before", o.Seats, err)
		}
		if c := h.stored(t); !c.LicenseSyncedAt.IsZero() || !c.Running(h.now) {
			t.Errorf("connection %+v", c)
		}
	})
}

// road is the way to the cloud.
type road func(*http.Request) (*http.Response, error)

// RoundTrip takes a call over.
func (r road) RoundTrip(call *http.Request) (*http.Response, error) { return r(call) }

// Nobody took over: the run itself says so, and is tried again.
func TestRunThatOutlivesItsLeaseIsTriedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHome(t, d)
		h.connect(t)
		run, err := h.overtaken(t, func(*billingsync.SelfHostedEnd) {})
		wantCode(t, err, "")
		wantCode(t, run.Sponsorships.Err, "interrupted")
		wantCode(t, h.history(t)[0].Err(), "interrupted")
		if c := h.stored(t); c.Failures != 1 || c.Running(h.now) || !c.NextRunAt.Equal(h.now.Add(30*time.Second)) {
			t.Errorf("connection %+v, want another try in half a minute", c)
		}
	})
}
