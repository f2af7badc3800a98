package org_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
)

// gone fails unless nothing is left of the company, for anybody.
func (c *company) gone(t *testing.T, d *db.DB) {
	t.Helper()
	for _, who := range []id.ID{c.owner, c.admin, c.user, c.waiting} {
		s := c.sync(t, who)
		if len(s.Profile.Organizations)+len(s.Profile.OrganizationsNew)+len(s.Collections)+len(s.Policies) > 0 {
			t.Errorf("a member's sync still has %+v", s)
		}
	}
	for _, table := range []string{"organization", "member", "collection", "collection_member", "policy", "organization_api_key", "event"} {
		if n, err := db.Value[int](t.Context(), d, `SELECT COUNT(*) FROM `+table); n != 0 || err != nil {
			t.Errorf("%s: %d rows left, %v", table, n, err)
		}
	}
}

// Scenario 80, as far as there are files: none yet.
func TestOwnerDeletesAnOrganizationForGood(t *testing.T) {
	for _, route := range []string{"DELETE ", "POST /delete"} {
		method, under, _ := strings.Cut(route, " ")
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			c := newCompany(t, d, org.MountCloud)
			second := c.person(t, "second@example.org")
			c.member(t, org.Member{OrganizationID: c.o.ID, AccountID: second, Status: org.Confirmed, Type: org.Owner})
			c.refused(t, method, under, proof)
			c.want(t, c.owner, method, under, `{"masterPasswordHash":"wrong"}`, 400, `"MasterPasswordHash":["`)
			if c.Slept != 2*time.Second {
				t.Errorf("a wrong password waits %v", c.Slept)
			}
			c.want(t, c.owner, method, under, `{}`, 400, `"masterPasswordHash":["`)
			c.Said, c.Touched = nil, nil
			c.want(t, c.owner, method, under, proof, 200, "")
			c.gone(t, d)
			told := []id.ID{c.owner, second, c.admin, c.user, c.custom, c.waiting}
			if n := c.Said[0]; len(c.Said) != 1 || n.Kind != notice.OrganizationKeys || !same(n.People, told) || !same(c.Touched, told) {
				t.Errorf("told %+v, touched %v, want %v", c.Said, c.Touched, told)
			}
			c.mailed(t, "organization-deleted", "owner@example.org", "second@example.org")
			c.want(t, c.owner, method, under, proof, 404, "")
		})
	}
}

// mailed fails unless one mail of a template went to each address, and nothing else.
func (c *company) mailed(t *testing.T, template string, addresses ...string) {
	t.Helper()
	var got []string
	for _, m := range c.Mails {
		if m.Template != template || m.Data["Organization"] != "Acme" {
			t.Errorf("mail %+v", m)
		}
		got = append(got, m.To)
	}
	slices.Sort(got)
	if !slices.Equal(got, addresses) {
		t.Errorf("mailed to %v, want %v", got, addresses)
	}
}

// An owner ends a disabled organization too: nobody else could.
func TestDisabledOrganizationIsDeletedByItsOwner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d, org.MountCloud)
		c.disable(t, c.o)
		c.want(t, c.owner, "DELETE", "", proof, 200, "")
		c.gone(t, d)
	})
}

func TestWhatOtherRoomsKeepEndsWithTheOrganization(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d, org.MountCloud)
		refuse := fault.New(fault.Invalid, "org.noSeats")
		c.Closing = closing(&refuse)
		c.want(t, c.owner, "DELETE", "", proof, 400, "")
		if _, err := c.Get(t.Context(), c.o.ID); err != nil || len(c.Mails) > 0 && len(c.Said) > 0 {
			t.Errorf("a deletion that fails leaves everything: %v", err)
		}
		refuse = nil
		c.want(t, c.owner, "DELETE", "", proof, 200, "")
		c.gone(t, d)
	})
}

// Scenario 171: what was mailed before the password changed is void. The link holds
// only what was true as it was sent.
func TestDeletionLinkIsGoodForWhatItWasSentFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		set := func(c *company, query string, args ...any) {
			if _, err := d.Exec(t.Context(), query, args...); err != nil {
				t.Fatal(err)
			}
		}
		tests := map[string]struct {
			happens func(c *company)
			status  int
		}{
			"at once":           {func(*company) {}, 200},
			"within a day":      {func(c *company) { c.Time = c.Time.Add(24*time.Hour - time.Second) }, 200},
			"while disabled":    {func(c *company) { c.disable(t, c.o) }, 200},
			"after a day":       {func(c *company) { c.Time = c.Time.Add(24 * time.Hour) }, 400},
			"other name":        {func(c *company) { set(c, `UPDATE organization SET name = $1`, "Umbrella") }, 400},
			"other address":     {func(c *company) { set(c, `UPDATE account SET email = $1 WHERE id = $2`, "x@example.org", c.owner) }, 400},
			"other password":    {func(c *company) { set(c, `UPDATE account SET security_stamp = $1 WHERE id = $2`, "new", c.owner) }, 400},
			"owner no more":     {func(c *company) { set(c, `UPDATE member SET type = $1 WHERE account_id = $2`, org.Admin, c.owner) }, 400},
			"owner not there":   {func(c *company) { set(c, `DELETE FROM member WHERE account_id = $1`, c.owner) }, 400},
			"owner's no longer": {func(c *company) { set(c, `DELETE FROM account WHERE id = $1`, c.owner) }, 400},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				c := newCompanyOn(t, d)
				token := c.link(t)
				test.happens(c)
				c.want(t, id.ID{}, "POST", "/delete-recover-token", `{"token":"`+token+`"}`, test.status, "")
				_, err := c.Get(t.Context(), c.o.ID)
				if deleted := fault.KindOf(err) == fault.NotFound; deleted != (test.status == 200) {
					t.Errorf("deleted: %v", deleted)
				}
				if waits := c.Slept == account.FailureDelay; waits != (test.status == 400) {
					t.Errorf("waited %v", c.Slept)
				}
				if test.status == 200 {
					c.want(t, id.ID{}, "POST", "/delete-recover-token", `{"token":"`+token+`"}`, 400, "not valid any more")
				}
				set(c, `DELETE FROM organization`)
				set(c, `DELETE FROM account`)
			})
		}
	})
}

// link returns the token that is mailed to the owner, out of its link.
func (c *company) link(t *testing.T) string {
	t.Helper()
	addresses, err := c.MailDeletion(t.Context(), c.o.ID)
	if err != nil || !slices.Equal(addresses, []string{"owner@example.org"}) {
		t.Fatalf("mailed to %v, %v", addresses, err)
	}
	c.mailed(t, "organization-delete-link", "owner@example.org")
	_, query, found := strings.Cut(c.Mails[0].Data["Link"], orgtest.VaultURL+"/#/verify-recover-delete-org?")
	values, err := url.ParseQuery(query)
	if err != nil || !found || values.Get("orgId") != c.o.ID.String() || values.Get("name") != "Acme" {
		t.Fatalf("link %s", c.Mails[0].Data["Link"])
	}
	return values.Get("token")
}

func TestDeletionLinkIsOfOneOrganization(t *testing.T) {
	c := newCompanyOn(t, dbtest.SQLite(t))
	token := c.link(t)
	other := c.organization(t, c.owner, plan.FamiliesAnnually)
	for _, test := range []struct{ orgID, token string }{
		{other.ID.String(), token}, {id.New().String(), token}, {c.o.ID.String(), "x"}, {c.o.ID.String(), token[:len(token)-2]},
	} {
		body, _ := json.Marshal(map[string]string{"token": test.token})
		rec := orgtest.Call(c.r, id.ID{}, "POST /api/organizations/"+test.orgID+"/delete-recover-token", string(body))
		if rec.Code != 400 {
			t.Errorf("%+v: got %d %s", test, rec.Code, rec.Body)
		}
	}
	c.want(t, id.ID{}, "POST", "/delete-recover-token", `{}`, 400, `"token":["`)
	if list, err := c.ListAll(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("organizations left: %v, %v", list, err)
	}
}

// Scenario 172, as far as organizations reach.
func TestDeletedPersonIsAMemberNowhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompanyOn(t, d)
		secret := account.Secret{MasterPasswordHash: orgtest.Password}
		if err := c.World.Accounts.Delete(t.Context(), c.owner, secret); keyOf(err) != "org.onlyOwner" {
			t.Errorf("the only owner: got %v", err)
		}
		if err := c.World.Accounts.Delete(t.Context(), c.user, secret); err != nil {
			t.Fatal(err)
		}
		members, err := c.Store.Members(t.Context(), c.o.ID)
		if err != nil || len(members) != 4 || slices.ContainsFunc(members, func(m org.Member) bool { return m.ID == c.userMember.ID }) {
			t.Errorf("members %+v, %v", members, err)
		}
	})
}
