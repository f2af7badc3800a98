package sponsorship_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"coffre/internal/exchange"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/sponsorship"
)

// trial begins the trial of an organization that gives.
func (c *cloud) trial(t testing.TB, o org.Organization) {
	t.Helper()
	must(t, c.money.Start(t.Context(), o, org.Purchase{PlanType: o.PlanType, AdditionalSeats: 20, Trial: true}))
}

// pass lets days go by, with the work of each.
func (c *cloud) pass(t testing.TB, days int) {
	t.Helper()
	for range days {
		c.clock.Advance(24 * time.Hour)
		for _, job := range []func(context.Context) error{c.money.Renew, c.money.Remind, c.EndDue} {
			must(t, job(t.Context()))
		}
	}
}

func TestTrialGivesFiveSponsorships(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		c.trial(t, s.org)
		offer := func(n int, email string) error {
			return c.Offer(t.Context(), c.colleague(t, s, n), s.org.ID, to(email))
		}
		for n := range 5 {
			must(t, offer(n, "first"+strconv.Itoa(n)+"@family.example"))
		}
		must(t, offer(0, "second0@family.example")) // another recipient is no other sponsorship
		refused(t, offer(5, "first5@family.example"), "trial-limit")
		c.pass(t, 8)
		must(t, offer(5, "first5@family.example"))
	})
}

// colleague returns the account of the n-th further member.
func (c *cloud) colleague(t testing.TB, s sponsor, n int) id.ID {
	t.Helper()
	email := "colleague" + strconv.Itoa(n) + "@acme.example"
	if a, found, err := c.accounts.FindByEmail(t.Context(), email); err != nil || found {
		must(t, err)
		return a.ID
	}
	caller := c.person(t, email)
	c.join(t, s.org, caller, org.Confirmed, org.User)
	return caller
}

func TestTrialTakesFiveWishesOfAServer(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.cloud.trial(t, p.abroad.org)
		in := exchange.RequestV1{BillingSyncKey: p.session.Key, CloudOrganizationID: p.abroad.org.ID}
		for n := range 7 {
			email := "aunt" + strconv.Itoa(n) + "@family.example"
			in.Batch = append(in.Batch, exchange.RowV1{MemberID: id.New(), Email: &email})
		}
		for range 2 { // the same again is no more
			answer, err := p.cloud.exchange.AnswerV1(t.Context(), p.installation, in)
			must(t, err)
			if len(answer.Batch) != 5 || len(answer.Refused) != 2 || answer.Refused[1].Code != sponsorship.CodeTrialLimit {
				t.Errorf("accepted %d, refused %+v", len(answer.Batch), answer.Refused)
			}
		}
	})
}

func TestUnpaidTrialTakesBackWhatItGave(t *testing.T) {
	for name, cancels := range map[string]bool{"canceled": true, "never paid": false} {
		t.Run(name, func(t *testing.T) {
			onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
				c.trial(t, s.org)
				r := c.redeemed(t, s)
				if cancels {
					must(t, c.money.Cancel(t.Context(), s.owner, s.org.ID))
				}
				if c.pass(t, 5); !c.sponsored(t, r.org.ID) {
					t.Fatal("the trial is not over")
				}
				before := len(c.letters(t))
				c.pass(t, 90)
				if _, found := c.own(t, s); found || c.sponsored(t, r.org.ID) || len(c.letters(t)) != before+1 {
					t.Errorf("sponsored %v, %d mails", c.sponsored(t, r.org.ID), len(c.letters(t))-before)
				}
			})
		})
	}
}

func TestWhoHasPaidKeepsWhatTheTrialGave(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		c.trial(t, s.org)
		r := c.redeemed(t, s)
		c.pass(t, 8)
		c.pay(t, s)
		must(t, c.money.Cancel(t.Context(), s.owner, s.org.ID))
		c.pass(t, 90)
		if v, found := c.own(t, s); !found || v.Outcome.State != sponsorship.Active || !c.sponsored(t, r.org.ID) {
			t.Errorf("%v, %+v", found, v.Outcome)
		}
	})
}

// pay pays what an organization owes.
func (c *cloud) pay(t testing.TB, s sponsor) {
	t.Helper()
	list, err := c.money.Invoices(t.Context(), s.owner, s.org.ID)
	must(t, err)
	if len(list) != 1 {
		t.Fatalf("%d invoices", len(list))
	}
	_, err = c.money.RecordPayment(t.Context(), list[0].Number, list[0].OpenCents, "transfer", c.clock.Now())
	must(t, err)
}
