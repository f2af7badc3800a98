package rotation_test

import (
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/org"
)

// exec changes the database behind the rooms.
func (w *world) exec(d *db.DB, query string, args ...any) {
	w.t.Helper()
	_, err := d.Exec(w.t.Context(), query, args...)
	w.must(err)
}

// TestOrganizationThatWaitsToConfirmIsRotatedToo is of members who have accepted.
func TestOrganizationThatWaitsToConfirmIsRotatedToo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		waits := w.organization("Waits")
		w.enroll(waits, zoe, org.Accepted)
		body := w.good()
		set(body, recoveries, list(body, recoveries)[:1])
		if got := w.rotate("zoe", body); got.status != 400 {
			t.Errorf("one of two: got %d %s", got.status, got.body)
		}
		if got := w.rotate("zoe", w.good()); got.status != 200 {
			t.Fatalf("both: got %d %s", got.status, got.body)
		}
		if key, err := w.pair.Unwrap(w.held(zoe).Recoveries[waits]); err != nil || key != w.fresh {
			t.Errorf("got %v", err)
		}
	})
}

// TestOrganizationThatRevokedSomebodyMayBeLeftOut is of what no sync shows: a client
// that knows of it rotates it, and for one that does not, the key that would open
// nothing any more is removed.
func TestOrganizationThatRevokedSomebodyMayBeLeftOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		known := w.good()
		revoked := w.organization("Revoked")
		m := w.enroll(revoked, zoe, org.Revoked)
		both := w.good()
		if got := w.rotate("zoe", both); got.status != 200 {
			t.Fatalf("both: got %d %s", got.status, got.body)
		}
		if key, err := w.pair.Unwrap(w.held(zoe).Recoveries[revoked]); err != nil || key != w.fresh || len(w.events) != 0 {
			t.Errorf("both: got %v, recorded %v", err, w.events)
		}
		if got := w.rotate("zoe", known); got.status != 200 {
			t.Fatalf("one: got %d %s", got.status, got.body)
		}
		h := w.held(zoe)
		if h.Recoveries[revoked] != "" || h.Recoveries[w.acme] == "" {
			t.Errorf("got %v", h.Recoveries)
		}
		if len(w.events) != 1 || w.events[0].Type != event.RecoveryWithdrawn || w.events[0].MemberID != m.ID {
			t.Errorf("recorded %v", w.events)
		}
	})
}
