// Package registration is how a person comes to exist: they prove their address by
// a link that is mailed to it, or by a Families offer or the invitation of an
// organization that was, and bring what their client made of a master password. Where the server mails nothing, the address is
// taken as it is said.
//
// What is stored of them is an account, and so the business of that room.
package registration

import (
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
)

const (
	// tokenPrefix is how clients tell the kind of a token.
	tokenPrefix = "BwRegistrationEmailVerificationToken_"
	tokenUse    = "email-verification" //nolint:gosec // It is no secret.
	tokenLife   = 15 * time.Minute
)

var (
	closed      = fault.New(fault.Invalid, "registration.closed")
	linkExpired = fault.New(fault.Invalid, "registration.linkExpired")
	noToken     = fault.New(fault.Invalid, "registration.noToken")
	badToken    = fault.New(fault.Invalid, "registration.badToken")
	twoSteps    = fault.New(fault.Invalid, "registration.twoSteps")
	badOffer    = fault.New(fault.Invalid, "registration.badOffer")
	hasAccount  = fault.New(fault.Invalid, "registration.hasAccount").Coded("has-account")

	badEmergency = fault.New(fault.Invalid, "registration.badEmergency")

	badInvitation = fault.New(fault.Invalid, "registration.badInvitation")
)

// Newcomer is what a person who registers brings. Its texts have the shape that
// clients make.
type Newcomer struct {
	Email             string // in any case
	Password          account.FirstPassword
	VerificationToken string // of Service.Start
	InviteToken       string // of an invitation to an organization
	MemberID          id.ID  // whom InviteToken invites
	OfferToken        string // of a Families offer; it counts where there is no other token
	EmergencyToken    string // of an invitation to be an emergency contact; it counts last
	EmergencyID       id.ID  // to which access
	Name              string // for Service.RegisterAtOnce; a token says it itself
	Language          string // "en" or "fr"
}

// isInvited reports whether n brings an invitation, and no token that comes first.
func (n Newcomer) isInvited() bool {
	return n.VerificationToken == "" && n.InviteToken != "" && !n.MemberID.IsZero()
}

// verification is what a token for registering says.
type verification struct {
	Email    string
	Name     string
	Mailed   bool  // it was sent to the address, and so proves it
	MemberID id.ID // whom an invitation named; zero without one
	Expires  time.Time
}

// goodFor reports whether somebody may register an address with v now.
func (v verification) goodFor(email string, now time.Time) bool {
	return v.Email == account.NormalizeEmail(email) && now.Before(v.Expires)
}
