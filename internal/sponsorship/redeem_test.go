package sponsorship_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/seal"
	"coffre/internal/sponsorship"
)

// Scenarios 16, 17, 27, 28.
func TestOfferIsRedeemedOnce(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.offered(t, s)
		got, err := c.Validate(t.Context(), r.caller, r.token)
		made, _ := c.own(t, s)
		want := sponsorship.Validity{Valid: true, Sponsor: s.org.Name, Until: made.Outcome.OfferedAt.AddDate(0, 0, 30)}
		if got != want || err != nil {
			t.Errorf("before: got %+v, %v", got, err)
		}
		must(t, c.Redeem(t.Context(), r.caller, r.token, r.org.ID))
		v, _ := c.own(t, s)
		if v.Outcome.State != sponsorship.Active || v.Outcome.SponsoredOrganizationID != r.org.ID ||
			!v.Outcome.ValidUntil.Equal(c.paidUntil(t, r.org.ID)) || v.Outcome.RedeemedBy != r.caller || v.Outcome.Sequence != 2 {
			t.Errorf("got %+v", v.Outcome)
		}
		if v.Wish.Email != r.email {
			t.Errorf("the recipient is forgotten: %q", v.Wish.Email)
		}
		paid := c.subscription(t, r.org.ID)
		if !paid.Sponsored || paid.CreditCents == 0 || paid.ExtraStorageGB != 2 || paid.Cents() == 0 {
			t.Errorf("the plan is not free, or the storage is: %+v", paid)
		}
		got, err = c.Validate(t.Context(), r.caller, r.token)
		if got.Valid || got.Sponsor != "" || fault.CodeOf(got.Why) != "already-redeemed" || err != nil {
			t.Errorf("after: got %+v, %v", got, err)
		}
		other := c.families(t, r.caller)
		refused(t, c.Redeem(t.Context(), r.caller, r.token, other.ID), "already-redeemed")
		if again, _ := c.own(t, s); again != v || c.sponsored(t, other.ID) {
			t.Error("the replay changed something")
		}
	})
}

// Scenario 18.
func TestConcurrentRedemptionsSucceedOnce(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.offered(t, s)
		targets := []id.ID{r.org.ID}
		for range 3 {
			targets = append(targets, c.families(t, r.caller).ID)
		}
		results := make([]error, 2*len(targets))
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() { results[i] = c.Redeem(t.Context(), r.caller, r.token, targets[i%len(targets)]) })
		}
		wg.Wait()
		good, free := 0, 0
		for _, err := range results {
			if err == nil {
				good++
				continue
			}
			refused(t, err, "already-redeemed")
		}
		for _, target := range targets {
			if c.sponsored(t, target) {
				free++
			}
		}
		if good != 1 || free != 1 {
			t.Errorf("%d succeeded and %d subscriptions are free, want 1 and 1", good, free)
		}
	})
}

func TestConcurrentOffersAreNotRedeemedOnOneOrganization(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.offered(t, s)
		other := c.sponsor(t)
		must(t, c.Offer(t.Context(), other.caller, other.org.ID, to(r.email)))
		tokens := []string{r.token, c.token(t)}
		results := make([]error, 2)
		var wg sync.WaitGroup
		for i, token := range tokens {
			wg.Go(func() { results[i] = c.Redeem(t.Context(), r.caller, token, r.org.ID) })
		}
		wg.Wait()
		if (results[0] == nil) == (results[1] == nil) {
			t.Errorf("got %v", results)
		}
	})
}

// Scenario 19.
func TestForgedTokenIsInvalid(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.offered(t, s)
		v, _ := c.own(t, s)
		foreign, err := seal.Open(t.Context(), second(t, c.db), make([]byte, seal.KeySize), c.clock.Now)
		must(t, err)
		forged, err := foreign.Token("offer", map[string]any{"id": v.ID, "email": v.Wish.Email, "type": 0, "offer": v.Wish.Offer})
		must(t, err)
		otherUse, err := c.keys.Token("signup", map[string]any{"id": v.ID, "email": v.Wish.Email, "type": 0, "offer": v.Wish.Offer})
		must(t, err)
		const prefix = "BWOrganizationSponsorship_"
		tests := []string{
			"", prefix, strings.TrimPrefix(r.token, prefix), prefix + forged, prefix + otherUse,
			r.token[:len(r.token)-10] + string(r.token[len(r.token)-10]^1) + r.token[len(r.token)-9:],
		}
		for _, token := range tests {
			got, err := c.Validate(t.Context(), r.caller, token)
			if got.Valid || got.Sponsor != "" || fault.CodeOf(got.Why) != "offer-invalid" || err != nil {
				t.Errorf("Validate(%q): got %+v, %v", token, got, err)
			}
			refused(t, c.Redeem(t.Context(), r.caller, token, r.org.ID), "offer-invalid")
		}
	})
}

// Scenarios 20 and 21.
func TestOnlyTheRecipientLearnsOfAnOffer(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.offered(t, s)
		stranger := c.person(t, "stranger@family.example")
		target := c.families(t, stranger)
		check := func(caller id.ID, target id.ID) {
			t.Helper()
			got, err := c.Validate(t.Context(), caller, r.token)
			if got.Valid || got.Sponsor != "" || fault.CodeOf(got.Why) != "offer-invalid" || err != nil {
				t.Errorf("got %+v, %v", got, err)
			}
			refused(t, c.Redeem(t.Context(), caller, r.token, target), "offer-invalid")
		}
		check(stranger, target.ID)
		must(t, c.Revoke(t.Context(), s.caller, s.org.ID))
		check(stranger, target.ID) // nor that it is withdrawn
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to(r.email)))
		c.exec(t, `UPDATE account SET email = 'moved@family.example' WHERE id = $1`, r.caller)
		check(r.caller, r.org.ID)
	})
}

// Scenario 22.
func TestOldOfferIsExpiredUntilItIsSentAgain(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.offered(t, s)
		c.clock.Advance(30*24*time.Hour - time.Hour)
		must(t, c.Offered(t.Context(), r.token, r.email))
		c.clock.Advance(time.Hour)
		refused(t, c.Redeem(t.Context(), r.caller, r.token, r.org.ID), "offer-expired")
		must(t, c.Resend(t.Context(), s.caller, s.org.ID, ""))
		refused(t, c.Redeem(t.Context(), r.caller, r.token, r.org.ID), "offer-replaced")
		must(t, c.Redeem(t.Context(), r.caller, c.token(t), r.org.ID))
	})
}

// Scenarios 24, 25, 30, 31, 32: everything is checked again.
func TestRedemptionIsRefused(t *testing.T) {
	tests := map[string]struct {
		prepare func(t *testing.T, c *cloud, s sponsor, r *taken)
		code    string
	}{
		"target of somebody else": {func(t *testing.T, c *cloud, _ sponsor, r *taken) {
			r.org = c.families(t, c.person(t, "x@y.example"))
		}, "target-not-owned"},
		"target administered, not owned": {func(t *testing.T, c *cloud, _ sponsor, r *taken) {
			c.exec(t, `UPDATE member SET type = 1 WHERE organization_id = $1`, r.org.ID)
		}, "target-not-owned"},
		"target unknown": {func(_ *testing.T, _ *cloud, _ sponsor, r *taken) { r.org.ID = id.New() }, "target-not-owned"},
		"target on Teams": {func(t *testing.T, c *cloud, _ sponsor, r *taken) {
			c.setPlan(t, r.org.ID, plan.TeamsAnnually, true, time.Time{})
		}, "target-not-families"},
		"withdrawn": {func(t *testing.T, c *cloud, s sponsor, _ *taken) {
			must(t, c.Revoke(t.Context(), s.caller, s.org.ID))
		}, "offer-withdrawn"},
		"subscription canceled": {func(t *testing.T, c *cloud, _ sponsor, r *taken) {
			c.exec(t, `UPDATE subscription SET status = 'canceled' WHERE organization_id = $1`, r.org.ID)
		}, "target-subscription"},
		"sponsor removed": {func(t *testing.T, c *cloud, s sponsor, _ *taken) {
			c.exec(t, `DELETE FROM member WHERE id = $1`, s.member.ID)
		}, "sponsor-left"},
		"sponsor revoked": {func(t *testing.T, c *cloud, s sponsor, _ *taken) {
			c.exec(t, `UPDATE member SET status = $1 WHERE id = $2`, org.Revoked, s.member.ID)
		}, "sponsor-left"},
		"sponsoring organization downgraded": {func(t *testing.T, c *cloud, s sponsor, _ *taken) {
			c.setPlan(t, s.org.ID, plan.TeamsAnnually, true, time.Time{})
		}, "plan-too-low"},
		"sponsoring organization disabled": {func(t *testing.T, c *cloud, s sponsor, _ *taken) {
			c.setPlan(t, s.org.ID, plan.EnterpriseAnnually, false, time.Time{})
		}, "organization-disabled"},
		"sponsoring organization deleted": {func(t *testing.T, c *cloud, s sponsor, _ *taken) {
			c.exec(t, `DELETE FROM organization WHERE id = $1`, s.org.ID)
		}, "organization-gone"},
		"policy": {func(t *testing.T, c *cloud, s sponsor, _ *taken) { c.bar(t, s.org.ID, true) }, "disabled-by-policy"},
	}
	onCloud(t, func(t *testing.T, c *cloud, _ sponsor) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				s := c.sponsor(t)
				r := c.offered(t, s)
				own := r.org.ID
				test.prepare(t, c, s, &r)
				refused(t, c.Redeem(t.Context(), r.caller, r.token, r.org.ID), test.code)
				if c.sponsored(t, own) {
					t.Error("the subscription is free")
				}
			})
		}
	})
}

func TestValidOfferTellsOfThePolicy(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.offered(t, s)
		c.bar(t, s.org.ID, true)
		got, err := c.Validate(t.Context(), r.caller, r.token)
		if !got.Valid || !got.Barred || err != nil {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

// Scenario 33.
func TestFailureBetweenBillAndRowLeavesNeither(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.offered(t, s)
		broken := errors.New("broken")
		c.Billing = failing{c.money, broken}
		if err := c.Redeem(t.Context(), r.caller, r.token, r.org.ID); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if v, _ := c.own(t, s); c.sponsored(t, r.org.ID) || v.Redeemed() {
			t.Error("half of a redemption stayed")
		}
		c.Billing = c.money
		must(t, c.Redeem(t.Context(), r.caller, r.token, r.org.ID))
	})
}

// failing does what it is asked and then says that it went wrong.
type failing struct {
	sponsorship.Billing
	err error
}

func (f failing) Sponsor(ctx context.Context, orgID id.ID) (time.Time, error) {
	until, err := f.Billing.Sponsor(ctx, orgID)
	return until, errors.Join(err, f.err)
}

func (f failing) EndSponsorship(ctx context.Context, orgID id.ID) error {
	return errors.Join(f.Billing.EndSponsorship(ctx, orgID), f.err)
}

func TestRedemptionIsToldToTheSponsorsDevices(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.offered(t, s)
		before, err := c.accounts.Get(t.Context(), s.caller)
		must(t, err)
		c.clock.Advance(time.Minute)
		must(t, c.Redeem(t.Context(), r.caller, r.token, r.org.ID))
		after, err := c.accounts.Get(t.Context(), s.caller)
		must(t, err)
		if !after.VaultRevisedAt.After(before.VaultRevisedAt) {
			t.Error("nothing new to fetch")
		}
		given, err := c.Families(t.Context(), s.caller)
		must(t, err)
		want := org.FamilySponsorship{FriendlyName: r.email, ValidUntil: c.paidUntil(t, r.org.ID)}
		if got := given[s.member.ID]; got != want {
			t.Errorf("profile: got %+v, want %+v", got, want)
		}
	})
}

// Scenario 66 as far as it can arise: one organization, one entry.
func TestProfileListsAnOrganizationOnce(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("a@b.example")))
		v, _ := c.own(t, s)
		for range 3 {
			v.ID = id.New()
			v.OriginID, v.Wish.AdminInitiated, v.Wish.FriendlyName = v.ID, true, "by an admin"
			must(t, c.store.Save(t.Context(), v))
		}
		list, err := c.orgs.ListOf(t.Context(), s.caller)
		must(t, err)
		if len(list) != 1 || list[0].Sponsorship == nil || list[0].Sponsorship.FriendlyName != "a@b.example" {
			t.Errorf("got %+v", list)
		}
		if seats, err := c.Seats(t.Context(), s.org.ID); seats != 3 || err != nil {
			t.Errorf("%d seats, %v, want 3", seats, err)
		}
		made, err := c.ListAdminInitiated(t.Context(), s.owner, s.org.ID)
		must(t, err)
		if !slices.ContainsFunc(made, func(v sponsorship.Sponsorship) bool { return v.Wish.AdminInitiated }) || len(made) != 3 {
			t.Errorf("scenario 65: got %+v", made)
		}
	})
}
