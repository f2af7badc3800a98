package sponsorship

import (
	"time"

	"coffre/internal/id"
)

// view is a person's own sponsorship, with the state in our words.
type view struct {
	ID                   id.ID      `json:"id"`
	OrganizationID       id.ID      `json:"organizationId"`
	OrganizationMemberID id.ID      `json:"organizationUserId"`
	FriendlyName         string     `json:"friendlyName"`
	Email                string     `json:"offeredToEmail"`
	State                State      `json:"state"`
	Date                 *time.Time `json:"date"` // up to when the state lasts
	AwaitingSync         bool       `json:"awaitingSync"`
	Code                 *string    `json:"code"`
	AdminInitiated       bool       `json:"isAdminInitiated"`
	Object               string     `json:"object"`
}

func viewOf(v Sponsorship, now time.Time, life time.Duration) view {
	state, date := v.Shown(now, life)
	return view{
		ID: v.ID, OrganizationID: v.OrganizationID, OrganizationMemberID: v.MemberID,
		FriendlyName: v.Wish.FriendlyName, Email: v.Wish.Email,
		State: state, Date: optional(date), AwaitingSync: v.Waiting(), Code: optional(v.Outcome.Code),
		AdminInitiated: v.Wish.AdminInitiated, Object: "sponsorship",
	}
}

// inviteView is a sponsorship that an admin has made, as clients know it.
type inviteView struct {
	MemberID       id.ID      `json:"sponsoringOrganizationUserId"`
	FriendlyName   string     `json:"friendlyName"`
	Email          string     `json:"offeredToEmail"`
	Type           int        `json:"planSponsorshipType"`
	LastSync       *time.Time `json:"lastSyncDate"`
	ValidUntil     *time.Time `json:"validUntil"`
	ToDelete       bool       `json:"toDelete"`
	AdminInitiated bool       `json:"isAdminInitiated"`
	Notes          *string    `json:"notes"`
	Removed        bool       `json:"cloudSponsorshipRemoved"`
	Object         string     `json:"object"`
}

func inviteOf(v Sponsorship) inviteView {
	return inviteView{
		MemberID: v.MemberID, FriendlyName: v.Wish.FriendlyName, Email: v.Wish.Email, Type: v.Wish.Type,
		LastSync: optional(v.LastSync()), ValidUntil: optional(v.Outcome.ValidUntil), ToDelete: v.ToDelete(),
		AdminInitiated: v.Wish.AdminInitiated, Object: "organizationSponsorship",
	}
}

// optional is null for what is empty.
func optional[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}
