package org_test

import (
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

func TestPolicyBindsWhileTheTermsIncludeIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice := w.person(t, "alice@example.org")
		o := w.organization(t, alice, plan.EnterpriseAnnually)
		enabled := func(want bool) {
			t.Helper()
			if got, err := w.PolicyEnabled(t.Context(), o.ID, org.FreeFamiliesSponsorship); err != nil || got != want {
				t.Errorf("enabled: got %v, %v, want %v", got, err, want)
			}
		}
		enabled(false)
		p := org.Policy{OrganizationID: o.ID, Type: org.FreeFamiliesSponsorship, Enabled: true}
		if _, err := w.SetPolicy(t.Context(), alice, p); err != nil {
			t.Fatal(err)
		}
		enabled(true)
		if !same(w.touched, []id.ID{alice}) {
			t.Errorf("touched: got %v", w.touched)
		}
		terms := o.Terms()
		terms.Features.UsePolicies = false
		if err := w.Apply(t.Context(), o.ID, terms); err != nil {
			t.Fatal(err)
		}
		enabled(false)
		if _, err := w.SetPolicy(t.Context(), alice, p); keyOf(err) != "org.policiesNotIncluded" {
			t.Errorf("set without policies: got %v", err)
		}
	})
}

// Scenario 126, and 124 for members who are not confirmed.
func TestPoliciesAreForWhoeverManagesThem(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	alice, bob, carol := w.person(t, "alice@example.org"), w.person(t, "bob@example.org"), w.person(t, "carol@example.org")
	o := w.organization(t, alice, plan.EnterpriseAnnually)
	w.member(t, org.Member{
		OrganizationID: o.ID, AccountID: bob, Status: org.Confirmed, Type: org.Custom,
		Permissions: org.Permissions{ManagePolicies: true},
	})
	w.member(t, org.Member{
		OrganizationID: o.ID, AccountID: carol, Status: org.Confirmed, Type: org.Custom,
		Permissions: org.Permissions{ManageUsers: true},
	})
	p := org.Policy{OrganizationID: o.ID, Type: 3, Enabled: true}
	if _, err := w.SetPolicy(t.Context(), bob, p); err != nil {
		t.Errorf("custom with the permission: %v", err)
	}
	if _, err := w.SetPolicy(t.Context(), carol, p); err != fault.Gone {
		t.Errorf("custom without it: got %v, want Gone", err)
	}
	if _, err := w.Policy(t.Context(), carol, o.ID, 3); err != fault.Gone {
		t.Errorf("read without it: got %v, want Gone", err)
	}
	if list, err := w.PoliciesOf(t.Context(), carol); err != nil || len(list) != 1 {
		t.Errorf("in a confirmed member's vault: got %v, %v", list, err)
	}
	dave := w.person(t, "dave@example.org")
	w.member(t, org.Member{OrganizationID: o.ID, AccountID: dave, Status: org.Accepted, Type: org.User})
	if list, err := w.PoliciesOf(t.Context(), dave); err != nil || len(list) != 0 {
		t.Errorf("in an accepted member's vault: got %v, %v", list, err)
	}
}

func TestAutoEnrollFollowsItsPolicy(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	alice := w.person(t, "alice@example.org")
	o := w.organization(t, alice, plan.EnterpriseAnnually)
	for name, test := range map[string]struct {
		enabled bool
		data    string
		want    bool
	}{
		"on":             {true, `{"autoEnrollEnabled":true}`, true},
		"on, not at all": {true, `{"autoEnrollEnabled":false}`, false},
		"without data":   {true, ``, false},
		"off":            {false, `{"autoEnrollEnabled":true}`, false},
	} {
		p := org.Policy{OrganizationID: o.ID, Type: org.ResetPassword, Enabled: test.enabled, Data: []byte(test.data)}
		if _, err := w.SetPolicy(t.Context(), alice, p); err != nil {
			t.Fatal(err)
		}
		if got, err := w.AutoEnrolls(t.Context(), alice, o.ID); err != nil || got != test.want {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, test.want)
		}
	}
	if _, err := w.AutoEnrolls(t.Context(), w.person(t, "bob@example.org"), o.ID); err != fault.Gone {
		t.Errorf("outsider: got %v, want Gone", err)
	}
}
