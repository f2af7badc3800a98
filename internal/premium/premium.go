// Package premium keeps the premium licenses that people bring to a self-hosted
// server.
package premium

import (
	"strings"
	"time"

	"coffre/internal/id"
	"coffre/internal/license"
)

// Held is the premium license that a person on a self-hosted server has
// brought. Every member was vouched for when it was stored.
type Held struct {
	AccountID  id.ID // here
	LicenseKey string
	Email      string // the address that the license is for
	Document   string // the license as JSON
	IssuedAt   time.Time
	ExpiresAt  time.Time // when it or its token ends; zero when it does not
	Ended      bool      // whether the person's clients know that it is over
	UpdatedAt  time.Time
}

// Holds reports whether the license gives premium to the owner of an address.
func (p Held) Holds(email string, now time.Time) bool {
	return strings.EqualFold(p.Email, email) && !license.Over(p.ExpiresAt, now)
}
