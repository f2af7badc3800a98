package org_test

import (
	"testing"

	"coffre/internal/fault"
	"coffre/internal/org"
	"coffre/internal/plan"
)

func TestRolesGrant(t *testing.T) {
	custom := func(p org.Permissions) org.Member {
		return org.Member{Status: org.Confirmed, Type: org.Custom, Permissions: p}
	}
	tests := map[string]struct {
		member                                      org.Member
		owns, administers, users, recover, policies bool
	}{
		"owner":            {org.Member{Status: org.Confirmed, Type: org.Owner}, true, true, true, true, true},
		"admin":            {org.Member{Status: org.Confirmed, Type: org.Admin}, false, true, true, true, true},
		"user":             {org.Member{Status: org.Confirmed, Type: org.User}, false, false, false, false, false},
		"user with flags":  {org.Member{Status: org.Confirmed, Type: org.User, Permissions: org.Permissions{ManageUsers: true}}, false, false, false, false, false},
		"custom, none":     {custom(org.Permissions{}), false, false, false, false, false},
		"custom, users":    {custom(org.Permissions{ManageUsers: true}), false, false, true, false, false},
		"custom, recovery": {custom(org.Permissions{ManageResetPassword: true}), false, false, false, true, false},
		"custom, policies": {custom(org.Permissions{ManagePolicies: true}), false, false, false, false, true},
		"accepted owner":   {org.Member{Status: org.Accepted, Type: org.Owner}, false, false, false, false, false},
		"revoked owner":    {org.Member{Status: org.Revoked, Type: org.Owner}, false, false, false, false, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := test.member
			got := [5]bool{m.Owns(), m.Administers(), m.MayManageUsers(), m.MayManageResetPassword(), m.MayManagePolicies()}
			if want := [5]bool{test.owns, test.administers, test.users, test.recover, test.policies}; got != want {
				t.Errorf("owns, administers, users, recovery, policies: got %v, want %v", got, want)
			}
		})
	}
}

func TestPurchaseGrantsWhatThePlanSays(t *testing.T) {
	tests := map[string]struct {
		purchase       org.Purchase
		seats, storage int
		collections    int // 0 is no limit
	}{
		"free":               {org.Purchase{PlanType: plan.Free}, 2, 0, 2},
		"families":           {org.Purchase{PlanType: plan.FamiliesAnnually}, 6, 1, 0},
		"families, storage":  {org.Purchase{PlanType: plan.FamiliesAnnually, AdditionalStorageGB: 99}, 6, 100, 0},
		"enterprise, a seat": {org.Purchase{PlanType: plan.EnterpriseMonthly, AdditionalSeats: 1}, 1, 1, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			terms, err := test.purchase.Terms()
			if err != nil {
				t.Fatal(err)
			}
			if *terms.Seats != test.seats || *terms.MaxStorageGB != test.storage {
				t.Errorf("got %d seats and %d GB, want %d and %d", *terms.Seats, *terms.MaxStorageGB, test.seats, test.storage)
			}
			if got := terms.MaxCollections; (got == nil) != (test.collections == 0) || got != nil && *got != test.collections {
				t.Errorf("collections: got %v, want %d", got, test.collections)
			}
			if p, _ := plan.Of(test.purchase.PlanType); terms.Features != p.Features || terms.Plan != p.Name || !terms.Enabled {
				t.Errorf("terms are not those of the plan: %+v", terms)
			}
		})
	}
}

func TestPurchaseIsRefused(t *testing.T) {
	tests := map[string]struct {
		purchase org.Purchase
		key      string
	}{
		"no such plan":        {org.Purchase{PlanType: 23}, "org.planNotSold"},
		"a former plan":       {org.Purchase{PlanType: plan.FamiliesAnnually2025}, "org.planNotSold"},
		"no seats":            {org.Purchase{PlanType: plan.EnterpriseAnnually}, "org.noSeats"},
		"seats not sold":      {org.Purchase{PlanType: plan.FamiliesAnnually, AdditionalSeats: 1}, "org.seatsFixed"},
		"negative seats":      {org.Purchase{PlanType: plan.EnterpriseAnnually, AdditionalSeats: -1}, "org.seatsRange"},
		"a billion seats":     {org.Purchase{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 1_000_000_000}, "org.seatsRange"},
		"too much storage":    {org.Purchase{PlanType: plan.FamiliesAnnually, AdditionalStorageGB: 100}, "org.storageRange"},
		"negative storage":    {org.Purchase{PlanType: plan.FamiliesAnnually, AdditionalStorageGB: -1}, "org.storageRange"},
		"storage on the free": {org.Purchase{PlanType: plan.Free, AdditionalStorageGB: 1}, "org.storageNotSold"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := test.purchase.Terms()
			if got := keyOf(err); got != test.key {
				t.Errorf("got %q, want %q", got, test.key)
			}
		})
	}
}

func TestSponsorshipIsThereForEnterpriseMembersOnce(t *testing.T) {
	tests := map[string]struct {
		status      org.Status
		plan        plan.Type
		basis       org.Basis
		sponsorship *org.FamilySponsorship
		want        bool
	}{
		"enterprise, none given":      {org.Confirmed, plan.EnterpriseAnnually, org.License, nil, true},
		"enterprise, given":           {org.Confirmed, plan.EnterpriseAnnually, org.License, &org.FamilySponsorship{}, false},
		"enterprise, by admin":        {org.Confirmed, plan.EnterpriseAnnually, org.Subscription, &org.FamilySponsorship{AdminInitiated: true}, true},
		"enterprise of its own":       {org.Confirmed, plan.EnterpriseAnnually, org.Own, nil, false},
		"enterprise, to be confirmed": {org.Accepted, plan.EnterpriseAnnually, org.License, nil, false},
		"families":                    {org.Confirmed, plan.FamiliesAnnually, org.Subscription, nil, false},
		"custom":                      {org.Confirmed, plan.Custom, org.License, nil, false},
	}
	for name, test := range tests {
		m := org.Membership{
			Organization: org.Organization{PlanType: test.plan, Basis: test.basis}, Member: org.Member{Status: test.status}, Sponsorship: test.sponsorship,
		}
		if got := m.MayGiveFamilies(); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
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
