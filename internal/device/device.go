// Package device keeps the clients in which people sign in, and lets one of them
// vouch for another.
//
// A session hangs on its device: it dies at once when the device is removed. A
// device may also keep the user key for itself, wrapped by a key that only it has:
// then it is trusted.
package device

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// The longest texts of a device, in characters.
const (
	MaxIdentifier = 50
	maxName       = 50
	maxPushToken  = 255
)

// Device is an installation of a client in which a person signed in.
type Device struct {
	ID         id.ID
	AccountID  id.ID
	Identifier string // chosen by the client
	Type       int
	Name       string
	PushToken  string // by which a phone is reached; often empty
	CreatedAt  time.Time
	ActiveAt   time.Time
	Trust      Trust // zero when the device is not trusted
}

// Trusted reports whether the device keeps the user key for itself.
func (d Device) Trusted() bool { return d.Trust != Trust{} }

// Of reads what a client says of its device when it signs in; false when it says
// too little or what no client says.
func Of(kind, identifier, name, pushToken string) (Device, bool) {
	name = printable(name)
	if kind == "" || name == "" || checkIdentifier("", identifier) != nil {
		return Device{}, false
	}
	if runes := []rune(name); len(runes) > maxName {
		name = string(runes[:maxName])
	}
	if pushToken = printable(pushToken); len(pushToken) > maxPushToken {
		pushToken = ""
	}
	return Device{Identifier: identifier, Type: kindOf(kind), Name: name, PushToken: pushToken}, true
}

// checkIdentifier reports what no client calls itself.
func checkIdentifier(field, identifier string) error {
	switch {
	case identifier == "":
		return fault.Required(field)
	case utf8.RuneCountInString(identifier) > MaxIdentifier:
		return fault.TooLong(field, MaxIdentifier)
	case !utf8.ValidString(identifier) || strings.ContainsFunc(identifier, unicode.IsControl):
		return fault.Malformed(field)
	}
	return nil
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
