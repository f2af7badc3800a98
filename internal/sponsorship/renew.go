package sponsorship

import (
	"context"
	"time"

	"coffre/internal/id"
	"coffre/internal/plan"
)

// Footing is on what a sponsorship stands: the organization that gives, as it is.
type Footing struct {
	Name         string
	Exists       bool
	Enabled      bool
	ExpiresAt    time.Time
	Plan         plan.Type
	Features     plan.Features
	Barred       bool      // by policy
	LastExchange time.Time // with the server of a member elsewhere
}

// Check returns the code of the first reason why a sponsorship does not go on once
// its paid time is over, "" when it does. Most organizations that are disabled are
// late with a payment, so they give on for a while.
func (f Footing) Check(v Sponsorship, now time.Time) string {
	switch {
	case v.Outcome.State != Active:
		return orElse(v.Outcome.Code, CodePeriodOver)
	case !f.Exists:
		return CodeSponsorGone
	case !f.Enabled && (f.ExpiresAt.IsZero() || now.Sub(f.ExpiresAt) > Grace):
		return CodeOrganizationDisabled
	case !f.Plan.Sponsors():
		return CodePlanTooLow
	case v.Wish.AdminInitiated && !f.Features.UseAdminSponsoredFamilies:
		return CodeAdminNotAllowed
	case f.Barred:
		return CodeDisabledByPolicy
	case v.Birthplace != Here && now.Sub(f.LastExchange) > lapse:
		return CodeSyncLapsed
	}
	return ""
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// Renew reports whether the sponsorship of a Families organization goes on when its
// period ends, and if so notes that the next one is paid until an instant. One that
// was to end with the period, or has lost what it stands on, ends now.
func (c *Cloud) Renew(ctx context.Context, sponsoredOrgID id.ID, until time.Time) (goesOn bool, err error) {
	v, found, err := c.Store.FindBySponsored(ctx, sponsoredOrgID)
	if err != nil || !found {
		return false, err
	}
	err = c.changeOf(ctx, sponsoredOrgID, v, func(ctx context.Context, v Sponsorship) error {
		if v.Outcome.SponsoredOrganizationID != sponsoredOrgID {
			return nil // ended while it waited
		}
		on, err := c.Store.Footings(ctx, []id.ID{v.ID})
		if err != nil {
			return err
		}
		if code := on[v.ID].Check(v, c.Now()); code != "" {
			return c.end(ctx, nobody, v, code)
		}
		goesOn = true
		return c.Save(ctx, nobody, Step{v, v.prolonged(until, c.Now())})
	})
	return goesOn && err == nil, err
}
