package sponsorship_test

import (
	"fmt"
	"testing"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/sponsorship"
)

// Scenarios 96, 97, 98, 91: what the cloud refuses is shown with the reason, and
// what is not refused goes through.
func TestRefusedWishShowsTheReason(t *testing.T) {
	tests := map[string]struct {
		prepare func(t *testing.T, p *pair)
		code    string
	}{
		"plan": {func(t *testing.T, p *pair) {
			p.cloud.setPlan(t, p.abroad.org.ID, plan.TeamsAnnually, true, time.Time{})
		}, "plan-too-low"},
		"policy": {func(t *testing.T, p *pair) { p.cloud.bar(t, p.abroad.org.ID, true) }, "disabled-by-policy"},
		"disabled for 94 days": {func(t *testing.T, p *pair) {
			p.cloud.setPlan(t, p.abroad.org.ID, plan.EnterpriseAnnually, false, p.cloud.clock.Now().AddDate(0, 0, -94))
		}, "organization-disabled"},
		"disabled without an end": {func(t *testing.T, p *pair) {
			p.cloud.setPlan(t, p.abroad.org.ID, plan.EnterpriseAnnually, false, time.Time{})
		}, "organization-disabled"},
		"disabled for 92 days": {func(t *testing.T, p *pair) {
			p.cloud.setPlan(t, p.abroad.org.ID, plan.EnterpriseAnnually, false, p.cloud.clock.Now().AddDate(0, 0, -92))
		}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			apart(t, func(t *testing.T, p *pair) {
				p.offer(t, "aunt@family.example")
				test.prepare(t, p)
				counts := p.sync(t)
				v, _ := p.home.own(t, p.local)
				if test.code == "" {
					p.expect(t, sponsorship.Offered, false, 1, 1)
					return
				}
				p.expect(t, sponsorship.Refused, false, 0, 0)
				if v.Outcome.Code != test.code || counts.Refused != 1 {
					t.Errorf("code %q, counts %+v", v.Outcome.Code, counts)
				}
				p.offer(t, "uncle@family.example")
				p.expect(t, sponsorship.Requested, true, 0, 0)
				p.sync(t)
				p.expect(t, sponsorship.Refused, false, 0, 0)
				p.cloud.setPlan(t, p.abroad.org.ID, plan.EnterpriseAnnually, true, time.Time{})
				p.cloud.bar(t, p.abroad.org.ID, false)
				p.sync(t)
				p.expect(t, sponsorship.Offered, false, 1, 1)
			})
		})
	}
}

// A server cannot have the cloud write to one address after the other.
func TestRecipientChangesOnlySoOften(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		for i := range 5 {
			p.offer(t, fmt.Sprintf("%d@family.example", i))
			p.sync(t)
		}
		p.expect(t, sponsorship.Offered, false, 1, 5)
		p.offer(t, "last@family.example")
		p.sync(t)
		p.expect(t, sponsorship.Refused, false, 1, 5)
		p.cloud.clock.Advance(time.Hour)
		p.sync(t)
		p.expect(t, sponsorship.Offered, false, 1, 6)
	})
}

// Scenario 97, second half, and a plan that sank after redemption.
func TestWithdrawalsAreTakenFromWhomeverCannotGive(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		p.sync(t)
		p.cloud.setPlan(t, p.abroad.org.ID, plan.TeamsAnnually, false, p.cloud.clock.Now().AddDate(0, 0, -94))
		p.sync(t)
		p.expect(t, sponsorship.Refused, false, 1, 1)
		p.revoke(t)
		p.sync(t)
		p.expect(t, "", false, 0, 1)
	})
}

func TestRedeemedSponsorshipOutlivesThePlan(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		recipient := p.cloud.person(t, "aunt@family.example")
		families := p.cloud.families(t, recipient)
		p.offer(t, "aunt@family.example")
		p.sync(t)
		must(t, p.cloud.Redeem(t.Context(), recipient, p.cloud.token(t), families.ID))
		p.cloud.setPlan(t, p.abroad.org.ID, plan.TeamsAnnually, true, time.Time{})
		p.sync(t)
		p.expect(t, sponsorship.Active, false, 1, 1)
	})
}

// Scenario 90.
func TestWhatWasDoneBeforeAFailureStays(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.many(t, 2001)
		p.cut = func(call int) bool { return call == 3 }
		counts, err := p.home.exchange.SyncV1(t.Context(), p.session)
		if fault.CodeOf(err) != "cloud-unreachable" || counts.Accepted != 2000 {
			t.Errorf("got %+v, %v", counts, err)
		}
		count := func(w *world, where string) int {
			n, err := w.count(t, where)
			must(t, err)
			return n
		}
		here, there := count(p.home.world, `synced_at IS NOT NULL`), count(p.cloud.world, `birthplace LIKE 'v1:%'`)
		if here != 2000 || there != 2000 {
			t.Errorf("%d rows here and %d there, want 2000 and 2000", here, there)
		}
		p.sync(t)
		if n := len(p.cloud.letters(t)); n != 2001 || count(p.home.world, `state = 'offered'`) != 2001 {
			t.Errorf("%d mails, want 2001", n)
		}
	})
}

// many makes as many members with a wish each.
func (p *pair) many(t testing.TB, n int) {
	t.Helper()
	p.offer(t, "0@family.example")
	v, _ := p.home.own(t, p.local)
	list := make([]sponsorship.Sponsorship, n-1)
	for i := range list {
		list[i] = v
		list[i].ID, list[i].MemberID = id.New(), id.New()
		list[i].OriginID, list[i].Wish.Email = list[i].ID, fmt.Sprintf("%d@family.example", i+1)
	}
	must(t, p.home.store.Save(t.Context(), list...))
}

// Scenarios 93 and 95.
func TestWrongKeyIsToldAsSuch(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		wrong := p.session
		wrong.Key = "another"
		_, err := p.home.exchange.SyncV1(t.Context(), wrong)
		refused(t, err, "key-unknown")
		none := p.session
		none.CloudOrganizationID = p.cloud.organization(t, p.abroad.owner, plan.EnterpriseAnnually).ID
		_, err = p.home.exchange.SyncV1(t.Context(), none)
		refused(t, err, "key-unknown")
		p.expect(t, sponsorship.Requested, true, 0, 0)
	})
}

// Scenarios 2, 3, 4, 5, 6, 9 and 98 on the self-hosted side.
func TestSelfHostedOfferIsRefused(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		offer := func(email string) error {
			return p.home.Offer(t.Context(), p.local.caller, p.local.org.ID, to(email))
		}
		a, err := p.home.accounts.Get(t.Context(), p.local.caller)
		must(t, err)
		refused(t, offer(a.Email), "own-email")
		p.home.bar(t, p.local.org.ID, true)
		refused(t, offer("a@b.example"), "disabled-by-policy")
		p.home.bar(t, p.local.org.ID, false)
		p.home.setPlan(t, p.local.org.ID, plan.TeamsAnnually, true, time.Time{})
		refused(t, offer("a@b.example"), "plan-too-low")
		p.home.setPlan(t, p.local.org.ID, plan.EnterpriseAnnually, true, time.Time{})
		p.home.exec(t, `UPDATE member SET status = $1 WHERE id = $2`, org.Accepted, p.local.member.ID)
		refused(t, offer("a@b.example"), "member-not-confirmed")
		gone(t, p.home.Offer(t.Context(), p.home.person(t, "x@y.example"), p.local.org.ID, to("a@b.example")))
		refused(t, p.home.Revoke(t.Context(), p.local.caller, p.local.org.ID), "no-sponsorship")
		if p.home.rows(t) != 0 || p.home.changed != 0 {
			t.Error("a refused wish left a row or asked for a sync")
		}
	})
}
