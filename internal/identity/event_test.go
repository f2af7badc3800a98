package identity_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
)

// noted is an event as these tests look at it.
type noted struct {
	Type    event.Type
	who     id.ID
	address db.Optional
	device  *int
}

func (n *noted) Columns() []any { return []any{&n.Type, &n.who, &n.address, &n.device} }

// noted returns what people did with their accounts from an address, in order, and
// forgets it.
func (w *world) noted(t *testing.T, address db.Optional) (types []event.Type) {
	t.Helper()
	rows, err := db.All[noted](t.Context(), w.db, `SELECT type, actor_id, address, device_type FROM event ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.who != w.zoe.ID || row.address != address {
			t.Errorf("%d is of %s from %s", row.Type, row.who, row.address)
		}
		types = append(types, row.Type)
	}
	w.exec(t, `DELETE FROM event`)
	return types
}

// keyForm is a sign-in with an API key, as if it were Zoé's.
func (w *world) keyForm(key string) url.Values {
	return with(passwordForm("", ""), "grant_type", "client_credentials", "client_id", "user."+w.zoe.ID.String(), "client_secret", key, "scope", "api")
}

// Scenario 150 of spec 03, for log-ins: that one failed is written though the
// request fails.
func TestEveryLogInIsInTheEventLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		expect := func(name string, status int, got answer, want ...event.Type) {
			t.Helper()
			if types := w.noted(t, "192.0.2.1"); got.status != status || !slices.Equal(types, want) {
				t.Errorf("%s: %d %s, recorded %v, want %v", name, got.status, got.body, types, want)
			}
		}
		good := w.ask(t, passwordForm("zoe@example.com", hash))
		expect("right", http.StatusOK, good, event.LoggedIn)
		expect("wrong", http.StatusBadRequest, w.ask(t, passwordForm("zoe@example.com", "wrong")), event.LogInFailed)
		expect("nobody", http.StatusBadRequest, w.ask(t, passwordForm("nobody@example.com", "wrong")))
		expect("again with the same session", http.StatusOK, w.ask(t, refreshForm("cli", good.RefreshToken)))
		expect("API key", http.StatusOK, w.ask(t, w.keyForm(apiKey)), event.LoggedIn)
		expect("wrong API key", http.StatusBadRequest, w.ask(t, w.keyForm("wrong")))

		key := w.inTwoSteps(t)
		if types := w.noted(t, ""); !slices.Equal(types, []event.Type{event.TwoStepUpdated}) {
			t.Errorf("set up: recorded %v", types)
		}
		expect("without a second step", http.StatusBadRequest, w.ask(t, passwordForm("zoe@example.com", hash)))
		expect("wrong second step", http.StatusBadRequest, w.ask(t, stepForm("0", "000000")), event.TwoStepFailed)
		expect("both steps", http.StatusOK, w.ask(t, stepForm("0", w.code(t, key))), event.LoggedIn)
		code, err := w.TwoStep.RecoveryCode(t.Context(), w.zoe.ID)
		if err != nil {
			t.Fatal(err)
		}
		expect("recovery code", http.StatusOK, w.ask(t, stepForm("8", code)), event.TwoStepRecovered, event.LoggedIn)
	})
}
