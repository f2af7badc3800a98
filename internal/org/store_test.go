package org_test

import (
	"reflect"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

func full() org.Organization {
	p, _ := plan.Of(plan.EnterpriseAnnually)
	return org.Organization{
		ID: id.New(), Name: "Acme & Söhne", BusinessName: "Acme SA", BillingEmail: "bills@example.org",
		Plan: p.Name, PlanType: p.Type, Seats: new(5), MaxCollections: new(7), MaxStorageGB: new(1), MaxAutoscaleSeats: new(9),
		Features: p.Features, Settings: org.Settings{LimitItemDeletion: true}, Enabled: true, Granted: true, Status: org.Created,
		LicenseKey: "key-" + id.New().String(), PublicKey: publicKey, PrivateKey: encrypted,
		ExpiresAt: noon.AddDate(1, 0, 0), CreatedAt: noon, RevisedAt: noon,
	}
}

func TestOrganizationComesBackAsStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		store := org.NewStore(d)
		bare := org.Organization{ID: id.New(), Name: "Bare", LicenseKey: "k", CreatedAt: noon, RevisedAt: noon}
		for _, want := range []org.Organization{full(), bare} {
			if err := store.Insert(t.Context(), want); err != nil {
				t.Fatal(err)
			}
			if got, err := store.Get(t.Context(), want.ID); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, want)
			}
			if got, err := store.ByLicenseKey(t.Context(), want.LicenseKey); err != nil || got.ID != want.ID {
				t.Errorf("by license key: got %v, %v", got.ID, err)
			}
		}
		if _, err := store.Get(t.Context(), id.New()); err != fault.Gone {
			t.Errorf("unknown: got %v, want Gone", err)
		}
	})
}

func TestUpdateWritesWhatTermsChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		store, o := org.NewStore(d), full()
		if err := store.Insert(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		want := o
		want.Name, want.BusinessName, want.BillingEmail, want.LicenseKey = "New", "", "new@example.org", "other"
		want.Plan, want.PlanType, want.Features = "Free", plan.Free, plan.Features{UsePasswordManager: true}
		want.Seats, want.MaxCollections, want.MaxStorageGB = new(2), nil, new(0)
		want.Enabled, want.Granted, want.Suspended, want.Basis = false, false, true, org.Own
		want.Settings, want.MaxAutoscaleSeats = org.Settings{LimitCollectionCreation: true}, nil
		want.ExpiresAt, want.RevisedAt = time.Time{}, noon.Add(time.Hour)
		if err := store.Update(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Get(t.Context(), o.ID); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v\nwant %+v", got, err, want)
		}
	})
}

func TestLicenseKeyBelongsToOneOrganization(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		store, a, b := org.NewStore(d), full(), full()
		b.LicenseKey = a.LicenseKey
		if err := store.Insert(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		if err := store.Insert(t.Context(), b); fault.KindOf(err) != fault.Conflict {
			t.Errorf("got %v, want Conflict", err)
		}
	})
}

func TestMemberHasTheAddressOfTheAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice := w.person(t, "alice@example.org")
		o := w.organization(t, alice, plan.EnterpriseAnnually)
		invited := w.member(t, org.Member{
			OrganizationID: o.ID, Email: "zoe@example.org", Type: org.Custom, Status: org.Invited,
			Permissions: org.Permissions{ManageUsers: true},
		})
		members, err := w.store.Members(t.Context(), o.ID)
		if err != nil || len(members) != 2 {
			t.Fatalf("got %d members, %v", len(members), err)
		}
		owner := members[0]
		if owner.Email != "alice@example.org" || owner.Name != "Ann" || owner.Key != wrapped || !owner.Owns() || owner.AccountID != alice {
			t.Errorf("owner: got %+v", owner)
		}
		if !reflect.DeepEqual(members[1], invited) {
			t.Errorf("invited: got %+v, want %+v", members[1], invited)
		}
		if got, err := w.store.Member(t.Context(), invited.ID); err != nil || !reflect.DeepEqual(got, invited) {
			t.Errorf("by id: got %+v, %v", got, err)
		}
		accounts, err := w.store.ConfirmedAccounts(t.Context(), o.ID)
		if err != nil || len(accounts) != 1 || accounts[0] != alice {
			t.Errorf("confirmed accounts: got %v, %v", accounts, err)
		}
	})
}

func TestSeatsAreTakenByInvitedAcceptedAndConfirmed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.organization(t, w.person(t, "alice@example.org"), plan.EnterpriseAnnually)
		for i, status := range []org.Status{org.Revoked, org.Invited, org.Accepted, org.Confirmed, org.Staged} {
			w.member(t, org.Member{OrganizationID: o.ID, Email: string(rune('a'+i)) + "@example.org", Status: status, Type: org.Custom})
		}
		w.Sponsored = 2
		got, err := w.Use(t.Context(), o.ID)
		want := org.Use{OccupiedSeats: 4 + 2, Collections: 1, CustomMembers: 5}
		if err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	})
}
