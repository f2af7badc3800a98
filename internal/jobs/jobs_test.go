package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"coffre/internal/clock"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/jobs"
)

func newQueue(d *db.DB) (*jobs.Queue, *clock.Clock) {
	c := &clock.Clock{}
	return &jobs.Queue{DB: d, Now: c.Now, Log: slog.New(slog.DiscardHandler)}, c
}

func TestEachJobIsClaimedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, c := newQueue(d)
		for _, kind := range []string{"purge", "mail"} {
			q.Handle(kind, func(context.Context, string) error { return nil })
		}
		at := c.Now().Add(-time.Second)
		for range 3 { // three nodes offer the same instant
			if err := q.Add(t.Context(), "purge", "", at); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 30 {
			if err := q.Add(t.Context(), "mail", fmt.Sprint(i), at); err != nil {
				t.Fatal(err)
			}
		}
		var claimed atomic.Int32
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for {
					_, err := q.Claim(t.Context())
					if fault.KindOf(err) == fault.NotFound {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					claimed.Add(1)
				}
			})
		}
		wg.Wait()
		if n := claimed.Load(); n < 31 {
			t.Errorf("claimed %d jobs, want 31", n)
		}
	})
}

// run does the jobs of q until enough is true or five seconds have passed.
func run(t *testing.T, q *jobs.Queue, enough func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { q.Run(ctx) })
	for !enough() && ctx.Err() == nil {
		clock.Sleep(ctx, time.Millisecond)
	}
	cancel()
	wg.Wait()
	if !enough() {
		t.Fatal("not done after five seconds")
	}
}

func TestFailedJobIsDoneLater(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, c := newQueue(d)
		var tries atomic.Int32
		q.Handle("mail", func(context.Context, string) error {
			if tries.Add(1) == 1 {
				c.Advance(time.Hour)
				return errors.New("no network")
			}
			return nil
		})
		if err := q.Add(t.Context(), "mail", "1", c.Now()); err != nil {
			t.Fatal(err)
		}
		c.Advance(time.Second)
		run(t, q, func() bool {
			if tries.Load() == 1 {
				c.Advance(time.Hour)
				q.Wake()
			}
			return tries.Load() >= 2 // more when the clock outruns a lease
		})
		if _, err := q.Claim(t.Context()); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a job that is done: got %v, want NotFound", err)
		}
	})
}

func TestPeriodicJobIsMadeUpForOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, c := newQueue(d)
		var times atomic.Int32
		q.Every("purge", jobs.Daily(3, 0), func(context.Context) error { times.Add(1); return nil })
		run(t, q, func() bool {
			n, _ := db.Value[int](t.Context(), d, `SELECT count(*) FROM job`)
			return n == 1
		})
		c.Advance(72 * time.Hour) // the server is down for three days
		run(t, q, func() bool { return times.Load() > 0 })
		if n := times.Load(); n != 1 {
			t.Errorf("done %d times, want once", n)
		}
	})
}

func TestPeriodicJobLeavesNoInstantOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, c := newQueue(d)
		var times atomic.Int32
		q.Every("look", jobs.Interval(time.Hour), func(context.Context) error {
			times.Add(1)
			c.Advance(time.Hour) // the work takes longer than the pause between two instants
			return nil
		})
		c.Advance(time.Hour)
		run(t, q, func() bool {
			if times.Load() == 0 {
				c.Advance(time.Hour)
				q.Wake()
			}
			return times.Load() >= 3
		})
	})
}

func TestQueueLeavesTheKindsOfOthersAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q, c := newQueue(d)
		q.Handle("purge", func(context.Context, string) error { return nil })
		for _, kind := range []string{"mail", "purge", "mail"} {
			if err := q.Add(t.Context(), kind, "", c.Now().Add(-time.Second)); err != nil {
				t.Fatal(err)
			}
		}
		if job, err := q.Claim(t.Context()); err != nil || job.Kind != "purge" {
			t.Errorf("claimed %+v, %v, want the purge", job, err)
		}
		if job, err := q.Claim(t.Context()); fault.KindOf(err) != fault.NotFound {
			t.Errorf("claimed %+v, %v, want NotFound", job, err)
		}
	})
}

func TestPauseDoublesToSixHours(t *testing.T) {
	for failures, want := range map[int]time.Duration{0: 30 * time.Second, 1: time.Minute, 5: 16 * time.Minute, 40: 6 * time.Hour} {
		for random, share := range map[float64]time.Duration{0: 8, 0.5: 10, 1: 12} {
			if got := jobs.Pause(failures, random); got != want*share/10 {
				t.Errorf("after %d failures, with %v: got %v, want %v", failures, random, got, want*share/10)
			}
		}
	}
}
