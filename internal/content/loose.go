package content

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Clients of ten years have written some members in several ways. What is loose here
// reads all of them, and phones get one.

// unknown is a Number that could not be read.
const unknown Number = -1

// Number is an integer; some clients write it as a text.
type Number int

// UnmarshalJSON reads an integer or the text of one; all else is unknown.
func (n *Number) UnmarshalJSON(raw []byte) error {
	*n = unknown
	text := strings.Trim(string(raw), `"`)
	if v, err := strconv.Atoi(text); err == nil {
		*n = Number(v)
	}
	return nil
}

// or returns a number between the first and the last, or another.
func (n Number) or(first, last, other Number) Number {
	if n < first || n > last {
		return other
	}
	return n
}

// Date is an instant as a client wrote it: it is kept letter by letter. What is no
// date is "".
type Date string

// epoch stands for a date that there must be, and that nobody knows.
const epoch Date = "1970-01-01T00:00:00Z"

// UnmarshalJSON reads RFC 3339, also without a zone, which then is UTC.
func (d *Date) UnmarshalJSON(raw []byte) error {
	*d = ""
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return nil
	}
	for _, candidate := range []string{text, text + "Z"} {
		if _, err := time.Parse(time.RFC3339Nano, candidate); err == nil {
			*d = Date(candidate)
		}
	}
	return nil
}

// Time returns the instant; no date is the zero one.
func (d Date) Time() time.Time {
	at, err := time.Parse(time.RFC3339Nano, string(d))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

func (d Date) orEpoch() Date {
	if d == "" {
		return epoch
	}
	return d
}
