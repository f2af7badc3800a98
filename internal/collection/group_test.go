package collection_test

import (
	"slices"
	"strings"
	"testing"

	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/org"
)

type groupDetails struct {
	Object      string
	ID          id.ID
	Name        string
	ExternalID  *string
	Collections []collection.Selection
}

// Scenario 111.
func TestGroupIsMadeRenamedAndDeleted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob, v := c.user(t, "bob"), c.given(t, c.alice, manage)
		c.told()
		made := read[groupDetails](t, c.must(t, 200, c.alice, "POST", "/groups", object{
			"name": "Sales & Co", "externalId": "s-1", "collections": selections{to(v.ID, view)}, "users": []id.ID{bob.ID, bob.ID},
		}))
		if made.Object != "group" || made.Name != "Sales & Co" || *made.ExternalID != "s-1" {
			t.Errorf("made: %+v", made)
		}
		if told := c.told(); !contains(told, bob) || len(told) != 1 {
			t.Errorf("creation: told %v", told)
		}
		if got, has := c.has(t, bob, v.ID); !has || got != view {
			t.Errorf("the group gives %+v, %v", got, has)
		}
		path := "/groups/" + made.ID.String()
		c.must(t, 200, c.alice, "PUT", path, object{"name": "Marketing", "collections": selections{to(v.ID, edit)}})
		got := read[groupDetails](t, c.must(t, 200, c.alice, "GET", path+"/details", nil))
		if got.Object != "groupDetails" || got.Name != "Marketing" || !slices.Equal(got.Collections, selections{to(v.ID, edit)}) {
			t.Errorf("changed: %+v", got)
		}
		if got := strings.TrimSpace(c.must(t, 200, c.alice, "GET", path+"/users", nil)); got != `["`+bob.ID.String()+`"]` {
			t.Errorf("members: %s", got)
		}
		c.must(t, 200, c.alice, "POST", path+"/delete", nil)
		if _, has := c.has(t, bob, v.ID); has {
			t.Error("the access outlives the group")
		}
		if told := c.told(); !contains(told, bob) {
			t.Errorf("deletion: told %v", told)
		}
		c.must(t, 404, c.alice, "GET", path, nil)
		if got := c.events(t); !slices.Equal(got, []event.Type{event.GroupCreated, event.GroupUpdated, event.GroupDeleted}) {
			t.Errorf("events %v", got)
		}
	})
}

func TestMembersEnterAndLeaveGroups(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob, eve := c.user(t, "bob"), c.user(t, "eve")
		g := c.group(t, c.org.ID, bob)
		path := "/groups/" + g.ID.String()
		c.events(t)
		c.must(t, 200, c.alice, "PUT", path, object{"name": "Sales", "users": []id.ID{eve.ID}})
		if told := c.told(); !contains(told, bob, eve) {
			t.Errorf("told %v", told)
		}
		c.must(t, 200, c.alice, "POST", path, object{"name": "Sales"})
		c.must(t, 200, c.alice, "PUT", path, object{"name": "Sales", "users": []id.ID{eve.ID, bob.ID}})
		members, err := c.Collections.MembersOf(t.Context(), c.alice.AccountID, c.org.ID, g.ID)
		if err != nil || len(members) != 2 {
			t.Errorf("members %v, %v", members, err)
		}
		c.told()
		c.must(t, 200, c.alice, "DELETE", path+"/user/"+eve.ID.String(), nil)
		if told := c.told(); !contains(told, eve) || contains(told, bob) {
			t.Errorf("told %v", told)
		}
		c.must(t, 404, c.alice, "DELETE", path+"/user/"+eve.ID.String(), nil)
		c.must(t, 200, c.alice, "POST", path+"/delete-user/"+bob.ID.String(), nil)
		if got := strings.TrimSpace(c.must(t, 200, c.alice, "GET", path+"/users", nil)); got != `[]` {
			t.Errorf("members: %s", got)
		}
		want := []event.Type{event.GroupUpdated, event.GroupUpdated, event.GroupUpdated, event.MemberGroupsUpdated, event.MemberGroupsUpdated}
		if got := c.events(t); !slices.Equal(got, want) {
			t.Errorf("events %v", got)
		}
	})
}

// Scenarios 91 and 112.
func TestGroupTakesNothingOfElsewhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		v, foreign := c.given(t, c.alice, manage), c.given(t, c.paul, manage)
		g, there := c.group(t, c.org.ID, c.alice), c.group(t, c.other.ID, c.paul)
		path := "/groups/" + g.ID.String()
		for _, body := range []object{
			{"name": "Other", "collections": selections{to(v.ID, view), to(foreign.ID, view)}},
			{"name": "Other", "collections": selections{to(v.ID, view)}, "users": []id.ID{c.alice.ID, c.paul.ID}},
		} {
			c.must(t, 404, c.alice, "POST", "/groups", body)
			c.must(t, 404, c.alice, "PUT", path, body)
		}
		got := read[groupDetails](t, c.must(t, 200, c.alice, "GET", path+"/details", nil))
		if got.Name != "Sales" || len(got.Collections) != 0 {
			t.Errorf("something was written: %+v", got)
		}
		path = "/groups/" + there.ID.String()
		body := object{"name": "Other"}
		for _, try := range []struct{ method, path string }{
			{"GET", path},
			{"GET", path + "/details"},
			{"GET", path + "/users"},
			{"PUT", path},
			{"POST", path},
			{"DELETE", path},
			{"POST", path + "/delete"},
			{"DELETE", path + "/user/" + c.paul.ID.String()},
			{"POST", path + "/delete-user/" + c.paul.ID.String()},
			{"DELETE", "/groups/" + g.ID.String() + "/user/" + c.paul.ID.String()},
		} {
			if got := c.call(c.alice, try.method, try.path, body); got.Code != 404 {
				t.Errorf("%s %s: got %d, want 404", try.method, try.path, got.Code)
			}
		}
	})
}

// Scenario 113.
func TestWhoSeesGroups(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		g, v := c.group(t, c.org.ID), c.given(t, c.alice, manage)
		path := "/groups/" + g.ID.String()
		for name, test := range map[string]struct {
			role              org.Type
			permissions       org.Permissions
			access            *collection.Access
			list, shares, one int
		}{
			"user":                 {role: org.User, list: 404, shares: 404, one: 404},
			"user who edits one":   {role: org.User, access: &edit, list: 404, shares: 404, one: 404},
			"user who manages one": {role: org.User, access: &manage, list: 200, shares: 404, one: 404},
			"custom, members":      {role: org.Custom, permissions: org.Permissions{ManageUsers: true}, list: 200, shares: 200, one: 404},
			"custom, collections":  {role: org.Custom, permissions: org.Permissions{EditAnyCollection: true}, list: 200, shares: 404, one: 404},
			"custom, log":          {role: org.Custom, permissions: org.Permissions{AccessEventLogs: true}, list: 404, shares: 404, one: 404},
			"custom, groups":       {role: org.Custom, permissions: org.Permissions{ManageGroups: true}, list: 200, shares: 200, one: 200},
			"admin":                {role: org.Admin, list: 200, shares: 200, one: 200},
		} {
			m := c.join(t, id.New().String(), test.role, test.permissions)
			if test.access != nil {
				c.give(t, collection.ByMember, v.ID, m.ID, *test.access)
			}
			for path, want := range map[string]int{
				"/groups": test.list, "/groups/details": test.shares, path: test.one, path + "/details": test.one, path + "/users": test.one,
			} {
				if got := c.call(m, "GET", path, nil).Code; got != want {
					t.Errorf("%s: %s answers %d, want %d", name, path, got, want)
				}
			}
			if test.one == 404 {
				c.must(t, 404, m, "POST", "/groups", object{"name": "Mine"})
				c.must(t, 404, m, "PUT", path, object{"name": "Mine"})
				c.must(t, 404, m, "DELETE", path, nil)
				c.must(t, 404, m, "DELETE", "/groups", object{"ids": []id.ID{g.ID}})
			}
		}
	})
}

// Scenario 114.
func TestNobodyJoinsAGroupByTheirOwnHand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob, g := c.user(t, "bob"), c.group(t, c.org.ID)
		path := "/groups/" + g.ID.String()
		join := object{"name": "Sales", "users": []id.ID{bob.ID, c.alice.ID}}
		c.must(t, 400, c.alice, "PUT", path, join)
		if groups, err := c.Collections.GroupsByMember(t.Context(), c.org.ID); err != nil || len(groups) != 0 {
			t.Errorf("got %v, %v", groups, err)
		}
		c.must(t, 200, c.join(t, "admin", org.Admin, org.Permissions{}), "PUT", path, join)
		c.must(t, 200, c.alice, "PUT", path, join) // she is in it
		c.must(t, 200, c.alice, "PUT", path, object{"name": "Sales", "users": []id.ID{}})
		c.settings(t, org.Settings{AdminsReachAllItems: true})
		c.must(t, 200, c.alice, "PUT", path, join)
	})
}

// Scenario 115.
func TestGroupsAreDeletedTogetherOrNotAtAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		one, two, there := c.group(t, c.org.ID), c.group(t, c.org.ID), c.group(t, c.other.ID)
		ids := object{"ids": []id.ID{one.ID, two.ID, there.ID}}
		c.must(t, 404, c.alice, "DELETE", "/groups", ids)
		c.must(t, 404, c.alice, "POST", "/groups/delete", ids)
		if got := c.must(t, 200, c.alice, "GET", "/groups", nil); strings.Count(got, `"object":"group"`) != 2 {
			t.Errorf("something was deleted: %s", got)
		}
		c.must(t, 200, c.alice, "DELETE", "/groups", object{"ids": []id.ID{one.ID, two.ID}})
		if got := c.events(t); !slices.Equal(got, []event.Type{event.GroupDeleted, event.GroupDeleted}) {
			t.Errorf("events %v", got)
		}
	})
}

func TestGroupsHaveOnlyWhatTheirManagerMayGive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		eve := c.join(t, "eve", org.Custom, org.Permissions{ManageGroups: true})
		mine, theirs, g := c.given(t, eve, manage), c.given(t, c.alice, manage), c.group(t, c.org.ID)
		c.give(t, collection.ByGroup, theirs.ID, g.ID, edit)
		path := "/groups/" + g.ID.String()
		with := func(collections ...collection.Selection) object {
			return object{"name": "Sales", "collections": collections}
		}
		c.must(t, 404, eve, "POST", "/groups", with(to(theirs.ID, view)))
		c.must(t, 404, eve, "PUT", path, with(to(theirs.ID, manage)))
		c.must(t, 200, eve, "PUT", path, with(to(theirs.ID, edit), to(mine.ID, view)))
		c.must(t, 200, eve, "PUT", path, with())
		got := read[groupDetails](t, c.must(t, 200, eve, "GET", path+"/details", nil))
		if !slices.Equal(got.Collections, selections{to(theirs.ID, edit)}) {
			t.Errorf("got %+v, want what is not hers to take", got.Collections)
		}
		c.settings(t, org.Settings{AdminsReachAllItems: true})
		c.must(t, 200, eve, "PUT", path, with(to(theirs.ID, manage)))
	})
}

func TestGroupsAreOfPlansThatIncludeThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		g := c.group(t, c.org.ID, c.alice)
		c.org.Features.UseGroups = false
		c.update(t)
		path := "/groups/" + g.ID.String()
		c.must(t, 400, c.alice, "POST", "/groups", object{"name": "Sales"})
		c.must(t, 400, c.alice, "PUT", path, object{"name": "Sales"})
		made := read[details](t, c.must(t, 200, c.alice, "POST", "/collections", draft(selections{to(c.alice.ID, manage)}, selections{to(g.ID, view)})))
		if len(made.Groups) != 0 {
			t.Errorf("a collection is given to a group: %+v", made)
		}
		c.must(t, 200, c.alice, "DELETE", path, nil)
	})
}

// Scenario 166, as far as collections and groups are named in bulk.
func TestBulksHaveALimitAndFitTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		many := make([]id.ID, 20_000)
		for i := range many {
			many[i] = id.New()
		}
		for _, path := range []string{"/groups", "/collections"} {
			c.must(t, 400, c.alice, "POST", path+"/delete", object{"ids": many})
			c.must(t, 400, c.alice, "DELETE", path, object{"ids": []id.ID{}})
			c.must(t, 404, c.alice, "POST", path+"/delete", object{"ids": many[:collection.MaxAtOnce]})
		}
		give := object{"collectionIds": many[:1_000], "users": make(selections, 101)}
		c.must(t, 400, c.alice, "POST", "/collections/bulk-access", give)
		c.must(t, 400, c.alice, "POST", "/groups", object{"name": "Sales", "users": many})
		c.must(t, 400, c.alice, "POST", "/groups", object{"name": strings.Repeat("é", 101)})
		c.must(t, 200, c.alice, "POST", "/groups", object{"name": strings.Repeat("é", 100)})
	})
}
