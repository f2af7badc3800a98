// Package identity gives out tokens and recognizes them.
//
// An access token is a signed statement that lives an hour. It is checked
// against the database on every call all the same, so that a session ends at
// once when the person's security stamp changes or the device is removed. A
// refresh token is random, stored as its hash, and good as long as it is used;
// it may be used by several processes at the same time, as clients do.
package identity

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"coffre/internal/id"
)

// How long tokens live.
const (
	accessLife       = time.Hour
	installationLife = 24 * time.Hour
	day              = 24 * time.Hour
)

// refreshLife is how long a session lasts that nobody uses, by the kind of
// client. A client that is not in it signs nobody in.
var refreshLife = map[string]time.Duration{
	"web":       7 * day,
	"mobile":    60 * day,
	"browser":   30 * day,
	"desktop":   30 * day,
	"cli":       30 * day,
	"connector": 30 * day,
}

// installationScopes are what a self-hosted server may ask its cloud for.
var installationScopes = map[string]bool{"api.push": true, "api.licensing": true, "api.installation": true}

// The longest texts of a device, in characters.
const (
	maxIdentifier = 50
	maxDeviceName = 50
)

// unknownDevice is the type of a device whose own is none of the known ones.
const (
	unknownDevice = 14
	lastDevice    = 26
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

// deviceOf reads what a client says of its device; false when it says too little
// or what no client says.
func deviceOf(kind, identifier, name, pushToken string) (Device, bool) {
	odd := !utf8.ValidString(identifier) || strings.ContainsFunc(identifier, unicode.IsControl)
	name = printable(name)
	if kind == "" || identifier == "" || name == "" || odd || utf8.RuneCountInString(identifier) > maxIdentifier {
		return Device{}, false
	}
	number, err := strconv.Atoi(kind)
	if err != nil || number < 0 || number > lastDevice {
		number = unknownDevice
	}
	if runes := []rune(name); len(runes) > maxDeviceName {
		name = string(runes[:maxDeviceName])
	}
	return Device{Identifier: identifier, Type: number, Name: name, PushToken: printable(pushToken)}, true
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

// Session is a refresh token as it is stored.
type Session struct {
	Hash          string
	AccountID     id.ID
	DeviceID      id.ID
	ClientID      string
	SecurityStamp string
	CreatedAt     time.Time // the sign-in
	ExpiresAt     time.Time
}
