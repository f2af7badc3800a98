package sponsorship

import (
	"strings"
	"time"

	"coffre/internal/id"
	"coffre/internal/plan"
)

// lapse is how long a server that asked for a sponsorship may be silent: half a
// year, after which nobody vouches for the member any more.
const lapse = 365 * 24 * time.Hour / 2

// grace is how long after its end a disabled organization still gives through a
// sync; most are disabled because a payment is late.
const grace = 93 * 24 * time.Hour

// Giver is a member who wants to sponsor somebody, and the member's organization.
type Giver struct {
	Email     string
	Confirmed bool
	Plan      plan.Type
	Enabled   bool
	Barred    bool // by policy
}

// Check reports the first reason why g may not sponsor the owner of an address.
func (g Giver) Check(email string) error {
	switch {
	case g.Barred:
		return disabledByPolicy
	case strings.EqualFold(g.Email, email):
		return ownEmail
	case !g.Plan.Sponsors():
		return planTooLow
	case !g.Enabled:
		return organizationDisabled
	case !g.Confirmed:
		return notConfirmed
	}
	return nil
}

// offerToken is what the link in a mail carries, sealed. It is good for one mail
// of one sponsorship to one address.
type offerToken struct {
	ID    id.ID  `json:"id"`
	Email string `json:"email"`
	Type  int    `json:"type"`
	Offer int    `json:"offer"`
}

// check reports why the token does not redeem v, to the recipient.
func (t offerToken) check(v Sponsorship) error {
	switch {
	case v.Redeemed():
		return offerRedeemed
	case v.Wish.Revoked, v.Outcome.State == Ended:
		return offerWithdrawn
	case v.Wish.Offer != t.Offer, !v.Wish.Is(t.Email), v.Wish.Type != t.Type:
		return offerReplaced
	}
	return nil
}

// Circumstances are what counts at the moment of redemption, all of it read anew:
// much can happen between a mail and a click.
type Circumstances struct {
	SponsorExists    bool // the organization that gives
	SponsorEnabled   bool
	SponsorPlan      plan.Type
	SponsorBarred    bool      // by policy
	MemberConfirmed  bool      // for a member of this server
	LastExchange     time.Time // with the server of a member elsewhere
	TargetOwned      bool      // by the recipient
	TargetPlan       plan.Type
	TargetSponsored  bool
	Now              time.Time
	Life             time.Duration // of an offer
	BornOnThisServer bool
}

// Lapsed reports whether the server that asked for a sponsorship has been silent
// for too long.
func (c Circumstances) Lapsed() bool {
	return !c.BornOnThisServer && c.Now.Sub(c.LastExchange) > lapse
}

// Check reports the first reason why an offer cannot be redeemed.
func (c Circumstances) Check(v Sponsorship) error {
	switch {
	case !c.TargetOwned:
		return targetNotOwned
	case !c.SponsorExists:
		return sponsorGone
	case c.SponsorBarred:
		return sponsorBarred
	case c.TargetSponsored:
		return targetHasSponsor
	case c.Lapsed():
		return offerLapsed
	case v.Expired(c.Now, c.Life):
		return offerExpired
	case !c.TargetPlan.Sponsorable():
		return targetNotFamilies
	case c.BornOnThisServer && !c.MemberConfirmed:
		return sponsorLeft
	case !c.SponsorEnabled:
		return sponsorDisabled
	case !c.SponsorPlan.Sponsors():
		return sponsorPlanTooLow
	}
	return nil
}
