// Package jobs does work that must outlive a crash: it is queued in the
// transaction of the change that causes it, leased to one node at a time, and
// tried again until it succeeds. So work may be done twice, and must bear it.
package jobs

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"coffre/internal/clock"
	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

const (
	lease   = time.Minute      // how long a crashed node keeps others from its job
	renewal = lease / 3        // how often a running job renews its lease
	poll    = time.Second      // how long the first worker sleeps unless it is woken
	workers = 4                // how many jobs one queue does at a time, unless it says so
	first   = 30 * time.Second // the pause after the first failure; it doubles
	longest = 6 * time.Hour
)

// Job is one piece of work.
type Job struct {
	ID       id.ID
	Kind     string
	Args     string
	Attempts int // failed so far
}

// Columns lists what claim returns.
func (j *Job) Columns() []any { return []any{&j.ID, &j.Kind, &j.Args, &j.Attempts} }

// Queue does jobs of the kinds that it handles, and no others. Kinds are registered
// before Run. A kind of which there may be thousands has a Queue of its own, so that
// nothing else waits for them.
type Queue struct {
	DB      *db.DB
	Now     func() time.Time
	Log     *slog.Logger
	Workers int // how many jobs this node does at a time; zero means 4

	kinds    []any
	handlers map[string]func(ctx context.Context, args string) error
	periodic map[string]func(after time.Time) time.Time
	wake     chan struct{}
	once     sync.Once
}

func (q *Queue) init() {
	q.once.Do(func() {
		q.handlers = map[string]func(context.Context, string) error{}
		q.periodic = map[string]func(time.Time) time.Time{}
		q.wake = make(chan struct{}, workers)
	})
}

// Handle names the function that does the jobs of a kind. An error means: again later.
func (q *Queue) Handle(kind string, fn func(ctx context.Context, args string) error) {
	q.init()
	q.kinds = append(q.kinds, kind)
	q.handlers[kind] = fn
}

// Every does fn at each instant that next names, once on however many nodes. An
// instant that passes while no node runs is made up for, once, at the next start.
func (q *Queue) Every(kind string, next func(after time.Time) time.Time, fn func(ctx context.Context) error) {
	q.Handle(kind, func(ctx context.Context, _ string) error { return fn(ctx) })
	q.periodic[kind] = next
}

// Daily returns the next instant at hour:minute UTC.
func Daily(hour, minute int) func(time.Time) time.Time {
	return func(after time.Time) time.Time {
		day := time.Date(after.Year(), after.Month(), after.Day(), hour, minute, 0, 0, time.UTC)
		if !day.After(after) {
			day = day.AddDate(0, 0, 1)
		}
		return day
	}
}

// Interval returns the next multiple of d.
func Interval(d time.Duration) func(time.Time) time.Time {
	return func(after time.Time) time.Time { return after.Truncate(d).Add(d) }
}

// Add queues a job for at, or joins the one that is already queued with the same
// kind, args and time. In a transaction it exists once that is committed.
func (q *Queue) Add(ctx context.Context, kind, args string, at time.Time) error {
	return q.AddAll(ctx, kind, []string{args}, at)
}

// perStatement is how many jobs one statement queues.
const perStatement = 50

// AddAll is Add for several jobs of a kind.
func (q *Queue) AddAll(ctx context.Context, kind string, list []string, at time.Time) error {
	q.init()
	for part := range slices.Chunk(list, perStatement) {
		var values []any
		for _, args := range part {
			values = append(values, id.NewOrdered(), kind, args, db.Time(at), db.Time(at))
		}
		_, err := q.DB.Exec(ctx, `INSERT INTO job (id, kind, args, run_at, due_at) VALUES `+db.Rows(len(part), 5)+
			` ON CONFLICT (kind, run_at, args) DO NOTHING`, values...)
		if err != nil {
			return err
		}
	}
	if len(list) > 0 {
		q.DB.AfterCommit(ctx, q.Wake)
	}
	return nil
}

// Wake makes an idle worker look for due jobs now.
func (q *Queue) Wake() {
	q.init()
	select {
	case q.wake <- struct{}{}:
	default: // enough workers are waking already
	}
}

// Run does jobs until ctx ends, then finishes those under way.
func (q *Queue) Run(ctx context.Context) {
	q.init()
	var wg sync.WaitGroup
	wg.Go(func() { q.work(ctx, poll, q.offer) })
	for range cmp.Or(q.Workers, workers) - 1 {
		wg.Go(func() { q.work(ctx, longest, func(context.Context) {}) })
	}
	wg.Wait()
}

// work does jobs while there are any. The first worker also looks around from
// time to time; the others sleep until there is more than it can do.
func (q *Queue) work(ctx context.Context, idle time.Duration, before func(context.Context)) {
	for ctx.Err() == nil {
		before(ctx)
		if q.next(ctx) {
			continue
		}
		timer := time.NewTimer(idle)
		select {
		case <-ctx.Done():
		case <-q.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// offer queues the next instant of each periodic kind; the unique key keeps one,
// so no leader has to be elected.
func (q *Queue) offer(ctx context.Context) {
	for kind, next := range q.periodic {
		at := next(q.Now())
		waiting, err := db.Value[int](ctx, q.DB, `SELECT count(*) FROM job WHERE kind = $1`, kind)
		if err == nil && waiting == 0 {
			err = q.Add(ctx, kind, "", at)
		}
		if err != nil && ctx.Err() == nil {
			q.Log.LogAttrs(ctx, slog.LevelError, "offer job", slog.String("kind", kind), slog.Any("error", err))
		}
	}
}

// locked keeps PostgreSQL from waiting for rows that another node is claiming.
// SQLite has a single writer and needs no lock.
var locked = db.Dialect{Postgres: `FOR UPDATE SKIP LOCKED`}

// Claim leases the oldest due job to the caller, or returns fault.Gone. A look
// comes first, so that idle workers do not queue for the writer.
func (q *Queue) Claim(ctx context.Context) (job Job, err error) {
	now, n := q.Now(), len(q.kinds)
	args := append([]any{db.Time(now)}, q.kinds...)
	due := ` FROM job WHERE due_at <= $1 AND leased_until <= $1 AND kind IN (` + db.Placeholders(2, n) + `)`
	if _, err := db.Value[int](ctx, q.DB, `SELECT 1`+due+` LIMIT 1`, args...); err != nil {
		return Job{}, err
	}
	err = q.DB.Tx(ctx, func(ctx context.Context) error {
		job, err = db.One[Job](ctx, q.DB, `UPDATE job SET leased_until = `+db.Placeholders(2+n, 1)+` WHERE id = (
			SELECT id`+due+` ORDER BY due_at LIMIT 1 `+q.DB.Pick(locked)+`
		) RETURNING id, kind, args, attempts`, append(args, db.Time(now.Add(lease)))...)
		return err
	})
	return job, err
}

// next does one due job and reports whether there was one.
func (q *Queue) next(ctx context.Context) bool {
	job, err := q.Claim(ctx)
	if err != nil {
		if fault.KindOf(err) != fault.NotFound && ctx.Err() == nil {
			q.Log.LogAttrs(ctx, slog.LevelError, "claim job", slog.Any("error", err))
		}
		return false
	}
	q.Wake() // there may be more than one
	// What is under way is finished although ctx ends: the database stays open until then.
	ctx = context.WithoutCancel(ctx)
	started := q.Now()
	stop := q.hold(ctx, job)
	err = q.do(ctx, job)
	stop()
	if err := q.settle(ctx, job, started, err); err != nil {
		q.Log.LogAttrs(ctx, slog.LevelError, "settle job", slog.String("kind", job.Kind), slog.Any("error", err))
	}
	return true
}

// hold renews the lease until the returned function is called.
func (q *Queue) hold(ctx context.Context, job Job) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		for clock.Sleep(ctx, renewal); ctx.Err() == nil; clock.Sleep(ctx, renewal) {
			// A renewal that fails is tried again before the lease ends.
			_, _ = q.DB.Exec(ctx, `UPDATE job SET leased_until = $2 WHERE id = $1`, job.ID, db.Time(q.Now().Add(lease)))
		}
	})
	return func() { cancel(); wg.Wait() }
}

func (q *Queue) do(ctx context.Context, job Job) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("panic: %v\n%s", value, debug.Stack())
		}
	}()
	return q.handlers[job.Kind](ctx, job.Args)
}

// settle removes a job that is done, moves a periodic one on to the instant after
// it was started, so that none is left out, and puts off one that failed.
func (q *Queue) settle(ctx context.Context, job Job, started time.Time, failure error) error {
	if next, periodic := q.periodic[job.Kind]; periodic && failure == nil {
		_, err := q.DB.Exec(ctx, `UPDATE job SET attempts = 0, error = NULL, leased_until = 0, ran_at = $2, run_at = $3, due_at = $3 WHERE id = $1`,
			job.ID, db.Time(started), db.Time(next(started)))
		return err
	}
	if failure == nil {
		_, err := q.DB.Exec(ctx, `DELETE FROM job WHERE id = $1`, job.ID)
		return err
	}
	q.Log.LogAttrs(ctx, slog.LevelWarn, "job failed", slog.String("kind", job.Kind), slog.Any("error", failure),
		slog.Int("attempt", job.Attempts+1))
	_, err := q.DB.Exec(ctx, `UPDATE job SET attempts = attempts + 1, error = $2, leased_until = 0, ran_at = $3, due_at = $4 WHERE id = $1`,
		job.ID, failure.Error(), db.Time(started), db.Time(q.Now().Add(Pause(job.Attempts, rand.Float64())))) //nolint:gosec // It spreads load and hides nothing.
	return err
}

// Pause returns how long to wait after a failure, given those before it: half a
// minute, doubling to six hours, each time up to a fifth more or less: random, from 0
// to 1, says how much.
func Pause(failures int, random float64) time.Duration {
	d := longest
	if failures < 10 {
		d = min(longest, first<<failures)
	}
	return d + time.Duration((random-0.5)*0.4*float64(d))
}
