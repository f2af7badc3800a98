// Package identity gives out tokens and recognizes them.
//
// An access token is a signed statement that lives an hour. It is checked
// against the database on every call all the same, so that a session ends at
// once when the person's security stamp changes or the device is removed. A
// refresh token is random, stored as its hash, and good as long as it is used;
// it may be used by several processes at the same time, as clients do.
package identity

import (
	"time"

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

// organizationScope is what an organization's own programs get.
const organizationScope = "api.organization"

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
