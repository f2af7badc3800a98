package identity_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
)

// strict returns a world with the limits of a real server.
func strict(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := newWorld(t, d)
	w.Limits.Factor = 1
	return w
}

// Scenario 31.
func TestEleventhAttemptInAMinuteIsTooMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := strict(t, d)
		form := passwordForm("zoe@example.com", hash)
		for n := range 10 {
			if a := w.ask(t, form); a.status != http.StatusOK {
				t.Fatalf("attempt %d: got %d %s", n+1, a.status, a.body)
			}
		}
		req := httptest.NewRequest("POST", "/identity/connect/token", strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		w.router.ServeHTTP(rec, req)
		if rec.Code != http.StatusTooManyRequests || rec.Header().Get("Retry-After") != "60" ||
			rec.Header().Get("X-Rate-Limit-Reset") != "2026-11-23T12:01:00Z" || !strings.Contains(rec.Body.String(), `"object":"error"`) {
			t.Errorf("got %d %v %s", rec.Code, rec.Header(), rec.Body)
		}
		if a := w.askFrom(t, "192.0.2.2", form); a.status != http.StatusOK {
			t.Errorf("from another address: got %d %s", a.status, a.body)
		}
		w.now = noon.Add(time.Minute)
		if a := w.ask(t, form); a.status != http.StatusOK {
			t.Errorf("after the minute: got %d %s", a.status, a.body)
		}
	})
}

// Scenario 32.
func TestGuessesOfOthersDoNotLockAKnownDevice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := strict(t, d)
		w.signIn(t) // the device is known from now on
		statuses := map[int]int{}
		for n := range 50 {
			form := with(passwordForm("Zoe@example.com ", "guess"), "deviceIdentifier", fmt.Sprint(n))
			statuses[w.askFrom(t, fmt.Sprintf("198.51.100.%d", n), form).status]++
		}
		if statuses[http.StatusBadRequest] != 10 || statuses[http.StatusTooManyRequests] != 40 {
			t.Errorf("50 guesses from 50 addresses: got %v", statuses)
		}
		right := passwordForm("zoe@example.com", hash)
		if a := w.askFrom(t, "203.0.113.9", right); a.status != http.StatusOK {
			t.Errorf("the known device: got %d %s", a.status, a.body)
		}
		strange := with(right, "deviceIdentifier", "unknown")
		if a := w.askFrom(t, "203.0.113.9", strange); a.status != http.StatusTooManyRequests {
			t.Errorf("the right password on an unknown device: got %d %s", a.status, a.body)
		}
		w.now = noon.Add(10 * time.Minute)
		if a := w.askFrom(t, "203.0.113.9", strange); a.status != http.StatusOK {
			t.Errorf("ten minutes later: got %d %s", a.status, a.body)
		}
	})
}

// Scenario 27.
func TestGuessesForNobodyAreCountedAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := strict(t, d)
		for _, username := range []string{"bob@example.com", "nobody@example.com"} {
			for n := range 11 {
				a := w.askFrom(t, fmt.Sprintf("198.51.100.%d", n), passwordForm(username, "guess"))
				want := http.StatusBadRequest
				if n == 10 {
					want = http.StatusTooManyRequests
				}
				if a.status != want {
					t.Errorf("%s, guess %d: got %d, want %d", username, n+1, a.status, want)
				}
			}
		}
	})
}

func TestSuccessDoesNotUseUpTheGuesses(t *testing.T) {
	w := strict(t, dbtest.SQLite(t))
	for n := range 11 {
		form := with(passwordForm("zoe@example.com", hash), "deviceIdentifier", fmt.Sprint(n))
		if a := w.askFrom(t, fmt.Sprintf("198.51.100.%d", n), form); a.status != http.StatusOK {
			t.Fatalf("sign-in %d: got %d %s", n+1, a.status, a.body)
		}
	}
}

func TestGuessesOnAKnownDeviceAreCountedToo(t *testing.T) {
	w := strict(t, dbtest.SQLite(t))
	w.signIn(t)
	var last answer
	for n := range 11 {
		last = w.askFrom(t, fmt.Sprintf("198.51.100.%d", n), passwordForm("zoe@example.com", "guess"))
	}
	if last.status != http.StatusTooManyRequests {
		t.Errorf("guess 11 on a known device: got %d %s", last.status, last.body)
	}
}

func TestOnlyDeadRefreshTokensCountAgainstTheAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := strict(t, d)
		signedIn := w.signIn(t)
		good, dead := refreshForm("cli", signedIn.RefreshToken), refreshForm("cli", "x")
		for range 50 {
			if a := w.ask(t, good); a.status != http.StatusOK {
				t.Fatalf("got %d %s", a.status, a.body)
			}
		}
		statuses := map[int]int{}
		for range 20 {
			statuses[w.ask(t, dead).status]++
		}
		if statuses[http.StatusBadRequest] != 9 || statuses[http.StatusTooManyRequests] != 11 { // the sign-in was the first
			t.Errorf("20 dead tokens: got %v", statuses)
		}
		if a := w.ask(t, good); a.status != http.StatusOK {
			t.Errorf("a living one after them: got %d %s", a.status, a.body)
		}
	})
}

func TestRefreshInALoopWritesOnceAMinute(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		signedIn := w.signIn(t)
		refresh := func() int64 {
			before := d.Statements()
			if a := w.ask(t, refreshForm("cli", signedIn.RefreshToken)); a.status != http.StatusOK {
				t.Fatalf("got %d %s", a.status, a.body)
			}
			return d.Statements() - before
		}
		quiet := refresh()
		w.now = noon.Add(59 * time.Second)
		if n := refresh(); n != quiet {
			t.Errorf("within a minute: %d statements, want %d", n, quiet)
		}
		w.now = noon.Add(time.Minute)
		if n := refresh(); n != quiet+2 {
			t.Errorf("after a minute: %d statements, want %d", n, quiet+2)
		}
	})
}
