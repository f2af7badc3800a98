package sponsorship_test

import (
	"errors"
	"testing"
	"time"

	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/sponsorship"
)

// Scenario 37.
func TestRevokedOfferIsGoneAndItsTokenDead(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.offered(t, s)
		must(t, c.Revoke(t.Context(), s.caller, s.org.ID))
		refused(t, c.Offered(t.Context(), r.token, r.email), "offer-withdrawn")
		if _, found := c.own(t, s); found {
			t.Error("the offer is still there")
		}
		given, err := c.Families(t.Context(), s.caller)
		if len(given) != 0 || err != nil {
			t.Errorf("profile: %v, %v", given, err)
		}
		if n := c.rows(t); n != 1 {
			t.Errorf("%d skeletons, want 1", n)
		}
		refused(t, c.Revoke(t.Context(), s.caller, s.org.ID), "no-sponsorship")
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to(r.email)))
	})
}

// Scenarios 38 and 39, 141 for the fields that clients look at.
func TestRedeemedSponsorshipEndsWithItsPaidTime(t *testing.T) {
	ways := map[string]func(t *testing.T, c *cloud, s sponsor, r taken){
		"revoked by the member": func(t *testing.T, c *cloud, s sponsor, _ taken) {
			must(t, c.Revoke(t.Context(), s.caller, s.org.ID))
		},
		"removed by the owner": func(t *testing.T, c *cloud, _ sponsor, r taken) {
			must(t, c.Remove(t.Context(), r.caller, r.org.ID))
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
				r := c.redeemed(t, s)
				for range 2 { // again changes nothing
					way(t, c, s, r)
				}
				v, _ := c.own(t, s)
				state, date := v.Shown(c.clock.Now(), 30*24*time.Hour)
				if state != sponsorship.Ending || !date.Equal(c.paidUntil(t, r.org.ID)) || v.Waiting() {
					t.Errorf("got %s until %v, %+v", state, date, v)
				}
				given, err := c.Families(t.Context(), s.caller)
				must(t, err)
				want := org.FamilySponsorship{FriendlyName: v.Wish.FriendlyName, ValidUntil: c.paidUntil(t, r.org.ID), ToDelete: true}
				if given[s.member.ID] != want {
					t.Errorf("profile: got %+v, want %+v", given[s.member.ID], want)
				}
				if !c.sponsored(t, r.org.ID) {
					t.Error("the subscription is not free any more")
				}
			})
		})
	}
}

// Scenario 40.
func TestOnlyTheOwnerRemovesASponsorship(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.redeemed(t, s)
		before, _ := c.own(t, s)
		admin := c.person(t, "admin@family.example")
		c.join(t, r.org, admin, org.Confirmed, org.Admin)
		gone(t, c.Remove(t.Context(), admin, r.org.ID))
		gone(t, c.Remove(t.Context(), s.caller, r.org.ID))
		if after, _ := c.own(t, s); after != before {
			t.Errorf("before %+v, after %+v", before, after)
		}
		refused(t, c.Remove(t.Context(), r.caller, c.families(t, r.caller).ID), "not-sponsored")
	})
}

// Scenario 41, as far as the subscription goes.
func TestWhatEndsIsOverWithItsPaidTime(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.redeemed(t, s)
		must(t, c.Revoke(t.Context(), s.caller, s.org.ID))
		must(t, c.EndDue(t.Context()))
		if !c.sponsored(t, r.org.ID) {
			t.Fatal("ended too early")
		}
		c.clock.Advance(c.paidUntil(t, r.org.ID).Sub(c.clock.Now()))
		c.Billing = failing{c.money, errors.New("broken")}
		if c.EndDue(t.Context()) == nil || !c.sponsored(t, r.org.ID) {
			t.Error("half of an end stayed")
		}
		c.Billing = c.money
		must(t, c.EndDue(t.Context()))
		if _, found := c.own(t, s); found || c.sponsored(t, r.org.ID) {
			t.Error("it goes on")
		}
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("other@family.example")))
	})
}

// Scenario 45.
func TestRevokedAndRestoredMemberKeepsTheSponsorship(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		c.redeemed(t, s)
		before, _ := c.own(t, s)
		for _, status := range []org.Status{org.Revoked, org.Confirmed} {
			c.exec(t, `UPDATE member SET status = $1 WHERE id = $2`, status, s.member.ID)
		}
		if after, _ := c.own(t, s); after != before {
			t.Errorf("before %+v, after %+v", before, after)
		}
	})
}

// Scenario 51, and what a skeleton keeps.
func TestUnrenewedSponsorshipIsCleanedUpAfterNinetyDays(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.redeemed(t, s)
		const day = 24 * time.Hour
		c.clock.Advance(c.paidUntil(t, r.org.ID).Sub(c.clock.Now()) + 89*day)
		must(t, c.EndDue(t.Context()))
		v, found := c.own(t, s)
		if !found {
			t.Fatal("gone after 89 days")
		}
		c.clock.Advance(2 * day)
		must(t, c.EndDue(t.Context()))
		if _, found := c.own(t, s); found || c.sponsored(t, r.org.ID) {
			t.Error("still there after 91 days")
		}
		c.clock.Advance(91 * day)
		must(t, c.Clean(t.Context()))
		skeleton, err := c.store.Get(t.Context(), v.ID)
		must(t, err)
		if skeleton.Wish.Email != "" || skeleton.Wish.FriendlyName != "" || skeleton.Wish.Revision != v.Wish.Revision {
			t.Errorf("got %+v", skeleton)
		}
	})
}

// Scenario 47.
func TestMemberOffersAgainWhenTheSponsoredOrganizationIsDeleted(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.redeemed(t, s)
		c.exec(t, `DELETE FROM organization WHERE id = $1`, r.org.ID)
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("other@family.example")))
		if v, _ := c.own(t, s); v.Outcome.State != sponsorship.Offered || v.Wish.Email != "other@family.example" {
			t.Errorf("got %+v", v)
		}
	})
}

// Scenario 62.
func TestManagerDoesNotReachPersonalSponsorships(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("a@b.example")))
		gone(t, c.RevokeAdminInitiated(t.Context(), s.owner, s.org.ID, "a@b.example"))
		v, found := c.own(t, s)
		if !found {
			t.Fatal("revoked")
		}
		v.ID = id.New()
		v.OriginID, v.Wish.AdminInitiated, v.Wish.FriendlyName = v.ID, true, "Guest"
		must(t, c.store.Save(t.Context(), v))
		gone(t, c.RevokeAdminInitiated(t.Context(), s.caller, s.org.ID, "guest"))
		must(t, c.RevokeAdminInitiated(t.Context(), s.owner, s.org.ID, "guest"))
		if list, err := c.ListAdminInitiated(t.Context(), s.owner, s.org.ID); len(list) != 0 || err != nil {
			t.Errorf("got %v, %v", list, err)
		}
	})
}
