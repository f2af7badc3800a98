package sponsorship_test

import (
	"testing"
	"time"
)

// until moves the clock on to an instant, and a little further.
func (c *cloud) until(at time.Time) { c.clock.Advance(at.Sub(c.clock.Now()) + time.Second) }

// Scenario 50.
func TestSponsorshipLastsAsLongAsThePeriodThatRenews(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.redeemed(t, s)
		end := c.paidUntil(t, r.org.ID)
		c.until(end)
		for range 2 { // again changes nothing
			must(t, c.money.Renew(t.Context()))
			must(t, c.EndDue(t.Context()))
		}
		v, found := c.own(t, s)
		if next := c.paidUntil(t, r.org.ID); !found || !next.Equal(end.AddDate(1, 0, 0)) || !v.Outcome.ValidUntil.Equal(next) || !c.sponsored(t, r.org.ID) {
			t.Errorf("got %+v, paid until %v", v.Outcome, next)
		}
	})
}

// Scenario 41, whichever job comes first.
func TestSponsorshipThatWasTakenBackEndsWithItsPeriod(t *testing.T) {
	for name, jobs := range map[string][]func(*cloud) error{
		"renewal first":            {func(c *cloud) error { return c.money.Renew(t.Context()) }, func(c *cloud) error { return c.EndDue(t.Context()) }},
		"end of sponsorship first": {func(c *cloud) error { return c.EndDue(t.Context()) }, func(c *cloud) error { return c.money.Renew(t.Context()) }},
	} {
		t.Run(name, func(t *testing.T) {
			onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
				r := c.redeemed(t, s)
				must(t, c.Revoke(t.Context(), s.caller, s.org.ID))
				c.until(c.paidUntil(t, r.org.ID))
				for range 2 {
					for _, job := range jobs {
						must(t, job(c))
					}
				}
				if _, found := c.own(t, s); found || c.sponsored(t, r.org.ID) {
					t.Error("the sponsorship goes on")
				}
				list, err := c.money.Invoices(t.Context(), r.caller, r.org.ID)
				must(t, err)
				if v := list[0]; len(v.Lines) == 0 || v.Lines[0].AmountCents != 4000 || !c.paidUntil(t, r.org.ID).After(c.clock.Now()) {
					t.Errorf("the next year is not charged: %+v", v)
				}
			})
		})
	}
}

// A Families organization that nobody sponsors any more is told no lie.
func TestNothingIsRenewedThatIsNotThere(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		goesOn, err := c.Renew(t.Context(), s.org.ID, c.clock.Now())
		if goesOn || err != nil {
			t.Errorf("got %v, %v", goesOn, err)
		}
	})
}
