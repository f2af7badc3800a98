package sponsorship

import (
	"context"
	"errors"

	"coffre/internal/id"
)

// mostInTrial is how many sponsorships an organization gives before it has paid for
// anything, so that trials are no source of free organizations.
const mostInTrial = 5

// trialOffers returns how many sponsorships an organization may still give in its
// trial; limited is false for one that is in none.
func (c *Cloud) trialOffers(ctx context.Context, orgID id.ID) (left int, limited bool, err error) {
	if limited, err = c.Billing.OnTrial(ctx, orgID); err != nil || !limited {
		return 0, false, err
	}
	alive, err := c.Store.CountAlive(ctx, orgID)
	return max(0, mostInTrial-alive), true, err
}

// endUnpaidTrials ends at once what was redeemed from organizations whose trial is
// over and that have never paid: their benefit was that of the trial.
func (c *Cloud) endUnpaidTrials(ctx context.Context) error {
	var failures []error
	for after := (id.ID{}); ; {
		list, err := c.Store.ListOfUnpaidTrials(ctx, after, page)
		if err != nil || len(list) == 0 {
			return errors.Join(append(failures, err)...)
		}
		for _, v := range list {
			failures = append(failures, c.changeOf(ctx, v.Outcome.SponsoredOrganizationID, v, c.endUnpaidTrial))
		}
		after = list[len(list)-1].ID
	}
}

func (c *Cloud) endUnpaidTrial(ctx context.Context, v Sponsorship) error {
	still, err := c.Store.OfUnpaidTrial(ctx, v.ID)
	if err != nil || !still {
		return err // paid, or ended, while it waited
	}
	return c.end(ctx, nobody, v, CodeOrganizationDisabled)
}
