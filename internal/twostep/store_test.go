package twostep_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
)

func TestStepsOnlyGrow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.withAuthenticator(t)
		present := w.now.Unix() / 30
		for _, row := range []struct {
			step int64
			want bool
		}{{present, true}, {present, false}, {present - 1, false}, {present + 1, true}, {present, false}} {
			if got, err := w.Store.UseStep(t.Context(), w.zoe.ID, row.step); got != row.want || err != nil {
				t.Errorf("step %d: got %v, %v", row.step-present, got, err)
			}
		}
		if got, err := w.Store.UseStep(t.Context(), w.bob.ID, present); got || err != nil {
			t.Errorf("a person without an authenticator: got %v, %v", got, err)
		}
	})
}

func TestPendingQuestionIsTakenOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if err := w.Store.PutPending(t.Context(), w.zoe.ID, "p", []byte("old"), w.now.Add(1)); err != nil {
			t.Fatal(err)
		}
		if err := w.Store.PutPending(t.Context(), w.zoe.ID, "p", []byte("new"), w.now.Add(1e9)); err != nil {
			t.Fatal(err)
		}
		for who, purpose := range map[id.ID]string{w.bob.ID: "p", w.zoe.ID: "q"} {
			if _, ok, err := w.Store.TakePending(t.Context(), who, purpose, w.now); ok || err != nil {
				t.Errorf("another question: got %v, %v", ok, err)
			}
		}
		var taken atomic.Int64
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				content, ok, err := w.Store.TakePending(t.Context(), w.zoe.ID, "p", w.now)
				if err != nil || ok && string(content) != "new" {
					t.Errorf("got %q, %v", content, err)
				}
				if ok {
					taken.Add(1)
				}
			})
		}
		wg.Wait()
		if taken.Load() != 1 {
			t.Errorf("taken %d times, want once", taken.Load())
		}
	})
}

func TestSecondStepsGoWithThePerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.withAuthenticator(t)
		w.addKey(t, 1)
		if _, err := d.Exec(t.Context(), `DELETE FROM account WHERE id = $1`, w.zoe.ID); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"two_step_provider", "two_step_recovery", "two_step_pending"} {
			if n, err := db.Value[int](t.Context(), d, `SELECT COUNT(*) FROM `+table); n != 0 || err != nil {
				t.Errorf("%s has %d rows, %v", table, n, err)
			}
		}
	})
}

func TestPeopleWithASecondStepAreFoundTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		other := id.New()
		for _, want := range []bool{false, true} {
			got, err := w.Enabled(t.Context(), other, w.zoe.ID, w.zoe.ID)
			if err != nil || got[w.zoe.ID] != want || got[other] {
				t.Errorf("got %v, %v, want %v", got, err, want)
			}
			w.withAuthenticator(t)
		}
		if got, err := w.Enabled(t.Context()); err != nil || len(got) != 0 {
			t.Errorf("nobody: got %v, %v", got, err)
		}
	})
}
