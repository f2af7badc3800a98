package org_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/vault"
	"coffre/internal/vaulttest"
	"coffre/internal/web"
)

// proof is the body that proves an owner.
const proof = `{"masterPasswordHash":"` + orgtest.Password + `"}`

// company is an Enterprise organization with somebody in each role.
type company struct {
	*world
	o                                                   org.Organization
	owner, admin, user, custom, waiting, outsider       id.ID
	adminMember, userMember, customMember, waitingOwner org.Member
	r                                                   *web.Router
}

func newCompany(t *testing.T, d *db.DB, mount func(*web.Router, *org.Service)) *company {
	t.Helper()
	c := &company{world: newWorld(t, d)}
	c.owner, c.admin, c.user = c.person(t, "owner@example.org"), c.person(t, "admin@example.org"), c.person(t, "user@example.org")
	c.custom, c.waiting, c.outsider = c.person(t, "custom@example.org"), c.person(t, "waiting@example.org"), c.person(t, "eve@example.org")
	c.o = c.organization(t, c.owner, plan.EnterpriseAnnually)
	join := func(who id.ID, status org.Status, role org.Type, p org.Permissions) org.Member {
		return c.member(t, org.Member{OrganizationID: c.o.ID, AccountID: who, Status: status, Type: role, Permissions: p})
	}
	c.adminMember = join(c.admin, org.Confirmed, org.Admin, org.Permissions{})
	c.userMember = join(c.user, org.Confirmed, org.User, org.Permissions{})
	c.customMember = join(c.custom, org.Confirmed, org.Custom, org.Permissions{ManageUsers: true, ManagePolicies: true, ManageSCIM: true})
	c.waitingOwner = join(c.waiting, org.Accepted, org.Owner, org.Permissions{})
	c.World.Accounts.Organizations, c.World.Accounts.PremiumFromOrganization = c.Profile, c.GivesPremium
	c.World.Accounts.Deleting = c.Leaving
	c.World.Accounts.Premium = func(context.Context, account.Account) (bool, error) { return false, nil }
	vaults := vaulttest.New(c.World, d)
	c.r = c.Router(
		func(r *web.Router) { mount(r, c.Service) },
		func(r *web.Router) { collection.Mount(r, c.Collections) },
		func(r *web.Router) { vault.Mount(r, vaults) },
	)
	return c
}

// at is the address of the company, or of something under it.
func (c *company) at(method, under string) string {
	return method + " /api/organizations/" + c.o.ID.String() + under
}

// refused tries a call as everybody but the owner, and wants the answer that an
// organization which is not there gives.
func (c *company) refused(t *testing.T, method, under, body string) {
	t.Helper()
	unknown := method + " /api/organizations/" + id.New().String() + under
	want := orgtest.Call(c.r, c.owner, unknown, body)
	for name, who := range map[string]id.ID{"admin": c.admin, "user": c.user, "custom": c.custom, "accepted owner": c.waiting, "outsider": c.outsider} {
		got := orgtest.Call(c.r, who, c.at(method, under), body)
		if got.Code != 404 || want.Code != 404 || got.Body.String() != want.Body.String() {
			t.Errorf("%s%s by %s: got %d %s, want as for an unknown one: %d %s", method, under, name, got.Code, got.Body, want.Code, want.Body)
		}
	}
}

func (c *company) want(t *testing.T, who id.ID, method, under, body string, status int, contains string) string {
	t.Helper()
	rec := orgtest.Call(c.r, who, c.at(method, under), body)
	if rec.Code != status || !strings.Contains(rec.Body.String(), contains) {
		t.Errorf("%s%s: got %d %s, want %d with %q", method, under, rec.Code, rec.Body, status, contains)
	}
	return rec.Body.String()
}

// synced is what a client reads of a sync.
type synced struct {
	Profile struct {
		Organizations, OrganizationsNew []struct {
			ID      id.ID
			Name    string
			Enabled bool
			Status  org.Status
			org.Settings
		}
	}
	Collections []struct{ OrganizationID id.ID }
	Policies    []struct{ OrganizationID id.ID }
}

func (c *company) sync(t *testing.T, who id.ID) (s synced) {
	t.Helper()
	rec := orgtest.Call(c.r, who, "GET /api/sync", "")
	if err := json.Unmarshal(rec.Body.Bytes(), &s); err != nil || rec.Code != http.StatusOK {
		t.Fatalf("sync: %d %s: %v", rec.Code, rec.Body, err)
	}
	return s
}

// Scenario 78.
func TestOnlyOwnersReadAnOrganization(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d, org.MountCloud)
		c.want(t, c.owner, "GET", "", "", 200, `"name":"Acme"`)
		c.refused(t, "GET", "", "")
	})
}

// Scenario 79.
func TestOnlyOwnersChangeAnOrganization(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d, org.MountCloud)
		const body = `{"name":"Umbrella","billingEmail":"New@example.org"}`
		for _, method := range []string{"PUT", "POST"} {
			c.refused(t, method, "", body)
		}
		if o, err := c.Get(t.Context(), c.o.ID); err != nil || o.Name != "Acme" || len(c.Recorded(t)) != 0 {
			t.Errorf("after refusals: %q, %v, %v", o.Name, err, c.RecordedTypes(t))
		}
		c.want(t, c.owner, "PUT", "", body, 200, `"name":"Umbrella"`)
		o, err := c.Get(t.Context(), c.o.ID)
		if err != nil || o.Name != "Umbrella" || o.BillingEmail != "new@example.org" {
			t.Errorf("got %q, %q, %v", o.Name, o.BillingEmail, err)
		}
		if got := c.RecordedTypes(t); !slices.Equal(got, []event.Type{event.OrganizationUpdated}) {
			t.Errorf("events %v", got)
		}
		if got := c.heard(c.o.ID); !slices.Equal(got, []notice.Kind{notice.OrganizationsChanged}) {
			t.Errorf("announced %v", got)
		}
		if got := c.sync(t, c.user).Profile.Organizations[0].Name; got != "Umbrella" {
			t.Errorf("a member's sync says %q", got)
		}
	})
}

func TestUpdateLeavesWhatItDoesNotName(t *testing.T) {
	c := newCompany(t, dbtest.SQLite(t), org.MountCloud)
	c.want(t, c.owner, "PUT", "", `{"businessName":"Acme Ltd"}`, 200, `"name":"Acme","businessName":"Acme Ltd"`)
	c.want(t, c.owner, "PUT", "", `{"billingEmail":"x@example.org","name":null}`, 200, `"businessName":"Acme Ltd"`)
	for _, body := range []string{`{"name":"` + strings.Repeat("x", 51) + `"}`, `{"name":"a\nb"}`, `{"billingEmail":"x"}`, `{"keys":{"publicKey":"AAAA"}}`} {
		c.want(t, c.owner, "PUT", "", body, 400, `validationErrors":{"`)
	}
	if o, _ := c.Get(t.Context(), c.o.ID); o.Name != "Acme" || o.BillingEmail != "x@example.org" {
		t.Errorf("got %q, %q", o.Name, o.BillingEmail)
	}
}

func TestUpdateBringsKeysOnlyOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d, org.MountCloud)
		o, err := c.Create(t.Context(), c.owner, org.New{Name: "Bare", Terms: org.Terms{Enabled: true}})
		if err != nil {
			t.Fatal(err)
		}
		for _, public := range []string{"AAAA", "BBBB"} {
			body := `{"keys":{"publicKey":"` + public + `","encryptedPrivateKey":"` + encrypted + `"}}`
			rec := orgtest.Call(c.r, c.owner, "PUT /api/organizations/"+o.ID.String(), body)
			if got, err := c.Get(t.Context(), o.ID); rec.Code != 200 || err != nil || got.PublicKey != "AAAA" {
				t.Errorf("%s: %d %s; the key is %q, %v", public, rec.Code, rec.Body, got.PublicKey, err)
			}
		}
	})
}

// A license would bring its names back with the next renewal, so other names are not
// taken and forgotten.
func TestNamesOfALicenseAreNotChanged(t *testing.T) {
	c := newCompany(t, dbtest.SQLite(t), org.MountSelfHosted)
	terms := c.o.Terms()
	terms.Basis = org.License
	if err := c.Apply(t.Context(), c.o.ID, terms); err != nil {
		t.Fatal(err)
	}
	c.want(t, c.owner, "PUT", "", `{"name":"Umbrella"}`, 400, `"name":["The names`)
	c.want(t, c.owner, "PUT", "", `{"businessName":"Umbrella"}`, 400, `"businessName":["The names`)
	c.want(t, c.owner, "PUT", "", `{"billingEmail":"x@example.org"}`, 400, `"billingEmail":["The names`)
	c.want(t, c.owner, "PUT", "", `{"name":"Acme","billingEmail":"bills@example.org"}`, 200, `"name":"Acme"`)
}

// Scenario 86.
func TestCollectionSettingsAreTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d, org.MountSelfHosted)
		const on = `{"limitCollectionCreation":true,"limitCollectionDeletion":true,"limitItemDeletion":true,"allowAdminAccessToAllCollectionItems":true}`
		c.refused(t, "PUT", "/collection-management", on)
		all := org.Settings{LimitCollectionCreation: true, LimitCollectionDeletion: true, LimitItemDeletion: true, AdminsReachAllItems: true}
		c.change(t, on, all, 1610, 1612, 1614, 1616)
		c.change(t, on, all)
		c.change(t, `{"limitItemDeletion":false}`, org.Settings{LimitCollectionCreation: true, LimitCollectionDeletion: true, AdminsReachAllItems: true}, 1615)
		c.change(t, strings.ReplaceAll(on, "true", "false"), org.Settings{}, 1611, 1613, 1617)
	})
}

// change sets what an organization limits, and compares what follows.
func (c *company) change(t *testing.T, body string, want org.Settings, events ...event.Type) {
	t.Helper()
	c.Said, c.Touched = nil, nil
	if _, err := c.DB.Exec(t.Context(), `DELETE FROM event`); err != nil {
		t.Fatal(err)
	}
	c.want(t, c.owner, "PUT", "/collection-management", body, 200, `"object":"organization"`)
	got := c.RecordedTypes(t)
	slices.Sort(got) // those of one call are of one instant
	if !slices.Equal(got, events) {
		t.Errorf("%s: events %v, want %v", body, got, events)
	}
	if got := c.sync(t, c.user).Profile.Organizations[0].Settings; got != want {
		t.Errorf("%s: synced %+v, want %+v", body, got, want)
	}
	if len(events) == 0 {
		if len(c.Said)+len(c.Touched) > 0 {
			t.Errorf("%s: told %v, touched %v though nothing changed", body, c.Said, c.Touched)
		}
		return
	}
	raw, err := json.Marshal(c.Said[0].Members)
	var told org.Settings
	if err != nil || json.Unmarshal(raw, &told) != nil || told != want || len(c.Said[0].Members) != 4 {
		t.Errorf("%s: told %s, want %+v", body, raw, want)
	}
	if n := c.Said[0]; len(c.Said) != 1 || n.Kind != 19 || n.OrganizationID != c.o.ID || n.Organization != c.o.ID || !slices.Contains(c.Touched, c.user) {
		t.Errorf("%s: told %+v, touched %v", body, c.Said, c.Touched)
	}
}

// Scenario 84.
func TestKeyOfProgramsIsForTheOwner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d, org.MountSelfHosted)
		for _, route := range []string{"/api-key", "/rotate-api-key"} {
			c.refused(t, "POST", route, proof)
			c.want(t, c.owner, "POST", route, `{"type":0}`, 400, `"masterPasswordHash":["`)
			before := c.Slept
			c.want(t, c.owner, "POST", route, `{"type":0,"masterPasswordHash":"wrong"}`, 400, `"MasterPasswordHash":["`)
			if c.Slept-before != 2*time.Second {
				t.Errorf("%s: a wrong password waits %v", route, c.Slept-before)
			}
			c.want(t, c.owner, "POST", route, `{"type":3,"masterPasswordHash":"x"}`, 400, `"type":["`)
		}
		read := func(answer string) string {
			var key struct{ APIKey, Object string }
			if err := json.Unmarshal([]byte(answer), &key); err != nil || len(key.APIKey) != 30 || key.Object != "apiKey" {
				t.Fatalf("%s: %v", answer, err)
			}
			return key.APIKey
		}
		old := read(c.want(t, c.owner, "POST", "/api-key", proof, 200, ""))
		if err := c.CheckAPIKey(t.Context(), c.o.ID, old); err != nil {
			t.Errorf("before: %v", err)
		}
		fresh := read(c.want(t, c.owner, "POST", "/rotate-api-key", proof, 200, ""))
		if err := c.CheckAPIKey(t.Context(), c.o.ID, old); err != fault.Gone {
			t.Errorf("the old key after the rotation: %v, want Gone", err)
		}
		if err := c.CheckAPIKey(t.Context(), c.o.ID, fresh); err != nil {
			t.Errorf("the new key: %v", err)
		}
	})
}

// What this version does not have is refused with a reason, to whoever could have
// it; others learn nothing.
func TestKeysOfOtherSortsAreNotPretended(t *testing.T) {
	c := newCompany(t, dbtest.SQLite(t), org.MountSelfHosted)
	body := func(sort string) string {
		return `{"type":` + sort + `,"masterPasswordHash":"` + orgtest.Password + `"}`
	}
	for _, route := range []string{"/api-key", "/rotate-api-key"} {
		c.want(t, c.owner, "POST", route, body("1"), 400, "made in the cloud")
		c.want(t, c.owner, "POST", route, body("2"), 400, "no SCIM")
		c.want(t, c.custom, "POST", route, body("2"), 400, "no SCIM")
		c.want(t, c.user, "POST", route, body("2"), 404, "")
		c.refused(t, "POST", route, body("1"))
	}
	c.want(t, c.owner, "GET", "/api-key-information", "", 200, `"data":[{"keyType":0,"revisionDate":"2026-11-23T12:00:00Z"`)
	c.want(t, c.owner, "GET", "/api-key-information/0", "", 200, `"keyType":0`)
	c.want(t, c.owner, "GET", "/api-key-information/1", "", 200, `"data":[]`)
	c.want(t, c.custom, "GET", "/api-key-information/2", "", 200, `"data":[]`)
	c.want(t, c.owner, "GET", "/api-key-information/3", "", 400, "type")
	c.refused(t, "GET", "/api-key-information/0", "")
	c.want(t, c.custom, "GET", "/private-key", "", 200, `{"object":"organizationPrivateKey","privateKey":"`+encrypted+`"}`)
	c.want(t, c.user, "GET", "/private-key", "", 404, "")
	c.want(t, c.custom, "GET", "/two-factor", "", 200, `"data":[]`)
	c.want(t, c.user, "GET", "/two-factor", "", 404, "")
	c.want(t, c.owner, "POST", "/two-factor/get-duo", proof, 400, "Duo")
	c.want(t, c.user, "PUT", "/two-factor/duo", proof, 404, "")
}

// Scenario 104: roles are read anew on every call, so the token of before is of no
// use.
func TestRoleCountsFromTheNextCallOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d, org.MountSelfHosted)
		as := func(role org.Type, status org.Status) {
			t.Helper()
			if _, err := d.Exec(t.Context(), `UPDATE member SET type = $1, status = $2 WHERE id = $3`, role, status, c.adminMember.ID); err != nil {
				t.Fatal(err)
			}
		}
		for _, route := range []string{"", "/api-key-information"} {
			c.want(t, c.admin, "GET", route, "", 404, "")
			as(org.Owner, org.Confirmed)
			c.want(t, c.admin, "GET", route, "", 200, "")
			as(org.Owner, org.Revoked)
			c.want(t, c.admin, "GET", route, "", 404, "")
			as(org.Admin, org.Confirmed)
		}
	})
}
