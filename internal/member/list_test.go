package member_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/policy"
)

// row is a member as the list tells of it.
type row struct {
	Object                string
	ID, UserID            id.ID
	Type, Status          int
	Email                 string
	Name                  *string
	ExternalID            *string
	ResetPasswordEnrolled bool
	TwoFactorEnabled      bool
	HasMasterPassword     bool
	RevocationReason      *int
	Collections           []struct {
		ID     id.ID
		Manage bool
	}
	Groups []id.ID
}

// listed asks for the members as somebody.
func (c *company) listed(t testing.TB, who, query string) map[string]row {
	t.Helper()
	rec := c.call(who, "GET /users"+query, "")
	var answer struct{ Data []row }
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil || rec.Code != 200 {
		t.Fatalf("got %d %s", rec.Code, rec.Body)
	}
	found := map[string]row{}
	for _, r := range answer.Data {
		name, _, _ := strings.Cut(r.Email, "@")
		found[name] = r
	}
	return found
}

func (c *company) change(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := c.DB.Exec(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func TestManagersSeeEveryMember(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		shared, group := c.collection(t, c.o), c.group(t, c.o)
		uma := c.members["uma"]
		body := fmt.Sprintf(`{"type":2,"collections":[{"id":%q,"manage":true}],"groups":[%q]}`, shared, group)
		expect(t, c.call("olga", "PUT /users/uma", body), 200, "")
		c.change(t, `UPDATE member SET external_id = 'dn', reset_password_key = '4.AAAA' WHERE id = $1`, uma.ID)
		c.TwoStep = map[id.ID]bool{uma.AccountID: true}
		got := c.listed(t, "mia", "?includeGroups=true&includeCollections=True")
		if len(got) != 9 {
			t.Errorf("got %d members, want 9: %v", len(got), got)
		}
		u := got["uma"]
		if u.Object != "organizationUserUserDetails" || u.ID != uma.ID || u.UserID != uma.AccountID || *u.ExternalID != "dn" || *u.Name != "Ann" {
			t.Errorf("uma: got %+v", u)
		}
		if !u.ResetPasswordEnrolled || !u.TwoFactorEnabled || !u.HasMasterPassword || u.RevocationReason != nil {
			t.Errorf("what uma has: got %+v", u)
		}
		if len(u.Collections) != 1 || u.Collections[0].ID != shared || !u.Collections[0].Manage || len(u.Groups) != 1 || u.Groups[0] != group {
			t.Errorf("what uma was given: got %+v", u)
		}
		if i := got["ivan"]; i.Status != 0 || !i.UserID.IsZero() || i.HasMasterPassword || i.TwoFactorEnabled || i.Groups == nil || i.Collections == nil {
			t.Errorf("ivan: got %+v", i)
		}
		if bare := c.listed(t, "olga", "")["uma"]; len(bare.Groups)+len(bare.Collections) != 0 {
			t.Errorf("what nobody asked for: got %+v", bare)
		}
	})
}

// Scenario 109, as far as the list reaches.
func TestWhoRecoversAccountsSeesWhoTakesPart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.change(t, `UPDATE member SET reset_password_key = '4.AAAA' WHERE id = $1`, c.members["uma"].ID)
		got := c.listed(t, "rita", "")
		if _, there := got["uma"]; !there || len(got) != 1 {
			t.Errorf("got %v, want uma alone", got)
		}
		expect(t, c.call("rita", "GET /users/uma", ""), 404, "Resource not found.")
	})
}

// Scenario 96.
func TestMembersAreListedForManagersOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		for _, who := range []string{"cora", "uma", "anna", "wanda", "petra"} {
			expect(t, c.call(who, "GET /users", ""), 404, "Resource not found.")
			expect(t, c.call(who, "GET /users/adam", ""), 404, "Resource not found.")
		}
		expect(t, c.call("uma", "GET /users/mini-details", ""), 200, `"object":"organizationUserUserMiniDetails"`)
		expect(t, c.call("anna", "GET /users/mini-details", ""), 404, "Resource not found.")
	})
}

// Scenario 104.
func TestRoleCountsOnTheNextRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		expect(t, c.call("uma", "GET /users", ""), 404, "")
		expect(t, c.call("olga", "PUT /users/uma", `{"type":1}`), 200, "")
		expect(t, c.call("uma", "GET /users", ""), 200, "adam@example.org")
		expect(t, c.call("olga", "PUT /users/uma", `{"type":2}`), 200, "")
		expect(t, c.call("uma", "GET /users", ""), 404, "")
	})
}

func TestOneMemberIsShownWithWhatIsShared(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		shared, group := c.collection(t, c.o), c.group(t, c.o)
		body := fmt.Sprintf(`{"type":2,"collections":[{"id":%q,"readOnly":true}],"groups":[%q]}`, shared, group)
		expect(t, c.call("olga", "POST /users/uma", body), 200, "")
		if err := c.Collections.CreateMyItems(t.Context(), c.o.ID, []id.ID{c.members["uma"].ID}, "2.AAAA|AAAA|AAAA"); err != nil {
			t.Fatal(err)
		}
		rec := c.call("mia", "GET /users/uma?includeGroups=true", "")
		expect(t, rec, 200, `"object":"organizationUserDetails"`)
		expect(t, rec, 200, `"collections":[{"id":"`+shared.String()+`","readOnly":true,"hidePasswords":false,"manage":false}],"groups":["`+group.String()+`"]`)
		if rec := c.call("mia", "GET /users/uma", ""); strings.Contains(rec.Body.String(), `"groups"`) {
			t.Errorf("groups that nobody asked for: %s", rec.Body)
		}
		expect(t, c.call("mia", "GET /users/uma/groups", ""), 200, `["`+group.String()+`"]`)
	})
}

// setPolicy switches a policy of the company on.
func (c *company) setPolicy(t testing.TB, policyType policy.Type) {
	t.Helper()
	p := policy.Policy{OrganizationID: c.o.ID, Type: policyType, Enabled: true}
	if _, err := c.Policies.Set(t.Context(), c.members["olga"].AccountID, p); err != nil {
		t.Fatal(err)
	}
	c.forget()
}
