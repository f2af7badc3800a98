package doctor

import (
	"time"

	"coffre/internal/license"
)

// Told writes the text of a finding, as an examination does.
func Told(f Finding, date time.Time) (Finding, time.Time) {
	return Doctor{}.told([]Finding{f})[0], date
}

// Judged is what an examination finds of a license.
func Judged(gate license.Gate, held license.Held, now time.Time) Finding {
	f, _ := Told(judged(gate, held, now), now)
	return f
}
