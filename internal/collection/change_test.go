package collection_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
)

type selections = []collection.Selection

func TestCollectionIsMadeChangedAndDeleted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob := c.user(t, "bob")
		g := c.group(t, c.org.ID, bob)
		c.events(t)
		body := draft(selections{to(c.alice.ID, manage), to(bob.ID, hidden)}, selections{to(g.ID, view)})
		body["externalId"] = "hr"
		made := read[details](t, c.must(t, 200, c.alice, "POST", "/collections", body))
		if !made.Assigned || !made.Manage || made.Unmanaged || *made.ExternalID != "hr" || len(made.Users) != 2 || len(made.Groups) != 1 {
			t.Errorf("made: %+v", made)
		}
		if told := c.told(); !contains(told, c.alice, bob) || len(told) != 2 {
			t.Errorf("creation: told %v", told)
		}
		path := "/collections/" + made.ID.String()
		changed := read[details](t, c.must(t, 200, c.alice, "PUT", path, object{
			"name": "2.BBBB|AAAA|AAAA", "users": selections{to(c.alice.ID, manage)}, "groups": selections{},
		}))
		if changed.Name != "2.BBBB|AAAA|AAAA" || changed.ExternalID != nil || len(changed.Users) != 1 || len(changed.Groups) != 0 {
			t.Errorf("changed: %+v", changed)
		}
		if told := c.told(); !contains(told, c.alice, bob) {
			t.Errorf("change: who lost the collection is not told: %v", told)
		}
		c.must(t, 200, c.alice, "DELETE", path, nil)
		if told := c.told(); !contains(told, c.alice, bob) {
			t.Errorf("deletion: told %v", told)
		}
		c.must(t, 404, c.alice, "GET", path, nil)
		if got := c.events(t); !slices.Equal(got, []event.Type{event.CollectionCreated, event.CollectionUpdated, event.CollectionDeleted}) {
			t.Errorf("events %v", got)
		}
	})
}

// Scenario 65.
func TestCollectionIsOnlyFoundInItsOrganization(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		foreign := c.collection(t, c.other.ID)
		c.give(t, collection.ByMember, foreign.ID, c.paul.ID, manage)
		c.join(t, "both", org.User, org.Permissions{})
		both := c.Join(t, org.Member{OrganizationID: c.other.ID, AccountID: c.alice.AccountID, Status: org.Confirmed, Type: org.Owner})
		c.give(t, collection.ByMember, foreign.ID, both.ID, manage)
		path := "/collections/" + foreign.ID.String()
		body := draft(selections{to(c.alice.ID, manage)}, nil)
		for _, try := range []struct {
			method, path string
			body         any
		}{
			{"GET", path, nil},
			{"GET", path + "/details", nil},
			{"GET", path + "/users", nil},
			{"PUT", path, body},
			{"POST", path, body},
			{"DELETE", path, nil},
			{"POST", path + "/delete", nil},
			{"DELETE", "/collections", object{"ids": []id.ID{foreign.ID}}},
			{"POST", "/collections/delete", object{"ids": []id.ID{foreign.ID}}},
			{"POST", "/collections/bulk-access", object{"collectionIds": []id.ID{foreign.ID}, "users": selections{to(c.alice.ID, manage)}}},
		} {
			if got := c.call(c.alice, try.method, try.path, try.body); got.Code != 404 {
				t.Errorf("%s %s: got %d, want 404", try.method, try.path, got.Code)
			}
		}
		if got := c.callAt(c.alice, c.other.ID, "GET", path, nil); got.Code != 200 {
			t.Errorf("in its own organization: got %d", got.Code)
		}
	})
}

// Scenario 66.
func TestWhoMayMakeCollections(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		members := map[string]struct {
			member        org.Member
			open, limited int
		}{
			"owner":                   {c.alice, 200, 200},
			"admin":                   {c.join(t, "admin", org.Admin, org.Permissions{}), 200, 200},
			"user":                    {c.user(t, "bob"), 200, 404},
			"custom with the right":   {c.join(t, "carl", org.Custom, org.Permissions{CreateNewCollections: true}), 200, 200},
			"custom with other right": {c.join(t, "dora", org.Custom, org.Permissions{EditAnyCollection: true}), 200, 404},
			"stranger":                {c.paul, 404, 404},
		}
		for _, limited := range []bool{false, true} {
			c.settings(t, org.Settings{LimitCollectionCreation: limited, AdminsReachAllItems: true})
			for name, test := range members {
				want := test.open
				if limited {
					want = test.limited
				}
				if got := c.call(test.member, "POST", "/collections", draft(nil, nil)); got.Code != want {
					t.Errorf("%s, limited %v: got %d %s, want %d", name, limited, got.Code, got.Body, want)
				}
			}
		}
	})
}

// Scenario 66.
func TestWhoMayDeleteCollections(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob, admin := c.user(t, "bob"), c.join(t, "admin", org.Admin, org.Permissions{})
		carl := c.join(t, "carl", org.Custom, org.Permissions{DeleteAnyCollection: true})
		dora := c.join(t, "dora", org.Custom, org.Permissions{EditAnyCollection: true})
		reach, limit := org.Settings{AdminsReachAllItems: true}, org.Settings{LimitCollectionDeletion: true}
		tests := map[string]struct {
			member   org.Member
			access   *collection.Access
			settings org.Settings
			want     int
		}{
			"manager":                      {bob, &manage, org.Settings{}, 200},
			"manager where it is limited":  {bob, &manage, limit, 404},
			"editor":                       {bob, &edit, org.Settings{}, 404},
			"somebody without it":          {bob, nil, reach, 404},
			"admin":                        {admin, nil, org.Settings{}, 404},
			"admin who reaches all":        {admin, nil, reach, 200},
			"admin who manages, limited":   {admin, &manage, limit, 200},
			"custom who may delete":        {carl, nil, limit, 200},
			"custom who may only edit any": {dora, nil, reach, 404},
		}
		for name, test := range tests {
			c.settings(t, test.settings)
			v := c.given(t, c.alice, manage)
			if test.access != nil {
				c.give(t, collection.ByMember, v.ID, test.member.ID, *test.access)
			}
			if got := c.call(test.member, "DELETE", "/collections/"+v.ID.String(), nil); got.Code != test.want {
				t.Errorf("%s: got %d, want %d", name, got.Code, test.want)
			}
		}
	})
}

func TestWhoMayChangeCollections(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob, admin := c.user(t, "bob"), c.join(t, "admin", org.Admin, org.Permissions{})
		any := c.join(t, "carl", org.Custom, org.Permissions{EditAnyCollection: true})
		people := c.join(t, "dora", org.Custom, org.Permissions{ManageUsers: true, ManageGroups: true})
		reach := org.Settings{AdminsReachAllItems: true}
		tests := map[string]struct {
			member       org.Member
			access       *collection.Access
			orphaned     bool
			settings     org.Settings
			change, give int
		}{
			"manager":                  {bob, &manage, false, org.Settings{}, 200, 200},
			"editor":                   {bob, &edit, false, reach, 404, 404},
			"somebody without it":      {bob, nil, true, reach, 404, 404},
			"admin":                    {admin, nil, false, org.Settings{}, 404, 404},
			"admin of an orphaned one": {admin, nil, true, org.Settings{}, 200, 200},
			"admin who reaches all":    {admin, nil, false, reach, 200, 200},
			"custom who edits any":     {any, nil, false, org.Settings{}, 200, 200},
			"custom with people":       {people, nil, false, org.Settings{}, 404, 404},
			"custom with people, all":  {people, nil, false, reach, 404, 200},
		}
		for name, test := range tests {
			c.settings(t, test.settings)
			v := c.collection(t, c.org.ID)
			if !test.orphaned {
				c.give(t, collection.ByMember, v.ID, c.alice.ID, manage)
			}
			if test.access != nil {
				c.give(t, collection.ByMember, v.ID, test.member.ID, *test.access)
			}
			users := selections{to(c.alice.ID, manage), to(test.member.ID, manage)}
			give := object{"collectionIds": []id.ID{v.ID}, "users": users, "groups": selections{}}
			if got := c.call(test.member, "POST", "/collections/bulk-access", give); got.Code != test.give {
				t.Errorf("%s gives: got %d %s, want %d", name, got.Code, got.Body, test.give)
			}
			if test.give == 200 && test.change != 200 {
				continue // now a manager
			}
			if got := c.call(test.member, "PUT", "/collections/"+v.ID.String(), draft(users, nil)); got.Code != test.change {
				t.Errorf("%s changes: got %d %s, want %d", name, got.Code, got.Body, test.change)
			}
		}
	})
}

// Scenario 67.
func TestSomebodyManagesACollectionUnlessAdminsReachAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		g := c.group(t, c.org.ID)
		unmanaged := draft(selections{to(c.alice.ID, edit)}, selections{to(g.ID, view)})
		c.must(t, 400, c.alice, "POST", "/collections", unmanaged)
		c.must(t, 400, c.alice, "POST", "/collections", draft(nil, nil))
		if got := c.must(t, 200, c.alice, "GET", "/collections", nil); strings.Count(got, `"object":"collection"`) != 1 {
			t.Errorf("something remains of what was refused: %s", got)
		}
		made := read[details](t, c.must(t, 200, c.alice, "POST", "/collections", draft(nil, selections{to(g.ID, manage)})))
		path := "/collections/" + made.ID.String()
		c.settings(t, org.Settings{AdminsReachAllItems: true})
		c.must(t, 200, c.alice, "PUT", path, unmanaged)
		c.settings(t, org.Settings{})
		c.must(t, 400, c.alice, "PUT", path, unmanaged)
		c.must(t, 200, c.alice, "PUT", path, object{"name": orgtest.Encrypted})
		c.must(t, 400, c.alice, "POST", "/collections/bulk-access", object{"collectionIds": []id.ID{made.ID}, "users": selections{to(c.alice.ID, view)}})
		c.must(t, 200, c.alice, "POST", "/collections/bulk-access", object{"collectionIds": []id.ID{made.ID}, "users": selections{to(c.alice.ID, manage)}})
	})
}

// Scenario 68.
func TestManagingExcludesRestrictions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		v, g := c.given(t, c.alice, manage), c.group(t, c.org.ID)
		for _, a := range []collection.Access{{Manage: true, ReadOnly: true}, {Manage: true, HidePasswords: true}} {
			for _, body := range []object{
				draft(selections{to(c.alice.ID, a)}, nil), draft(selections{to(c.alice.ID, manage)}, selections{to(g.ID, a)}),
			} {
				body["collectionIds"] = []id.ID{v.ID}
				c.must(t, 400, c.alice, "POST", "/collections", body)
				c.must(t, 400, c.alice, "PUT", "/collections/"+v.ID.String(), body)
				c.must(t, 400, c.alice, "POST", "/collections/bulk-access", body)
			}
			c.must(t, 400, c.alice, "POST", "/groups", object{"name": "Sales", "collections": selections{to(v.ID, a)}})
			if err := c.Collections.SetMemberAccess(t.Context(), c.alice, c.org, c.alice, selections{to(v.ID, a)}, nil); err == nil {
				t.Error("a member was given both")
			}
		}
	})
}

// Scenario 69.
func TestCollectionIsGivenToNobodyElsewhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob, v := c.user(t, "bob"), c.given(t, c.alice, manage)
		foreign := c.group(t, c.other.ID)
		all := selections{to(c.alice.ID, manage), to(bob.ID, view)}
		for _, body := range []object{
			draft(append(all, to(c.paul.ID, view)), nil), draft(all, selections{to(foreign.ID, view)}), draft(append(all, to(id.New(), view)), nil),
		} {
			body["collectionIds"] = []id.ID{v.ID}
			c.must(t, 404, c.alice, "POST", "/collections/bulk-access", body)
			c.must(t, 404, c.alice, "PUT", "/collections/"+v.ID.String(), body)
			c.must(t, 404, c.alice, "POST", "/collections", body)
		}
		if got := c.details(t, v.ID); len(got.Users) != 1 || len(got.Groups) != 0 {
			t.Errorf("something was written: %+v", got)
		}
		if got := c.events(t); len(got) != 0 {
			t.Errorf("events %v", got)
		}
	})
}

// Scenario 70.
func TestListsThatAreNullStayAsTheyAre(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob := c.user(t, "bob")
		v, g := c.given(t, bob, manage), c.group(t, c.org.ID)
		c.give(t, collection.ByGroup, v.ID, g.ID, manage)
		path := "/collections/" + v.ID.String()
		c.must(t, 200, bob, "PUT", path, object{"name": orgtest.Encrypted, "users": nil, "groups": nil})
		if got := c.details(t, v.ID); len(got.Users) != 1 || len(got.Groups) != 1 {
			t.Errorf("null: %+v", got)
		}
		c.must(t, 200, bob, "POST", path, object{"name": orgtest.Encrypted, "users": selections{}})
		if got := c.details(t, v.ID); len(got.Users) != 0 || len(got.Groups) != 1 {
			t.Errorf("an empty list of users: %+v", got)
		}
		c.settings(t, org.Settings{AdminsReachAllItems: true})
		c.must(t, 200, c.alice, "PUT", path, object{"name": orgtest.Encrypted, "groups": selections{}})
		if got := c.details(t, v.ID); len(got.Users) != 0 || len(got.Groups) != 0 || !got.Unmanaged {
			t.Errorf("an empty list of groups: %+v", got)
		}
	})
}

// Scenario 71, as far as collections reach.
func TestDeletedCollectionIsGoneFromItsMembersAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob := c.user(t, "bob")
		gone, too, stays := c.given(t, bob, manage), c.given(t, bob, manage), c.given(t, bob, manage)
		foreign := c.given(t, c.paul, manage)
		c.must(t, 404, bob, "DELETE", "/collections", object{"ids": []id.ID{gone.ID, foreign.ID}})
		c.must(t, 404, c.alice, "POST", "/collections/delete", object{"ids": []id.ID{gone.ID}})
		c.must(t, 400, bob, "DELETE", "/collections", object{"ids": []id.ID{}})
		if _, has := c.has(t, bob, gone.ID); !has {
			t.Fatal("what was refused has happened")
		}
		c.must(t, 200, bob, "DELETE", "/collections", object{"ids": []id.ID{gone.ID, too.ID, gone.ID}})
		for v, want := range map[id.ID]bool{gone.ID: false, too.ID: false, stays.ID: true} {
			if _, has := c.has(t, bob, v); has != want {
				t.Errorf("collection %v: has it %v, want %v", v, has, want)
			}
		}
		if got := c.events(t); !slices.Equal(got, []event.Type{event.CollectionDeleted, event.CollectionDeleted}) {
			t.Errorf("events %v", got)
		}
	})
}

func TestPlansLimitCollections(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.org.MaxCollections = new(2)
		c.update(t)
		body := draft(selections{to(c.alice.ID, manage)}, nil)
		c.must(t, 200, c.alice, "POST", "/collections", body)
		if got := c.must(t, 400, c.alice, "POST", "/collections", body); !strings.Contains(got, "all 2 collections") {
			t.Errorf("the limit is not named: %s", got)
		}
	})
}

func TestTheLastCollectionOfAPlanIsMadeOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.org.MaxCollections = new(3)
		c.update(t)
		c.Collections.Announce = func(context.Context, notice.Notice) {} // those of the world are not for use side by side
		c.Orgs.Touch = c.Accounts.Touch
		body := draft(selections{to(c.alice.ID, manage)}, nil)
		codes := make([]int, 6)
		var wg sync.WaitGroup
		for i := range codes {
			wg.Go(func() { codes[i] = c.call(c.alice, "POST", "/collections", body).Code })
		}
		wg.Wait()
		slices.Sort(codes)
		if !slices.Equal(codes, []int{200, 200, 400, 400, 400, 400}) {
			t.Errorf("answers %v, want two collections made", codes)
		}
	})
}

func TestChangesAreAnnounced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		bob := c.user(t, "bob")
		v, g := c.given(t, bob, manage), c.group(t, c.org.ID, bob)
		for _, try := range []struct {
			member       org.Member
			method, path string
			body         any
			people       []id.ID // nil for everyone in the organization
		}{
			{bob, "PUT", "/collections/" + v.ID.String(), object{"name": orgtest.Encrypted}, []id.ID{bob.AccountID}},
			{c.alice, "PUT", "/groups/" + g.ID.String(), object{"name": "Sales"}, []id.ID{bob.AccountID}},
			{bob, "DELETE", "/collections/" + v.ID.String(), nil, nil},
		} {
			c.told()
			c.must(t, 200, try.member, try.method, try.path, try.body)
			if len(c.Said) != 1 || c.Said[0].Kind != notice.VaultChanged || !slices.Equal(c.Said[0].People, try.people) {
				t.Errorf("%s %s: announced %+v", try.method, try.path, c.Said)
			}
			if len(c.Said) == 1 && try.people == nil && c.Said[0].Organization != c.org.ID {
				t.Errorf("%s %s: announced to %+v", try.method, try.path, c.Said)
			}
		}
	})
}
