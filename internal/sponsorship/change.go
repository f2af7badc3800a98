package sponsorship

import (
	"time"

	"coffre/internal/id"
)

// Recipient is who shall have a sponsorship.
type Recipient struct {
	Email        string
	FriendlyName string // the address when empty
	Language     string // of the sponsor
}

// Wished returns a new sponsorship that nobody has answered yet.
func Wished(orgID, memberID id.ID, birthplace string, now time.Time) Sponsorship {
	newID := id.NewOrdered() // a sync reads and writes in this order
	return Sponsorship{
		ID: newID, OrganizationID: orgID, Birthplace: birthplace, OriginID: newID, MemberID: memberID,
		Wish:      Wish{Type: FamiliesForEnterprise, Language: "en"},
		Outcome:   Outcome{State: Requested},
		CreatedAt: now,
	}
}

// To directs the wish of v to a recipient and wants a mail to go there. The id
// stays; a mail that went to somebody else before has lost its worth.
func (v Sponsorship) To(r Recipient, now time.Time) (Sponsorship, error) {
	switch {
	case v.Redeemed():
		return v, alreadySponsors
	case v.Wish.Revoked:
		return v, withdrawalWaits
	}
	v.Wish.Email, v.Wish.FriendlyName, v.Wish.Language = r.Email, r.FriendlyName, r.Language
	if v.Wish.FriendlyName == "" {
		v.Wish.FriendlyName = r.Email
	}
	return v.again(now), nil
}

// again wants one more mail.
func (v Sponsorship) again(now time.Time) Sponsorship {
	v.Wish.Offer++
	return v.revised(now)
}

// Withdrawn takes the wish back.
func (v Sponsorship) Withdrawn(now time.Time) Sponsorship {
	v.Wish.Revoked = true
	return v.revised(now)
}

func (v Sponsorship) revised(now time.Time) Sponsorship {
	v.Wish.Revision++
	v.RevisedAt = now
	return v
}

// The cloud's part follows: outcomes.

// Offered notes that the cloud takes the wish on and writes to the recipient.
func (v Sponsorship) Offered(now time.Time) Sponsorship {
	v.Outcome.State, v.Outcome.Code, v.Outcome.OfferedAt = Offered, "", now
	return v.Answered(now)
}

// Answered notes, in the cloud, that nothing of the wish waits.
func (v Sponsorship) Answered(now time.Time) Sponsorship {
	v.Acknowledged, v.Sent = v.Wish.Revision, v.Wish.Revision
	if v.Birthplace != Here {
		v.SyncedAt = now
	}
	v.RevisedAt = now
	return v
}

// redeemed notes whose organization it is now, and up to when it is paid.
func (v Sponsorship) redeemed(by, orgID id.ID, validUntil, now time.Time) Sponsorship {
	v.Outcome.State, v.Outcome.Code = Active, ""
	v.Outcome.RedeemedBy, v.Outcome.SponsoredOrganizationID, v.Outcome.ValidUntil = by, orgID, validUntil
	v.RevisedAt = now
	return v
}

// prolonged notes up to when the next period is paid.
func (v Sponsorship) prolonged(until, now time.Time) Sponsorship {
	v.Outcome.ValidUntil, v.Outcome.ToldAt, v.RevisedAt = until, time.Time{}, now
	return v
}

// Closed ends v: at once when nobody has redeemed it, else at the end of what is
// paid. What ends already goes on ending for its first reason.
func (v Sponsorship) Closed(code string, now time.Time) Sponsorship {
	switch v.Outcome.State {
	case Ending, Ended:
		return v
	case Active:
		v.Outcome.State, v.Outcome.Code = Ending, code
		v.RevisedAt = now
		return v
	case Requested, Offered, Refused, Expired:
	}
	return v.Ended(code, now)
}

// Ended makes a skeleton of v.
func (v Sponsorship) Ended(code string, now time.Time) Sponsorship {
	v.Outcome.State, v.Outcome.Code, v.Outcome.EndedAt = Ended, code, now
	v.RevisedAt = now
	return v
}
