// Package license makes the documents by which a cloud tells a self-hosted
// server what an organization or a person has paid for, and judges them there.
//
// A license is a JSON file. What it says is vouched for twice: by a signature
// over its members, which old servers read, and by a token, which names every
// member again and wins over the file. Nothing in a license is believed before
// one of them has been verified with a certificate that the operator trusts; a
// member that neither covers is as good as absent.
package license

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"coffre/internal/id"
	"coffre/internal/plan"
)

// Versions of the document. What is signed depends on the version; capabilities
// that came after the last one are vouched for by the token alone.
const (
	MinVersion  = 1
	MaxVersion  = 16
	UserVersion = 1 // the only one of a premium license
	// Version is the one that a cloud writes: not the last, so that servers which
	// were not updated yet can still read it.
	Version = 15
)

// Kind says whom a license is for. On the wire a user is 0 and an organization
// is 1; here the zero value is a license that does not say.
type Kind int

// The kinds.
const (
	Unstated Kind = iota
	ForUser
	ForOrganization
)

// String returns the word for k in a token.
func (k Kind) String() string {
	switch k {
	case ForUser:
		return "User"
	case ForOrganization:
		return "Organization"
	default:
		return ""
	}
}

// Stamp is what both sorts of license have: when they hold and who says so. A
// zero time is none.
type Stamp struct {
	Kind      Kind      `json:"licenseType"`
	Version   int       `json:"version"`
	Issued    time.Time `json:"issued"`
	Refresh   time.Time `json:"refresh"` // when a newer one is worth fetching
	Expires   time.Time `json:"expires"`
	Trial     bool      `json:"trial"`
	Hash      string    `json:"hash"`
	Signature string    `json:"signature"`
	Token     string    `json:"token"`

	// unstated has the bit of each member, by its place in the table, of which
	// the document says nothing. What no document was read for says everything.
	unstated uint64
}

// Facts are what the cloud knows of an organization and licenses.
type Facts struct {
	LicenseKey        string    `json:"licenseKey"`
	InstallationID    id.ID     `json:"installationId"` // the one server that may use it
	ID                id.ID     `json:"id"`             // of the organization in the cloud
	Name              string    `json:"name"`
	BillingEmail      string    `json:"billingEmail"`
	BusinessName      string    `json:"businessName"`
	Enabled           bool      `json:"enabled"`
	Plan              string    `json:"plan"` // the name of the plan, for people
	PlanType          plan.Type `json:"planType"`
	Seats             *int      `json:"seats"`          // nil when there is no limit
	MaxCollections    *int      `json:"maxCollections"` // nil when there is no limit
	MaxStorageGB      *int      `json:"maxStorageGb"`
	SMSeats           *int      `json:"smSeats"`
	SMServiceAccounts *int      `json:"smServiceAccounts"`
	plan.Features
	// The next two are true in a license that does not mention them.
	LimitCollectionCreationDeletion      bool `json:"limitCollectionCreationDeletion"`
	AllowAdminAccessToAllCollectionItems bool `json:"allowAdminAccessToAllCollectionItems"`
}

// Organization is the license of an organization.
type Organization struct {
	Facts
	Stamp
	// ExpirationWithoutGracePeriod is the end of what is paid, where Expires
	// grants time beyond it.
	ExpirationWithoutGracePeriod time.Time `json:"expirationWithoutGracePeriod"`
}

// UserFacts are what the cloud knows of a person with premium and licenses.
type UserFacts struct {
	LicenseKey   string `json:"licenseKey"`
	ID           id.ID  `json:"id"` // of the person in the cloud
	Name         string `json:"name"`
	Email        string `json:"email"`
	Premium      bool   `json:"premium"`
	MaxStorageGB *int   `json:"maxStorageGb"`
}

// User is the premium license of a person.
type User struct {
	UserFacts
	Stamp
}

// NewOrganization issues the license of an organization: facts, the dates that
// follow from its subscription, and the signatures of s. Its version is one from
// MinVersion to MaxVersion; callers without a reason pass Version.
func NewOrganization(s *Signer, facts Facts, term Term, version int) (Organization, error) {
	if version < MinVersion || version > MaxVersion {
		return Organization{}, fmt.Errorf("license version %d cannot be written", version)
	}
	dates := term.Dates()
	l := Organization{Facts: facts, ExpirationWithoutGracePeriod: dates.ExpirationWithoutGracePeriod}
	l.Kind, l.Version = ForOrganization, version
	l.Issued, l.Refresh, l.Expires, l.Trial = dates.Issued, dates.Refresh, dates.Expires, dates.Trial
	return organizations.issue(s, l)
}

// NewUser issues the premium license of a person.
func NewUser(s *Signer, facts UserFacts, term UserTerm) (User, error) {
	dates := term.Dates()
	l := User{UserFacts: facts}
	l.Kind, l.Version = ForUser, UserVersion
	l.Issued, l.Refresh, l.Expires, l.Trial = dates.Issued, dates.Refresh, dates.Expires, dates.Trial
	return users.issue(s, l)
}

// States reports whether the license says anything about a member, by its name
// in the signed data ("UsePam"). Absent is not false: a capability that a license
// does not mention is one that its cloud did not know yet.
func (l Organization) States(name string) bool { return organizations.states(&l, name) }

// States reports whether the license says anything about a member.
func (l User) States(name string) bool { return users.states(&l, name) }

// Fingerprint returns lower-case hex that two licenses share exactly when they
// grant the same until the same day, whenever and by whomever they were issued.
func (l Organization) Fingerprint() string {
	sum := sha256.Sum256([]byte(organizations.data(&l, func(m member[Organization]) bool {
		return !m.proof() && !m.passing()
	})))
	return hex.EncodeToString(sum[:])
}
