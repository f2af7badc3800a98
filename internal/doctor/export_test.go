package doctor

import "time"

// Told writes the text of a finding, as an examination does.
func Told(f Finding, date time.Time) (Finding, time.Time) {
	return Doctor{}.told([]Finding{f})[0], date
}
