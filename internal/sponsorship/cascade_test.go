package sponsorship_test

import (
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/sponsorship"
)

// get returns a sponsorship, a skeleton too.
func (w *world) get(t testing.TB, v sponsorship.Sponsorship) sponsorship.Sponsorship {
	t.Helper()
	v, err := w.store.Get(t.Context(), v.ID)
	must(t, err)
	return v
}

// Scenarios 43 and 44: whichever way the member goes, what is redeemed ends with its
// paid time, and what is not is dead, also what the member gave as an admin.
func TestSponsorshipEndsWhenTheMemberGoes(t *testing.T) {
	ways := map[string]func(t *testing.T, c *cloud, s sponsor){
		"removed": func(t *testing.T, c *cloud, s sponsor) {
			_, err := c.members.Remove(t.Context(), s.owner, s.org.ID, []id.ID{s.member.ID})
			must(t, err)
		},
		"left": func(t *testing.T, c *cloud, s sponsor) { must(t, c.members.Leave(t.Context(), s.caller, s.org.ID)) },
		"account deleted": func(t *testing.T, c *cloud, s sponsor) {
			must(t, c.accounts.Delete(t.Context(), s.caller, c.secret(t, s.caller)))
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
				c.allow(t, s.org.ID)
				c.exec(t, `UPDATE member SET type = $1 WHERE id = $2`, org.Admin, s.member.ID)
				r := c.redeemed(t, s)
				redeemed, _ := c.own(t, s)
				must(t, c.OfferAdminInitiated(t.Context(), s.caller, s.org.ID, to("guest@b.example"), ""))
				token := c.token(t)
				offered := c.byAdmins(t, s)[0]
				way(t, c, s)
				if v := c.get(t, redeemed); v.Outcome.State != sponsorship.Ending || v.Outcome.Code != "sponsor-left" || !v.ToDelete() || !c.sponsored(t, r.org.ID) {
					t.Errorf("redeemed: %+v", v.Outcome)
				}
				if v := c.get(t, offered); v.Outcome.State != sponsorship.Ended || v.Outcome.Code != "sponsor-left" {
					t.Errorf("offered: %+v", v.Outcome)
				}
				refused(t, c.Offered(t.Context(), token, "guest@b.example"), "sponsor-left")
				c.until(c.paidUntil(t, r.org.ID))
				must(t, c.money.Renew(t.Context()))
				if v := c.get(t, redeemed); v.Outcome.State != sponsorship.Ended || c.sponsored(t, r.org.ID) {
					t.Errorf("at the end: %+v", v.Outcome)
				}
			})
		})
	}
}

// Scenario 43 on the self-hosted side: the cloud hears of it, and nothing that it has
// never heard of leaves.
func TestWishesOfMembersWhoGoAreWithdrawn(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		recipient := p.cloud.person(t, "aunt@family.example")
		families := p.cloud.families(t, recipient)
		p.offer(t, "aunt@family.example")
		p.sync(t)
		must(t, p.cloud.Redeem(t.Context(), recipient, p.cloud.token(t), families.ID))
		other := p.home.person(t, "other@acme.example")
		m := p.home.join(t, p.local.org, other, org.Confirmed, org.User)
		must(t, p.home.Offer(t.Context(), other, p.local.org.ID, to("uncle@family.example")))
		_, err := p.home.members.Remove(t.Context(), p.local.owner, p.local.org.ID, []id.ID{p.local.member.ID, m.ID})
		must(t, err)
		if n := p.home.rows(t); n != 1 {
			t.Errorf("%d rows, want the one that has travelled", n)
		}
		if got := p.sync(t); got.Sent != 1 || len(p.cloud.letters(t)) != 1 {
			t.Errorf("counts: %+v, %d mails", got, len(p.cloud.letters(t)))
		}
		if there := p.there(t); len(there) != 1 || there[0].Outcome.State != sponsorship.Ending || there[0].Outcome.Code != "revoked" {
			t.Errorf("in the cloud: %+v", there)
		}
	})
}

// Scenario 45, through what an admin does.
func TestRevokedMemberKeepsTheSponsorship(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.redeemed(t, s)
		before, _ := c.own(t, s)
		_, err := c.members.Revoke(t.Context(), s.owner, s.org.ID, []id.ID{s.member.ID})
		must(t, err)
		c.until(c.paidUntil(t, r.org.ID))
		must(t, c.money.Renew(t.Context())) // it goes on meanwhile
		c.exec(t, `UPDATE member SET status = $1 WHERE id = $2`, org.Confirmed, s.member.ID)
		after, found := c.own(t, s)
		if !found || after.ID != before.ID || after.Outcome.State != sponsorship.Active || !after.Outcome.ValidUntil.After(before.Outcome.ValidUntil) {
			t.Errorf("before %+v, after %+v", before, after)
		}
	})
}

// Scenario 46.
func TestEverythingEndsWhenTheGivingOrganizationIsDeleted(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.redeemed(t, s)
		redeemed, _ := c.own(t, s)
		must(t, c.Offer(t.Context(), s.owner, s.org.ID, to("uncle@family.example")))
		token := c.token(t)
		c.delete(t, s.owner, s.org.ID)
		if v := c.get(t, redeemed); v.Outcome.State != sponsorship.Ending || v.Outcome.Code != "organization-gone" || !v.OrganizationID.IsZero() {
			t.Errorf("got %+v", v)
		}
		refused(t, c.Offered(t.Context(), token, "uncle@family.example"), "organization-gone")
		c.until(c.paidUntil(t, r.org.ID))
		must(t, c.EndDue(t.Context()))
		if v := c.get(t, redeemed); v.Outcome.State != sponsorship.Ended || c.sponsored(t, r.org.ID) {
			t.Errorf("at the end: %+v", v.Outcome)
		}
	})
}

// Scenario 46 on the self-hosted side.
func TestWishesEndWithTheirOrganization(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		p.sync(t)
		v, _ := p.home.own(t, p.local)
		p.home.delete(t, p.local.owner, p.local.org.ID)
		if v := p.home.get(t, v); v.Outcome.State != sponsorship.Ended || v.Outcome.Code != "organization-gone" {
			t.Errorf("got %+v", v.Outcome)
		}
	})
}

// secret gives somebody a password, and returns what proves it.
func (w *world) secret(t testing.TB, accountID id.ID) account.Secret {
	t.Helper()
	hash, err := w.accounts.Passwords.Hash(t.Context(), "hash of the password")
	must(t, err)
	w.exec(t, `UPDATE account SET password_hash = $1 WHERE id = $2`, hash, accountID)
	return account.Secret{MasterPasswordHash: "hash of the password"}
}

// delete deletes an organization as its owner does.
func (w *world) delete(t testing.TB, owner, orgID id.ID) {
	t.Helper()
	must(t, w.orgs.Delete(t.Context(), owner, orgID, w.secret(t, owner)))
}

// Scenario 47, at once.
func TestSponsorshipIsOverWhenItsOrganizationIsDeleted(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.redeemed(t, s)
		v, _ := c.own(t, s)
		c.delete(t, r.caller, r.org.ID)
		if v = c.get(t, v); v.Outcome.State != sponsorship.Ended || v.Outcome.Code != "target-gone" {
			t.Errorf("got %+v", v.Outcome)
		}
		given, err := c.Families(t.Context(), s.caller)
		if len(given) != 0 || err != nil {
			t.Errorf("the profile still has it: %v, %v", given, err)
		}
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("other@family.example")))
	})
}

// Scenario 52: the sponsorship is over in the operation that changes the plan, and the
// sponsor's list says so until there is another offer.
func TestSponsoredOrganizationThatMovesUpEndsItsSponsorship(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.redeemed(t, s)
		v, _ := c.own(t, s)
		must(t, c.money.Upgrade(t.Context(), r.caller, r.org.ID, org.Purchase{PlanType: plan.TeamsAnnually, AdditionalSeats: 6}))
		if v = c.get(t, v); v.Outcome.State != sponsorship.Ended || v.Outcome.Code != "target-upgraded" || c.sponsored(t, r.org.ID) {
			t.Errorf("got %+v", v.Outcome)
		}
		list, err := c.List(t.Context(), s.caller)
		must(t, err)
		if len(list) != 1 || list[0].ID != v.ID {
			t.Fatalf("the list: %+v", list)
		}
		if state, date := list[0].Shown(c.clock.Now(), 0); state != sponsorship.Expired || !date.Equal(v.Outcome.EndedAt) {
			t.Errorf("shown as %s of %v", state, date)
		}
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("other@family.example")))
		if list, err = c.List(t.Context(), s.caller); len(list) != 1 || list[0].ID == v.ID || err != nil {
			t.Errorf("the list after another offer: %+v, %v", list, err)
		}
	})
}

// What a member took back is not shown to the member as expired; what others ended is,
// for ninety days.
func TestListTellsOfEndsThatOthersMade(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("a@b.example")))
		must(t, c.Revoke(t.Context(), s.caller, s.org.ID))
		if list, err := c.List(t.Context(), s.caller); len(list) != 0 || err != nil {
			t.Errorf("after a revocation: %+v, %v", list, err)
		}
		r := c.redeemed(t, s)
		must(t, c.Remove(t.Context(), r.caller, r.org.ID))
		c.until(c.paidUntil(t, r.org.ID))
		must(t, c.EndDue(t.Context()))
		if list, err := c.List(t.Context(), s.caller); len(list) != 1 || list[0].Outcome.Code != "removed" || err != nil {
			t.Errorf("after a removal: %+v, %v", list, err)
		}
		c.clock.Advance(91 * 24 * time.Hour)
		if list, err := c.List(t.Context(), s.caller); len(list) != 0 || err != nil {
			t.Errorf("long after: %+v, %v", list, err)
		}
	})
}

// An organization that is on a lower plan or disabled gives nothing new, and takes
// back what it has given when that would renew.
func TestWhatHasLostItsFootingIsNotRenewed(t *testing.T) {
	for name, test := range map[string]struct {
		change func(t *testing.T, c *cloud, s sponsor)
		code   string
	}{
		"plan too low": {planOf(plan.TeamsAnnually, true), "plan-too-low"},
		"disabled":     {planOf(plan.EnterpriseAnnually, false), "organization-disabled"},
		"policy":       {func(t *testing.T, c *cloud, s sponsor) { c.bar(t, s.org.ID, true) }, "disabled-by-policy"},
	} {
		t.Run(name, func(t *testing.T) {
			onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
				r := c.redeemed(t, s)
				v, _ := c.own(t, s)
				test.change(t, c, s)
				if now := c.get(t, v); now != v || !c.sponsored(t, r.org.ID) {
					t.Errorf("it ends before its time: %+v", now)
				}
				c.until(c.paidUntil(t, r.org.ID))
				must(t, c.money.Renew(t.Context()))
				if v = c.get(t, v); v.Outcome.State != sponsorship.Ended || v.Outcome.Code != test.code || c.sponsored(t, r.org.ID) {
					t.Errorf("got %+v", v.Outcome)
				}
			})
		})
	}
}

// Nobody who belongs to another organization ends anything here.
func TestMembersOfOthersLeaveNothingBehind(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		c.redeemed(t, s)
		before, _ := c.own(t, s)
		other := c.sponsor(t)
		_, err := c.members.Remove(t.Context(), other.owner, other.org.ID, []id.ID{other.member.ID, s.member.ID})
		if err != nil && fault.KindOf(err) == fault.Internal {
			t.Fatal(err)
		}
		if after, _ := c.own(t, s); after != before {
			t.Errorf("before %+v, after %+v", before, after)
		}
	})
}
