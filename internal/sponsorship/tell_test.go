package sponsorship_test

import (
	"strings"
	"testing"
	"time"

	"coffre/internal/billing"
	"coffre/internal/id"
	"coffre/internal/policy"
	"coffre/internal/sponsorship"
)

const oneDay = 24 * time.Hour

// told returns the mails of a template.
func (w *world) told(t testing.TB, template string) []letter {
	t.Helper()
	var list []letter
	for _, l := range w.letters(t) {
		if l.Template == template {
			list = append(list, l)
		}
	}
	return list
}

// settled pays what a Families organization owes from before it was sponsored.
func (c *cloud) settled(t testing.TB, r taken) taken {
	t.Helper()
	list, err := c.money.Invoices(t.Context(), r.caller, r.org.ID)
	must(t, err)
	for _, v := range list {
		if v.Open() {
			_, err := c.money.RecordPayment(t.Context(), v.Number, v.OpenCents, "transfer of "+v.Number, c.clock.Now())
			must(t, err)
		}
	}
	return r
}

// Scenario 41: who pays is written to before the price comes back, once.
func TestWhoPaysIsToldBeforeASponsorshipEnds(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.redeemed(t, s)
		end := c.paidUntil(t, r.org.ID)
		must(t, c.Revoke(t.Context(), s.caller, s.org.ID))
		must(t, c.TellEnding(t.Context()))
		if list := c.told(t, "sponsorship-ending"); len(list) != 0 {
			t.Errorf("told a year before: %+v", list)
		}
		c.clock.Advance(end.Sub(c.clock.Now()) - 14*oneDay)
		for range 3 {
			must(t, c.TellEnding(t.Context()))
		}
		list := c.told(t, "sponsorship-ending")
		if len(list) != 1 {
			t.Fatalf("%d mails, want 1", len(list))
		}
		got := list[0]
		if got.To != "bills@family.example" || got.Data["Organization"] != "Family" || got.Data["Sponsor"] != "Acme" ||
			got.Data["Ends"] != end.Format(time.RFC3339) || got.Data["Amount"] != "$48.00" || !strings.Contains(got.Data["Link"], r.org.ID.String()) {
			t.Errorf("got %+v", got)
		}
		if !c.sponsored(t, r.org.ID) {
			t.Error("it ended before its time")
		}
		c.until(end)
		must(t, c.money.Renew(t.Context()))
		must(t, c.EndDue(t.Context()))
		if _, found := c.own(t, s); found || c.sponsored(t, r.org.ID) || len(c.told(t, "sponsorship-ending")) != 1 {
			t.Error("it goes on, or there was another mail")
		}
	})
}

// Nobody is told of an end that does not come; and what is put in order before the
// end goes on, told or not.
func TestOnlyWhatEndsIsTold(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.redeemed(t, s)
		end := c.paidUntil(t, r.org.ID)
		c.clock.Advance(end.Sub(c.clock.Now()) - 10*oneDay)
		must(t, c.TellEnding(t.Context()))
		if len(c.told(t, "sponsorship-ending")) != 0 {
			t.Error("told of a sponsorship that renews")
		}
		c.bar(t, s.org.ID, true)
		must(t, c.TellEnding(t.Context()))
		if len(c.told(t, "sponsorship-ending")) != 1 {
			t.Error("not told")
		}
		c.bar(t, s.org.ID, false)
		c.until(end)
		must(t, c.money.Renew(t.Context()))
		v, found := c.own(t, s)
		if !found || v.Outcome.State != sponsorship.Active || !v.Outcome.ToldAt.IsZero() {
			t.Errorf("got %+v", v.Outcome)
		}
	})
}

// Scenarios 41 and 42: without a payment the organization owes, is warned, is disabled
// by the calendar of invoices and no earlier, and loses nothing.
func TestSponsorshipThatEndsUnpaidLeavesTheDataIntact(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.settled(t, c.redeemed(t, s))
		c.exec(t, `UPDATE subscription SET credit_cents = 0 WHERE organization_id = $1`, r.org.ID) // used up by storage
		must(t, c.Remove(t.Context(), r.caller, r.org.ID))
		c.until(c.paidUntil(t, r.org.ID))
		must(t, c.EndDue(t.Context()))
		got, err := c.Benefit(t.Context(), r.caller, r.org.ID)
		must(t, err)
		if got.OwedCents != 4800 || got.DueAt.IsZero() || got.Outcome.State != sponsorship.Ended {
			t.Errorf("nobody is told to pay: %+v", got)
		}
		if o, err := c.orgs.Get(t.Context(), r.org.ID); err != nil || !o.Enabled {
			t.Errorf("disabled at once: %v", err)
		}
		for range 70 {
			c.clock.Advance(oneDay)
			must(t, c.money.Remind(t.Context()))
		}
		o, err := c.orgs.ForOwner(t.Context(), r.caller, r.org.ID)
		must(t, err)
		if status := c.subscription(t, r.org.ID).Status; status != billing.Unpaid {
			t.Errorf("the subscription is %s", status)
		}
		members, err := c.orgs.Members(t.Context(), r.org.ID)
		if o.Enabled || len(members) != 1 || err != nil {
			t.Errorf("enabled %v with %d members, %v", o.Enabled, len(members), err)
		}
		if again, err := c.Benefit(t.Context(), r.caller, r.org.ID); again.OwedCents != got.OwedCents || err != nil {
			t.Errorf("owed: %+v, %v", again, err)
		}
		c.settled(t, r)
		if o, err := c.orgs.Get(t.Context(), r.org.ID); err != nil || !o.Enabled {
			t.Errorf("paid, and still disabled: %v", err)
		}
	})
}

// Scenario 54: each real recipient is told once, at the address of today, whatever the
// friendly name is; a paid time that is not known does no harm.
func TestPolicyIsToldToEveryRecipientOnce(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.redeemed(t, s)
		c.exec(t, `UPDATE account SET email = 'moved@family.example' WHERE id = $1`, r.caller)
		other := r
		other.caller, other.email = c.speaker(t, "tante@famille.example", "fr-FR"), "tante@famille.example"
		other.org = c.families(t, other.caller)
		must(t, c.Offer(t.Context(), s.owner, s.org.ID, sponsorship.Recipient{Email: other.email, FriendlyName: "Tante", Language: "en"}))
		must(t, c.Redeem(t.Context(), other.caller, c.token(t), other.org.ID))
		c.exec(t, `UPDATE sponsorship SET valid_until = NULL WHERE redeemed_by = $1`, other.caller)
		third := c.person(t, "third@acme.example")
		c.join(t, s.org, third, 2, 2)
		must(t, c.Offer(t.Context(), third, s.org.ID, to("unredeemed@b.example")))
		for range 2 {
			_, err := c.service.Policies.Set(t.Context(), s.owner, policy.Policy{OrganizationID: s.org.ID, Type: policy.FreeFamiliesSponsorship, Enabled: true})
			must(t, err)
		}
		c.bar(t, s.org.ID, false)
		c.bar(t, s.org.ID, true)
		list := c.told(t, "sponsorship-barred")
		if len(list) != 2 {
			t.Fatalf("%d mails, want 2: %+v", len(list), list)
		}
		by := map[string]letter{list[0].To: list[0], list[1].To: list[1]}
		first, second := by["moved@family.example"], by["tante@famille.example"]
		if first.Data["Sponsor"] != "Acme" || first.Data["Ends"] == "" || second.Data["Ends"] != "" || !strings.HasPrefix(second.Language, "fr") {
			t.Errorf("got %+v", list)
		}
		if v, _ := c.own(t, s); v.Outcome.State != sponsorship.Active {
			t.Errorf("it ends although the policy can be switched off: %+v", v.Outcome)
		}
	})
}

// Scenarios 39 and 40, with what the owner of a sponsored organization sees: from whom,
// until when, and what it costs afterwards.
func TestOwnerSeesFromWhomAnOrganizationLives(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.settled(t, c.redeemed(t, s))
		v, _ := c.own(t, s)
		got, err := c.Benefit(t.Context(), r.caller, r.org.ID)
		want := sponsorship.Benefit{Sponsorship: v, Sponsor: "Acme", Cents: 4800, Annual: true}
		if got != want || err != nil {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
		path := "/api/organization/sponsorship/sponsored/" + r.org.ID.String()
		router := cloudRouter(c, id.New())
		for _, stranger := range []id.ID{s.caller, s.owner} {
			if status, _ := call(t, router, "GET", path, stranger.String(), ""); status != 404 {
				t.Errorf("got %d, want 404", status)
			}
			if status, _ := call(t, router, "DELETE", path, stranger.String(), ""); status != 404 {
				t.Errorf("got %d, want 404", status)
			}
		}
		if status, body := call(t, router, "GET", path, r.caller.String(), ""); status != 200 ||
			!strings.Contains(body, `"sponsoringOrganizationName":"Acme","state":"active"`) || !strings.Contains(body, `"ends":false,"code":null,"removable":true`) {
			t.Errorf("got %d %s", status, body)
		}
		call(t, router, "DELETE", path, r.caller.String(), "")
		if _, body := call(t, router, "GET", path, r.caller.String(), ""); !strings.Contains(body, `"state":"ending"`) || !strings.Contains(body, `"ends":true,"code":"removed","removable":false`) {
			t.Errorf("after its removal: %s", body)
		}
		gone(t, benefitError(c.Benefit(t.Context(), r.caller, c.families(t, r.caller).ID)))
	})
}

func benefitError(_ sponsorship.Benefit, err error) error { return err }
