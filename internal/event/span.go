package event

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// MaxSpan is the longest time that one question may be about.
const MaxSpan = 367 * 24 * time.Hour

// usual is how far back a question goes that does not say.
const usual = 30 * 24 * time.Hour

// Span is the time that a question is about, both ends included, and where a page
// of the answer begins.
type Span struct {
	From, To time.Time
	After    *Cursor // nil for the first page
}

// Cursor is the last event of a page. Events of one instant are told apart by their
// IDs, so that none is lost or read twice.
type Cursor struct {
	At time.Time
	ID id.ID
}

// String returns the form in which clients hand a cursor back.
func (c Cursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(c.At.UnixMicro(), 10) + "." + c.ID.String()))
}

// ReadCursor reads what String wrote; "" is the first page.
func ReadCursor(text string) (*Cursor, error) {
	if text == "" {
		return nil, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	micros, rest, _ := strings.Cut(string(raw), ".")
	at, badTime := strconv.ParseInt(micros, 10, 64)
	last, badID := id.Parse(rest)
	if err != nil || badTime != nil || badID != nil {
		return nil, fault.Malformed("continuationToken")
	}
	return &Cursor{At: time.UnixMicro(at).UTC(), ID: last}, nil
}

var spanTooLong = fault.New(fault.Invalid, "event.spanTooLong").On("start").With("days", int(MaxSpan/(24*time.Hour)))

// SpanOf returns the time between two instants as clients write them, in either
// order. Without both it is the last thirty days and all of today.
func SpanOf(start, end string, now time.Time) (Span, error) {
	if start == "" || end == "" {
		tomorrow := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
		return Span{From: tomorrow.Add(-usual), To: tomorrow.Add(-time.Microsecond)}, nil
	}
	from, err := instant("start", start)
	if err != nil {
		return Span{}, err
	}
	to, err := instant("end", end)
	if err != nil {
		return Span{}, err
	}
	if to.Before(from) {
		from, to = to, from
	}
	if to.Sub(from) > MaxSpan {
		return Span{}, spanTooLong
	}
	return Span{From: from, To: to}, nil
}

// instant reads a time with or without seconds and zone; without a zone it is UTC.
func instant(field, text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02T15:04Z07:00", time.DateOnly} {
		// Instants that microseconds since 1970 cannot hold are no times of ours.
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 0 && t.Year() < 10_000 {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fault.Malformed(field)
}
