// Package kill_test ends real servers with SIGKILL at random moments, while people
// use them, and checks that nothing acknowledged is lost and nothing is half-done.
package kill_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"coffre/internal/client"
	"coffre/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

const (
	// usual is how many kills one run has unless COFFRE_KILLS names another number.
	usual = 100
	// crowd is how many people walk at the same time.
	crowd = 3
	// calm is how long both servers live between two kills, at most.
	calm = 900 * time.Millisecond
	// work is how long a change may take, roughly: kills aim at this time.
	work = 40 * time.Millisecond
	// patience is how long one step of a walk may take, kills included.
	patience = 2 * time.Minute
)

func TestAKillLosesNothingAndLeavesNothingHalfDone(t *testing.T) {
	kills, seed := number(t, "COFFRE_KILLS", usual), number(t, "COFFRE_SEED", rand.Uint64())
	engines := []harness.Engine{harness.SQLite, harness.PostgreSQL}
	for i, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			share := (kills + uint64(i)) / uint64(len(engines))
			storm(t, engine, int(share), rand.New(rand.NewPCG(seed, uint64(i))))
			if t.Failed() {
				t.Logf("run it again with COFFRE_SEED=%d COFFRE_KILLS=%d", seed, kills)
			}
		})
	}
}

func number(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return value
}

// town is two servers that are killed again and again, and the people in it.
type town struct {
	*harness.Pair
	installation client.Installation
	books        map[*harness.Server]*book
	changes      chan struct{} // receives when a person's change begins, if anybody listens

	mu    sync.Mutex
	walks []*walker
}

// storm lets people walk while it kills the servers, then lets them finish, and
// looks at what is left.
func storm(t *testing.T, engine harness.Engine, kills int, dice *rand.Rand) {
	town := &town{Pair: harness.NewPair(t, engine, nil), changes: make(chan struct{})}
	town.installation = town.Introduce(t, "operator@acme.example")
	town.books = map[*harness.Server]*book{}
	for _, s := range []*harness.Server{town.Cloud, town.SelfHosted} {
		town.books[s] = open(t, engine, s)
	}
	ctx, stop := context.WithCancel(t.Context())
	var people sync.WaitGroup
	for i := range crowd {
		people.Go(func() { town.live(ctx, t, i) })
	}
	for range kills {
		if t.Failed() {
			break
		}
		town.strike(t, dice)
	}
	stop()
	people.Wait()
	if t.Failed() {
		return
	}
	town.inspect(t)
}

// strike kills one of the two and starts it again: now at any moment, now while it
// is likely to write.
func (o *town) strike(t *testing.T, dice *rand.Rand) {
	victim := o.Cloud
	if dice.IntN(2) == 0 {
		victim = o.SelfHosted
	}
	aimed, moment := dice.IntN(2) == 0, time.Duration(dice.Int64N(int64(calm)))
	if aimed {
		select {
		case <-o.changes:
		case <-time.After(calm):
		}
		moment = moment * work / calm
	}
	<-time.After(moment)
	victim.Kill(t)
	victim.Start(t)
	// What the killed process had leased is free again after two minutes at most; nobody
	// has to wait for it, because only the test clock counts.
	for _, s := range []*harness.Server{o.Cloud, o.SelfHosted} {
		s.Advance(t, lease)
	}
	o.books[victim].check(t)
}

// lease is a little more than the longest lease: that of a run.
const lease = 125 * time.Second

// live walks again and again, each time as new people, until ctx ends; a walk that
// has begun is finished.
func (o *town) live(ctx context.Context, t *testing.T, place int) {
	for n := 0; ctx.Err() == nil && !t.Failed(); n++ {
		w := newWalker(o, fmt.Sprintf("%d-%d", place, n))
		o.mu.Lock()
		o.walks = append(o.walks, w)
		o.mu.Unlock()
		if err := w.walk(t.Context()); err != nil {
			t.Errorf("walk %s: %v", w.name, err)
		}
	}
}
