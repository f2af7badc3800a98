// Package mail writes to people in their language and hands the letters to an
// SMTP server, or to a folder of .eml files.
//
// A mail is queued in the transaction of the change that it tells of, so that
// neither exists without the other, and a job sends it once that is committed.
// What stands in it, links with tokens for example, is sealed while it waits and
// wiped when it has left.
package mail

import (
	"context"
	"strings"
	"time"
)

// Message is a mail to send.
type Message struct {
	Once     string            // the same key is never queued twice
	To       string            // an address without a name
	Template string            // "welcome" and the others in the folder templates
	Language string            // "fr" and "fr-FR" are French, all else is English
	Data     map[string]string // what the template shows by name
}

// Letter is a mail that is ready to leave.
type Letter struct {
	MessageID string // without angle brackets; the same whenever the mail is sent again
	From, To  string
	Language  string
	Date      time.Time
	Subject   string
	Text      string
	HTML      string
}

// Sender hands letters on.
type Sender interface {
	// Send returns what became of each letter, in their order. An error means: not
	// handed on, or not known to be.
	Send(ctx context.Context, letters []Letter) []error
}

func languageOf(wish string) string {
	if tag := strings.ToLower(wish); tag == "fr" || strings.HasPrefix(tag, "fr-") {
		return "fr"
	}
	return "en"
}
