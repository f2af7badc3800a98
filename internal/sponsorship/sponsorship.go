// Package sponsorship gives members of an Enterprise organization a Families
// organization in the cloud, from the offer to its end, on both sides: in the
// cloud, where it is redeemed, and on the self-hosted server of the member.
//
// Two sides write a sponsorship and never the same part of it. The wish, who
// shall have it and whether it is withdrawn, belongs to the side on which it was
// born; the outcome, what has become of it, to the cloud. So nothing is merged.
package sponsorship

import (
	"errors"
	"strings"
	"time"

	"coffre/internal/id"
	"coffre/internal/plan"
	"coffre/internal/throttle"
)

// FamiliesForEnterprise is the only type of sponsorship there is.
const FamiliesForEnterprise = 0

// Here is the birthplace of what this database gave birth to; it is the only one
// whose member ids are members of this server.
const Here = "here"

// longestName is how many characters a friendly name may have.
const longestName = 256

// State is how far the cloud has come with a sponsorship.
type State string

// The states. Expired is shown but never stored: a new mail opens the same offer
// again. Ended is the state of a skeleton; whoever is told of one reads Expired.
const (
	Requested State = "requested" // the cloud has not answered yet
	Offered   State = "offered"   // the recipient has been written to
	Active    State = "active"    // redeemed
	Ending    State = "ending"    // redeemed, and over at the end of the paid period
	Refused   State = "refused"
	Expired   State = "expired"
	Ended     State = "ended"
)

// Wish is what the side of birth wants; only that side changes it, and raises
// Revision each time. Revoked is final.
type Wish struct {
	Revision       int64
	Type           int
	Email          string // of the recipient; "" once a skeleton is old
	FriendlyName   string
	Language       string // of the sponsor, "en" or "fr": for mails to strangers
	AdminInitiated bool
	Offer          int // counts the mails that were wanted
	Revoked        bool
	// Notes are the words of an admin for other admins, encrypted; they are shown to
	// them, and go nowhere else.
	Notes string
}

// Outcome is what has become of a wish; only the cloud makes one.
type Outcome struct {
	State    State
	Code     string // why it is refused or has ended; "" when nobody said
	Sequence int64  // counts the changes of all outcomes of an organization, in the cloud
	// SponsoredOrganizationID, RedeemedBy and OfferedAt are known to the cloud alone.
	SponsoredOrganizationID id.ID
	RedeemedBy              id.ID
	OfferedAt               time.Time
	ValidUntil              time.Time // zero until it is redeemed
	EndedAt                 time.Time // zero while it lives
	ToldAt                  time.Time // when who pays was told that it ends with the paid time
}

// Sponsorship is one Families organization that one member gives away.
type Sponsorship struct {
	ID             id.ID
	OrganizationID id.ID  // that gives; zero when it was deleted
	Birthplace     string // Here, or the server that asked for it
	OriginID       id.ID  // the id at the birthplace
	MemberID       id.ID  // at the birthplace
	Wish           Wish
	Outcome        Outcome

	Sent         int64     // the last revision that was written into an exchange
	Acknowledged int64     // the last revision that the cloud has answered
	SyncedAt     time.Time // when that was, by the clock of the cloud
	Mails        int       // how many were wanted in the hour from MailsSince
	MailsSince   time.Time
	CreatedAt    time.Time
	RevisedAt    time.Time
}

// Redeemed reports whether v has a Families organization, as far as is known here.
func (v Sponsorship) Redeemed() bool {
	return v.Outcome.State == Active || v.Outcome.State == Ending
}

// Waiting reports whether the cloud has yet to answer the wish as it is now.
func (v Sponsorship) Waiting() bool { return v.Wish.Revision > v.Acknowledged }

// ToDelete reports whether v is over at the end of the paid period, or as soon as
// the cloud knows.
func (v Sponsorship) ToDelete() bool { return v.Wish.Revoked || v.Outcome.State == Ending }

// LastSync returns when the cloud answered the wish as it is now. Clients show
// "requested" as long as it is zero.
func (v Sponsorship) LastSync() time.Time {
	if v.Outcome.State == Refused || v.Waiting() && !v.Wish.Revoked {
		return time.Time{}
	}
	return v.SyncedAt
}

// Shown returns the state that people are shown, and the date that belongs to it:
// up to when an offer can be redeemed or a Families organization is paid. An offer
// lives for life; zero means that only the cloud knows.
func (v Sponsorship) Shown(now time.Time, life time.Duration) (State, time.Time) {
	open := until(v.Outcome.OfferedAt, life)
	switch {
	case v.Outcome.State != Ended && v.ToDelete():
		return Ending, v.Outcome.ValidUntil
	case v.Redeemed():
		return Active, v.Outcome.ValidUntil
	case v.Outcome.State != Ended && v.Waiting():
		return Requested, time.Time{}
	case v.Outcome.State == Offered && !open.IsZero() && !now.Before(open):
		return Expired, open
	case v.Outcome.State == Offered:
		return Offered, open
	case v.Outcome.State == Ended:
		return Expired, v.Outcome.EndedAt
	}
	return v.Outcome.State, time.Time{}
}

func until(from time.Time, life time.Duration) time.Time {
	if from.IsZero() || life == 0 {
		return time.Time{}
	}
	return from.Add(life)
}

// Expired reports whether the offer of v is too old to be redeemed.
func (v Sponsorship) Expired(now time.Time, life time.Duration) bool {
	return v.Outcome.State == Offered && !now.Before(v.Outcome.OfferedAt.Add(life))
}

// named reports whether a friendly name is that of the wish, in any case.
func (w Wish) named(friendlyName string) bool { return strings.EqualFold(w.FriendlyName, friendlyName) }

// Is reports whether the wish goes to an address, in any case of letters.
func (w Wish) Is(email string) bool { return w.Email != "" && strings.EqualFold(w.Email, email) }

// Paced counts one more mail of v, at most perHour in any hour from the first.
func (v Sponsorship) Paced(now time.Time, perHour int) (Sponsorship, error) {
	if now.Sub(v.MailsSince) >= time.Hour {
		v.MailsSince, v.Mails = now, 0
	}
	if v.Mails >= perHour {
		return v, errors.Join(tooManyMails, throttle.Refuse(now, v.MailsSince.Add(time.Hour).Sub(now)))
	}
	v.Mails++
	return v, nil
}

// lapse is how long a server that asked for a sponsorship may be silent: half a
// year, after which nobody vouches for the member any more.
const lapse = 365 * 24 * time.Hour / 2

// Grace is how long after its end a disabled organization still gives through a
// sync; most are disabled because a payment is late.
const Grace = 93 * 24 * time.Hour

// Giver is a member who wants to sponsor somebody, and the member's organization.
type Giver struct {
	Email     string
	Confirmed bool
	Sponsors  bool // the organization, by its plan
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
	case !g.Sponsors:
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
	case v.Wish.Revoked:
		return offerWithdrawn
	case v.Outcome.State == Ended:
		if why, known := whyEnded[v.Outcome.Code]; known {
			return why
		}
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
	AdminsMayGive    bool      // in the organization that gives
	MemberConfirmed  bool      // for a member of this server
	LastExchange     time.Time // with the server of a member elsewhere
	Own              bool      // the member of this server redeems it, or owns the target
	OwnAllowed       bool      // by the settings of the cloud
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
	case c.Own && !c.OwnAllowed:
		return sponsorsSelf
	case !c.SponsorEnabled:
		return sponsorDisabled
	case !c.SponsorPlan.Sponsors():
		return sponsorPlanTooLow
	case v.Wish.AdminInitiated && !c.AdminsMayGive:
		return adminsMayNotGive
	}
	return nil
}
