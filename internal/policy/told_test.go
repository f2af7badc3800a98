package policy_test

import (
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/notice"
	"coffre/internal/policy"
)

func TestEveryChangeOfAPolicyIsLoggedAndTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		w.later()
		w.set(t, policy.PasswordGenerator, true, `{"minLength":20}`)
		w.set(t, policy.PasswordGenerator, false, "")
		if err := w.try(t, policy.PasswordGenerator, true, `{"minLength":"20"}`); keyOf(err) != "malformed" {
			t.Errorf("got %v", err)
		}
		p, err := w.Policies.Get(t.Context(), w.owner, w.o.ID, policy.PasswordGenerator)
		if err != nil {
			t.Fatal(err)
		}
		var logged int
		for _, e := range w.Recorded(t) {
			if e.Type == event.PolicyUpdated {
				logged++
				if e.PolicyID != p.ID || e.OrganizationID != w.o.ID {
					t.Errorf("got %+v", e)
				}
			}
		}
		told := func(n notice.Notice) bool { return n.Kind == notice.PolicyChanged && n.Organization == w.o.ID }
		if logged != 2 || len(w.Said) != 2 || !told(w.Said[0]) || !told(w.Said[1]) {
			t.Errorf("logged %d, said %+v", logged, w.Said)
		}
	})
}
