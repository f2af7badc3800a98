package sponsorship

import (
	"context"
	"time"

	"coffre/internal/id"
)

// Renew reports whether the sponsorship of a Families organization goes on when its
// period ends, and if so notes that the next one is paid until an instant. One that
// was to end with the period ends now.
func (c *Cloud) Renew(ctx context.Context, sponsoredOrgID id.ID, until time.Time) (goesOn bool, err error) {
	v, found, err := c.Store.FindBySponsored(ctx, sponsoredOrgID)
	if err != nil || !found {
		return false, err
	}
	err = c.change(ctx, v, func(ctx context.Context, v Sponsorship) error {
		if v.Outcome.State != Active || v.Outcome.SponsoredOrganizationID != sponsoredOrgID {
			return c.end(ctx, v)
		}
		goesOn = true
		return c.save(ctx, v.OrganizationID, v.prolonged(until, c.Now()))
	})
	return goesOn && err == nil, err
}

// prolonged notes up to when the next period is paid.
func (v Sponsorship) prolonged(until, now time.Time) Sponsorship {
	v.Outcome.ValidUntil, v.RevisedAt = until, now
	return v
}
