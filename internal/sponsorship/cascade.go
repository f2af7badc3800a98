package sponsorship

import (
	"context"
	"slices"

	"coffre/internal/id"
	"coffre/internal/org"
)

// What other rooms tell of in the transaction of their change follows. What nobody
// has redeemed dies with its cause, what is redeemed ends with its paid time, on
// every engine alike.

// Leaving prepares the removal of a person, in its transaction, before any other room
// does. It takes the locks of all organizations to which the person is tied, then those
// of the sponsorships that these give or live from, each in the order of ids, so that
// people who go at once, and whoever redeems meanwhile, do not wait for each other.
func (c *Cloud) Leaving(ctx context.Context, accountID id.ID) error {
	if err := c.Organizations.LockTied(ctx, accountID); err != nil {
		return err
	}
	ties, err := c.Organizations.Ties(ctx, accountID)
	if err != nil || len(ties) == 0 {
		return err
	}
	tied := make([]id.ID, len(ties))
	for i, m := range ties {
		tied[i] = m.Organization.ID
	}
	givers, err := c.Store.GiversTo(ctx, tied)
	if err != nil {
		return err
	}
	all := append(tied, givers...)
	slices.SortFunc(all, func(a, b id.ID) int { return slices.Compare(a[:], b[:]) })
	for _, orgID := range slices.Compact(all) {
		if err := c.lock(ctx, orgID); err != nil {
			return err
		}
	}
	return nil
}

// MembersLeave ends what members of an organization give who are about to go, in the
// transaction of ctx.
func (c *Cloud) MembersLeave(ctx context.Context, orgID id.ID, memberIDs []id.ID) error {
	return c.Locked(ctx, orgID, func(ctx context.Context) error {
		list, err := c.Store.ListByMemberIDs(ctx, memberIDs)
		if err != nil {
			return err
		}
		return c.close(ctx, requester(ctx), CodeSponsorLeft, list)
	})
}

// Closing ends what an organization gives that is about to be deleted, and that from
// which it lives, in the transaction of ctx.
func (c *Cloud) Closing(ctx context.Context, o org.Organization) error {
	err := c.Locked(ctx, o.ID, func(ctx context.Context) error {
		list, err := c.Store.ListByOrganization(ctx, o.ID)
		if err != nil {
			return err
		}
		return c.close(ctx, requester(ctx), CodeSponsorGone, list)
	})
	if err != nil {
		return err
	}
	return c.lose(ctx, o.ID, CodeTargetGone)
}

// Outgrown ends the sponsorship of an organization that is on a higher plan now, in
// the transaction of ctx. Its subscription is the business of who calls.
func (c *Cloud) Outgrown(ctx context.Context, sponsoredOrgID id.ID) error {
	return c.lose(ctx, sponsoredOrgID, CodeTargetOutgrew)
}

// lose ends at once the sponsorship from which an organization lives that can have
// one no longer.
func (c *Cloud) lose(ctx context.Context, sponsoredOrgID id.ID, code string) error {
	v, found, err := c.Store.FindBySponsored(ctx, sponsoredOrgID)
	if err != nil || !found {
		return err
	}
	return c.change(ctx, v, func(ctx context.Context, v Sponsorship) error {
		if v.Outcome.SponsoredOrganizationID != sponsoredOrgID || v.Outcome.State == Ended {
			return nil
		}
		return c.Save(ctx, requester(ctx), Step{v, v.Ended(code, c.Now())})
	})
}

func (c *Cloud) close(ctx context.Context, by Actor, code string, list []Sponsorship) error {
	steps := make([]Step, len(list))
	for i, v := range list {
		steps[i] = Step{v, v.Closed(code, c.Now())}
	}
	return c.Save(ctx, by, steps...)
}

// MembersLeave takes the wishes of members back who are about to go, in the
// transaction of ctx. The cloud hears of it with the next sync.
func (h *SelfHosted) MembersLeave(ctx context.Context, orgID id.ID, memberIDs []id.ID) error {
	return h.Locked(ctx, orgID, func(ctx context.Context) error {
		list, err := h.Store.ListByMemberIDs(ctx, memberIDs)
		if err != nil {
			return err
		}
		return h.withdraw(ctx, requester(ctx), list...)
	})
}

// Closing ends the wishes of an organization that is about to be deleted, in the
// transaction of ctx. The connection goes along, so the cloud finds out by silence.
func (h *SelfHosted) Closing(ctx context.Context, o org.Organization) error {
	return h.Locked(ctx, o.ID, func(ctx context.Context) error {
		list, err := h.Store.ListByOrganization(ctx, o.ID)
		if err != nil {
			return err
		}
		steps := make([]Step, len(list))
		for i, v := range list {
			steps[i] = Step{v, v.Ended(CodeSponsorGone, h.Now())}
		}
		return h.Keep(ctx, requester(ctx), steps...)
	})
}
