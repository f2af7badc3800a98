package routes_test

import (
	"net/http"
	"sync"
	"testing"

	"coffre/test/harness"
)

// TestEveryRouteIsCalledSeveralTimesAtOnce sends the good call of each route that
// changes something four times at the same moment, as a hurried person, two nodes or a
// client that tries again do. One may be too late, and none fails. SQLite has one writer,
// so that only PostgreSQL can have two of them wait for each other.
func TestEveryRouteIsCalledSeveralTimesAtOnce(t *testing.T) {
	w := newWorld(t, harness.PostgreSQL)
	t.Run("cloud", func(t *testing.T) { w.callAll(t, w.cloud, cloud) })
	t.Run("self-hosted", func(t *testing.T) { w.callAll(t, w.home, home) })
	harness.Note(t, "every route several times at once: %d calls", w.trials)
}

func (w *world) callAll(t *testing.T, s *server, on role) {
	table := rows(on)
	w.here = s
	for _, route := range s.Routes() {
		if route.Method == http.MethodGet {
			continue
		}
		pattern := route.Method + " " + route.Path
		for _, r := range table[pattern] {
			t.Run(pattern, func(t *testing.T) {
				w.T = t
				c := r.call(w, route, r.make(w))
				answers := make([]answer, 4)
				var wg sync.WaitGroup
				for i := range answers {
					mine := c.clone()
					wg.Go(func() { answers[i] = s.send(t, mine) })
				}
				wg.Wait()
				for _, got := range answers {
					w.trials++
					if got.status >= 500 && got.status != r.status() {
						t.Errorf("got %s\n%s", got, s.log.take())
					}
				}
			})
		}
	}
	w.T = t
}
