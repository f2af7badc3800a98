package policy_test

import (
	"reflect"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/policy"
)

func TestPolicyBindsWhileTheTermsIncludeIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := orgtest.New(t, d)
		alice := w.Person(t, "alice@example.org")
		o := w.Organization(t, alice, plan.EnterpriseAnnually)
		enabled := func(want bool) {
			t.Helper()
			if got, err := w.Policies.Enabled(t.Context(), o.ID, policy.FreeFamiliesSponsorship); err != nil || got != want {
				t.Errorf("enabled: got %v, %v, want %v", got, err, want)
			}
		}
		enabled(false)
		p := policy.Policy{OrganizationID: o.ID, Type: policy.FreeFamiliesSponsorship, Enabled: true}
		if _, err := w.Policies.Set(t.Context(), alice, p); err != nil {
			t.Fatal(err)
		}
		enabled(true)
		if len(w.Touched) != 1 || w.Touched[0] != alice {
			t.Errorf("touched: got %v", w.Touched)
		}
		terms := o.Terms()
		terms.Features.UsePolicies = false
		if err := w.Orgs.Apply(t.Context(), o.ID, terms); err != nil {
			t.Fatal(err)
		}
		enabled(false)
		if _, err := w.Policies.Set(t.Context(), alice, p); keyOf(err) != "policy.notIncluded" {
			t.Errorf("set without policies: got %v", err)
		}
	})
}

// Scenario 126.
func TestPoliciesAreForWhoeverManagesThem(t *testing.T) {
	w := orgtest.New(t, dbtest.SQLite(t))
	alice, bob, carol := w.Person(t, "alice@example.org"), w.Person(t, "bob@example.org"), w.Person(t, "carol@example.org")
	o := w.Organization(t, alice, plan.EnterpriseAnnually)
	w.Join(t, org.Member{
		OrganizationID: o.ID, AccountID: bob, Status: org.Confirmed, Type: org.Custom,
		Permissions: org.Permissions{ManagePolicies: true},
	})
	w.Join(t, org.Member{
		OrganizationID: o.ID, AccountID: carol, Status: org.Confirmed, Type: org.Custom,
		Permissions: org.Permissions{ManageUsers: true},
	})
	p := policy.Policy{OrganizationID: o.ID, Type: 3, Enabled: true}
	if _, err := w.Policies.Set(t.Context(), bob, p); err != nil {
		t.Errorf("custom with the permission: %v", err)
	}
	if _, err := w.Policies.Set(t.Context(), carol, p); err != fault.Gone {
		t.Errorf("custom without it: got %v, want Gone", err)
	}
	if _, err := w.Policies.Get(t.Context(), carol, o.ID, 3); err != fault.Gone {
		t.Errorf("read without it: got %v, want Gone", err)
	}
}

func TestAutoEnrollFollowsItsPolicy(t *testing.T) {
	w := orgtest.New(t, dbtest.SQLite(t))
	alice := w.Person(t, "alice@example.org")
	o := w.Organization(t, alice, plan.EnterpriseAnnually)
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
		p := policy.Policy{OrganizationID: o.ID, Type: policy.ResetPassword, Enabled: test.enabled, Data: []byte(test.data)}
		if _, err := w.Policies.Set(t.Context(), alice, p); err != nil {
			t.Fatal(err)
		}
		if got, err := w.Policies.AutoEnrolls(t.Context(), alice, o.ID); err != nil || got != test.want {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, test.want)
		}
	}
	if _, err := w.Policies.AutoEnrolls(t.Context(), w.Person(t, "bob@example.org"), o.ID); err != fault.Gone {
		t.Errorf("outsider: got %v, want Gone", err)
	}
}

func TestPasswordPoliciesOfAllOrganizationsAddUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := orgtest.New(t, d)
		alice := w.Person(t, "alice@example.org")
		set := func(policyType policy.Type, enabled bool, data string) {
			t.Helper()
			o := w.Organization(t, alice, plan.EnterpriseAnnually)
			p := policy.Policy{OrganizationID: o.ID, Type: policyType, Enabled: enabled, Data: []byte(data)}
			if _, err := w.Policies.Set(t.Context(), alice, p); err != nil {
				t.Fatal(err)
			}
		}
		if p, err := w.Policies.Password(t.Context(), alice); p != (account.PasswordPolicy{}) || err != nil {
			t.Errorf("no policy: %+v, %v", p, err)
		}
		set(policy.MasterPassword, true, `{"minLength":14,"requireUpper":true}`)
		set(policy.MasterPassword, true, `{"minLength":12,"minComplexity":3}`)
		set(policy.MasterPassword, false, `{"minLength":100}`)
		set(policy.ResetPassword, true, `{"minLength":100}`)
		p, err := w.Policies.Password(t.Context(), alice)
		if err != nil || *p.MinLength != 14 || *p.MinComplexity != 3 || !*p.RequireUpper || p.RequireLower != nil {
			t.Errorf("got %+v, %v", p, err)
		}
	})
}

func TestPolicyKeepsItsIDAcrossChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := orgtest.New(t, d)
		o, store := w.Organization(t, w.Person(t, "alice@example.org"), plan.EnterpriseAnnually), policy.NewStore(d)
		first, err := store.Put(t.Context(), policy.Policy{
			ID: id.New(), OrganizationID: o.ID, Type: 1, Enabled: true, Data: []byte(`{"minLength":14}`), CreatedAt: orgtest.Noon, RevisedAt: orgtest.Noon,
		})
		if err != nil {
			t.Fatal(err)
		}
		later := orgtest.Noon.Add(time.Minute)
		second, err := store.Put(t.Context(), policy.Policy{
			ID: id.New(), OrganizationID: o.ID, Type: 1, CreatedAt: later, RevisedAt: later,
		})
		if err != nil {
			t.Fatal(err)
		}
		want := first
		want.Enabled, want.Data, want.RevisedAt = false, nil, later
		if !reflect.DeepEqual(second, want) {
			t.Errorf("got %+v, want %+v", second, want)
		}
		if list, err := store.List(t.Context(), o.ID); err != nil || len(list) != 1 {
			t.Errorf("list: got %v, %v", list, err)
		}
	})
}

// keyOf returns the text key of a fault, "" for nil.
func keyOf(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := err.(*fault.Error); ok {
		return e.Key
	}
	return err.Error()
}

// faultOf is keyOf with the member that a fault names.
func faultOf(err error) string {
	if e, ok := err.(*fault.Error); ok && e.Field != "" {
		return e.Key + " " + e.Field
	}
	return keyOf(err)
}
