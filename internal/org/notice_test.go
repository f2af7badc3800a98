package org_test

import (
	"slices"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/policy"
)

// heard returns the kinds that were announced to an organization or a person, and
// forgets them.
func (w *world) heard(who id.ID) []notice.Kind {
	var kinds []notice.Kind
	for _, n := range w.Said {
		if n.Organization == who || len(n.People) == 1 && n.People[0] == who {
			kinds = append(kinds, n.Kind)
		}
	}
	w.Said = nil
	return kinds
}

func TestChangesOfAnOrganizationAreAnnounced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ada := w.person(t, "ada@example.com")
		o, err := w.Buy(t.Context(), ada, org.New{Name: "Acme"}, org.Purchase{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 5})
		if err != nil {
			t.Fatal(err)
		}
		want := func(what string, who id.ID, kinds ...notice.Kind) {
			t.Helper()
			if got := w.heard(who); !slices.Equal(got, kinds) {
				t.Errorf("%s: announced %v, want %v", what, got, kinds)
			}
		}
		want("creation", ada, notice.OrganizationKeys)
		w.disable(t, o)
		want("switched off", o.ID, notice.OrganizationStatus, notice.OrganizationsChanged)
		if err := w.Apply(t.Context(), o.ID, o.Terms()); err != nil {
			t.Fatal(err)
		}
		want("switched on", o.ID, notice.OrganizationStatus, notice.OrganizationsChanged)
		if err := w.Apply(t.Context(), o.ID, o.Terms()); err != nil {
			t.Fatal(err)
		}
		want("other terms", o.ID, notice.OrganizationsChanged)
		if _, err := w.Policies.Set(t.Context(), ada, policy.Policy{OrganizationID: o.ID, Type: policy.ResetPassword, Enabled: true}); err != nil {
			t.Fatal(err)
		}
		want("policy", o.ID, notice.PolicyChanged)
	})
}
