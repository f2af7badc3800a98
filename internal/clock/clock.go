// Package clock tells the time. It is the only place that reads the wall clock.
package clock

import (
	"context"
	"sync/atomic"
	"time"
)

// Clock is real time plus an offset that only moves forward. The offset is zero
// except under the test clock. The zero Clock is ready.
type Clock struct{ offset atomic.Int64 }

// Now returns the time in UTC, in microseconds as the database keeps it.
func (c *Clock) Now() time.Time {
	return time.Now().Add(time.Duration(c.offset.Load())).UTC().Truncate(time.Microsecond)
}

// Offset returns how far the clock is ahead of the wall clock.
func (c *Clock) Offset() time.Duration { return time.Duration(c.offset.Load()) }

// Advance moves the clock forward; a negative d is ignored.
func (c *Clock) Advance(d time.Duration) {
	if d > 0 {
		c.offset.Add(int64(d))
	}
}

// Sleep waits for d of real time, or until ctx ends.
func Sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// Deadline returns the instant of the wall clock at which d is over, for the
// connections of the network, which know no other clock.
func Deadline(d time.Duration) time.Time { return time.Now().Add(d) }

// Stopwatch starts to measure and returns a function that tells how long ago
// that was, in real time.
func Stopwatch() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}
