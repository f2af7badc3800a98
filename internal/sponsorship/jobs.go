package sponsorship

import (
	"context"
	"errors"
	"time"

	"coffre/internal/id"
	"coffre/internal/jobs"
)

const (
	// stale is how long after its paid time an unrenewed sponsorship is kept, and
	// after its end what it says of the recipient.
	stale = 90 * 24 * time.Hour
	page  = 100 // rows that are looked at together
)

// Schedule has a queue do the periodic work of a self-hosted server.
func (h *SelfHosted) Schedule(q *jobs.Queue) {
	q.Every("sponsorship-clean", jobs.Daily(2, 40), h.Clean)
}

// Clean ends what the cloud has not renewed for 90 days, and forgets the recipients
// of what ended 90 days ago. The skeletons stay, so that nothing late revives them.
func (h *SelfHosted) Clean(ctx context.Context) error {
	now := h.Now()
	if err := h.Store.EndStale(ctx, now.Add(-stale), now); err != nil {
		return err
	}
	return h.Store.Erase(ctx, now.Add(-stale))
}

// Schedule has a queue do the periodic work of a cloud.
func (c *Cloud) Schedule(q *jobs.Queue) {
	q.Every("sponsorship-clean", jobs.Daily(2, 40), c.Clean)
	q.Every("sponsorship-end", jobs.Interval(time.Hour), c.EndDue)
}

// Clean forgets the recipients of what ended 90 days ago. The skeletons stay, so
// that nothing late revives them.
func (c *Cloud) Clean(ctx context.Context) error { return c.Store.Erase(ctx, c.Now().Add(-stale)) }

// EndDue ends what was revoked or removed once it is paid no longer, what nobody has
// renewed for 90 days, and what has lost its Families organization; the others are
// back on their normal price. One that cannot be ended does not hold up the rest.
func (c *Cloud) EndDue(ctx context.Context) error {
	var failures []error
	for after := (id.ID{}); ; {
		due, err := c.Store.ListOver(ctx, c.Now(), c.Now().Add(-stale), after, page)
		if err != nil || len(due) == 0 {
			return errors.Join(append(failures, err)...)
		}
		for _, v := range due {
			failures = append(failures, c.change(ctx, v, c.end))
		}
		after = due[len(due)-1].ID
	}
}

func (c *Cloud) end(ctx context.Context, v Sponsorship) error {
	if !v.over(c.Now()) {
		return nil // changed while it waited
	}
	if !v.Outcome.SponsoredOrganizationID.IsZero() {
		if err := c.Billing.EndSponsorship(ctx, v.Outcome.SponsoredOrganizationID); err != nil {
			return err
		}
	}
	code := v.Outcome.Code
	switch {
	case v.orphaned():
		code = CodeTargetGone
	case code == "":
		code = CodePeriodOver
	}
	return c.save(ctx, v.OrganizationID, v.ended(code, c.Now()))
}

// over reports whether the time of v has come to an end, in the cloud.
func (v Sponsorship) over(now time.Time) bool {
	paid := v.Outcome.ValidUntil
	return v.orphaned() || v.Outcome.State == Ending && !paid.After(now) || v.Redeemed() && paid.Before(now.Add(-stale))
}

// orphaned reports, in the cloud, whether the Families organization of v is deleted.
func (v Sponsorship) orphaned() bool {
	return v.Redeemed() && v.Outcome.SponsoredOrganizationID.IsZero()
}
