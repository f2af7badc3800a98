package event_test

import (
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
)

// A client that is told of a failure tells everything again.
func TestManyEventsAreStoredWholeOrNotAtAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		events := make([]event.Event, 1_001)
		for i := range events {
			events[i] = event.Event{ID: id.NewOrdered(), Type: event.VaultExported, At: time.Now()}
		}
		store := event.NewStore(d)
		if err := store.Insert(t.Context(), append(events[:1_000:1_000], events[0])); err == nil {
			t.Fatal("one event is stored twice")
		}
		if n, err := db.Value[int](t.Context(), d, `SELECT COUNT(*) FROM event`); n != 0 || err != nil {
			t.Errorf("after a failure there are %d, %v", n, err)
		}
		if err := store.Insert(t.Context(), events); err != nil {
			t.Fatal(err)
		}
		if n, err := db.Value[int](t.Context(), d, `SELECT COUNT(*) FROM event`); n != 1_001 || err != nil {
			t.Errorf("there are %d, %v", n, err)
		}
	})
}
