package sponsorship

import (
	"context"

	"coffre/internal/id"
)

// mostInTrial is how many sponsorships an organization gives before it has paid for
// anything, so that trials are no source of free organizations.
const mostInTrial = 5

// TrialOffers returns how many sponsorships an organization may still give in its
// trial; limited is false for one that is in none.
func (c *Cloud) TrialOffers(ctx context.Context, orgID id.ID) (left int, limited bool, err error) {
	if limited, err = c.Billing.OnTrial(ctx, orgID); err != nil || !limited {
		return 0, false, err
	}
	alive, err := c.Store.CountAlive(ctx, orgID)
	return max(0, mostInTrial-alive), true, err
}

// endUnpaidTrial ends at once what was redeemed from an organization whose trial is
// over and that has never paid: its benefit was that of the trial.
func (c *Cloud) endUnpaidTrial(ctx context.Context, v Sponsorship) error {
	still, err := c.Store.OfUnpaidTrial(ctx, v.ID)
	if err != nil || !still {
		return err // paid, or ended, while it waited
	}
	return c.end(ctx, nobody, v, CodeOrganizationDisabled)
}
