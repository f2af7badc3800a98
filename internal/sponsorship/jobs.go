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
	for {
		n, err := h.endStale(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			return h.Store.Erase(ctx, h.Now().Add(-stale))
		}
	}
}

// endStale ends a page of what has not been renewed, and returns how many there were.
// A sync that is under way meanwhile leaves alone what has ended.
func (h *SelfHosted) endStale(ctx context.Context) (n int, err error) {
	err = h.Store.Tx(ctx, func(ctx context.Context) error {
		list, err := h.Store.ListStale(ctx, h.Now().Add(-stale), page)
		if n = len(list); err != nil {
			return err
		}
		steps := make([]Step, n)
		for i, v := range list {
			steps[i] = Step{v, v.Ended(CodePeriodOver, h.Now())}
		}
		return h.Keep(ctx, nobody, steps...)
	})
	return n, err
}

// Schedule has a queue do the periodic work of a cloud.
func (c *Cloud) Schedule(q *jobs.Queue) {
	q.Every("sponsorship-clean", jobs.Daily(2, 40), c.Clean)
	q.Every("sponsorship-tell", jobs.Interval(time.Hour), c.TellEnding)
	q.Every("sponsorship-end", jobs.Interval(time.Hour), c.EndDue)
}

// Clean forgets the recipients of what ended 90 days ago. The skeletons stay, so
// that nothing late revives them.
func (c *Cloud) Clean(ctx context.Context) error { return c.Store.Erase(ctx, c.Now().Add(-stale)) }

// EndDue ends what was revoked or removed once it is paid no longer, what nobody has
// renewed for 90 days, what has lost its Families organization, and what came from a
// trial that nobody has paid for; the others are back on their normal price. One that
// cannot be ended does not hold up the rest.
func (c *Cloud) EndDue(ctx context.Context) error {
	over := func(ctx context.Context, after id.ID) ([]Sponsorship, error) {
		return c.Store.ListOver(ctx, c.Now(), c.Now().Add(-stale), after, page)
	}
	ofTrials := func(ctx context.Context, after id.ID) ([]Sponsorship, error) {
		return c.Store.ListOfUnpaidTrials(ctx, after, page)
	}
	return errors.Join(c.endEach(ctx, over, c.endOver), c.endEach(ctx, ofTrials, c.endUnpaidTrial))
}

// endEach hands each of what list returns, which goes on behind an id, to end under its
// locks, and returns what went wrong with any.
func (c *Cloud) endEach(ctx context.Context, list func(ctx context.Context, after id.ID) ([]Sponsorship, error),
	end func(ctx context.Context, v Sponsorship) error,
) error {
	var failures []error
	for after := (id.ID{}); ; {
		due, err := list(ctx, after)
		if err != nil || len(due) == 0 {
			return errors.Join(append(failures, err)...)
		}
		for _, v := range due {
			failures = append(failures, c.changeOf(ctx, v.Outcome.SponsoredOrganizationID, v, end))
		}
		after = due[len(due)-1].ID
	}
}

func (c *Cloud) endOver(ctx context.Context, v Sponsorship) error {
	if !v.over(c.Now()) {
		return nil // changed while it waited
	}
	return c.end(ctx, nobody, v, "")
}

// end puts the Families organization of v back on its normal price, writes to who
// pays unless that was done before, and makes a skeleton of v. An empty code is that
// which v has.
func (c *Cloud) end(ctx context.Context, by Actor, v Sponsorship, code string) error {
	if v.orphaned() {
		return c.Save(ctx, by, Step{v, v.Ended(CodeTargetGone, c.Now())})
	}
	told, err := c.tell(ctx, v)
	if err != nil {
		return err
	}
	if err := c.Billing.EndSponsorship(ctx, v.Outcome.SponsoredOrganizationID); err != nil {
		return err
	}
	if code == "" && v.Outcome.State == Ending {
		code = v.Outcome.Code
	}
	over := v.Ended(orElse(code, CodePeriodOver), c.Now())
	if told {
		over.Outcome.ToldAt = c.Now()
	}
	return c.Save(ctx, by, Step{v, over})
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
