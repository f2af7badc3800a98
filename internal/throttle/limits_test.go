package throttle_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"coffre/internal/clock"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/throttle"
)

var three = throttle.Rule{Name: "three", Limit: 3, Per: time.Minute}

// newLimits counts by a clock that only the test moves.
func newLimits(d *db.DB) (*throttle.Limits, *time.Time) {
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	return &throttle.Limits{DB: d, Now: func() time.Time { return now }, Secret: []byte("secret")}, &now
}

// take counts n tries and returns how many were let through.
func take(t *testing.T, l *throttle.Limits, rule throttle.Rule, key string, n int) (passed int) {
	t.Helper()
	for range n {
		switch err := l.Take(t.Context(), rule, key); {
		case err == nil:
			passed++
		case fault.KindOf(err) != fault.TooMany:
			t.Fatal(err)
		}
	}
	return passed
}

func TestTriesOverTheLimitAreRefusedUntilTheCountEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l, now := newLimits(d)
		if got := take(t, l, three, "a", 10); got != 3 {
			t.Errorf("%d tries passed, want 3", got)
		}
		*now = now.Add(40 * time.Second)
		err := l.Take(t.Context(), three, "a")
		exceeded, ok := errors.AsType[*throttle.LimitError](err)
		if !ok || exceeded.Wait != 20*time.Second || !exceeded.Until.Equal(now.Add(20*time.Second)) {
			t.Errorf("got %+v, want a wait of 20 s", exceeded)
		}
		*now = now.Add(20 * time.Second)
		if got := take(t, l, three, "a", 10); got != 3 {
			t.Errorf("later %d tries passed, want 3", got)
		}
	})
}

func TestManyTriesAreCountedTogetherOrNotAtAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l, now := newLimits(d)
		for i, test := range []struct {
			n    int
			pass bool
		}{{2, true}, {2, false}, {1, true}, {1, false}} {
			err := l.TakeMany(t.Context(), three, "a", test.n)
			if err == nil != test.pass || !test.pass && fault.KindOf(err) != fault.TooMany {
				t.Errorf("call %d: %v", i, err)
			}
		}
		*now = now.Add(time.Minute)
		if err := l.TakeMany(t.Context(), three, "a", 10); err != nil {
			t.Errorf("more than the limit, as the first: %v", err)
		}
		if err := l.Take(t.Context(), three, "a"); fault.KindOf(err) != fault.TooMany {
			t.Errorf("one more: %v", err)
		}
	})
}

func TestKeysAndRulesAreCountedApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l, _ := newLimits(d)
		other := three
		other.Name = "other"
		take(t, l, three, "a", 3)
		if got := take(t, l, three, "b", 3) + take(t, l, other, "a", 3); got != 6 {
			t.Errorf("%d tries passed, want 6", got)
		}
	})
}

func TestTriesAtOnceDoNotPassTheLimit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l, _ := newLimits(d)
		var passed atomic.Int64
		var wg sync.WaitGroup
		for range 30 {
			wg.Go(func() {
				if l.Take(context.Background(), three, "a") == nil {
					passed.Add(1)
				}
			})
		}
		wg.Wait()
		if passed.Load() != 3 {
			t.Errorf("%d tries passed, want 3", passed.Load())
		}
	})
}

func TestCheckCountsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l, _ := newLimits(d)
		for range 10 {
			if err := l.Check(t.Context(), three, "a"); err != nil {
				t.Fatal(err)
			}
		}
		take(t, l, three, "a", 3)
		if err := l.Check(t.Context(), three, "a"); fault.KindOf(err) != fault.TooMany {
			t.Errorf("got %v, want TooMany", err)
		}
	})
}

func TestGoodTriesAreGivenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l, _ := newLimits(d)
		for range 2 {
			if err := l.Return(t.Context(), three, "a"); err != nil { // of none there is nothing to give
				t.Fatal(err)
			}
		}
		take(t, l, three, "a", 3)
		if err := l.Return(t.Context(), three, "a"); err != nil {
			t.Fatal(err)
		}
		if got := take(t, l, three, "a", 3); got != 1 {
			t.Errorf("after one was given back %d tries passed, want 1", got)
		}
		if err := l.Forget(t.Context(), three, "a"); err != nil {
			t.Fatal(err)
		}
		if got := take(t, l, three, "a", 5); got != 3 {
			t.Errorf("after all were given back %d tries passed, want 3", got)
		}
	})
}

func TestFactorMultipliesLimits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for factor, want := range map[float64]int{0: 3, 0.001: 1, 0.5: 2, 1: 3, 3: 9, 1e12: 20} {
			l, _ := newLimits(d)
			l.Factor = factor
			if got := take(t, l, three, strconv.FormatFloat(factor, 'g', -1, 64), 20); got != want {
				t.Errorf("factor %v: %d tries passed, want %d", factor, got, want)
			}
		}
	})
}

func TestSweepDeletesOnlyWhatHasEnded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l, now := newLimits(d)
		take(t, l, three, "old", 3)
		*now = now.Add(time.Minute)
		take(t, l, three, "new", 3)
		if err := l.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		left, err := db.Value[int](t.Context(), d, `SELECT COUNT(*) FROM throttle`)
		if err != nil || left != 1 || take(t, l, three, "new", 1) != 0 {
			t.Errorf("%d counts are left, %v; want the one that has not ended", left, err)
		}
	})
}

func TestTakeIsOneStatement(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l, _ := newLimits(d)
		for range 3 {
			before := d.Statements()
			take(t, l, three, "a", 1)
			if n := d.Statements() - before; n != 1 {
				t.Errorf("took %d statements, want 1", n)
			}
		}
	})
}

func TestTableTellsNoKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l, _ := newLimits(d)
		take(t, l, three, "192.0.2.1", 1)
		stored, err := db.Value[string](t.Context(), d, `SELECT key FROM throttle`)
		if err != nil || stored == "" || strings.Contains(stored, "192.0.2.1") {
			t.Errorf("the table says %q, %v", stored, err)
		}
	})
}

func BenchmarkTake(b *testing.B) {
	many := throttle.Rule{Name: "many", Limit: 1 << 30, Per: time.Hour}
	none := throttle.Rule{Name: "none", Limit: 1, Per: time.Hour}
	for engine, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgresql": dbtest.Postgres} {
		limits := &throttle.Limits{DB: open(b), Now: new(clock.Clock).Now}
		b.Run(engine+"/counted", func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if err := limits.Take(b.Context(), many, strconv.Itoa(i%1000)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(engine+"/refused", func(b *testing.B) {
			limits.Take(b.Context(), none, "a")
			for b.Loop() {
				if limits.Take(b.Context(), none, "a") == nil {
					b.Fatal("a try over the limit passed")
				}
			}
		})
	}
}
