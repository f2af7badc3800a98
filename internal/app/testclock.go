package app

import (
	"context"
	"strconv"
	"time"

	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/web"
)

// startClock takes up the test clock where it stood, so that time does not go
// back when the server is killed. Without the test clock the offset stays zero.
func (a *App) startClock(ctx context.Context) error {
	if !a.hasTestClock() {
		return nil
	}
	offset, err := ClockOffset(ctx, a.db)
	if err == nil {
		a.clock.Advance(offset - a.clock.Offset())
	}
	return err
}

// ClockOffset tells how far the test clock of a database is ahead of the wall
// clock; it is zero where none was ever moved.
func ClockOffset(ctx context.Context, d *db.DB) (time.Duration, error) {
	text, err := db.Value[string](ctx, d, `SELECT value FROM server_state WHERE name = 'clock_offset'`)
	if fault.KindOf(err) == fault.NotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	micros, err := strconv.ParseInt(text, 10, 64)
	return time.Duration(micros) * time.Microsecond, err
}

func (a *App) hasTestClock() bool { return a.config.TestClock || a.config.Demo }

type advance struct {
	Seconds int64 `json:"seconds"`
}

func (in advance) Check() error {
	if in.Seconds < 0 || in.Seconds > int64((20*365*day).Seconds()) {
		return fault.Malformed("seconds")
	}
	return nil
}

type clockView struct {
	Now time.Time `json:"now"`
}

// mountClock adds the route that moves the test clock forward.
func (a *App) mountClock(r *web.Router) {
	if !a.hasTestClock() {
		return
	}
	web.Handle(r, "POST /demo/clock", func(c *web.Call, in advance) (clockView, error) {
		by := time.Duration(in.Seconds) * time.Second
		offset := a.clock.Offset() + by
		_, err := a.db.Exec(c.Context(), `INSERT INTO server_state (name, value) VALUES ('clock_offset', $1)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, strconv.FormatInt(offset.Microseconds(), 10))
		if err != nil {
			return clockView{}, err
		}
		a.clock.Advance(by)
		a.queue.Wake()
		a.outbox.Queue.Wake()
		return clockView{Now: a.clock.Now()}, nil
	}, web.Anonymous)
}
