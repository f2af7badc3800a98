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
		State: state, Date: optional(date), AwaitingSync: v.Outcome.State != Ended && v.Waiting(), Code: optional(v.why()),
		AdminInitiated: v.Wish.AdminInitiated, Object: "sponsorship",
	}
}

// why returns the code of what stands in the way of v, or of why it ends.
func (v Sponsorship) why() string {
	if v.Outcome.Code == "" && v.Wish.AdminInitiated && v.Waiting() {
		return CodeStaysHome
	}
	return v.Outcome.Code
}

// inviteView is a sponsorship that an admin has made, as clients know it. The members
// after Removed are Coffre's own.
type inviteView struct {
	MemberID       id.ID      `json:"sponsoringOrganizationUserId"`
	FriendlyName   string     `json:"friendlyName"`
	Email          *string    `json:"offeredToEmail"` // null in a cloud once it is redeemed
	Type           int        `json:"planSponsorshipType"`
	LastSync       *time.Time `json:"lastSyncDate"`
	ValidUntil     *time.Time `json:"validUntil"`
	ToDelete       bool       `json:"toDelete"`
	AdminInitiated bool       `json:"isAdminInitiated"`
	Notes          *string    `json:"notes"`
	Removed        bool       `json:"cloudSponsorshipRemoved"`
	ID             id.ID      `json:"id"`
	State          State      `json:"state"`
	Date           *time.Time `json:"date"`
	Code           *string    `json:"code"`
	Object         string     `json:"object"`
}

func inviteOf(v Sponsorship, now time.Time, life time.Duration) inviteView {
	email := v.Wish.Email
	if inCloud := !v.Outcome.OfferedAt.IsZero(); inCloud && v.Redeemed() {
		email = ""
	}
	state, date := v.Shown(now, life)
	return inviteView{
		MemberID: v.MemberID, FriendlyName: v.Wish.FriendlyName, Email: optional(email), Type: v.Wish.Type,
		LastSync: optional(v.LastSync()), ValidUntil: optional(v.Outcome.ValidUntil), ToDelete: v.ToDelete(),
		AdminInitiated: v.Wish.AdminInitiated, Notes: optional(v.Wish.Notes),
		ID: v.ID, State: state, Date: optional(date), Code: optional(v.why()), Object: "organizationSponsorship",
	}
}

// benefitView is the sponsorship of a Families organization, as its owner reads it.
type benefitView struct {
	OrganizationID id.ID      `json:"organizationId"`
	Sponsor        *string    `json:"sponsoringOrganizationName"` // null once it is deleted
	State          State      `json:"state"`
	ValidUntil     *time.Time `json:"validUntil"`
	Ends           bool       `json:"ends"` // with what is paid, as things stand
	Code           *string    `json:"code"` // why
	Removable      bool       `json:"removable"`
	CentsAfter     int64      `json:"amountAfterwardsCents"`
	Annual         bool       `json:"isAnnual"`
	PaymentNeeded  bool       `json:"paymentNeeded"`
	OwedCents      int64      `json:"owedCents"`
	DueDate        *time.Time `json:"dueDate"`
	Object         string     `json:"object"`
}

func benefitOf(b Benefit, orgID id.ID, now time.Time) benefitView {
	state, _ := b.Shown(now, 0)
	return benefitView{
		OrganizationID: orgID, Sponsor: optional(b.Sponsor), State: state, ValidUntil: optional(b.Outcome.ValidUntil),
		Ends: b.Code != "", Code: optional(b.Code), Removable: b.Outcome.State == Active,
		CentsAfter: b.Cents, Annual: b.Annual, PaymentNeeded: b.OwedCents > 0, OwedCents: b.OwedCents, DueDate: optional(b.DueAt),
		Object: "sponsoredOrganization",
	}
}

// changeView is an entry of the log of an organization's sponsorships.
type changeView struct {
	ID             id.ID     `json:"id"`
	SponsorshipID  id.ID     `json:"sponsorshipId"`
	OrganizationID id.ID     `json:"organizationId"`
	ActorID        id.ID     `json:"actingUserId"`
	InstallationID id.ID     `json:"installationId"`
	What           What      `json:"change"`
	State          State     `json:"state"`
	Code           *string   `json:"code"`
	At             time.Time `json:"date"`
	Object         string    `json:"object"`
}

func changeOf(v Change) changeView {
	return changeView{
		v.ID, v.SponsorshipID, v.OrganizationID, v.ActorID, v.InstallationID, v.What, v.State, optional(v.Code), v.At, "sponsorshipChange",
	}
}

// optional is null for what is empty.
func optional[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}
