package policy_test

import (
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/policy"
)

func TestWhomAPolicyBinds(t *testing.T) {
	everyStatus := map[org.Status]bool{org.Revoked: true, org.Invited: true, org.Accepted: true, org.Confirmed: true, org.Staged: true}
	joined := map[org.Status]bool{org.Accepted: true, org.Confirmed: true}
	known := map[org.Status]bool{org.Invited: true, org.Accepted: true, org.Confirmed: true}
	type rule struct {
		administrators, others map[org.Status]bool
	}
	usual := rule{nil, joined}
	special := map[policy.Type]rule{
		policy.TwoStep:            {nil, everyStatus},
		policy.SingleOrganization: {nil, everyStatus},
		policy.MasterPassword:     {joined, joined},
		policy.AutoConfirm:        {joined, joined},
		policy.ResetPassword:      {known, known},
	}
	for policyType := range policy.Last + 1 {
		want, found := special[policyType]
		if !found {
			want = usual
		}
		for role, by := range map[org.Type]map[org.Status]bool{
			org.Owner: want.administrators, org.Admin: want.administrators, org.User: want.others, org.Custom: want.others,
		} {
			for status := range everyStatus {
				if got := policyType.Binds(role, status); got != by[status] {
					t.Errorf("type %d, role %d, status %d: got %v", policyType, role, status, got)
				}
			}
		}
	}
}

// Scenario 119, for the policies that depend on it.
func TestTheSingleOrganizationIsOnBeforeAndAfterWhatDependsOnIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		dependants := map[policy.Type]bool{
			policy.RequireSSO: true, policy.VaultTimeout: true, policy.URIMatchDefault: true, policy.AutoConfirm: true, policy.UserNotification: true,
		}
		for policyType := range policy.Last + 1 {
			if policyType == policy.SingleOrganization {
				continue
			}
			want := ""
			if dependants[policyType] {
				want = "policy.needsSingle"
			}
			if got := keyOf(w.try(t, policyType, true, "")); got != want {
				t.Errorf("type %d: got %q, want %q", policyType, got, want)
			}
			w.set(t, policyType, false, "")
		}
		for policyType := range dependants {
			w.set(t, policy.SingleOrganization, true, "")
			w.set(t, policyType, true, "")
			if got := keyOf(w.try(t, policy.SingleOrganization, false, "")); got != "policy.stillNeeded" {
				t.Errorf("off under type %d: got %q", policyType, got)
			}
			if p, err := w.Policies.Get(t.Context(), w.owner, w.o.ID, policy.SingleOrganization); err != nil || !p.Enabled {
				t.Errorf("refused, and yet %+v, %v", p, err)
			}
			w.set(t, policyType, false, "")
			w.set(t, policy.SingleOrganization, false, "")
		}
	})
}

func TestNobodyConfirmsAutomaticallyWhileAMemberBelongsElsewhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		w.set(t, policy.SingleOrganization, true, "")
		w.Organization(t, w.owner, plan.EnterpriseAnnually)
		if got := keyOf(w.try(t, policy.AutoConfirm, true, "")); got != "policy.membersElsewhere" {
			t.Errorf("got %q", got)
		}
		if p, err := w.Policies.Get(t.Context(), w.owner, w.o.ID, policy.AutoConfirm); err != nil || !p.ID.IsZero() {
			t.Errorf("refused, and yet %+v, %v", p, err)
		}
	})
}

// An owner is free of the one policy, nobody of the other.
func TestAutomaticConfirmationKeepsOwnersToOneOrganization(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		w.set(t, policy.SingleOrganization, true, "")
		if err := w.Policies.MayCreate(t.Context(), w.owner); err != nil {
			t.Errorf("an owner: %v", err)
		}
		w.set(t, policy.AutoConfirm, true, "")
		if err := w.Policies.MayCreate(t.Context(), w.owner); keyOf(err) != "policy.bound" {
			t.Errorf("got %v", err)
		}
		other := w.Person(t, "other@example.org")
		w.Organization(t, other, plan.EnterpriseAnnually)
		refused, err := w.Policies.Joining(t.Context(), w.o, other)
		if err != nil || keyOf(refused[other]) != "policy.elsewhere" || fault.KindOf(refused[other]) != fault.Invalid {
			t.Errorf("got %v, %v", refused, err)
		}
	})
}
