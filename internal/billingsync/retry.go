package billingsync

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestWait bounds how long a cloud can ask to be left alone.
const longestWait = 24 * time.Hour

// waitError is the fault of a cloud that says how long it wants to be left alone.
type waitError struct {
	error
	wait time.Duration
}

// Unwrap returns the fault.
func (e *waitError) Unwrap() error { return e.error }

// waitOf returns how long an error asks to wait.
func waitOf(err error) time.Duration {
	if e, ok := errors.AsType[*waitError](err); ok {
		return e.wait
	}
	return 0
}

// retryAfter returns how long an answer asks to wait, at most a day: in seconds, or
// until a date, which is the cloud's like that of the answer, so that a clock which is
// off does not matter. What cannot be read asks for nothing.
func retryAfter(status int, h http.Header, now func() time.Time) time.Duration {
	if status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
		return 0
	}
	said := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(said, 10, 64); err == nil {
		return time.Duration(min(seconds, uint64(longestWait/time.Second))) * time.Second
	}
	until, err := http.ParseTime(said)
	if err != nil {
		return 0
	}
	answered, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		answered = now()
	}
	return min(max(until.Sub(answered), 0), longestWait)
}
