// Package soak_test lets two real servers sync over a network that drops, delays, cuts
// and repeats what travels, while both are killed at random and their clocks move; in
// the end both must say the same.
package soak_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"coffre/internal/client"
	"coffre/internal/db"
	"coffre/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

const (
	// usual is how long both engines together are soaked unless COFFRE_SOAK names
	// another time.
	usual = 2 * time.Minute
	// quiet is how long both servers live between two kills, at most.
	quiet = 1200 * time.Millisecond
	// lease is a little more than that of a run, in which nobody else may run.
	lease = 125 * time.Second
	// leap is how far clocks move in one go, at most, and farthest in all: offers, and
	// the invoices of a company, live longer.
	leap     = 3 * time.Hour
	farthest = 20 * 24 * time.Hour
)

func TestBothSidesAgreeAfterEveryFault(t *testing.T) {
	length, seed := usual, rand.Uint64()
	if text := os.Getenv("COFFRE_SOAK"); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	if text := os.Getenv("COFFRE_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	engines := []harness.Engine{harness.SQLite, harness.PostgreSQL}
	for i, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			soak(t, engine, length/time.Duration(len(engines)), seed+uint64(i))
			if t.Failed() {
				t.Logf("run it again with COFFRE_SEED=%d COFFRE_SOAK=%s", seed, length)
			}
		})
	}
}

// town is two servers, the bad network between them, and the people in it.
type town struct {
	*harness.Pair
	*network
	dice      *rand.Rand // of whoever kills and moves clocks
	companies []*company
	friends   []*friend
	cloudBook *db.DB
	homeBook  *db.DB
	kills     int
	moved     time.Duration // the clock of the self-hosted server
	ahead     time.Duration // that of the cloud
	fresh     addresses
}

func soak(t *testing.T, engine harness.Engine, length time.Duration, seed uint64) {
	o := settle(t, engine, seed)
	ctx, stop := context.WithTimeout(t.Context(), length)
	defer stop()
	var people sync.WaitGroup
	for i, act := range o.actors() {
		dice := rand.New(rand.NewPCG(seed, uint64(i)))
		people.Go(func() { o.live(ctx, t, act, dice) })
	}
	for ctx.Err() == nil && !t.Failed() {
		o.strike(ctx, t)
	}
	stop()
	people.Wait()
	t.Logf("%d kills; clocks moved %v; requests: %s", o.kills, o.moved, o.network)
	if !t.Failed() {
		o.agree(t)
	}
}

// settle makes the town: two companies with four members each, and three friends who
// have a Families organization each.
func settle(t *testing.T, engine harness.Engine, seed uint64) *town {
	o := &town{Pair: harness.NewPair(t, engine, nil), dice: rand.New(rand.NewPCG(seed, 1000))}
	o.network = newNetwork(t, o.Cloud.Address, rand.New(rand.NewPCG(seed, 2000)))
	installation := o.Introduce(t, "operator@acme.example")
	for _, name := range []string{"acme", "bolt"} {
		o.companies = append(o.companies, o.found(t, name, installation))
	}
	for _, name := range []string{"fay", "gus", "hal"} {
		o.friends = append(o.friends, o.befriend(t, name))
	}
	o.SelfHosted.Set(t, map[string]string{harness.CloudURL: o.URL()})
	o.SelfHosted.Restart(t)
	o.cloudBook, o.homeBook = book(t, engine, o.Cloud), book(t, engine, o.SelfHosted)
	return o
}

// live does one thing after the other until ctx ends. What is refused is refused, and
// what nobody answers is left; a server that is at a loss fails the test.
func (o *town) live(ctx context.Context, t *testing.T, act func(context.Context, *rand.Rand) error, dice *rand.Rand) {
	for ctx.Err() == nil && !t.Failed() {
		err := act(ctx, dice)
		if refusal, ok := errors.AsType[*client.Error](err); ok && refusal.Status >= 500 {
			t.Errorf("a server is at a loss: %v", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(dice.Int64N(int64(quiet / 2)))):
		}
	}
}

// strike kills one of the two at any moment and starts it again. While the self-hosted
// server is dead its clock moves, so that nobody waits for the lease of the run that
// was killed; the clock of the cloud follows, and is a little off.
func (o *town) strike(ctx context.Context, t *testing.T) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(time.Duration(o.dice.Int64N(int64(quiet)))):
	}
	o.kills++
	if o.dice.IntN(2) == 0 {
		o.Cloud.Kill(t)
		o.Cloud.Start(t)
		return
	}
	o.SelfHosted.Kill(t)
	o.network.settle()
	by := lease
	if o.moved < farthest {
		by += time.Duration(o.dice.Int64N(int64(leap))).Truncate(time.Second)
	}
	o.move(t, by)
	o.SelfHosted.Start(t)
}

// move moves both clocks; that of the dead server is in its database.
func (o *town) move(t *testing.T, by time.Duration) {
	t.Helper()
	o.moved += by
	_, err := o.homeBook.Exec(t.Context(), `INSERT INTO server_state (name, value) VALUES ('clock_offset', $1)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, strconv.FormatInt(o.moved.Microseconds(), 10))
	if err != nil {
		t.Fatal(err)
	}
	follow := o.moved - o.ahead + time.Duration(o.dice.IntN(60))*time.Second
	o.Cloud.Advance(t, follow)
	o.ahead += follow
}
