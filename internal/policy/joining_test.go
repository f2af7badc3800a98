package policy_test

import (
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/policy"
)

func TestPoliciesKeepPeopleOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := orgtest.New(t, d)
		alice, bob := w.Person(t, "alice@example.org"), w.Person(t, "bob@example.org")
		o, other := w.Organization(t, alice, plan.EnterpriseAnnually), w.Organization(t, bob, plan.EnterpriseAnnually)
		names := map[string]id.ID{}
		for _, name := range []string{"free", "stepped", "elsewhere", "admin", "revoked"} {
			names[name] = w.Person(t, name+"@example.org")
		}
		w.TwoStep = map[id.ID]bool{names["stepped"]: true}
		w.Join(t, org.Member{OrganizationID: other.ID, AccountID: names["elsewhere"], Type: org.User, Status: org.Accepted})
		w.Join(t, org.Member{OrganizationID: other.ID, AccountID: names["revoked"], Type: org.User, Status: org.Revoked})
		w.Join(t, org.Member{OrganizationID: o.ID, Email: "admin@example.org", Type: org.Admin})
		set := func(by id.ID, orgID id.ID, policyType policy.Type, on bool) {
			t.Helper()
			if _, err := w.Policies.Set(t.Context(), by, policy.Policy{OrganizationID: orgID, Type: policyType, Enabled: on}); err != nil {
				t.Fatal(err)
			}
		}
		refused := func(want map[string]string) {
			t.Helper()
			got, err := w.Policies.Joining(t.Context(), o, names["free"], names["stepped"], names["elsewhere"], names["admin"], names["revoked"])
			if err != nil {
				t.Fatal(err)
			}
			for name, accountID := range names {
				if keyOf(got[accountID]) != want[name] {
					t.Errorf("%s: got %v, want %q", name, got[accountID], want[name])
				}
			}
		}
		refused(nil)
		set(alice, o.ID, policy.TwoStep, true)
		refused(map[string]string{"free": "policy.needsTwoStep", "elsewhere": "policy.needsTwoStep", "revoked": "policy.needsTwoStep"})
		set(alice, o.ID, policy.TwoStep, false)
		set(alice, o.ID, policy.SingleOrganization, true)
		refused(map[string]string{"elsewhere": "policy.elsewhere"})
		set(alice, o.ID, policy.SingleOrganization, false)
		set(bob, other.ID, policy.SingleOrganization, true)
		refused(map[string]string{"elsewhere": "policy.boundElsewhere"})
		terms := other.Terms()
		terms.Features.UsePolicies = false
		if err := w.Orgs.Apply(t.Context(), other.ID, terms); err != nil {
			t.Fatal(err)
		}
		refused(nil)
	})
}
