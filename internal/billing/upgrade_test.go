package billing_test

import (
	"testing"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/org"
	"coffre/internal/plan"
)

func TestUpgradeKeepsThePeriodAndChargesTheDifference(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, families)
		w.now = noon.AddDate(0, 0, 73)
		must(t, w.Upgrade(t.Context(), w.alice, o.ID, org.Purchase{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 2}))
		v, got, sub := w.invoices(t, o)[0], w.get(t, o), w.find(t, o)
		if v.TotalCents != 2*5760-3200 || v.Lines[0].Name != "Families, unused" || !sub.PeriodEnd.Equal(noon.AddDate(1, 0, 0)) {
			t.Errorf("got %+v, until %v", v, sub.PeriodEnd)
		}
		if got.PlanType != plan.EnterpriseAnnually || *got.Seats != 2 || !got.Features.UsePolicies || got.MaxCollections != nil || !got.Enabled {
			t.Errorf("organization: got %+v", got)
		}
		must(t, w.ChangePlan(t.Context(), w.alice, o.ID, org.Purchase{PlanType: plan.TeamsMonthly, AdditionalSeats: 1}))
		if sub := w.find(t, o); !sub.PeriodEnd.Equal(w.now.AddDate(0, 1, 0)) || sub.CreditCents != 2*5760-500 || w.get(t, o).Features.UsePolicies {
			t.Errorf("another interval begins a period: got %+v", sub)
		}
		w.balanced(t)
	})
}

func TestFreeOrganizationGetsItsFirstSubscription(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, org.Purchase{})
		must(t, w.Upgrade(t.Context(), w.alice, o.ID, org.Purchase{PlanType: plan.FamiliesAnnually, Trial: true}))
		got := w.get(t, o)
		if list := w.invoices(t, o); len(list) != 1 || list[0].TotalCents != 4000 || got.PlanType != plan.FamiliesAnnually || *got.Seats != 6 {
			t.Errorf("got %+v, invoices %+v", got, list)
		}
		if !got.ExpiresAt.Equal(noon.AddDate(1, 0, 0)) || got.MaxCollections != nil {
			t.Errorf("got %+v", got)
		}
		w.balanced(t)
	})
}

func TestSponsoredOrganizationThatMovesUpPaysForItself(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, familiesTrial)
	_, err := w.Sponsor(t.Context(), o.ID)
	must(t, err)
	must(t, w.Upgrade(t.Context(), w.alice, o.ID, org.Purchase{PlanType: plan.TeamsAnnually, AdditionalSeats: 2}))
	if sub := w.find(t, o); sub.Sponsored || sub.CreditCents != 0 || w.invoices(t, o)[0].TotalCents != 9600 {
		t.Errorf("got %+v", sub)
	}
	w.balanced(t)
}

func TestUpgradesThatAreRefused(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o, enterprise := w.buy(t, org.Purchase{PlanType: plan.TeamsAnnually, AdditionalSeats: 3}), w.buy(t, enterprise)
	w.join(t, o, 2, org.User)
	for name, test := range map[string]struct {
		o    org.Organization
		p    org.Purchase
		want string
	}{
		"down":       {enterprise, org.Purchase{PlanType: plan.TeamsAnnually, AdditionalSeats: 5}, "billing.notUpgrade"},
		"sideways":   {o, org.Purchase{PlanType: plan.TeamsMonthly, AdditionalSeats: 5}, "billing.notUpgrade"},
		"not sold":   {o, org.Purchase{PlanType: plan.EnterpriseAnnually2020, AdditionalSeats: 5}, "org.planNotSold"},
		"no seats":   {o, org.Purchase{PlanType: plan.EnterpriseAnnually}, "org.noSeats"},
		"few seats":  {o, org.Purchase{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 2}, "billing.tooManySeats"},
		"not a plan": {o, org.Purchase{PlanType: 99}, "org.planNotSold"},
	} {
		if err := w.Upgrade(t.Context(), w.alice, test.o.ID, test.p); keyOf(err) != test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
	if err := w.ChangePlan(t.Context(), w.alice, o.ID, org.Purchase{}); keyOf(err) != "billing.toFree" {
		t.Errorf("to the free plan: got %v", err)
	}
	if len(w.invoices(t, o)) != 1 {
		t.Error("a refusal is invoiced")
	}
}

func TestWhatIsInUseMustFit(t *testing.T) {
	of := func(p plan.Type) org.Terms {
		terms, err := org.Purchase{PlanType: p, AdditionalSeats: map[bool]int{true: 5}[p == plan.TeamsAnnually]}.Terms()
		must(t, err)
		return terms
	}
	full := org.Use{OccupiedSeats: 5, Collections: 40, Groups: 3, CustomMembers: 2, Policies: 2, ResetPasswordPolicy: true}
	tests := map[string]struct {
		use  org.Use
		to   plan.Type
		want string
	}{
		"seats":       {org.Use{OccupiedSeats: 7}, plan.FamiliesAnnually, "7 seats are occupied, and the plan would have 6. Remove or revoke members, or order more seats."},
		"collections": {org.Use{Collections: 3}, plan.Free, "The organization has 3 collections, and the plan allows 2. Delete collections, or choose a larger plan."},
		"groups":      {org.Use{Groups: 3}, plan.FamiliesAnnually, "The organization has 3 groups, and the plan allows 0. Delete the groups, or choose a plan that includes them."},
		"policies":    {org.Use{Policies: 2}, plan.TeamsAnnually, "The organization has policies that are on, and the plan has none. Turn them off, or choose a plan that includes them."},
		"recovery":    {full, plan.TeamsAnnually, "Account recovery is on, and the plan does not include it. Turn that policy off, or choose a plan that includes it."},
		"roles":       {org.Use{CustomMembers: 2}, plan.TeamsAnnually, "2 members have a role with permissions of its own, and the plan allows 0. Give them another role, or choose a plan that includes such roles."},
		"nothing":     {org.Use{OccupiedSeats: 5, Collections: 500, Groups: 9}, plan.TeamsAnnually, ""},
	}
	for name, test := range tests {
		got := ""
		if err := billing.Fits(test.use, of(test.to)); err != nil {
			got = fault.Text(err, "en")
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}
