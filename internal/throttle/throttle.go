// Package throttle counts tries, so that guessing a secret or filling a mailbox
// takes longer than anybody has. The counts are in the database: a restart forgets
// none, and all nodes on one database count together.
//
// A count starts with the first try and ends Per later, whatever happens between.
// Tries over the limit are refused and not counted, so a flood of them does not
// make the wait longer.
package throttle

import (
	"errors"
	"fmt"
	"math"
	"time"

	"coffre/internal/fault"
)

// Rule allows Limit tries in Per. Its name tells its counts from those of other
// rules; two rules of one name share them.
type Rule struct {
	Name  string
	Limit int
	Per   time.Duration
}

// times returns the limit multiplied, never below one try.
func (r Rule) times(factor float64) int {
	if factor <= 0 {
		return r.Limit
	}
	return max(1, int(min(math.Round(float64(r.Limit)*factor), math.MaxInt32)))
}

// CodeTooMany is what programs know a refusal by.
const CodeTooMany = "too-many-tries"

var tooMany = fault.New(fault.TooMany, "throttle.tooMany").Coded(CodeTooMany)

// LimitError says that a limit is reached, and until when. It is shown as a fault
// that names the wait.
type LimitError struct {
	Until time.Time
	Wait  time.Duration
}

// Refuse returns a LimitError for a wait that starts now, for limits that are not
// counted here.
func Refuse(now time.Time, wait time.Duration) *LimitError {
	return &LimitError{Until: now.Add(wait), Wait: wait}
}

func (e *LimitError) Error() string { return e.Unwrap().Error() }

// Unwrap returns the fault, of the kind fault.TooMany.
func (e *LimitError) Unwrap() error { return tooMany.With("wait", spoken(e.Wait)) }

// WaitOf returns the refusal in err, and false when it is something else.
func WaitOf(err error) (*LimitError, bool) { return errors.AsType[*LimitError](err) }

// spoken rounds a wait up and writes it with a symbol that both languages share.
func spoken(wait time.Duration) string {
	up := func(unit time.Duration) int64 { return int64((wait + unit - 1) / unit) }
	switch {
	case wait <= 90*time.Second:
		return fmt.Sprintf("%d s", max(1, up(time.Second)))
	case wait <= 90*time.Minute:
		return fmt.Sprintf("%d min", up(time.Minute))
	}
	return fmt.Sprintf("%d h", up(time.Hour))
}
