package bus_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/bus"
	"coffre/internal/db"
	"coffre/internal/dbtest"
)

const patience = 20 * time.Second

// run starts a bus and ends it with the test.
func run(t *testing.T, d *db.DB, url string) *bus.Bus {
	t.Helper()
	return start(t, bus.New(d, url, slog.New(slog.DiscardHandler)))
}

func start(t *testing.T, b *bus.Bus) *bus.Bus {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { b.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	return b
}

// hear returns what arrives on a topic; nil among it says that something is missing.
func hear(t *testing.T, b *bus.Bus, topic string) chan []byte {
	t.Helper()
	heard := make(chan []byte, 10_000)
	t.Cleanup(b.Subscribe(topic, func(payload []byte) { heard <- payload }))
	return heard
}

func next(t *testing.T, heard chan []byte) []byte {
	t.Helper()
	select {
	case payload := <-heard:
		return payload
	case <-time.After(patience):
		t.Fatal("nothing was heard")
		return nil
	}
}

func TestMessageReachesItsTopicInThisNode(t *testing.T) {
	d := dbtest.SQLite(t)
	b := run(t, d, "")
	heard, other := hear(t, b, "a"), hear(t, b, "b")
	for _, word := range []string{"one", "two"} {
		if err := b.Publish("a", []byte(word)); err != nil {
			t.Fatal(err)
		}
		if got := next(t, heard); string(got) != word {
			t.Errorf("got %q, want %q", got, word)
		}
	}
	if len(other) != 0 {
		t.Error("another topic heard it")
	}
}

func TestSubscriberThatIsSlowIsToldThatSomethingIsMissing(t *testing.T) {
	b := run(t, dbtest.SQLite(t), "")
	start, heard := make(chan struct{}), make(chan []byte, 10_000)
	cancel := b.Subscribe("a", func(payload []byte) {
		<-start
		heard <- payload
	})
	for range 3_000 {
		if err := b.Publish("a", []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	close(start)
	for next(t, heard) != nil {
	}
	cancel()
}

func TestNothingIsHeardAfterCancel(t *testing.T) {
	b := run(t, dbtest.SQLite(t), "")
	heard := 0
	b.Subscribe("a", func([]byte) { heard++ })()
	if err := b.Publish("a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if heard != 0 {
		t.Errorf("heard %d messages", heard)
	}
}

// cluster returns two nodes on one PostgreSQL database that hear each other.
func cluster(t *testing.T) (one, two *bus.Bus) {
	t.Helper()
	url := dbtest.PostgresURL(t)
	d, err := db.OpenPostgres(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	log := slog.New(slog.DiscardHandler)
	one, two = bus.New(d, url, log), bus.New(d, url, log)
	for _, b := range []*bus.Bus{one, two} {
		// Each says when it listens.
		heard := hear(t, b, "start")
		start(t, b)
		if got := next(t, heard); got != nil {
			t.Fatalf("got %q", got)
		}
	}
	return one, two
}

func TestMessageReachesOtherNodesOnce(t *testing.T) {
	one, two := cluster(t)
	here, there := hear(t, one, "a"), hear(t, two, "a")
	for _, word := range []string{"one", "", "last"} {
		if err := one.Publish("a", []byte(word)); err != nil {
			t.Fatal(err)
		}
		for name, heard := range map[string]chan []byte{"here": here, "there": there} {
			if got := next(t, heard); got == nil || string(got) != word {
				t.Errorf("%s: got %q, want %q", name, got, word)
			}
		}
	}
	if err := two.Publish("a", []byte("back")); err != nil {
		t.Fatal(err)
	}
	if got := next(t, here); string(got) != "back" {
		t.Errorf("got %q, want the answer of the other node", got)
	}
}

func TestLongMessageReachesOtherNodesWhole(t *testing.T) {
	one, two := cluster(t)
	heard := hear(t, two, "a")
	for _, size := range []int{5_399, 5_400, 5_401, 200_000} {
		want := bytes.Repeat([]byte{0, 1, 0xFF, 'x', ' '}, size/5+1)[:size]
		if err := one.Publish("a", want); err != nil {
			t.Fatal(err)
		}
		if got := next(t, heard); !bytes.Equal(got, want) {
			t.Errorf("%d bytes: got %d others", size, len(got))
		}
	}
}

func TestLostConnectionIsMadeAgain(t *testing.T) {
	one, two := cluster(t)
	heard := hear(t, two, "a")
	url := dbtest.PostgresURL(t) // of another schema; the sessions are the server's
	d, err := db.OpenPostgres(url)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	// Only sessions that listen for this test are ended: their last statement
	// names the channel.
	channel, err := db.Value[string](t.Context(), two.DB(), `SELECT 'coffre_' || md5(current_schema())`)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := d.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE $1`, "LISTEN%"+channel+"%")
	if err != nil || rows != 2 {
		t.Fatalf("ended %d sessions, %v", rows, err)
	}
	if got := next(t, heard); got != nil {
		t.Fatalf("got %q, want to hear that something may be missing", got)
	}
	if err := one.Publish("a", []byte("again")); err != nil {
		t.Fatal(err)
	}
	if got := next(t, heard); !strings.Contains(string(got), "again") {
		t.Errorf("got %q", got)
	}
}
