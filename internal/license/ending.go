package license

import "time"

// reminders is how long before its end a license is remembered, the first first.
var reminders = [...]time.Duration{60 * day, 30 * day, 14 * day, 7 * day, day}

// passed returns how many reminders of a license that ends then are behind now.
func passed(expires, now time.Time) (n int) {
	for n < len(reminders) && !expires.IsZero() && !expires.Add(-reminders[n]).After(now) {
		n++
	}
	return n
}

// nextAt returns when something is to be done about a license of which n reminders
// are behind, or zero: the next reminder, and after the last one the end.
func nextAt(expires time.Time, n int) time.Time {
	switch {
	case expires.IsZero():
		return time.Time{}
	case n < len(reminders):
		return expires.Add(-reminders[n])
	default:
		return expires.Add(Skew)
	}
}

// Over reports whether a license that ends then, or never when that is zero, is over;
// now is within Skew of the clock of the cloud.
func Over(expires, now time.Time) bool { return span{until: expires}.check(now) != nil }

// step is what is to be done about a license.
type step int

const (
	wait step = iota
	remind
	end
)

// step returns what is to be done about h now, and h as it is afterwards. Of several
// reminders that were missed only the last is made up for, and none once the license
// has ended.
func (h Held) step(now time.Time) (step, Held) {
	n := passed(h.ExpiresAt, now)
	if Over(h.ExpiresAt, now) {
		h.Reminders, h.NextAt = n, time.Time{}
		return end, h
	}
	due := remind
	if n <= h.Reminders {
		due = wait
	}
	h.Reminders = max(n, h.Reminders)
	h.NextAt = nextAt(h.ExpiresAt, h.Reminders)
	return due, h
}

// State says how an organization stands with its license.
type State string

// The states, in the words that our own pages know.
const (
	StateNone    State = "none"    // it stands on no license
	StateValid   State = "valid"   // what is paid is not over
	StateGrace   State = "grace"   // what is paid is over, and the license still holds
	StateExpired State = "expired" // the license is over
)

// State returns how an organization stands that has this license; now is within
// Skew of the clock of the cloud.
func (l Organization) State(now time.Time) State {
	switch paid := l.ExpirationWithoutGracePeriod; {
	case Over(l.Expires, now):
		return StateExpired
	case !paid.IsZero() && paid.Before(now):
		return StateGrace
	default:
		return StateValid
	}
}

// daysLeft returns how many days have begun until an end, 0 when it is behind.
func daysLeft(end, now time.Time) int {
	return int(max(0, (end.Sub(now)+day-1)/day))
}
