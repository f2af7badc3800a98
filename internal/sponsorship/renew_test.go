package sponsorship_test

import (
	"testing"
	"time"

	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/sponsorship"
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

// Scenarios 48 and 49, and each other reason why a sponsorship is not renewed.
func TestFootingOfARenewal(t *testing.T) {
	now := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	enterprise, _ := plan.Of(plan.EnterpriseAnnually)
	good := sponsorship.Footing{Exists: true, Enabled: true, Plan: plan.EnterpriseAnnually, Features: enterprise.Features, LastExchange: now}
	active := sponsorship.Sponsorship{Birthplace: sponsorship.Here, Outcome: sponsorship.Outcome{State: sponsorship.Active}}
	const day = 24 * time.Hour
	for name, test := range map[string]struct {
		change func(f *sponsorship.Footing, v *sponsorship.Sponsorship)
		want   string
	}{
		"nothing has changed": {func(*sponsorship.Footing, *sponsorship.Sponsorship) {}, ""},
		"taken back": {func(_ *sponsorship.Footing, v *sponsorship.Sponsorship) {
			v.Outcome.State, v.Outcome.Code = sponsorship.Ending, "revoked"
		}, "revoked"},
		"deleted": {func(f *sponsorship.Footing, _ *sponsorship.Sponsorship) { f.Exists = false }, "organization-gone"},
		"disabled, over for 92 days": {func(f *sponsorship.Footing, _ *sponsorship.Sponsorship) {
			f.Enabled, f.ExpiresAt = false, now.Add(-92*day)
		}, ""},
		"disabled, over for 94 days": {func(f *sponsorship.Footing, _ *sponsorship.Sponsorship) {
			f.Enabled, f.ExpiresAt = false, now.Add(-94*day)
		}, "organization-disabled"},
		"disabled without an end": {func(f *sponsorship.Footing, _ *sponsorship.Sponsorship) { f.Enabled = false }, "organization-disabled"},
		"on a lower plan":         {func(f *sponsorship.Footing, _ *sponsorship.Sponsorship) { f.Plan = plan.TeamsAnnually }, "plan-too-low"},
		"by policy":               {func(f *sponsorship.Footing, _ *sponsorship.Sponsorship) { f.Barred = true }, "disabled-by-policy"},
		"by an admin who may not": {func(_ *sponsorship.Footing, v *sponsorship.Sponsorship) { v.Wish.AdminInitiated = true }, "admin-sponsorship-not-allowed"},
		"by an admin": {func(f *sponsorship.Footing, v *sponsorship.Sponsorship) {
			f.Features.UseAdminSponsoredFamilies, v.Wish.AdminInitiated = true, true
		}, ""},
		"silent for 181 days": {func(f *sponsorship.Footing, v *sponsorship.Sponsorship) {
			v.Birthplace, f.LastExchange = "v1:x", now.Add(-181*day)
		}, ""},
		"silent for 184 days": {func(f *sponsorship.Footing, v *sponsorship.Sponsorship) {
			v.Birthplace, f.LastExchange = "v1:x", now.Add(-184*day)
		}, "sync-lapsed"},
		"never a server's": {func(f *sponsorship.Footing, _ *sponsorship.Sponsorship) { f.LastExchange = time.Time{} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, v := good, active
			test.change(&f, &v)
			if got := f.Check(v, now); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Scenario 48 on the engines.
func TestDisabledOrganizationGivesForAWhileLonger(t *testing.T) {
	const day = 24 * time.Hour
	for name, test := range map[string]struct {
		ago  time.Duration // that it has expired, at the renewal; 0 says nothing of it
		want bool
	}{"92 days": {92 * day, true}, "94 days": {94 * day, false}, "no end": {0, false}} {
		t.Run(name, func(t *testing.T) {
			onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
				r := c.redeemed(t, s)
				end := c.paidUntil(t, r.org.ID)
				expired := time.Time{}
				if test.ago > 0 {
					expired = end.Add(-test.ago)
				}
				c.setPlan(t, s.org.ID, plan.EnterpriseAnnually, false, expired)
				c.until(end)
				must(t, c.money.Renew(t.Context()))
				if got := c.sponsored(t, r.org.ID); got != test.want {
					t.Errorf("renewed: %v, want %v", got, test.want)
				}
			})
		})
	}
}

// Scenario 49 on the engines: what counts is the last exchange of the server, even one
// that says nothing of the sponsorship, and never the date of a row.
func TestSilentServersSponsorshipIsNotRenewed(t *testing.T) {
	const day = 24 * time.Hour
	for name, test := range map[string]struct {
		silent time.Duration
		want   bool
	}{"181 days": {181 * day, true}, "184 days": {184 * day, false}} {
		t.Run(name, func(t *testing.T) {
			apart(t, func(t *testing.T, p *pair) {
				recipient := p.cloud.person(t, "aunt@family.example")
				families := p.cloud.families(t, recipient)
				p.offer(t, "aunt@family.example")
				p.sync(t)
				must(t, p.cloud.Redeem(t.Context(), recipient, p.cloud.token(t), families.ID))
				end := p.cloud.paidUntil(t, families.ID)
				p.cloud.clock.Advance(end.Sub(p.cloud.clock.Now()) - test.silent)
				other := p.home.person(t, "other@acme.example")
				p.home.join(t, p.local.org, other, org.Confirmed, org.User)
				must(t, p.home.Offer(t.Context(), other, p.local.org.ID, to("uncle@family.example")))
				p.sync(t)
				p.cloud.exec(t, `UPDATE sponsorship SET synced_at = 1`)
				p.cloud.until(end)
				must(t, p.cloud.money.Renew(t.Context()))
				if got := p.cloud.sponsored(t, families.ID); got != test.want {
					t.Errorf("renewed: %v, want %v", got, test.want)
				}
			})
		})
	}
}
