package push_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/notice"
)

// Scenario 102, and 176 of spec 03.
func TestHubNeedsAToken(t *testing.T) {
	each(t, func(w *world) {
		zoe := w.join("zoe", 9, "")
		tests := map[string]struct {
			target string
			want   int
		}{
			"none":      {"/notifications/hub", http.StatusUnauthorized},
			"empty":     {"/notifications/hub?access_token=", http.StatusUnauthorized},
			"garbage":   {"/notifications/hub?access_token=x.y.z", http.StatusUnauthorized},
			"good":      {hubOf(zoe), http.StatusSwitchingProtocols},
			"anonymous": {"/notifications/anonymous-hub", http.StatusBadRequest},
		}
		for name, test := range tests {
			if got := w.status(test.target); got != test.want {
				w.Errorf("%s: got %d, want %d", name, got, test.want)
			}
		}
	})
}

func TestRequestThatIsNoSocketIsToldSo(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), time.Second)
	res, err := http.Get(w.server.URL + hubOf(w.join("zoe", 9, "")))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusBadRequest {
		t.Errorf("got %d", res.StatusCode)
	}
}

// Scenario 102.
func TestSessionThatIsOverHearsThatAndNothingAfter(t *testing.T) {
	each(t, func(w *world) {
		zoe := w.join("zoe", 9, "")
		phone := zoe
		phone.token = "zoe-phone"
		w.add(zoe, phone.token, 0, "")
		one, two := w.listen(zoe), w.listen(phone)
		w.exec(`UPDATE account SET security_stamp = 'another' WHERE id = $1`, zoe.id)
		w.room.Announce(w.Context(), notice.LogOut(zoe.id, noon))
		w.room.Announce(w.Context(), notice.Settings(zoe.id, noon))
		for _, c := range []*client{one, two} {
			got := c.next()
			want := map[string]any{"UserId": zoe.id.String(), "Date": noon}
			if diff := cmp.Diff(want, utc(got.Payload)); got.Kind != 11 || diff != "" {
				w.Errorf("got kind %d, want 11:\n%s", got.Kind, diff)
			}
			for {
				m := c.message()
				if m[0] == int64(6) {
					continue
				}
				if diff := cmp.Diff([]any{int64(7), nil, true}, m); diff != "" {
					w.Errorf("after the log-out:\n%s", diff)
				}
				break
			}
			c.gone()
		}
		w.exec(`UPDATE account SET security_stamp = 'stamp' WHERE id = $1`, zoe.id)
	})
}

// Scenario 102.
func TestRemovedDeviceHearsNothingMore(t *testing.T) {
	each(t, func(w *world) {
		zoe := w.join("zoe", 9, "")
		lost := zoe
		lost.token = "lost"
		w.add(zoe, lost.token, 0, "")
		kept, gone := w.listen(zoe), w.listen(lost)
		w.exec(`DELETE FROM device WHERE identifier = $1`, lost.token)
		w.room.Recheck(w.Context(), zoe.id)
		gone.gone()
		w.room.Announce(w.Context(), notice.Settings(zoe.id, noon))
		if got := kept.next(); got.Kind != 10 {
			w.Errorf("the other device got kind %d, want 10", got.Kind)
		}
	})
}

// Scenario 102.
func TestSessionThatEndedInSilenceIsFoundOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 50*time.Millisecond)
		zoe := w.join("zoe", 9, "")
		c := w.listen(zoe)
		w.exec(`UPDATE account SET security_stamp = 'another' WHERE id = $1`, zoe.id)
		for range 6 { // a minute of ticks
			for c.message()[0] != int64(6) {
			}
			c.write("I am here")
		}
		w.room.Announce(t.Context(), notice.Settings(zoe.id, noon))
		for {
			m := c.message()
			if m[0] == int64(1) {
				t.Errorf("got %v", m)
			}
			if m[0] == int64(7) {
				break
			}
		}
		c.gone()
	})
}
