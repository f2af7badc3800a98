// Package doctor looks a server over from the outside of its program: settings,
// files, database, and the way to the cloud. Each finding says what is so and,
// for a fault, what to do next.
package doctor

import (
	"fmt"
	"io"
)

// Finding is one line of the examination.
type Finding struct {
	Name    string `json:"name"`    // what was looked at
	Subject string `json:"subject"` // its address, file or value
	OK      bool   `json:"ok"`
	Detail  string `json:"detail"`
	Next    string `json:"next"` // what to do about a fault
}

func (f Finding) ok(detail string) Finding {
	f.OK, f.Detail = true, detail
	return f
}

func (f Finding) fault(detail, next string) Finding {
	f.Detail, f.Next = detail, next
	return f
}

// Print writes one line for each finding and reports whether all are well.
func Print(w io.Writer, findings []Finding) bool {
	healthy := true
	for _, f := range findings {
		mark := "ok    "
		if !f.OK {
			mark, healthy = "FAULT ", false
		}
		line := mark + f.Name
		if f.Subject != "" {
			line += " " + f.Subject
		}
		if f.Detail != "" {
			line += ": " + f.Detail
		}
		if f.Next != "" {
			line += " — " + f.Next
		}
		fmt.Fprintln(w, line)
	}
	return healthy
}
