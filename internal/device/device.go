// Package device keeps the clients in which people sign in, and lets one of them
// vouch for another.
package device

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"coffre/internal/id"
)

// The longest texts of a device, in characters.
const (
	MaxIdentifier = 50
	maxName       = 50
)

// Device is an installation of a client in which a person signed in.
type Device struct {
	ID         id.ID
	AccountID  id.ID
	Identifier string // chosen by the client
	Type       int
	Name       string
	PushToken  string
	CreatedAt  time.Time
	ActiveAt   time.Time
}

// Of reads what a client says of its device; false when it says too little or
// what no client says.
func Of(kind, identifier, name, pushToken string) (Device, bool) {
	odd := !utf8.ValidString(identifier) || strings.ContainsFunc(identifier, unicode.IsControl)
	name = printable(name)
	if kind == "" || identifier == "" || name == "" || odd || utf8.RuneCountInString(identifier) > MaxIdentifier {
		return Device{}, false
	}
	if runes := []rune(name); len(runes) > maxName {
		name = string(runes[:maxName])
	}
	return Device{Identifier: identifier, Type: kindOf(kind), Name: name, PushToken: printable(pushToken)}, true
}

// printable removes what no database stores: control characters and broken runes.
func printable(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD")))
}
