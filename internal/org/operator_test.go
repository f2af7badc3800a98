package org_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
)

func newCompanyOn(t *testing.T, d *db.DB) *company {
	t.Helper()
	return newCompany(t, d, org.MountCloud)
}

// closing is what another room says to a deletion.
func closing(refused **fault.Error) func(context.Context, org.Organization) error {
	return func(context.Context, org.Organization) error {
		if *refused != nil {
			return *refused
		}
		return nil
	}
}

// Scenario 85, as far as there are items: none yet.
func TestOfADisabledOrganizationClientsSeeTheName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompanyOn(t, d)
		key, err := c.APIKey(t.Context(), c.o.ID)
		if err != nil {
			t.Fatal(err)
		}
		if s := c.sync(t, c.owner); len(s.Collections) != 1 || !s.Profile.Organizations[0].Enabled {
			t.Fatalf("before: %+v", s)
		}
		c.Said = nil
		if _, err := c.Suspend(t.Context(), c.o.ID, true); err != nil {
			t.Fatal(err)
		}
		if got := c.heard(c.o.ID); !slices.Equal(got, []notice.Kind{notice.OrganizationStatus, notice.OrganizationsChanged}) {
			t.Errorf("announced %v", got)
		}
		s := c.sync(t, c.owner)
		if o := s.Profile.Organizations; len(s.Collections) != 0 || len(o) != 1 || o[0].Enabled || o[0].Name != "Acme" {
			t.Errorf("afterwards: %+v", s)
		}
		c.closed(t)
		if err := c.CheckAPIKey(t.Context(), c.o.ID, key.Key); err != fault.Gone {
			t.Errorf("key: %v, want Gone", err)
		}
		if open, err := c.APIOpen(t.Context(), c.o.ID); open || err != nil {
			t.Errorf("a token of before: %v, %v", open, err)
		}
	})
}

// closed tries what a disabled organization refuses to its owner.
func (c *company) closed(t *testing.T) {
	t.Helper()
	c.want(t, c.owner, "GET", "", "", 200, `"enabled":false`)
	c.want(t, c.owner, "PUT", "/collection-management", `{"limitItemDeletion":true}`, 404, "")
	c.want(t, c.owner, "POST", "/keys", `{"publicKey":"AAAA","encryptedPrivateKey":"`+encrypted+`"}`, 404, "")
	c.want(t, c.owner, "POST", "/api-key", proof, 404, "")
	c.want(t, c.owner, "POST", "/rotate-api-key", proof, 404, "")
	c.want(t, c.owner, "GET", "/private-key", "", 404, "")
	c.want(t, c.owner, "GET", "/two-factor", "", 404, "")
	c.want(t, c.owner, "GET", "/collections", "", 404, "")
	c.want(t, c.owner, "POST", "/collections", `{"name":"`+encrypted+`"}`, 404, "")
}

// What the operator has disabled no payment and no license enables.
func TestSuspensionOutlivesNewTerms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompanyOn(t, d)
		enabled := func(what string, want bool) {
			t.Helper()
			if o, err := c.Get(t.Context(), c.o.ID); err != nil || o.Enabled != want {
				t.Errorf("%s: enabled %v, %v, want %v", what, o.Enabled, err, want)
			}
		}
		suspend := func(suspended bool) {
			t.Helper()
			if _, err := c.Suspend(t.Context(), c.o.ID, suspended); err != nil {
				t.Fatal(err)
			}
		}
		apply := func(granted bool) {
			t.Helper()
			o, err := c.Get(t.Context(), c.o.ID)
			if err != nil {
				t.Fatal(err)
			}
			terms := o.Terms()
			terms.Enabled, terms.ExpiresAt = granted, c.Time.AddDate(1, 0, 0)
			if err := c.Apply(t.Context(), c.o.ID, terms); err != nil {
				t.Fatal(err)
			}
		}
		suspend(true)
		enabled("suspended", false)
		apply(true)
		enabled("suspended and paid", false)
		suspend(false)
		enabled("no longer suspended", true)
		suspend(true)
		apply(false)
		suspend(false)
		enabled("no longer suspended, not paid", false)
		apply(true)
		enabled("paid", true)
	})
}

func TestOperatorSeesEveryOrganization(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompanyOn(t, d)
		free := c.organization(t, c.user, plan.Free)
		list, err := c.ListAll(t.Context())
		if err != nil || len(list) != 2 {
			t.Fatalf("got %+v, %v", list, err)
		}
		for _, o := range list {
			if want := map[id.ID]int{c.o.ID: 5, free.ID: 1}[o.ID]; o.Members != want {
				t.Errorf("%s: %d members, want %d", o.ID, o.Members, want)
			}
		}
		shown, err := c.Show(t.Context(), c.o.ID)
		if err != nil || shown.Members != 5 || len(shown.Owners) != 1 || shown.Owners[0].ID != c.owner || shown.Use.OccupiedSeats != 5 {
			t.Errorf("got %+v, %v", shown, err)
		}
		for what, err := range map[string]error{
			"show":    func() error { _, err := c.Show(t.Context(), id.New()); return err }(),
			"suspend": func() error { _, err := c.Suspend(t.Context(), id.New(), true); return err }(),
			"mail":    func() error { _, err := c.MailDeletion(t.Context(), id.New()); return err }(),
		} {
			if err != fault.Gone {
				t.Errorf("%s: got %v, want Gone", what, err)
			}
		}
	})
}

// Scenario 167: what a sync asks of the database does not grow with the number of
// organizations. The token names none of them.
func TestSyncOfTwoHundredOrganizationsIsAsFewQueries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompanyOn(t, d)
		statements := func() int64 {
			before := d.Statements()
			c.sync(t, c.user)
			return d.Statements() - before
		}
		few := statements()
		for range 199 {
			o := c.organization(t, c.owner, plan.EnterpriseAnnually)
			c.member(t, org.Member{OrganizationID: o.ID, AccountID: c.user, Status: org.Confirmed, Type: org.User})
		}
		if s := c.sync(t, c.user); len(s.Profile.Organizations) != 200 || len(s.Profile.OrganizationsNew) != 200 {
			t.Errorf("synced %d organizations", len(s.Profile.Organizations))
		}
		if many := statements(); many != few {
			t.Errorf("%d statements for 200 organizations, %d for one", many, few)
		}
	})
}

// Clients take the keys of organizations from the one list, so those that have yet to
// confirm a person are in the other alone.
func TestProfileNamesWhatWaitsForConfirmationApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompanyOn(t, d)
		s := c.sync(t, c.waiting)
		if all := s.Profile.OrganizationsNew; len(s.Profile.Organizations) != 0 || len(all) != 1 || all[0].Status != org.Accepted {
			t.Errorf("accepted: %+v", s.Profile)
		}
		s = c.sync(t, c.user)
		if all := s.Profile.OrganizationsNew; len(s.Profile.Organizations) != 1 || len(all) != 1 || all[0].Status != org.Confirmed {
			t.Errorf("confirmed: %+v", s.Profile)
		}
		c.member(t, org.Member{OrganizationID: c.o.ID, AccountID: c.outsider, Status: org.Revoked})
		if s = c.sync(t, c.outsider); len(s.Profile.Organizations)+len(s.Profile.OrganizationsNew) != 0 {
			t.Errorf("revoked: %+v", s.Profile)
		}
	})
}

// Scenario 76 on a server without any cloud.
func TestSelfHostedOrganizationNeedsNoLicense(t *testing.T) {
	for _, route := range []string{"/api/organizations", "/api/organizations/create-without-payment"} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			c := newCompany(t, d, org.MountSelfHosted)
			body := order(map[string]any{"paymentToken": nil, "paymentMethodType": nil, "billingAddressCountry": nil, "planType": 0, "additionalSeats": nil})
			rec := orgtest.Call(c.r, c.outsider, "POST "+route, body)
			if rec.Code != 200 {
				t.Fatalf("got %d %s", rec.Code, rec.Body)
			}
			s := c.sync(t, c.outsider)
			if len(s.Profile.Organizations) != 1 || len(s.Collections) != 1 {
				t.Fatalf("synced %+v", s)
			}
			o, m, err := c.Membership(t.Context(), c.outsider, s.Profile.Organizations[0].ID)
			f := o.Features
			if err != nil || o.PlanType != plan.EnterpriseAnnually || o.Seats != nil || !o.ExpiresAt.IsZero() || !o.Enabled || !m.Owns() || m.Key != wrapped {
				t.Errorf("got %+v, %+v, %v", o, m, err)
			}
			if !f.UseGroups || !f.UsePolicies || !f.UseEvents || !f.UseResetPassword || !f.UseCustomPermissions || !f.UsersGetPremium || f.UseSSO || f.UseSCIM {
				t.Errorf("features %+v", f)
			}
			if o.Sponsors() {
				t.Error("without a license it sponsors nobody")
			}
			if k, err := c.APIKey(t.Context(), o.ID); err != nil || len(k.Key) != 30 {
				t.Errorf("API key %+v, %v", k, err)
			}
		})
	}
}

// Whichever way a person makes an organization, a policy of another may forbid it.
func TestForbiddenOrganizationsAreNotMade(t *testing.T) {
	c := newCompany(t, dbtest.SQLite(t), org.MountSelfHosted)
	c.Forbidden = fault.New(fault.Invalid, "org.onlyOwner")
	ways := map[string]func() error{
		"bought": func() error {
			_, err := c.Buy(t.Context(), c.user, org.New{Name: "B"}, org.Purchase{PlanType: plan.Free})
			return err
		},
		"founded": func() error { _, err := c.Found(t.Context(), c.user, org.New{Name: "F"}); return err },
		"license": func() error { _, err := c.Create(t.Context(), c.user, org.New{Name: "L"}); return err },
	}
	for way, make := range ways {
		if err := make(); keyOf(err) != "org.onlyOwner" {
			t.Errorf("%s: got %v", way, err)
		}
	}
	if list, err := c.ListAll(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("organizations %v, %v", list, err)
	}
}

// A license that comes later takes over, and its names with it.
func TestFoundedOrganizationMayTakeALicense(t *testing.T) {
	c := newCompany(t, dbtest.SQLite(t), org.MountSelfHosted)
	o, err := c.Found(t.Context(), c.user, org.New{Name: "Club", BillingEmail: "club@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := plan.Of(plan.EnterpriseAnnually)
	terms := org.Terms{
		Plan: p.Name, PlanType: p.Type, Seats: new(5), Features: p.Features, Enabled: true, Basis: org.License,
		ExpiresAt: c.Time.Add(365 * 24 * time.Hour), LicenseKey: "key", Name: "Club of the license",
	}
	if err := c.Apply(t.Context(), o.ID, terms); err != nil {
		t.Fatal(err)
	}
	o, err = c.Get(t.Context(), o.ID)
	if err != nil || o.Name != "Club of the license" || !o.Sponsors() || o.Basis != org.License {
		t.Errorf("got %+v, %v", o, err)
	}
}

// The operator of a cloud lets the admins of an Enterprise organization sponsor people;
// no other plan does, and where a license decides, it alone does.
func TestOperatorAllowsSponsorshipsByAdmins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompanyOn(t, d)
		allowed := func() bool {
			t.Helper()
			o, err := c.Get(t.Context(), c.o.ID)
			if err != nil {
				t.Fatal(err)
			}
			return o.Features.UseAdminSponsoredFamilies
		}
		for _, on := range []bool{true, true, false} {
			if err := c.AllowAdminSponsorships(t.Context(), c.o.ID, on); err != nil || allowed() != on {
				t.Errorf("got %v, %v, want %v", allowed(), err, on)
			}
		}
		for name, change := range map[string]func(*org.Terms){
			"a license": func(terms *org.Terms) { terms.Basis = org.License },
			"Teams":     func(terms *org.Terms) { terms.Basis, terms.PlanType = org.Subscription, plan.TeamsAnnually },
		} {
			terms := c.o.Terms()
			change(&terms)
			if err := c.Apply(t.Context(), c.o.ID, terms); err != nil {
				t.Fatal(err)
			}
			if err := c.AllowAdminSponsorships(t.Context(), c.o.ID, true); fault.KindOf(err) != fault.Invalid || allowed() {
				t.Errorf("%s: got %v, want 400", name, err)
			}
		}
		if err := c.AllowAdminSponsorships(t.Context(), id.New(), true); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an organization that is not there: %v", err)
		}
	})
}
