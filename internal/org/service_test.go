package org_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/member"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// Scenario 76: the creator is a confirmed owner with the key and manages the
// default collection, and the organization has an API key.
func TestCreatedOrganizationIsComplete(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice := w.person(t, "alice@example.org")
		o, err := w.Buy(t.Context(), alice, org.New{
			Name: "Acme", BillingEmail: "bills@example.org", Key: wrapped, CollectionName: encrypted, PublicKey: publicKey, PrivateKey: encrypted,
		}, org.Purchase{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 5})
		if err != nil {
			t.Fatal(err)
		}
		if len(o.LicenseKey) != 20 || o.Settings != (org.Settings{}) || o.Status != org.Created || *o.Seats != 5 {
			t.Errorf("organization: got %+v", o)
		}
		_, m, err := w.Membership(t.Context(), alice, o.ID)
		if err != nil || !m.Owns() || m.Key != wrapped {
			t.Errorf("owner: got %+v, %v", m, err)
		}
		assignments, err := w.Collections.AssignmentsOf(t.Context(), alice)
		if err != nil || len(assignments) != 1 || assignments[0].Access != (collection.Access{Manage: true}) {
			t.Errorf("collections: got %+v, %v", assignments, err)
		}
		if k, err := w.APIKey(t.Context(), o.ID); err != nil || len(k.Key) != 30 || !k.RevisedAt.Equal(noon) {
			t.Errorf("API key: got %+v, %v", k, err)
		}
		if !same(w.Touched, []id.ID{alice}) {
			t.Errorf("touched: got %v", w.Touched)
		}
	})
}

func TestFailedSubscriptionLeavesNoOrganization(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	alice := w.person(t, "alice@example.org")
	broken := errors.New("broken")
	w.Subscribe = func(context.Context, org.Organization, org.Purchase) error { return broken }
	_, err := w.Buy(t.Context(), alice, org.New{Name: "Acme"}, org.Purchase{PlanType: plan.FamiliesAnnually})
	if !errors.Is(err, broken) {
		t.Fatalf("got %v, want %v", err, broken)
	}
	if list, err := w.ListOf(t.Context(), alice); err != nil || len(list) != 0 {
		t.Errorf("organizations: got %v, %v", list, err)
	}
}

func TestFreeOrganizationIsOneAndHasNoSubscription(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice := w.person(t, "alice@example.org")
		errs := make([]error, 3)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { _, errs[i] = w.Buy(t.Context(), alice, org.New{Name: "Acme", Key: wrapped}, org.Purchase{}) })
		}
		wg.Wait()
		refused := 0
		for _, err := range errs {
			if keyOf(err) == "org.freeTaken" {
				refused++
			} else if err != nil {
				t.Error(err)
			}
		}
		if refused != 2 || len(w.Bought) != 0 {
			t.Errorf("got %d refused and %d subscriptions, want 2 and none", refused, len(w.Bought))
		}
	})
}

func TestLicenseDictatesNames(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	alice := w.person(t, "alice@example.org")
	terms := org.Terms{
		Name: "Acme", BusinessName: "Acme SA", BillingEmail: "bills@example.org", LicenseKey: "from-the-cloud",
		Plan: "Enterprise (Annually)", PlanType: plan.EnterpriseAnnually, Enabled: true, ExpiresAt: noon.AddDate(1, 0, 0),
	}
	o, err := w.Create(t.Context(), alice, org.New{Key: wrapped, Terms: terms})
	if err != nil {
		t.Fatal(err)
	}
	if found, ok, err := w.FindByLicenseKey(t.Context(), "from-the-cloud"); err != nil || !ok || found.Name != "Acme" || found.Seats != nil {
		t.Errorf("got %+v, %v, %v", found, ok, err)
	}
	if _, ok, err := w.FindByLicenseKey(t.Context(), "another"); err != nil || ok {
		t.Errorf("another key: got %v, %v", ok, err)
	}
	w.Touched = nil
	terms.Name, terms.BusinessName, terms.Enabled, terms.Seats = "Renamed", "", false, new(3)
	if err := w.Apply(t.Context(), o.ID, terms); err != nil {
		t.Fatal(err)
	}
	got, err := w.Get(t.Context(), o.ID)
	if err != nil || got.Name != "Renamed" || got.BusinessName != "" || got.Enabled || *got.Seats != 3 {
		t.Errorf("after the update: got %+v, %v", got, err)
	}
	if !same(w.Touched, []id.ID{alice}) {
		t.Errorf("touched: got %v", w.Touched)
	}
}

func TestSubscriptionLeavesNamesAndLicenseKey(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.organization(t, w.person(t, "alice@example.org"), plan.FamiliesAnnually)
	terms := o.Terms()
	terms.ExpiresAt = noon.AddDate(1, 0, 0)
	if err := w.Apply(t.Context(), o.ID, terms); err != nil {
		t.Fatal(err)
	}
	got, err := w.Get(t.Context(), o.ID)
	if err != nil || got.Name != o.Name || got.LicenseKey != o.LicenseKey || !got.ExpiresAt.Equal(terms.ExpiresAt) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// Scenario 78, and 92: only a confirmed owner is one.
func TestForOwnerIsForConfirmedOwners(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice := w.person(t, "alice@example.org")
		o := w.organization(t, alice, plan.EnterpriseAnnually)
		if _, err := w.ForOwner(t.Context(), alice, o.ID); err != nil {
			t.Errorf("owner: %v", err)
		}
		others := map[string]org.Member{
			"admin":          {Status: org.Confirmed, Type: org.Admin},
			"user":           {Status: org.Confirmed, Type: org.User},
			"custom":         {Status: org.Confirmed, Type: org.Custom, Permissions: org.Permissions{ManageUsers: true}},
			"accepted owner": {Status: org.Accepted, Type: org.Owner},
			"revoked owner":  {Status: org.Revoked, Type: org.Owner},
		}
		for name, m := range others {
			m.OrganizationID, m.AccountID = o.ID, w.person(t, id.New().String()+"@example.org")
			w.member(t, m)
			if got, err := w.ForOwner(t.Context(), m.AccountID, o.ID); err != fault.Gone || got.Name != "" {
				t.Errorf("%s: got %q, %v, want Gone", name, got.Name, err)
			}
		}
		if _, err := w.ForOwner(t.Context(), w.person(t, "carol@example.org"), o.ID); err != fault.Gone {
			t.Errorf("outsider: got %v, want Gone", err)
		}
		w.disable(t, o)
		if _, err := w.ForOwner(t.Context(), alice, o.ID); err != nil {
			t.Errorf("owner of a disabled organization: %v", err)
		}
	})
}

// Scenario 85: of a disabled organization only the name is left.
func TestDisabledOrganizationWithholdsItsVault(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice := w.person(t, "alice@example.org")
		o := w.organization(t, alice, plan.EnterpriseAnnually)
		if premium, err := w.GivesPremium(t.Context(), alice); err != nil || !premium {
			t.Errorf("premium before: got %v, %v", premium, err)
		}
		w.disable(t, o)
		list, err := w.ListOf(t.Context(), alice)
		if err != nil || len(list) != 1 || list[0].Organization.Enabled {
			t.Errorf("organizations: got %+v, %v", list, err)
		}
		if got, err := w.Collections.AssignmentsOf(t.Context(), alice); err != nil || len(got) != 0 {
			t.Errorf("collections: got %v, %v", got, err)
		}
		if premium, err := w.GivesPremium(t.Context(), alice); err != nil || premium {
			t.Errorf("premium after: got %v, %v", premium, err)
		}
		closed := map[string]func() error{
			"collections": func() error { _, err := w.Collections.List(t.Context(), alice, o.ID); return err },
			"members":     func() error { _, err := w.World.Members.List(t.Context(), alice, o.ID, member.With{}); return err },
			"policies":    func() error { _, err := w.Policies.List(t.Context(), alice, o.ID); return err },
			"keys":        func() error { _, err := w.SetKeys(t.Context(), alice, o.ID, publicKey, encrypted); return err },
		}
		for name, attempt := range closed {
			if err := attempt(); err != fault.Gone {
				t.Errorf("%s: got %v, want Gone", name, err)
			}
		}
		if _, err := w.OccupiedSeats(t.Context(), alice, o.ID); err != nil {
			t.Errorf("occupied seats, for the page that repairs it: %v", err)
		}
	})
}

func TestListOfHasEachConfirmedOrganizationOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice, bob := w.person(t, "alice@example.org"), w.person(t, "bob@example.org")
		o := w.organization(t, alice, plan.EnterpriseAnnually)
		m := w.member(t, org.Member{OrganizationID: o.ID, AccountID: bob, Status: org.Confirmed, Type: org.User, Key: wrapped})
		for _, status := range []org.Status{org.Invited, org.Accepted, org.Revoked} {
			other := w.organization(t, alice, plan.FamiliesAnnually)
			w.member(t, org.Member{OrganizationID: other.ID, AccountID: bob, Status: status})
		}
		w.Given = map[id.ID]org.FamilySponsorship{m.ID: {FriendlyName: "carol@example.org"}, id.New(): {}}
		list, err := w.ListOf(t.Context(), bob)
		if err != nil || len(list) != 1 || list[0].Organization.ID != o.ID || list[0].Sponsorship == nil {
			t.Fatalf("got %+v, %v", list, err)
		}
		if got := list[0].Sponsorship.FriendlyName; got != "carol@example.org" {
			t.Errorf("sponsorship: got %q", got)
		}
	})
}

// Scenario 83: the key pair is made once.
func TestKeysAreSetOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice, bob := w.person(t, "alice@example.org"), w.person(t, "bob@example.org")
		o, err := w.Buy(t.Context(), alice, org.New{Name: "Acme", Key: wrapped}, org.Purchase{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 5})
		if err != nil {
			t.Fatal(err)
		}
		w.Touched = nil
		w.member(t, org.Member{OrganizationID: o.ID, AccountID: bob, Status: org.Confirmed, Type: org.User})
		if _, err := w.SetKeys(t.Context(), bob, o.ID, publicKey, encrypted); err != fault.Gone {
			t.Errorf("by a user: got %v, want Gone", err)
		}
		set, err := w.SetKeys(t.Context(), alice, o.ID, publicKey, encrypted)
		if err != nil || set.PublicKey != publicKey || set.PrivateKey != encrypted {
			t.Errorf("got %+v, %v", set, err)
		}
		if !same(w.Touched, []id.ID{alice, bob}) {
			t.Errorf("touched: got %v", w.Touched)
		}
		if _, err := w.SetKeys(t.Context(), alice, o.ID, "BBBB", encrypted); keyOf(err) != "org.keysExist" {
			t.Errorf("again: got %v", err)
		}
		if key, err := w.PublicKey(t.Context(), bob, o.ID); err != nil || key != publicKey {
			t.Errorf("public key: got %q, %v", key, err)
		}
	})
}

func TestPublicKeyIsForMembersAndWhoIsInvited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice, zoe, eve := w.person(t, "alice@example.org"), w.person(t, "zoe@example.org"), w.person(t, "eve@example.org")
		o, other := w.organization(t, alice, plan.EnterpriseAnnually), w.organization(t, alice, plan.EnterpriseAnnually)
		w.member(t, org.Member{OrganizationID: o.ID, Email: "zoe@example.org", Type: org.User, Status: org.Invited})
		if key, err := w.PublicKey(t.Context(), zoe, o.ID); err != nil || key != publicKey {
			t.Errorf("invited: got %q, %v", key, err)
		}
		if _, err := w.PublicKey(t.Context(), eve, o.ID); err != fault.Gone {
			t.Errorf("a stranger: got %v, want Gone", err)
		}
		if _, err := w.PublicKey(t.Context(), zoe, other.ID); err != fault.Gone {
			t.Errorf("invited elsewhere: got %v, want Gone", err)
		}
	})
}

func TestRotatedAPIKeyReplacesTheOld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.organization(t, w.person(t, "alice@example.org"), plan.EnterpriseAnnually)
		old, err := w.APIKey(t.Context(), o.ID)
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := w.RotateAPIKey(t.Context(), o.ID)
		if err != nil || fresh.Key == old.Key {
			t.Errorf("got %q after %q, %v", fresh.Key, old.Key, err)
		}
		if got, err := w.APIKey(t.Context(), o.ID); err != nil || got.Key != fresh.Key {
			t.Errorf("got %q, %v, want %q", got.Key, err, fresh.Key)
		}
	})
}
