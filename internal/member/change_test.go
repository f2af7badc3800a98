package member_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
)

// Scenarios 94, 95 and 98.
func TestRolesAreChangedFromAbove(t *testing.T) {
	const custom = `{"type":4,"permissions":{"manageUsers":true}}`
	tests := map[string]struct {
		who, whom, body string
		status          int
		contains        string
	}{
		"custom, an admin":              {"mia", "adam", `{"type":1}`, 400, "Only an owner or an admin"},
		"custom, an owner":              {"mia", "olga", `{"type":0}`, 400, "Only an owner can"},
		"custom makes an owner":         {"mia", "uma", `{"type":0}`, 400, "Only an owner can"},
		"custom makes an admin":         {"mia", "uma", `{"type":1}`, 400, "Only an owner or an admin"},
		"custom raises herself":         {"mia", "mia", `{"type":1}`, 400, "Only an owner or an admin"},
		"custom takes a permission":     {"mia", "mia", `{"type":4,"permissions":{"manageUsers":true,"managePolicies":true}}`, 400, `"permissions":[`},
		"custom gives a permission":     {"mia", "uma", `{"type":4,"permissions":{"managePolicies":true}}`, 400, `"permissions":[`},
		"custom gives what she has":     {"mia", "uma", custom, 200, ""},
		"custom makes a user of custom": {"mia", "cora", `{"type":2}`, 200, ""},
		"an admin makes an owner":       {"adam", "uma", `{"type":0}`, 400, "Only an owner can"},
		"an admin makes himself one":    {"adam", "adam", `{"type":0}`, 400, "Only an owner can"},
		"an admin, an owner":            {"adam", "olga", `{"type":2}`, 400, "Only an owner can"},
		"an admin, one who waits":       {"adam", "wanda", `{"type":2}`, 400, "Only an owner can"},
		"an admin makes an admin":       {"adam", "uma", `{"type":1}`, 200, ""},
		"an owner makes an owner":       {"olga", "uma", `{"Type":0}`, 200, ""},
		"the role that was removed":     {"olga", "uma", `{"type":3}`, 400, `"type":["This role does not exist`},
		"no role":                       {"olga", "uma", `{}`, 400, `"type":[`},
		"Secrets Manager":               {"olga", "uma", `{"type":2,"accessSecretsManager":true}`, 400, "no Secrets Manager"},
		"privileged access":             {"olga", "uma", `{"type":2,"accessPam":true}`, 400, "privileged access"},
		"another address":               {"olga", "uma", `{"type":2,"email":"eve@example.org"}`, 400, `"email":["The organization has not claimed`},
		"another name":                  {"olga", "uma", `{"type":2,"name":"Eve"}`, 400, `"name":["The organization has not claimed`},
		"the same address and name":     {"olga", "uma", `{"type":2,"email":"Uma@example.org","name":"Ann"}`, 200, ""},
		"a collection's name in clear":  {"olga", "uma", `{"type":2,"defaultUserCollectionName":"x"}`, 400, "defaultUserCollectionName"},
		"custom without the permission": {"cora", "uma", `{"type":2}`, 404, "Resource not found."},
		"a user":                        {"uma", "uma", `{"type":0}`, 404, "Resource not found."},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				c.reset(t)
				was := c.now(t, test.whom)
				expect(t, c.call(test.who, "PUT /users/"+test.whom, test.body), test.status, test.contains)
				if now := c.now(t, test.whom); test.status != 200 && (now.Type != was.Type || now.Permissions != was.Permissions) {
					t.Errorf("refused, and yet: was %+v, is %+v", was, now)
				}
			})
		}
	})
}

func TestPermissionsBelongToRolesOfTheirOwn(t *testing.T) {
	c := newCompany(t, dbtest.SQLite(t))
	expect(t, c.call("olga", "PUT /users/uma", `{"type":2,"permissions":{"manageUsers":true}}`), 200, "")
	if m := c.now(t, "uma"); m.Permissions != (org.Permissions{}) {
		t.Errorf("a user has %+v", m.Permissions)
	}
	expect(t, c.call("olga", "PUT /users/uma", `{"type":4,"permissions":{"manageUsers":true}}`), 200, "")
	if m := c.now(t, "uma"); m.Permissions != (org.Permissions{ManageUsers: true}) {
		t.Errorf("a role of its own has %+v", m.Permissions)
	}
	c.change(t, `UPDATE organization SET features = REPLACE(features, '"useCustomPermissions":true', '"useCustomPermissions":false')`)
	expect(t, c.call("olga", "PUT /users/cora", `{"type":4}`), 400, "This plan has no roles")
}

// Scenario 97.
func TestCollectionsAndGroupsOfOthersAreNotThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		mine, group := c.collection(t, c.o), c.group(t, c.o)
		good := fmt.Sprintf(`{"type":2,"collections":[{"id":%q}],"groups":[%q]}`, mine, group)
		expect(t, c.call("olga", "PUT /users/uma", good), 200, "")
		c.forget()
		theirs, theirGroup := c.collection(t, c.other), c.group(t, c.other)
		for name, body := range map[string]string{
			"a collection": fmt.Sprintf(`{"type":1,"collections":[{"id":%q},{"id":%q}],"groups":[]}`, mine, theirs),
			"a group":      fmt.Sprintf(`{"type":1,"collections":[],"groups":[%q,%q]}`, group, theirGroup),
			"no group":     fmt.Sprintf(`{"type":1,"collections":[],"groups":[%q]}`, id.New()),
		} {
			expect(t, c.call("olga", "PUT /users/uma", body), 404, "Resource not found.")
			u := c.listed(t, "olga", "?includeGroups=true&includeCollections=true")["uma"]
			if u.Type != int(org.User) || len(u.Collections) != 1 || u.Collections[0].ID != mine || len(u.Groups) != 1 {
				t.Errorf("%s: uma has become %+v", name, u)
			}
		}
		if len(c.Said)+len(c.Touched) != 0 {
			t.Errorf("said %v, touched %v", c.Said, c.Touched)
		}
	})
}

func TestWhatAChangeDoesNotNameStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		first, second, group := c.collection(t, c.o), c.collection(t, c.o), c.group(t, c.o)
		steps := []struct {
			target, body        string
			collections, groups int
			logged              event.Type
		}{
			{"PUT /users/uma", fmt.Sprintf(`{"type":2,"collections":[{"id":%q},{"id":%q}],"groups":[%q]}`, first, second, group), 2, 1, event.MemberUpdated},
			{"PUT /users/uma", `{"type":2,"collections":null,"groups":null}`, 2, 1, event.MemberUpdated},
			{"PUT /users/uma", `{"type":2,"groups":[]}`, 2, 0, event.MemberGroupsUpdated},
			{"PUT /users/uma/groups", fmt.Sprintf(`{"groupIds":[%q]}`, group), 2, 1, event.MemberGroupsUpdated},
			{"PUT /users/uma", fmt.Sprintf(`{"type":2,"collections":[{"id":%q}],"groups":[]}`, second), 1, 0, event.MemberUpdated},
			{"PUT /users/uma", fmt.Sprintf(`{"type":4,"groups":[%q]}`, group), 1, 1, event.MemberUpdated},
		}
		for i, step := range steps {
			c.forget()
			expect(t, c.call("olga", step.target, step.body), 200, "")
			if !c.heard(notice.OrganizationsChanged, "uma") || !c.logged(t, step.logged, "uma") {
				t.Errorf("step %d: said %+v, logged %v", i, c.Said, c.RecordedTypes(t))
			}
			u := c.listed(t, "olga", "?includeGroups=true&includeCollections=true")["uma"]
			if len(u.Collections) != step.collections || len(u.Groups) != step.groups {
				t.Errorf("step %d: uma has %+v", i, u)
			}
		}
		expect(t, c.call("olga", "PUT /users/uma/groups", `{}`), 400, "groupIds")
		expect(t, c.call("mia", "PUT /users/adam/groups", `{"groupIds":[]}`), 400, "Only an owner or an admin")
	})
}

// Scenario 81.
func TestOnlyConfirmedOwnerStaysOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		expect(t, c.call("olga", "PUT /users/olga", `{"type":1}`), 400, "the only confirmed owner")
		expect(t, c.call("olga", "PUT /users/wanda", `{"type":2}`), 200, "") // who was never confirmed
		expect(t, c.call("olga", "PUT /users/olga", `{"type":0}`), 200, "")
		expect(t, c.call("olga", "PUT /users/adam", `{"type":0}`), 200, "")
		expect(t, c.call("olga", "PUT /users/olga", `{"type":1}`), 200, "")
		expect(t, c.call("olga", "PUT /users/olga", `{"type":0}`), 400, "Only an owner can")
	})
}

// Scenario 82.
func TestOwnersWhoDemoteEachOtherLeaveOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.Orgs.Touch = c.Accounts.Touch // the world's record is for one at a time
		c.Members.Announce = func(context.Context, notice.Notice) {}
		for round := range 5 {
			c.change(t, `UPDATE member SET type = $2 WHERE organization_id = $1 AND status = $3`, c.o.ID, org.Owner, org.Confirmed)
			c.change(t, `UPDATE member SET type = $1 WHERE id NOT IN ($2, $3)`, org.User, c.members["olga"].ID, c.members["adam"].ID)
			var answers [2]int
			var wg sync.WaitGroup
			for i, pair := range [][2]string{{"olga", "adam"}, {"adam", "olga"}} {
				whom := pair[1]
				if round%2 == 1 {
					whom = pair[0] // themselves
				}
				wg.Go(func() { answers[i] = c.call(pair[0], "PUT /users/"+whom, `{"type":2}`).Code })
			}
			wg.Wait()
			if owners, err := c.Orgs.Owners(t.Context(), c.o.ID); err != nil || len(owners) != 1 {
				t.Errorf("round %d: %d owners are left, %v; answers %v", round, len(owners), err, answers)
			}
		}
	})
}

func TestFreeOrganizationsHaveAdminsOfTheirOwn(t *testing.T) {
	c := newCompany(t, dbtest.SQLite(t))
	for _, o := range []id.ID{c.o.ID, c.other.ID} {
		c.change(t, `UPDATE organization SET plan_type = $2 WHERE id = $1`, o, plan.Free)
	}
	c.Join(t, org.Member{OrganizationID: c.other.ID, AccountID: c.members["uma"].AccountID, Type: org.Admin, Status: org.Confirmed})
	expect(t, c.call("olga", "PUT /users/uma", `{"type":1}`), 400, "one free organization")
	expect(t, c.call("olga", "PUT /users/cora", `{"type":1}`), 200, "")
	expect(t, c.call("olga", "PUT /users/adam", `{"type":1}`), 200, "")
}

// Scenario 91, for what changes members.
func TestMembersOfOthersAreNotThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		for _, target := range []string{
			"GET /users/paul", "PUT /users/paul", "POST /users/paul", "GET /users/paul/groups", "PUT /users/paul/groups", "PUT /users/paul/revoke",
			"PATCH /users/paul/revoke", "PUT /users/paul/restore", "PATCH /users/paul/restore", "PUT /users/paul/restore/vnext", "DELETE /users/paul",
			"POST /users/paul/remove", "DELETE /users/paul/delete-account", "POST /users/paul/delete-account",
		} {
			rec := c.call("olga", target, `{"type":2,"groupIds":[]}`)
			if expect(t, rec, 404, "Resource not found."); t.Failed() {
				t.Fatal(target)
			}
		}
		for _, target := range []string{
			"PUT /users/revoke", "PATCH /users/revoke", "PUT /users/restore", "PATCH /users/restore", "DELETE /users", "POST /users/remove",
			"DELETE /users/delete-account", "POST /users/delete-account",
		} {
			if got := c.outcomes(t, c.call("olga", target, c.ids("paul"))); got["paul"] != "Resource not found." {
				t.Errorf("%s: got %v", target, got)
			}
		}
		if m := c.now(t, "paul"); m.Status != org.Confirmed {
			t.Errorf("paul: got %+v", m)
		}
	})
}

func TestAddOnsThatAreNotThereAreRefused(t *testing.T) {
	c := newCompany(t, dbtest.SQLite(t))
	for target, want := range map[string]string{
		"PUT /users/enable-secrets-manager": "no Secrets Manager", "PATCH /users/enable-secrets-manager": "no Secrets Manager",
		"PUT /users/enable-pam": "privileged access",
	} {
		expect(t, c.call("mia", target, c.ids("uma")), 400, want)
		expect(t, c.call("cora", target, c.ids("uma")), 404, "Resource not found.")
	}
}

func TestFormerAdminsGetACollectionOfTheirOwn(t *testing.T) {
	c := newCompany(t, dbtest.SQLite(t))
	c.setPolicy(t, 5)
	body := `{"type":2,"collections":[],"defaultUserCollectionName":"` + orgtest.Encrypted + `"}`
	expect(t, c.call("olga", "PUT /users/adam", body), 200, "")
	keepers, err := c.Collections.Store.Keepers(t.Context(), []id.ID{c.members["adam"].ID})
	if err != nil || len(keepers) != 1 {
		t.Errorf("got %v, %v", keepers, err)
	}
}

// reset gives everybody the role and the status of the beginning.
func (c *company) reset(t testing.TB) {
	t.Helper()
	for _, m := range c.members {
		raw, err := json.Marshal(m.Permissions)
		if err != nil {
			t.Fatal(err)
		}
		c.change(t, `UPDATE member SET type = $2, status = $3, permissions = $4 WHERE id = $1`, m.ID, m.Type, m.Status, string(raw))
	}
}
