package event_test

import (
	"testing"
	"time"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// Scenario 151 of spec 03: the last thirty days and all of today, dates in either
// order, and no longer than a year.
func TestSpanIsWhatIsAskedFor(t *testing.T) {
	day := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC) }
	tests := map[string]struct {
		start, end string
		from, to   time.Time
		field      string
	}{
		"nothing":        {"", "", day(10, 25), day(11, 24).Add(-time.Microsecond), ""},
		"an end alone":   {"", "2026-11-01", day(10, 25), day(11, 24).Add(-time.Microsecond), ""},
		"both":           {"2026-11-01T00:00:00Z", "2026-11-02T00:00:00.000Z", day(11, 1), day(11, 2), ""},
		"swapped":        {"2026-11-02", "2026-11-01", day(11, 1), day(11, 2), ""},
		"minutes":        {"2026-11-01T00:00", "2026-11-02T01:00+01:00", day(11, 1), day(11, 2), ""},
		"a whole year":   {"2025-11-01", "2026-11-01", day(11, 1).AddDate(-1, 0, 0), day(11, 1), ""},
		"too long":       {"2025-10-01", "2026-11-01", time.Time{}, time.Time{}, "start"},
		"no start":       {"yesterday", "2026-11-01", time.Time{}, time.Time{}, "start"},
		"no end":         {"2026-11-01", "today", time.Time{}, time.Time{}, "end"},
		"a year of zero": {"0000-01-01", "2026-11-01", time.Time{}, time.Time{}, "start"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := event.SpanOf(test.start, test.end, noon)
			if fieldOf(err) != test.field || !got.From.Equal(test.from) || !got.To.Equal(test.to) {
				t.Errorf("got %v to %v, %v, want %v to %v", got.From, got.To, err, test.from, test.to)
			}
		})
	}
}

func TestCursorReadsBack(t *testing.T) {
	want := event.Cursor{At: noon, ID: id.New()}
	got, err := event.ReadCursor(want.String())
	if err != nil || *got != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if got, err := event.ReadCursor(""); got != nil || err != nil {
		t.Errorf("nothing: got %v, %v", got, err)
	}
	for _, text := range []string{"x", "MQ", "MS4y", "§", want.String()[1:], want.String() + "AA"} {
		if _, err := event.ReadCursor(text); fieldOf(err) != "continuationToken" {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func FuzzReadCursor(f *testing.F) {
	f.Add(event.Cursor{At: noon, ID: id.New()}.String())
	f.Fuzz(func(t *testing.T, text string) {
		c, err := event.ReadCursor(text)
		if err != nil || c == nil {
			return
		}
		if again, err := event.ReadCursor(c.String()); err != nil || !again.At.Equal(c.At) || again.ID != c.ID {
			t.Errorf("%q is %v, which is %v, %v", text, c, again, err)
		}
	})
}

// fieldOf returns the member that a fault names, "" for nil.
func fieldOf(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := err.(*fault.Error); ok {
		return e.Field
	}
	return err.Error()
}
