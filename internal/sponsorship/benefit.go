package sponsorship

import (
	"context"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// Benefit is what the owner of a Families organization sees of the sponsorship from
// which it lives, or has lived until lately.
type Benefit struct {
	Sponsorship
	Sponsor   string // the name of the organization that gives; "" when it is deleted
	Code      string // why it ends with the paid time, as things stand; "" when it goes on
	Cents     int64  // what a period costs once nobody sponsors it
	Annual    bool
	OwedCents int64 // what is to be paid, by DueAt
	DueAt     time.Time
}

// Benefit returns it to the owner, and fault.Gone to everyone else, and for an
// organization that nobody has sponsored in the last 90 days.
func (c *Cloud) Benefit(ctx context.Context, caller, orgID id.ID) (Benefit, error) {
	if _, err := c.Organizations.ForOwner(ctx, caller, orgID); err != nil {
		return Benefit{}, err
	}
	v, found, err := c.Store.FindLastBySponsored(ctx, orgID, c.Now().Add(-stale))
	if err == nil && !found {
		err = fault.Gone
	}
	if err != nil {
		return Benefit{}, err
	}
	on, err := c.Store.Footings(ctx, []id.ID{v.ID})
	if err != nil {
		return Benefit{}, err
	}
	follows, err := c.Billing.Afterwards(ctx, orgID)
	if err != nil {
		return Benefit{}, err
	}
	b := Benefit{
		Sponsorship: v, Sponsor: on[v.ID].Name, Code: on[v.ID].Check(v, c.Now()), Cents: follows[orgID].Cents, Annual: follows[orgID].Annual,
	}
	b.OwedCents, b.DueAt, err = c.Billing.Owed(ctx, orgID)
	return b, err
}
