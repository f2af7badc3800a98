package org_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// Scenario 37.
func TestTokensNameTheRolesInEnabledOrganizations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice, bob := w.person(t, "alice@example.org"), w.person(t, "bob@example.org")
		own, other, off := w.organization(t, bob, plan.EnterpriseAnnually), w.organization(t, alice, plan.EnterpriseAnnually), w.organization(t, bob, plan.EnterpriseAnnually)
		w.disable(t, off)
		w.member(t, org.Member{
			OrganizationID: other.ID, AccountID: bob, Status: org.Confirmed, Type: org.Custom,
			Permissions: org.Permissions{AccessEventLogs: true, ManageSSO: true},
		})
		invited := w.organization(t, alice, plan.EnterpriseAnnually)
		w.member(t, org.Member{OrganizationID: invited.ID, AccountID: bob, Status: org.Accepted, Type: org.Admin})
		got, err := w.Claims(t.Context(), bob)
		want := map[string][]id.ID{
			"orgowner": {own.ID}, "orgcustom": {other.ID}, "accesseventlogs": {other.ID}, "managesso": {other.ID},
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v, -want +got:\n%s", err, diff)
		}
	})
}

// Scenario 50 for organizations.
func TestOnlyTheKeyOfAnOpenOrganizationAdmitsItsPrograms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice := w.person(t, "alice@example.org")
		o, families := w.organization(t, alice, plan.EnterpriseAnnually), w.organization(t, alice, plan.FamiliesAnnually)
		keyOf := func(orgID id.ID) string {
			k, err := w.APIKey(t.Context(), orgID)
			if err != nil {
				t.Fatal(err)
			}
			return k.Key
		}
		check := func(name string, orgID id.ID, key string, good bool) {
			t.Helper()
			if err := w.CheckAPIKey(t.Context(), orgID, key); (err == nil) != good || err != nil && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: got %v", name, err)
			}
		}
		check("its own key", o.ID, keyOf(o.ID), true)
		check("no key", o.ID, "", false)
		check("another's key", o.ID, keyOf(families.ID), false)
		check("terms without an API", families.ID, keyOf(families.ID), false)
		check("no organization", id.New(), keyOf(o.ID), false)
		old := keyOf(o.ID)
		if _, err := w.RotateAPIKey(t.Context(), o.ID); err != nil {
			t.Fatal(err)
		}
		check("the key before", o.ID, old, false)
		w.disable(t, o)
		check("a disabled organization", o.ID, keyOf(o.ID), false)
	})
}
